"""What versions say, folded: it comes back as it was, costs little, and damage to it is found."""

from __future__ import annotations

import hashlib
import json
import subprocess
import sys
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from storage.contents import LONGEST, WORDS, ContentError, folded, unfolded
from storage.packing import folding
from tests.storage.made import Blog, forge, update
from variorum.errors import StorageError

ONLY_SQLITE = pytest.mark.parametrize("settle", ["sqlite"], indirect=True)

ROOT = Path(__file__).parents[2]
PROSE = " ".join(f"Sentence {number} tells of the harbour and its boats." for number in range(80))
TEXTS = st.text(st.characters(codec="utf-8"), max_size=300) | st.sampled_from(
    ["", "\0", "a\1b", "東京の庭 " * 9, "مرحبا"]
)


def row(number: int, text: str, markdown: str, meta: str, witnesses: str, url: str) -> dict[str, Any]:
    digest = hashlib.sha256(text.encode()).digest()
    return {
        "id": number,
        "work_id": 1,
        "number": number,
        "kind": "source",
        "url": url,
        "text_sha256": digest,
        "fingerprint": digest.hex()[:32],
        "witnesses": witnesses,
        "meta": meta,
        "text": text,
        "markdown": markdown,
        "content": None,
    }


@given(st.lists(st.tuples(TEXTS, TEXTS, TEXTS, TEXTS, TEXTS), min_size=1, max_size=5))
def test_words_come_back_as_they_were(said: list[tuple[str, str, str, str, str]]) -> None:
    rows = [row(number, *told) for number, told in enumerate(said, 1)]
    made: list[Mapping[str, Any]] = []
    for plain in rows:
        before = rows[len(made) - 1] | {"content": made[-1]["content"]} if made else None
        made.append(plain | folded(plain, before))
    back = unfolded(None, made)  # type: ignore[arg-type]
    assert [[told[name] for name in WORDS] for told in back] == [[told[name] for name in WORDS] for told in rows]
    for told in made:
        assert told["content"] is None or not any(told[name] for name in WORDS)


def test_what_the_row_tells_beside_is_not_told_twice() -> None:
    digest = hashlib.sha256(b"Hello").hexdigest()
    url = "https://blog.example/a-long-address-of-a-post/"
    witnesses = f'[{{"capture_ids":[7],"fingerprint":"{digest[:32]}","kind":"rest","text_sha256":"{digest}"}}]'
    plain = row(1, "Hello", "Hello", f'{{"permalink":"{url}"}}', witnesses, url)
    assert len(folded(plain, None)["content"]) < 60


def test_a_history_is_kept_as_patches_and_read_from_any_end(blog: Blog) -> None:
    texts = [PROSE.replace("Sentence 7 ", f"Sentence {number} of seven ") for number in range(LONGEST + 8)]
    for number, text in enumerate(texts):
        blog.write(update(blog.source_id, "source" if number else "first", text, hours=number))
    rows = blog.archive.database.all("SELECT number, content, text, markdown, meta, witnesses FROM version ORDER BY id")
    depths = [told["content"][0] for told in rows]
    assert depths == [*range(LONGEST + 1), *range(7)]
    assert max(len(told["content"]) for told in rows if told["content"][0]) < 120 < len(rows[0]["content"])
    assert not any(told[name] for told in rows for name in WORDS)
    assert [version.text for version in blog.archive.versions(1)] == texts
    for number in (1, 2, LONGEST, LONGEST + 2, len(texts)):
        found = blog.archive.version_at(1, number=number)
        assert found is not None and found.text == found.markdown == texts[number - 1]
    assert [record["text"] for record in blog.archive.records(limit=40)] == texts[:40]
    assert blog.archive.check(deep=True) == []


def test_versions_without_words_are_no_base(blog: Blog) -> None:
    for number, (kind, text) in enumerate(
        (("first", PROSE), ("gone", ""), ("restored", PROSE), ("source", PROSE + "!"))
    ):
        blog.write(update(blog.source_id, kind, text, hours=number))
    depths = [told["content"][0] for told in blog.archive.database.all("SELECT content FROM version ORDER BY id")]
    assert depths == [0, 0, 0, 1]
    assert [version.text for version in blog.archive.versions(1)] == [PROSE, "", PROSE, PROSE + "!"]


def test_every_flipped_bit_is_found(blog: Blog) -> None:
    blog.write(update(blog.source_id, "first", PROSE))
    blog.write(update(blog.source_id, "source", PROSE + " More.", hours=1))
    for number in (1, 2):
        told = blog.archive.database.one("SELECT content FROM version WHERE number = :n", n=number)
        assert told is not None
        content = told["content"]
        for place in range(0, len(content) * 8, 1 if number == 2 else 13):
            flipped = bytearray(content)
            flipped[place // 8] ^= 1 << place % 8
            forge(blog.folder, "UPDATE version SET content = :x WHERE number = :n", x=bytes(flipped), n=number)
            found = blog.archive.check(deep=True)
            assert f"version {number}" in {finding.where for finding in found}, place
        forge(blog.folder, "UPDATE version SET content = :x WHERE number = :n", x=content, n=number)
    assert blog.archive.check(deep=True) == []


@pytest.mark.parametrize(
    "statement",
    [
        "DELETE FROM version WHERE number = 1",
        "UPDATE version SET content = NULL WHERE number = 1",
        "UPDATE version SET content = substr(content, 1, 9) WHERE number = 1",
    ],
)
def test_a_patch_without_its_base_is_told(blog: Blog, statement: str) -> None:
    blog.write(update(blog.source_id, "first", PROSE))
    blog.write(update(blog.source_id, "source", PROSE + " More.", hours=1))
    assert forge(blog.folder, statement) == 1
    with pytest.raises(ContentError, match="run variorum check --deep"):
        blog.archive.version(2)
    assert "version 2" in {finding.where for finding in blog.archive.check(deep=True)}


# ------------------------------------------------------------------------------------------------ older rows
@pytest.fixture
def plain(blog: Blog, monkeypatch: pytest.MonkeyPatch) -> Blog:
    """An archive whose rows hold plain words, as before schema 0008, one of them with a zero byte."""
    with monkeypatch.context() as patched:
        patched.setattr("storage.batch.folded", lambda *_: {})
        for number in range(7):
            kind = "gone" if number == 3 else "source" if number else "first"
            blog.write(update(blog.source_id, kind, f"{PROSE} {number}" if kind != "gone" else "", hours=number))
    return blog


def told(blog: Blog) -> list[dict[str, Any]]:
    return list(blog.archive.records())


def test_an_edit_may_rest_on_plain_words_which_are_folded_later(plain: Blog) -> None:
    plain.write(update(plain.source_id, "source", PROSE + " 7", hours=7))
    plain.write(update(plain.source_id, "source", PROSE + " 8", hours=8))
    before = told(plain)
    assert plain.archive.compact().texts == 7
    assert plain.archive.compact().texts == 0
    assert told(plain) == before
    rows = plain.archive.database.all("SELECT content FROM version ORDER BY id")
    assert [told["content"][0] for told in rows] == [0, 1, 2, 0, 0, 1, 2, 1, 2]
    assert plain.archive.check(deep=True) == []


@ONLY_SQLITE  # it looks into the SQLite file
def test_folded_words_leave_no_plain_copy(plain: Blog) -> None:
    def held() -> bytes:
        plain.writer.database.all("PRAGMA wal_checkpoint(TRUNCATE)")
        return (plain.folder / "variorum.sqlite").read_bytes()

    assert PROSE[:60].encode() in held()
    assert plain.archive.compact().texts == 7
    assert PROSE[:60].encode() not in held()


def test_folding_goes_on_after_a_kill(plain: Blog, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(folding, "_BATCH", 2)
    before = told(plain)
    seen: list[tuple[str, int, int | None]] = []

    def killed(phase: str, done: int, total: int | None) -> None:
        seen.append((phase, done, total))
        if done == 4:
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        plain.archive.compact(progress=killed)
    assert seen == [("texts", 2, 7), ("texts", 4, 7)]
    assert told(plain) == before
    assert plain.archive.compact(dry_run=True).texts == 3 == plain.archive.compact().texts
    assert told(plain) == before
    assert plain.archive.check(deep=True) == []


def test_what_does_not_come_back_stays_plain(plain: Blog, monkeypatch: pytest.MonkeyPatch) -> None:
    before = told(plain)
    monkeypatch.setattr(folding, "unfolded", lambda _, rows: rows)
    with pytest.raises(StorageError, match="nothing was changed"):
        plain.archive.compact()
    monkeypatch.undo()
    assert told(plain) == before
    assert plain.archive.compact(dry_run=True).texts == 7


@ONLY_SQLITE  # PostgreSQL has no place for a zero byte
def test_a_text_with_signs_of_ours_stays_plain(plain: Blog) -> None:
    forge(plain.folder, "UPDATE version SET markdown = 'a' || char(0) WHERE number = 1")
    assert plain.archive.compact().texts == 6
    assert plain.archive.versions(1)[0].markdown == "a\0"


# ------------------------------------------------------------------------------------------------ a stranger
@ONLY_SQLITE  # it reads the SQLite file
def test_a_script_without_variorum_reads_them(plain: Blog) -> None:
    plain.write(update(plain.source_id, "source", PROSE + " 7", hours=7))
    plain.write(update(plain.source_id, "source", PROSE + " 8", hours=8, meta={"tags": ["a", "b"]}))
    command = [sys.executable, "-I", str(ROOT / "docs" / "read_texts.py"), str(plain.folder / "variorum.sqlite")]
    for folds in (0, 1):
        for _ in range(folds):
            plain.archive.compact()
        done = subprocess.run(command, capture_output=True, check=False)
        assert (done.returncode, done.stderr) == (0, b"")
        lines = [json.loads(line) for line in done.stdout.splitlines()]
        assert [(line["text"], line["markdown"], line["meta"]) for line in lines] == [
            (version.text, version.markdown, version.meta) for version in plain.archive.versions(1)
        ]
    forge(plain.folder, "UPDATE version SET content = substr(content, 1, length(content) - 3) WHERE number = 9")
    done = subprocess.run(command, capture_output=True, check=False)
    assert (done.returncode, done.stderr.count(b"\n")) == (1, 1)
