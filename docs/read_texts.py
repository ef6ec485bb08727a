#!/usr/bin/env python3
"""Read what versions say with Python and a zstd binding alone: no variorum. See storage.md, "What a version says".

    python3 read_texts.py variorum.sqlite              one line of JSON a version
    python3 read_texts.py variorum.sqlite 4711         those of the work of that number

The file is not changed. Exit code 1 and a line on standard error for each version that is not what was written.
"""

import hashlib
import json
import sqlite3
import sys
import zlib
from pathlib import Path

try:
    from compression import zstd  # Python 3.14
except ImportError:
    from backports import zstd  # pip install backports.zstd

SKELETON = (  # what a frame without a base is compressed against
    b'[{"capture_ids":[1],"extractor":"","fingerprint":"\x02","kind":"rest","meta":{"author":"","parent":'
    b'"","published":""},"text_sha256":"\x01"},{"capture_ids":[2],"extractor":"","fingerprint":"\x02","kind"'
    b':"feed","meta":{"author":"","published":""},"text_sha256":"\x01"},{"capture_ids":[3],"extractor":""'
    b',"fingerprint":"\x02","kind":"html","meta":{"author":"","published":""},"text_sha256":"\x01"}]\x00{"autho'
    b'r":"","author_url":null,"by_author":false,"disagreements":[],"kind":"comment","parent":null,"per'
    b'malink":"\x03","published":"2019-0","text_witness":"rest"}\x00[{"capture_ids":[1],"extractor":"rest/1"'
    b',"fingerprint":"\x02","kind":"rest","meta":{"authors":"","categories":"","published":"","tags":"","'
    b'title":""},"text_sha256":"\x01"},{"capture_ids":[2],"extractor":"feed/2","fingerprint":"\x02","kind":"'
    b'feed","meta":{"authors":"","categories":"","published":"","tags":"","title":""},"text_sha256":"\x01'
    b'"},{"capture_ids":[3],"extractor":"wordpress/3","fingerprint":"\x02","kind":"html","meta":{"authors'
    b'":"","categories":"","published":"","tags":"","title":""},"text_sha256":"\x01"}]\x00{"authors":[{"name'
    b'":"","url":"https://"}],"categories":[""],"disagreements":[],"extractor":"rest/1","images":[["ht'
    b'tps://www.","jpg"]],"lang":"en-US","links":[["https://",""]],"modified":"2024-01-01T00:00:00Z","'
    b'platform":"wordpress","published":"2020-01-01T00:00:00Z","removed":[{"reason":"","text":""}],"sc'
    b'ore":1.0,"sources":{"authors":"rest","categories":"rest","published":"rest","tags":"rest","title'
    b'":"rest"},"suspect":false,"tags":[],"text_witness":"rest","warnings":[]}\x00'
)


def document(row, base):
    """The bytes that a blob stands for: four columns, zero bytes between; markdown is left out if it is the text."""
    blob = row["content"]
    frame = b"\x28\xb5\x2f\xfd" + blob[5:]
    prefix = zstd.ZstdDict(base if blob[0] else SKELETON, is_raw=True).as_prefix
    found = zstd.decompress(frame, zstd_dict=prefix)
    if zlib.crc32(blob[5:], zlib.crc32(found, blob[0])) != int.from_bytes(blob[1:5], "little"):
        raise ValueError("it has another sum")
    return found


def beside(row):
    """Signs that stand for what the row tells in other columns."""
    told = ("\1", row["text_sha256"].hex()), ("\2", row["fingerprint"]), ("\3", row["url"])
    return [(sign, said) for sign, said in told if said and not set("\0\1\2\3") & set(said)]


def plain_document(row):
    """What `document` would give of a row that holds its words in columns; they are a base of later ones."""
    words = [row[name] for name in ("witnesses", "meta", "text", "markdown")]
    for sign, said in beside(row):
        words[:2] = [word.replace(said, sign) for word in words[:2]]
    return "\0".join(words[:3] if words[2] == words[3] else words).encode()


def words_of(row, found):
    """The four columns of a row."""
    words = found.decode().split("\0")
    words += words[2:] * (len(words) == 3)
    for sign, said in reversed(beside(row)):
        words[:2] = [word.replace(sign, said) for word in words[:2]]
    return dict(zip(("witnesses", "meta", "text", "markdown"), words, strict=True))


def main():
    path, *works = sys.argv[1:]
    database = sqlite3.connect(Path(path).absolute().as_uri() + "?mode=ro", uri=True)
    database.row_factory = sqlite3.Row
    where = "WHERE work_id = ?" if works else ""
    base, broken = None, 0
    for row in database.execute(f"SELECT * FROM version {where} ORDER BY work_id, number", works):
        try:
            base = plain_document(row) if row["content"] is None else document(row, base)
            said = dict(row) if row["content"] is None else words_of(row, base)
            told = json.loads(said["meta"])
            if "destroyed" not in told and hashlib.sha256(said["text"].encode()).digest() != row["text_sha256"]:
                raise ValueError("its text has another digest")
        except (ValueError, TypeError, IndexError, zstd.ZstdError) as error:
            print(f"version {row['id']}: {error}", file=sys.stderr)
            broken += 1
            continue
        names = ("id", "work_id", "number", "kind", "url", "observed_first", "observed_last", "title")
        line = {name: row[name] for name in names} | {"text": said["text"], "markdown": said["markdown"], "meta": told}
        print(json.dumps(line, ensure_ascii=False))
    sys.exit(1 if broken else 0)


if __name__ == "__main__":
    main()
