"""`diff` on the command line: of versions, with what was moved, and of whole threads; on both engines."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner, Result

from cli.main import variorum
from tests.conftest import Settle
from tests.storage.made import HOME, Blog

POST = f"{HOME}hello/"
FIRST = "The frost came late that year.\nNobody had covered the roses.\nWe wait for the spring to come."
SECOND = "Nobody had covered the roses.\nWe wait for the spring to come.\nThe frost came late that year."


@pytest.fixture
def blog(tmp_path: Path, settle: Settle) -> Iterator[Blog]:
    """A post that was edited, with a thread in which all happens that can happen."""
    made = Blog(settle(tmp_path / "archive"))
    made.post(text=FIRST, title="Roses", meta={"tags": ["roses"]})
    made.comment("1", text="It was cold indeed.")
    made.comment("2", text="I had covered mine.", meta={"author": "Cy", "parent": "1"}, parent_native_id="1", depth=1)
    made.comment("3", text="This one will go.")
    made.comment("4", text="This one comes back.")
    made.comment("4", "gone", hours=1)
    made.post("source", SECOND, title="Roses, again", meta={"tags": ["frost"]}, url=f"{HOME}hello-again/", hours=48)
    made.comment("1", "source", "It was very cold indeed.", hours=48)
    made.comment("2", "metadata", "I had covered mine.", meta={"author": "Cy", "parent": "3"}, hours=48)
    made.comment("3", "gone", hours=48)
    made.comment("4", "restored", "This one comes back.", hours=48)
    made.comment("5", text="遅霜は怖いです。", hours=48, meta={"author": "花子"})
    yield made
    made.close()


def ask(blog: Blog, *args: str) -> Result:
    return CliRunner().invoke(variorum, ["--archive", str(blog.folder), *args], catch_exceptions=False)


def told(result: Result) -> dict[str, Any]:
    assert result.exit_code == 0, result.output
    (line,) = result.stdout.splitlines()
    return json.loads(line)  # type: ignore[no-any-return]


def test_versions_field_by_field_and_what_was_moved(blog: Blog) -> None:
    text = ask(blog, "diff", POST).output
    assert "title: Roses → Roses, again\n" in text
    assert "tags: -roses +frost\n" in text
    assert f"url: {POST} → {HOME}hello-again/\n" in text
    assert "< [1] The frost came late that year.\n" in text
    assert "> [1] The frost came late that year.\n" in text
    found = told(ask(blog, "diff", POST, "--json"))
    assert [(hunk["kind"], hunk["move"]) for hunk in found["hunks"]] == [
        ("moved_away", 1),
        ("equal", None),
        ("moved_here", 1),
    ]
    assert set(found["hunks"][0]) == {"kind", "old", "new", "old_start", "new_start", "spans", "detail", "move"}
    assert {field["name"] for field in found["fields"]} == {"title", "tags", "url"}


def test_a_thread_between_two_days(blog: Blog) -> None:
    text = ask(blog, "diff", POST, "--thread", "--from", "2026-01-02", "--to", "2026-01-03").output
    assert "1 added, 1 edited, 1 moved, 1 gone, 1 returned" in text
    assert "~ edited: Bo" in text
    assert "    ~ It was {+very +}cold indeed." in text
    assert "    parent: 1 → 3\n" in text
    assert "- gone: Bo" in text
    assert "    This one will go.\n" in text
    assert "* returned: Bo" in text
    assert "+ added: 花子" in text
    assert "    遅霜は怖いです。\n" in text
    found = told(ask(blog, "diff", POST, "2026-01-02", "2026-01-03", "--thread", "--json"))
    once = ["added", "edited", "moved", "gone", "returned"]
    never = ["metadata", "came_and_went", "taken_down"]
    assert found["counts"] == {**dict.fromkeys(once, 1), **dict.fromkeys(never, 0)}
    whats = {comment["native_id"]: comment["what"] for comment in found["comments"]}
    assert whats == {"1": ["edited"], "2": ["moved"], "3": ["gone"], "4": ["returned"], "5": ["added"]}
    names = {"work_id", "url", "native_id", "what", "old", "new", "fields", "hunks", "takedown"}
    assert all(set(comment) == names for comment in found["comments"])
    added = next(comment for comment in found["comments"] if comment["native_id"] == "5")
    assert added["old"] is None
    assert added["new"]["text"] == "遅霜は怖いです。"


def test_a_thread_in_which_nothing_changed(blog: Blog) -> None:
    text = ask(blog, "diff", POST, "--thread", "--from", "2026-01-03", "--to", "2026-01-04").output
    assert text.endswith("Nothing changed among the comments.\n")
    found = told(ask(blog, "diff", POST, "--thread", "--from", "2026-01-03", "--json"))
    assert found["comments"] == []


def test_what_was_taken_down_is_not_told_in_a_thread(blog: Blog) -> None:
    done = ask(blog, "takedown", f"{POST}#comment-1", "--level", "hide", "--reason", "she asks for it", "--by", "Ruth")
    assert done.exit_code == 0, done.output
    for more in ((), ("--json",)):
        result = ask(blog, "diff", POST, "--thread", "--from", "2026-01-02", *more)
        assert "cold" not in result.output
        assert "she asks for it" in result.output


@pytest.mark.parametrize(
    ("args", "words"),
    [
        (["--thread"], "say from when on"),
        (["--thread", "1", "2"], "between two times"),
        (["--thread", "--from", "2026-02-01", "--to", "2026-01-01"], "later one"),
        (["1", "--from", "2026-01-01"], "say the same"),
    ],
)
def test_wrong_use_is_explained(blog: Blog, args: list[str], words: str) -> None:
    result = ask(blog, "diff", POST, *args)
    assert result.exit_code == 2
    assert words in result.output
    result = ask(blog, "diff", f"{POST}#comment-1", "--thread", "--from", "2026-01-01")
    assert "name its post" in result.output
