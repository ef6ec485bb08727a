"""Lines in, lines out: in order, one for one, whatever is wrong with a line."""

import gzip
import json

import pytest

from extractors import batch
from variorum.errors import UsageError

PAGE = "<html><title>{0}</title><body><h1>{0}</h1>" + "<p>Words enough for a paragraph of an article, {0}.</p>" * 5
FIELDS = {"id", "text", "title", "author", "date", "published", "comments", "platform", "removed", "cpu_ms"}


@pytest.fixture
def lines(tmp_path):
    folder = tmp_path / "pages"
    folder.mkdir()
    (folder / "a.html.gz").write_bytes(gzip.compress(PAGE.format("Gzipped").encode()))
    (folder / "b.html").write_bytes(PAGE.format("Größe").encode("latin-1"))
    (folder / "torn.gz").write_bytes(gzip.compress(b"x" * 5000)[:20])
    rows = [
        json.dumps({"id": "a", "url": "https://x.example/a", "path": "pages/a.html.gz"}),
        json.dumps({"id": 2, "url": "https://x.example/b", "path": "pages/b.html"}),
        json.dumps({"id": "inline", "html": PAGE.format("日本語 😀")}),
        "{broken",
        "",
        "[1]",
        json.dumps({"id": "none", "url": "https://x.example/"}),
        json.dumps({"id": "gone", "path": "pages/gone.html"}),
        json.dumps({"id": "torn", "path": "pages/torn.gz"}),
        json.dumps({"id": "empty", "html": ""}),
    ]
    path = tmp_path / "in.jsonl"
    path.write_text("\n".join(rows) + "\n", encoding="utf-8")
    return path


def answers(path):
    return [json.loads(line) for line in path.read_text(encoding="utf-8").rstrip("\n").split("\n")]


def test_every_line_is_answered_in_order(lines, tmp_path):
    done = batch.run(lines, tmp_path / "out.jsonl")
    told = answers(tmp_path / "out.jsonl")
    assert done == (4, 5)
    assert [one["id"] for one in told] == ["a", 2, "inline", None, None, "none", "gone", "torn", "empty"]
    assert [one["title"] for one in told[:3]] == ["Gzipped", "Größe", "日本語 😀"]
    assert set(told[0]) == FIELDS
    assert all("error" in one and "text" not in one for one in told[3:8])
    assert told[3]["error"].startswith("line 4: no JSON")
    assert "pages/gone.html" in told[6]["error"]
    assert (told[8]["text"], told[8]["comments"]) == ("", [])


def test_more_processes_give_the_same_lines(lines, tmp_path):
    batch.run(lines, tmp_path / "one.jsonl", 1)
    batch.run(lines, tmp_path / "two.jsonl", 2)
    one, two = ([{**a, "cpu_ms": 0} for a in answers(tmp_path / name)] for name in ("one.jsonl", "two.jsonl"))
    assert one == two


def test_an_error_on_one_page_does_not_stop_the_others(lines, tmp_path, monkeypatch):
    def broken(record, body, profile):
        raise RuntimeError("a bug")

    monkeypatch.setattr(batch, "extract_one", broken)
    assert batch.run(lines, tmp_path / "out.jsonl") == (0, 9)
    assert answers(tmp_path / "out.jsonl")[0] == {"id": "a", "error": "line 1: RuntimeError: a bug"}


def test_the_day_of_a_change_stands_where_no_other_is_told():
    changed = "<h1>Salt</h1><div>Last updated on 3 May 2024</div><p>Words.</p>"
    told = batch.extract_one({"id": 1, "url": "https://x.example/salt"}, changed.encode())
    assert (told["date"], told["published"]) == ("2024-05-03", None)
    told = batch.extract_one({"id": 1, "url": "https://x.example/2024/05/01/salt"}, changed.encode())
    assert (told["date"], told["published"]) == ("2024-05-01", "2024-05-01T00:00:00Z")


def test_a_missing_file_of_lines_is_told(tmp_path):
    with pytest.raises(UsageError, match=r"nowhere\.jsonl"):
        batch.run(tmp_path / "nowhere.jsonl", None)
