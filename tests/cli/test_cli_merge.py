"""`merge` and `add --continues` at the prompt."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from click.testing import CliRunner

from cli.main import variorum
from flows import steps
from tests.flows.blog import Blog
from variorum.settings import Settings


def run(folder: Path, *words: str) -> tuple[int, str, str]:
    done = CliRunner().invoke(variorum, ["--archive", str(folder), *words])
    return done.exit_code, done.stdout, done.stderr


@pytest.fixture
def archive(tmp_path: Path) -> Path:
    with Blog() as blog:
        blog.offers, blog.is_wordpress = {"sitemap"}, False
        blog.post(3).pages = blog.post(1).pages = ["The harbour master counts the boats each night. " * 6]
        steps.ingest(str(tmp_path), blog.url, Settings())
    return tmp_path


def test_a_merge_is_proposed_made_told_and_undone(archive: Path) -> None:
    code, out, _ = run(archive, "merge", "--json")
    (pair,) = map(json.loads, out.splitlines())
    assert (code, pair["is"]) == (0, "proposed")
    assert pair["into_id"] < pair["work_id"], "the one that was met first goes on"
    given, into = str(pair["work_id"]), str(pair["into_id"])
    assert "may be one" in run(archive, "merge")[1]

    assert run(archive, "merge", given, into)[0] == 2
    code, out, _ = run(archive, "merge", given, into, "--reason", "a double", "--by", "Ada")
    assert (code, "goes on as" in out) == (0, True)
    assert "a double" in run(archive, "merge")[1]
    assert "merged" in run(archive, "history", given)[1]
    code, out, err = run(archive, "show", given)
    assert (code, out) == (0, "")
    assert "merged: the same as" in err
    told = json.loads(run(archive, "show", given, "--json")[1])
    assert (told["kind"], told["state"], told["merged_into"], told["text"]) == ("merged", "merged", int(into), "")

    code, out, _ = run(archive, "merge", "--undo", given, "--reason", "two after all", "--json")
    assert (code, json.loads(out)["into_id"]) == (0, int(into))
    assert json.loads(run(archive, "show", given, "--json")[1])["merged_into"] is None
    assert run(archive, "check", "--deep")[0] == 0


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (["--undo"], "name the post"),
        (["1", "--reason", "x"], "name two posts"),
        (["--undo", "1", "2", "--reason", "x"], "alone"),
        (["--undo", "1", "--reason", "x"], "was not merged"),
        (["1", "99", "--reason", "x"], "no work"),
        (["nowhere.example"], "no source"),
    ],
)
def test_a_mistake_is_told(archive: Path, words: list[str], said: str) -> None:
    code, _, err = run(archive, "merge", *words)
    assert code == 2
    assert said in err


def test_a_moved_blog_goes_on(archive: Path) -> None:
    slug = json.loads(run(archive, "sources", "--json")[1].splitlines()[0])["slug"]
    with Blog() as blog:
        assert run(archive, "add", blog.url, "--continues", slug)[0] == 0
        told = json.loads(run(archive, "sources", "--json")[1].splitlines()[0])
        assert told["slug"] == slug
        assert run(archive, "add", blog.url, "https://b.example", "--continues", slug)[0] == 2
        assert run(archive, "add", "https://b.example", "--continues", "nobody")[0] == 2
