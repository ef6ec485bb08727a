"""Comparing an archive's posts: incremental, resumable, safe with several processes; nothing but marks is written."""

from __future__ import annotations

import json
import random
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import jsonschema
import pytest
from click.testing import CliRunner

from cli.main import variorum
from collation import near
from flows import comparing
from flows.comparing import Compared, compare_new
from storage.duplicates import Comparison
from storage.export import export_jsonl
from tests.collation.test_near import prose, replaced, word
from tests.conftest import Settle
from tests.storage.made import Blog, update
from variorum.errors import StorageError

ROOT = Path(__file__).parents[2]
OTHER = "https://other.example/"


class Blogs(Blog):
    """An archive with two blogs."""

    def __init__(self, folder: Path) -> None:
        super().__init__(folder)
        self.other_id = self.writer.add_source(OTHER, name="Another blog").id
        self.rng = random.Random(21)

    def say(self, number: int, text: str, kind: str = "first", *, other: bool = False, **more: Any) -> int:
        """Write a post and return its work."""
        source_id, home = (self.other_id, OTHER) if other else (self.source_id, "https://blog.example/")
        told = {"native_id": str(number), "url": f"{home}{number}/", "title": f"No {number}", "hours": number, **more}
        told["meta"] = {"published": None, "authors": [], **told.get("meta", {})}
        self.write(update(source_id, kind, text, **told))
        return self.archive.find_work(f"{home}{number}/").id

    def prose(self, words: int = 200) -> str:
        return " ".join(prose(self.rng, words))

    def altered(self, text: str, share: float) -> str:
        return " ".join(replaced(self.rng, text.split(), share, word))

    def compare(self) -> Compared:
        return compare_new(str(self.folder), lambda *_: None)

    def roles(self) -> dict[int, tuple[int, str]]:
        return {
            member["work_id"]: (group["group"], member["role"])
            for group in self.archive.duplicates()
            for member in group["members"]
        }

    def rows(self, table: str) -> list[tuple[Any, ...]]:
        rows = self.archive.database.all(f"SELECT * FROM {table}")
        return sorted(tuple(dict(row).values()) for row in rows)


@pytest.fixture
def blogs(tmp_path: Path, settle: Settle) -> Iterator[Blogs]:
    """An archive of two blogs, with SQLite and with PostgreSQL."""
    made = Blogs(settle(tmp_path / "archive"))
    yield made
    made.close()


def test_copies_within_a_blog_and_across_have_roles(blogs: Blogs) -> None:
    text = blogs.prose()
    original = blogs.say(1, text)
    copied = blogs.say(2, blogs.altered(text, 0.1), other=True)
    again = blogs.say(3, text + " Printed again for those who missed it.")
    quoted = blogs.say(4, " ".join(text.split()[50:110]), other=True)
    alone = blogs.say(5, blogs.prose())
    assert blogs.archive.uncompared() == 5
    done = blogs.compare()
    assert (done.texts, blogs.archive.uncompared()) == (5, 0)
    assert blogs.roles() == {
        original: (original, "original"),
        copied: (original, "syndicated"),
        again: (original, "crosspost"),
        quoted: (original, "excerpt"),
    }
    assert alone not in blogs.roles()
    alike = {item["work_id"]: item["kind"] for item in blogs.archive.alike(quoted)}
    assert (alike[original], alike[again]) == ("contains", "contains")
    assert {item["work_id"]: item["kind"] for item in blogs.archive.alike(original)}[quoted] == "excerpt"
    assert blogs.archive.check(deep=True) == []


def test_an_older_post_found_later_becomes_the_original(blogs: Blogs) -> None:
    text = blogs.prose()
    late = blogs.say(5, text)
    early = blogs.say(6, text, other=True, meta={"published": "2025-01-01T00:00:00Z", "authors": [{"name": "Ann"}]})
    blogs.compare()
    assert blogs.roles() == {early: (late, "original"), late: (late, "syndicated")}


def test_an_edit_moves_links_and_keys(blogs: Blogs) -> None:
    text = blogs.prose()
    first, second = blogs.say(1, text), blogs.say(2, text, other=True)
    blogs.compare()
    assert set(blogs.roles()) == {first, second}
    blogs.say(2, blogs.prose(), "source", other=True, hours=30)
    assert blogs.compare().texts == 1
    assert blogs.roles() == {}
    assert blogs.rows("dup_link") == []
    assert {row[1] for row in blogs.rows("near_key")} == {first, second}
    assert len(blogs.rows("near_key")) == 2 * near.KEYS
    blogs.say(2, text, "source", other=True, hours=40)
    blogs.compare()
    assert set(blogs.roles()) == {first, second}


def test_only_the_newest_of_several_versions_is_compared(blogs: Blogs) -> None:
    text = blogs.prose()
    blogs.say(1, text)
    blogs.say(1, blogs.prose(), "source", hours=5)
    blogs.say(2, text, other=True)
    assert blogs.compare().texts == 2
    assert blogs.roles() == {}


def test_what_is_gone_is_still_the_original(blogs: Blogs) -> None:
    text = blogs.prose()
    gone = blogs.say(1, text)
    blogs.say(1, "", "gone", hours=5)
    copy = blogs.say(2, text, other=True)
    blogs.compare()
    assert blogs.roles() == {gone: (gone, "original"), copy: (gone, "syndicated")}
    versions = blogs.archive.versions(gone)
    assert [blogs.archive.record(item.id)["dup"] is not None for item in versions] == [True, False]


def test_comments_and_short_texts_are_not_compared(blogs: Blogs) -> None:
    text = blogs.prose()
    blogs.say(1, text)
    blogs.comment("7", text=text)
    blogs.say(2, "A photo.")
    blogs.say(3, "A photo.", other=True)
    blogs.say(4, "")
    assert blogs.compare().links == 0
    assert blogs.roles() == {}


def test_nothing_new_costs_and_writes_nothing(blogs: Blogs) -> None:
    blogs.say(1, blogs.prose())
    blogs.compare()
    before = blogs.archive.last_seq()
    assert blogs.compare() == Compared()
    assert blogs.archive.last_seq() == before


def same_as_anew(blogs: Blogs, monkeypatch: pytest.MonkeyPatch) -> None:
    """Demand what one comparison of all texts by one process alone finds."""
    found = {table: blogs.rows(table) for table in ("near_key", "near_text", "dup_link", "dup_member")}
    monkeypatch.setattr(near, "ALGORITHM", "near/again")
    monkeypatch.setattr(comparing, "BATCH", 1000)
    blogs.compare()
    assert found == {table: blogs.rows(table) for table in found}


@pytest.mark.parametrize("step", ["keep_keys", "keep_links"])
def test_an_interrupted_comparison_goes_on(blogs: Blogs, monkeypatch: pytest.MonkeyPatch, step: str) -> None:
    texts = [blogs.prose() for _ in range(4)]
    for number in range(12):
        blogs.say(number, blogs.altered(texts[number % 4], 0.05), other=number % 2 == 1)
    monkeypatch.setattr(comparing, "BATCH", 5)
    with monkeypatch.context() as broken:
        calls = 0
        kept = getattr(Comparison, step)

        def killed(self: Comparison, *args: Any) -> None:
            nonlocal calls
            calls += 1
            if calls == 2:
                raise StorageError("killed")
            kept(self, *args)

        broken.setattr(Comparison, step, killed)
        with pytest.raises(StorageError, match="killed"):
            blogs.compare()
    blogs.compare()
    assert len(blogs.rows("dup_link")) == 12
    same_as_anew(blogs, monkeypatch)


def test_several_processes_compare_at_once(blogs: Blogs, monkeypatch: pytest.MonkeyPatch) -> None:
    texts = [blogs.prose(80) for _ in range(10)]
    for number in range(60):
        blogs.say(number, blogs.altered(texts[number % 10], 0.05))
    code = """
import sys
from flows import comparing
comparing.BATCH = 7
comparing.compare_new(sys.argv[1], lambda *_: None)
"""
    command = [sys.executable, "-c", code, str(blogs.folder)]
    processes = [subprocess.Popen(command, cwd=ROOT) for _ in range(3)]
    assert [process.wait() for process in processes] == [0, 0, 0]
    assert blogs.archive.check(deep=True) == []
    assert len(blogs.rows("dup_link")) > 100
    same_as_anew(blogs, monkeypatch)


def test_a_batch_that_another_process_has_overtaken_changes_nothing(blogs: Blogs) -> None:
    text = blogs.prose()
    first, second = blogs.say(1, text), blogs.say(2, text, other=True)
    comparison = blogs.writer.comparison(near.ALGORITHM, near.HOLDERS)
    comparison.begin()
    slow = comparison.next(10)
    keys = [(item, near.keys(item.text), ()) for item in slow.texts]
    comparison.keep_keys(keys)
    blogs.say(2, blogs.prose(), "source", other=True, hours=9)
    blogs.compare()
    before = {table: blogs.rows(table) for table in ("near_key", "near_text", "dup_link", "dup_member")}
    comparison.keep_keys(keys)
    from variorum.records import LikeLink

    stale = LikeLink(low_id=first, high_id=second, kind="exact", jaccard=1.0, containment=1.0, method="text_sha256")
    comparison.keep_links(slow, [stale], {item.work_id: item.version_id for item in slow.texts}, lambda *_: [])
    assert before == {table: blogs.rows(table) for table in before}


def test_a_text_that_is_everywhere_is_still_found(blogs: Blogs, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(near, "HOLDERS", 6)
    monkeypatch.setattr(comparing, "BATCH", 5)
    text = blogs.prose(60)
    works = [blogs.say(number, text if number % 3 else text + f" {number}", other=number > 9) for number in range(20)]
    done = blogs.compare()
    assert done.common_keys > 0
    assert set(blogs.roles()) == set(works)
    assert len({group for group, _ in blogs.roles().values()}) == 1
    assert 0 < len(blogs.rows("near_key")) < 20 * near.KEYS
    assert blogs.rows("near_common")


def test_other_rules_begin_anew(blogs: Blogs, monkeypatch: pytest.MonkeyPatch) -> None:
    text = blogs.prose()
    blogs.say(1, text), blogs.say(2, text, other=True)
    blogs.compare()
    monkeypatch.setattr(near, "ALGORITHM", "near/0")
    assert blogs.compare().texts == 2
    assert len(blogs.rows("near_key")) == 2 * near.KEYS
    assert len(blogs.rows("dup_link")) == 1
    assert [row[0] for row in blogs.rows("consumer")] == ["duplicates near/0"]


def test_records_and_their_exports_carry_the_marks(blogs: Blogs, tmp_path: Path) -> None:
    text = blogs.prose()
    first, second = blogs.say(1, text), blogs.say(2, text, other=True)
    before = [record["record_id"] for record in blogs.archive.records()]
    assert [record["dup"] for record in blogs.archive.records()] == [None, None]
    blogs.compare()
    export_jsonl(blogs.archive, tmp_path / "out.jsonl")
    records = [json.loads(line) for line in (tmp_path / "out.jsonl").read_text().splitlines()]
    assert [record["record_id"] for record in records] == before
    assert records[1]["dup"] == {
        "exact_group": first,
        "near_group": first,
        "role": "syndicated",
        "similarity": 1.0,
        "method": "text_sha256",
        "of_work_id": first,
        "of_url": "https://blog.example/1/",
    }
    schema = json.loads((ROOT / "docs/record.schema.json").read_text(encoding="utf-8"))
    for record in records:
        jsonschema.validate(record, schema)
    assert second == records[1]["work_id"]


def test_the_command(blogs: Blogs) -> None:
    text = blogs.prose()
    blogs.say(1, text)
    blogs.say(2, text, other=True)
    blogs.say(3, " ".join(text.split()[:70]), other=True)

    def ask(*args: str) -> Any:
        done = CliRunner().invoke(variorum, ["--archive", str(blogs.folder), *args], catch_exceptions=False)
        assert done.exit_code == 0, done.output
        return done

    done = ask("duplicates")
    assert "3 texts not compared yet: variorum duplicates --update" in done.stderr
    assert "Nothing" in done.stdout
    done = ask("duplicates", "--update")
    assert "3 texts compared, 3 pairs alike" in done.stderr
    assert [line.split()[0] for line in done.stdout.splitlines()] == ["original", "syndicated", "excerpt"]
    group = json.loads(ask("duplicates", "other.example", "--json").stdout)
    assert [member["role"] for member in group["members"]] == ["original", "syndicated", "excerpt"]
    assert ask("duplicates", "--role", "crosspost", "--json").stdout == ""
    assert ask("duplicates", "--after", str(group["group"]), "--json").stdout == ""
    one = json.loads(ask("duplicates", f"{OTHER}2/", "--json").stdout)
    assert [item["kind"] for item in one["alike"]] == ["exact", "excerpt"]
    assert "a copy of https://blog.example/1/ (100 %)" in ask("history", f"{OTHER}2/").stdout
    assert "an excerpt of" in ask("show", f"{OTHER}3/").stderr
    done = CliRunner().invoke(variorum, ["--archive", str(blogs.folder), "duplicates", f"{OTHER}9/"])
    assert done.exit_code == 2


def test_nothing_is_made_where_there_is_no_archive(tmp_path: Path) -> None:
    done = CliRunner().invoke(variorum, ["--archive", str(tmp_path / "no"), "duplicates", "--update"])
    assert done.exit_code == 2
    assert not (tmp_path / "no").exists()
