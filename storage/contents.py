"""What versions say, folded: text, markdown, metadata and witnesses of a row become one blob of a few hundred bytes.

The blob is a byte that tells how many patches it rests on, a CRC-32 over all of it and what it says (a zstd frame may
hold bits that change nothing), and a zstd frame without its magic number. The frame holds the four columns in turn,
with zero bytes between; what the row tells beside them anyway (its address and digests) stands there as one sign. With
0 patches it is compressed against `_SKELETON`, else against what the version before says: an edit costs some hundred
bytes, and a text is read through `LONGEST` patches at most.

A row whose `content` is NULL holds its words in its columns: those of archives before schema 0008, until `variorum
compact` folds them, and the few that have signs which mean something in a blob. `unfolded` reads both.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from threading import local
from typing import Any
from zlib import crc32

from storage.engines.database import Database, Row, chunks
from storage.packing.frames import Compressor, Dictionary, FrameError, decompressed, patch
from variorum.errors import StorageError
from variorum.records import WORDLESS

LONGEST = 32  #: patches on one keyframe
WORDS = ("witnesses", "meta", "text", "markdown")  #: the columns that are folded, in their order
_TOLD = ("id", "work_id", "number", "url", "text_sha256", "fingerprint")  # what unfolding needs to know beside
_SIGNS = "\1\2\3"  # stand for the digest of the text, its fingerprint, the address: JSON has no such signs
_MAGIC = b"\x28\xb5\x2f\xfd"
_HEAD = 5  # bytes before the frame
_LEVEL = 6  # at 3 a post is 4 % larger, and takes two thirds of the CPU; from 9 on it costs much for nothing
_PATCH_LEVEL = 5  # at 3 a small edit takes a tenth more bytes, and a tenth less CPU
_LEAST_BASE = 8  # bytes that the library takes for a dictionary
_LEAST_GAIN = 3  # a patch this many times smaller than the plain words is taken without a look at the other way
#: How the words of most versions begin. It is part of the format: another one needs another first byte.
_SKELETON = Dictionary(
    b'[{"capture_ids":[1],"extractor":"","fingerprint":"\2","kind":"rest","meta":{"author":"","parent":"","published'
    b'":""},"text_sha256":"\1"},{"capture_ids":[2],"extractor":"","fingerprint":"\2","kind":"feed","meta":{"author":'
    b'"","published":""},"text_sha256":"\1"},{"capture_ids":[3],"extractor":"","fingerprint":"\2","kind":"html","met'
    b'a":{"author":"","published":""},"text_sha256":"\1"}]\0{"author":"","author_url":null,"by_author":false,"disagr'
    b'eements":[],"kind":"comment","parent":null,"permalink":"\3","published":"2019-0","text_witness":"rest"}\0'
    b'[{"capture_ids":[1],"extractor":"rest/1","fingerprint":"\2","kind":"rest","meta":{"authors":"","categories":"",'
    b'"published":"","tags":"","title":""},"text_sha256":"\1"},{"capture_ids":[2],"extractor":"feed/2","fingerprint":'
    b'"\2","kind":"feed","meta":{"authors":"","categories":"","published":"","tags":"","title":""},"text_sha256":"\1"'
    b'},{"capture_ids":[3],"extractor":"wordpress/3","fingerprint":"\2","kind":"html","meta":{"authors":"","categorie'
    b's":"","published":"","tags":"","title":""},"text_sha256":"\1"}]\0{"authors":[{"name":"","url":"https://"}],"cat'
    b'egories":[""],"disagreements":[],"extractor":"rest/1","images":[["https://www.","jpg"]],"lang":"en-US","links":'
    b'[["https://",""]],"modified":"2024-01-01T00:00:00Z","platform":"wordpress","published":"2020-01-01T00:00:00Z","'
    b'removed":[{"reason":"","text":""}],"score":1.0,"sources":{"authors":"rest","categories":"rest","published":"res'
    b't","tags":"rest","title":"rest"},"suspect":false,"tags":[],"text_witness":"rest","warnings":[]}\0'
)
_HELD = local()  # the compressor of each thread


class ContentError(StorageError):
    """What a version says cannot be read: its row, or one that it rests on, is damaged."""


def columns(version: str = "v") -> str:
    """Return the columns of a version, under the name that it has in a query, that `unfolded` needs."""
    return ", ".join(f"{version}.{name}" for name in (*_TOLD, *WORDS, "content"))


# ------------------------------------------------------------------------------------------------ folding
def folded(row: Mapping[str, Any], before: Mapping[str, Any] | None) -> dict[str, Any]:
    """Return the columns of a row that hold what it says, folded.

    Args:
        row: With its kind and all that `columns` names but id and content, as plain words.
        before: The version of the same work one number lower, as `unfolded` gives it; None if there is none.
    """
    document = _document(row)
    if document is None:
        return {**{name: row[name] for name in WORDS}, "content": None}
    alike = before is not None and not WORDLESS & {before["kind"], row["kind"]}
    depth, frame = _smallest(document, before if alike else None)
    frame = frame.removeprefix(_MAGIC)
    return {**dict.fromkeys(WORDS, ""), "content": bytes((depth,)) + _sum(depth, document, frame) + frame}


def _smallest(document: bytes, before: Mapping[str, Any] | None) -> tuple[int, bytes]:
    base = _document(before) if before is not None and _depth(before) < LONGEST else None
    told = b""
    if before is not None and base is not None and len(base) >= _LEAST_BASE:
        told = patch(document, base, _PATCH_LEVEL, checksum=False)
        if len(told) * _LEAST_GAIN < len(document):
            return _depth(before) + 1, told
    full = _compressor().compressed(document)
    return (_depth(before) + 1, told) if before is not None and told and len(told) < len(full) else (0, full)


def _compressor() -> Compressor:
    if not hasattr(_HELD, "compressor"):
        _HELD.compressor = Compressor(_SKELETON, _LEVEL)
    found: Compressor = _HELD.compressor
    return found


def _document(row: Mapping[str, Any]) -> bytes | None:
    """Return what a row says as it is compressed; None if it has signs that would mean something else there."""
    witnesses, meta, text, markdown = (row[name] for name in WORDS)
    if "\0" in text or "\0" in markdown or _barred(witnesses) or _barred(meta):
        return None
    for sign, told in _beside(row):
        witnesses, meta = witnesses.replace(told, sign), meta.replace(told, sign)
    words = [witnesses, meta, text] if markdown == text else [witnesses, meta, text, markdown]
    return "\0".join(words).encode()


def _barred(said: str) -> bool:
    """Return whether a string has a sign that means something in a document. An expression takes ten times as long."""
    return "\0" in said or "\1" in said or "\2" in said or "\3" in said


def _beside(row: Mapping[str, Any]) -> list[tuple[str, str]]:
    """Return signs and what they stand for, in the order in which they are put."""
    told = zip(_SIGNS, (row["text_sha256"].hex(), row["fingerprint"], row["url"]), strict=True)
    return [(sign, said) for sign, said in told if said and not _barred(said)]


def _depth(row: Mapping[str, Any]) -> int:
    content = row["content"]
    return content[0] if content else 0


# ------------------------------------------------------------------------------------------------ unfolding
def unfolded(database: Database, rows: Sequence[Row]) -> list[Row]:
    """Return rows of versions with their words in `WORDS`, in the same order.

    Args:
        database: Where the versions are that these rest on.
        rows: With all that `columns` names. Those of a LEFT JOIN that found none stay as they are.

    Raises:
        ContentError: A row is damaged.
    """
    held = {(row["work_id"], row["number"]): row for row in rows if row["content"] is not None}
    if not held:
        return list(rows)
    while spans := _missing(held):
        found = {(row["work_id"], row["number"]): row for row in _spans(database, spans)}
        if found.keys() <= held.keys():
            work_id, _, last = spans[0]
            raise _error(held[work_id, last + 1], "a version that it rests on is not there")
        held |= found
    documents: dict[tuple[int, int], bytes] = {}
    for key in sorted(held):
        documents[key] = _read(held[key], documents.get((key[0], key[1] - 1)))
    return [row if row["content"] is None else _whole(row, documents[row["work_id"], row["number"]]) for row in rows]


def _missing(held: Mapping[tuple[int, int], Row]) -> list[tuple[int, int, int]]:
    """Return work, first and last number of the versions that those at hand rest on and that are not."""
    return [
        (work_id, number - _depth(row), number - 1)
        for (work_id, number), row in held.items()
        if _depth(row) and (work_id, number - 1) not in held
    ]


def _spans(database: Database, spans: Sequence[tuple[int, int, int]]) -> Iterable[Row]:
    for part in chunks(spans, 100):
        wanted = " OR ".join(
            f"(v.work_id = :w{n} AND v.number >= :l{n} AND v.number <= :h{n})" for n in range(len(part))
        )
        values = {f"{name}{n}": value for n, span in enumerate(part) for name, value in zip("wlh", span, strict=True)}
        yield from database.all(f"SELECT {columns()} FROM version v WHERE {wanted}", **values)


def _read(row: Row, base: bytes | None) -> bytes:
    """Return the document of a row."""
    content = row["content"]
    if content is None:
        document = _document(row)
        if document is None:
            raise _error(row, "another one rests on it, and it was altered")
        return document
    if not content or content[0] > LONGEST:
        raise _error(row, "its first byte is none that this variorum knows")
    if content[0] and base is None:
        raise _error(row, "a version that it rests on is not there")
    try:
        document = decompressed(_MAGIC + content[_HEAD:], base if content[0] else _SKELETON.content)
    except FrameError as error:
        raise _error(row, str(error)) from None
    if content[1:_HEAD] != _sum(content[0], document, content[_HEAD:]):
        raise _error(row, "it has another sum")
    return document


def _sum(depth: int, document: bytes, frame: bytes) -> bytes:
    return crc32(frame, crc32(document, depth)).to_bytes(4, "little")


def _whole(row: Row, document: bytes) -> Row:
    try:
        witnesses, meta, text, *more = document.decode().split("\0")
        (markdown,) = more or [text]
    except ValueError as error:
        raise _error(row, str(error)) from None
    for sign, told in reversed(_beside(row)):
        witnesses, meta = witnesses.replace(sign, told), meta.replace(sign, told)
    return {**dict(row), "witnesses": witnesses, "meta": meta, "text": text, "markdown": markdown}


def _error(row: Row, why: str) -> ContentError:
    return ContentError(f"version {row['id']}: what it says is damaged ({why}); run variorum check --deep")
