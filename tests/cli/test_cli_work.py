"""Commands that do something: ingest and its summary, extract, clean."""

import gzip
import json
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner

from cli.main import variorum
from flows import steps
from variorum.errors import ExtractError, StorageError
from variorum.records import Outcome, Report

NOW = datetime(2026, 3, 1, tzinfo=UTC)
PAGE = """<html lang="de"><head><title>Der Garten</title></head><body><article><h1>Der Garten</h1>
<p>Im März blüht der Garten noch nicht, aber die Knospen sind schon zu sehen, wenn man genau hinschaut.</p>
<p>Im April kommt der Frost zurück, und wir decken die Rosen mit Reisig zu, wie jedes Jahr.</p>
</article></body></html>"""


def reporting(report: Report) -> Callable[..., Report]:
    def ingest(folder: str, key: str, settings: object, **options: Any) -> Report:
        options["progress"]("archiving", 1, 2)
        return report

    return ingest


def report_of(**values: Any) -> Report:
    return Report(source="some.blog", started_at=NOW, ended_at=NOW, **values)


def test_ingest_says_what_became_of_every_page(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.delenv("PREFECT_API_URL", raising=False)
    failed = (Outcome("https://some.blog/a/", 503, "error", "the server answers 503"),)
    report = report_of(
        found=9, fetched=12, posts={"first": 3, "gone": 1, "same": 4, "error": 1}, comments={"first": 7, "source": 2},
        failed=failed, warnings=("the feed is broken",), vouched=4, not_modified=2, capped=5, bytes_received=2_500_000,
    )  # fmt: skip
    monkeypatch.setattr(steps, "ingest", reporting(report))
    command = ["--archive", str(tmp_path / "a"), "ingest", "https://some.blog"]
    result = CliRunner().invoke(variorum, command)
    assert result.exit_code == 1
    for said in (
        "9 posts and pages listed", "12 requests, 2.5 MB", "posts: 3 new, 1 gone", "comments: 7 new, 2 edited",
        "posts: 4 unchanged, 1 not readable", "4 pages not fetched", "2 answers with nothing new",
        "5 posts left for the next run", "the feed is broken", "failed    1 page",
        "503  https://some.blog/a/  the server answers 503",
    ):  # fmt: skip
        assert said in result.stdout
    told = json.loads(CliRunner().invoke(variorum, [*command, "--json"]).stdout)
    assert told["failed"][0]["status"] == 503 and told["posts"]["first"] == 3


def test_ingest_without_failures_is_0(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.delenv("PREFECT_API_URL", raising=False)
    monkeypatch.setattr(steps, "ingest", reporting(report_of(found=1)))
    result = CliRunner().invoke(variorum, ["--archive", str(tmp_path), "ingest", "https://some.blog"])
    assert result.exit_code == 0 and "nothing new" in result.stdout


def test_ingest_stopped_by_the_keyboard_can_go_on(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    def stopped(*_: object, **__: object) -> Report:
        raise KeyboardInterrupt

    monkeypatch.delenv("PREFECT_API_URL", raising=False)
    monkeypatch.setattr(steps, "ingest", stopped)
    result = CliRunner().invoke(variorum, ["--archive", str(tmp_path), "ingest", "https://some.blog"])
    assert result.exit_code == 130
    assert "running the same command again goes on" in result.stderr


def test_ingest_of_a_host_that_is_not_there(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.delenv("PREFECT_API_URL", raising=False)
    result = CliRunner().invoke(variorum, ["--archive", str(tmp_path / "a"), "ingest", "http://127.0.0.1:9/"])
    assert result.exit_code == 1
    assert "http://127.0.0.1:9/" in result.stdout and "refused" in result.stdout


@pytest.mark.parametrize(
    ("error", "code", "said"),
    [
        (ExtractError("its rules cannot be read"), 1, "its rules cannot be read"),
        (StorageError("the archive is held by another process"), 3, "held by another process"),
        (ZeroDivisionError("division by zero"), 1, "a fault of variorum"),
    ],
)
def test_ingest_of_several_goes_on_where_one_fails(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path, error: Exception, code: int, said: str
) -> None:
    def ingest(folder: str, key: str, settings: object, **options: Any) -> Report:
        if "bad" in key:
            raise error
        return report_of(found=1, posts={"first": 1})

    monkeypatch.delenv("PREFECT_API_URL", raising=False)
    monkeypatch.setattr(steps, "ingest", ingest)
    blogs = ["https://a.blog", "https://bad.blog", "https://c.blog"]
    result = CliRunner().invoke(variorum, ["--archive", str(tmp_path), "ingest", *blogs])
    assert (result.exit_code, result.stdout.count("posts: 1 new")) == (code, 2)
    assert said in result.stderr
    assert "1 of 3 blogs could not be ingested: https://bad.blog" in result.stderr
    alone = CliRunner().invoke(variorum, ["--archive", str(tmp_path), "ingest", blogs[1]])
    assert isinstance(alone.exception, type(error)) if "fault" in said else alone.exit_code == code


def test_all_without_sources(tmp_path: Path) -> None:
    result = CliRunner().invoke(variorum, ["--archive", str(tmp_path / "a"), "ingest", "--all"])
    assert result.exit_code == 2 and "there is no archive" in result.stderr


@pytest.mark.parametrize("packed", [False, True])
def test_extract_a_file(tmp_path: Path, packed: bool) -> None:
    file = tmp_path / "page.html"
    file.write_bytes(gzip.compress(PAGE.encode()) if packed else PAGE.encode())
    page = json.loads(CliRunner().invoke(variorum, ["extract", str(file), "--json"]).stdout)
    assert page["title"] == "Der Garten" and "decken die Rosen" in page["text"]
    text = CliRunner().invoke(variorum, ["extract", "-"], input=PAGE).stdout
    assert text.startswith("Der Garten\n") and "decken die Rosen" in text


def test_explain_names_the_fate_of_every_block(tmp_path: Path) -> None:
    file = tmp_path / "page.html"
    file.write_text(PAGE.replace("<body>", "<body><div>&lt;script&gt;evil&lt;/script&gt;</div>"), encoding="utf-8")
    told = CliRunner().invoke(variorum, ["extract", str(file), "--explain"])
    assert told.exit_code == 0
    assert "left out <script>evil" in told.stdout and "kept     " in told.stdout
    page = CliRunner().invoke(variorum, ["extract", str(file), "--explain", "html"]).stdout
    assert page.startswith("<!DOCTYPE html>") and "<script" not in page and "&lt;script&gt;evil" in page
    form = "Words of the author.\n\nLeave a Reply\nName *\nEmail *\nWebsite\n"
    told = CliRunner().invoke(variorum, ["clean", "-", "--explain"], input=form)
    assert "removed  Leave a Reply  [comment_form: " in told.stdout
    for wrong in (["--explain", str(file)], [str(file), "--explain", "--json"], ["--batch", str(file), "--explain"]):
        result = CliRunner().invoke(variorum, ["extract", *wrong])
        assert result.exit_code == 2 and "--explain" in result.stderr


def test_extract_what_is_no_page(tmp_path: Path) -> None:
    empty = tmp_path / "empty.html"
    empty.write_bytes(b"\n")
    broken = tmp_path / "broken.gz"
    broken.write_bytes(b"\x1f\x8bnothing")
    for file, said in ((empty, "is empty"), (broken, "broken gzip"), (tmp_path, "cannot be read")):
        result = CliRunner().invoke(variorum, ["extract", str(file)])
        assert result.exit_code == 2 and said in result.stderr
    junk = tmp_path / "junk"
    junk.write_bytes(bytes(range(256)) * 50)
    assert CliRunner().invoke(variorum, ["extract", str(junk), "--json"]).exit_code == 0
    result = CliRunner().invoke(variorum, ["extract", "http://127.0.0.1:9/"])
    assert result.exit_code == 1 and "http://127.0.0.1:9/: " in result.stderr


def test_extract_batch_keeps_order_and_says_what_failed(tmp_path: Path) -> None:
    source, out = tmp_path / "in.jsonl", tmp_path / "out.jsonl"
    rows = [{"id": "a", "url": "https://x.example/a", "html": PAGE}, {"id": "b", "url": "https://x.example/b"}]
    source.write_text("\n".join(map(json.dumps, rows)), encoding="utf-8")
    result = CliRunner().invoke(variorum, ["extract", "--batch", str(source), "--out", str(out)])
    answers = [json.loads(line) for line in out.read_text(encoding="utf-8").splitlines()]
    assert result.exit_code == 1 and "1 page" in result.stderr
    assert [answer["id"] for answer in answers] == ["a", "b"] and "error" in answers[1]


def test_clean(tmp_path: Path) -> None:
    form = "Leave a Reply\n\nFill in your details below or click an icon to log in:"
    raw = f"The roses are late.\n\nWe wait for them.\n\n{form}"
    assert (
        CliRunner().invoke(variorum, ["clean", "-"], input=raw).stdout == "The roses are late.\n\nWe wait for them.\n"
    )
    told = json.loads(CliRunner().invoke(variorum, ["clean", "-", "--json"], input=raw).stdout)
    assert told["clean"].rstrip() == "The roses are late.\n\nWe wait for them."
    assert all({"start", "end", "kind", "rule"} <= set(cut) for cut in told["removed"]) and told["removed"]
    file = tmp_path / "latin.txt"
    file.write_bytes("schön".encode("latin-1"))
    result = CliRunner().invoke(variorum, ["clean", str(file)])
    assert result.exit_code == 2 and "is not UTF-8 (byte 3)" in result.stderr


def test_clean_batch(tmp_path: Path) -> None:
    source = tmp_path / "in.jsonl"
    source.write_text('{"id": 1, "raw": "庭が好きです。"}\n{"id": 2}\n', encoding="utf-8")
    result = CliRunner().invoke(variorum, ["clean", "--batch", str(source)])
    first, second = map(json.loads, result.stdout.splitlines())
    assert first["clean"] == "庭が好きです。" and second["id"] == 2 and "error" in second
    assert result.exit_code == 1


@pytest.mark.parametrize("command", ["clean", "extract"])
def test_a_batch_is_not_written_over_its_input(command: str, tmp_path: Path) -> None:
    batch, link = tmp_path / "in.jsonl", tmp_path / "link.jsonl"
    batch.write_text('{"id": 1, "raw": "One.", "html": "<p>One."}\n')
    link.symlink_to(batch)
    for out in (batch, link):
        result = CliRunner().invoke(variorum, [command, "--batch", str(batch), "--out", str(out)])
        assert result.exit_code == 2 and "the input itself" in result.stderr
    assert batch.read_text().startswith('{"id": 1')
