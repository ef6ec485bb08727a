"""What the archive answers on the command line, for people and for programs."""

import json
import os
import shutil
import subprocess
import sys
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner, Result
from jsonschema import Draft202012Validator

from cli.main import variorum
from storage.archive import Archive
from tests.cli.conftest import FIRST_AT, exchange

ROOT = Path(__file__).parent.parent.parent
SCHEMA = Draft202012Validator(json.loads((ROOT / "docs/record.schema.json").read_text(encoding="utf-8")))
HOME = "https://garden.example/"
ROSES, CHERRY, DATES = HOME + "roses/", HOME + "sakura/", HOME + "tamr/"


@pytest.fixture
def ask(small_archive: Path) -> Any:
    def run(*args: str) -> Result:
        return CliRunner().invoke(variorum, ["--archive", str(small_archive), *args], catch_exceptions=False)

    return run


def lines(result: Result) -> list[dict[str, Any]]:
    """Return the objects that a command printed, one a line."""
    assert result.exit_code == 0, result.output
    return [json.loads(line) for line in result.stdout.splitlines()]


def test_sources_and_status(ask: Any) -> None:
    (source,) = lines(ask("sources", "--json"))
    assert (source["slug"], source["every_s"]) == ("garden.example", 21600)
    (status,) = lines(ask("status", "--json"))
    assert (status["posts"], status["comments"], status["gone"], status["incomplete_threads"]) == (2, 2, 2, 1)
    assert "thread gaps" in ask("status").output


def test_works(ask: Any) -> None:
    works = lines(ask("works", "--json"))
    assert [work["url"] for work in works] == [ROSES, CHERRY, DATES]
    assert len(lines(ask("works", "garden.example", "--comments", "--json"))) == 6
    assert len(lines(ask("works", "--limit", "1", "--after", str(works[0]["id"]), "--json"))) == 1
    assert "2+" in ask("works").output  # an incomplete thread


def test_columns_line_up_whatever_the_script(ask: Any) -> None:
    from rich.cells import cell_len

    head, *rows = ask("works").output.splitlines()
    at = head.index("title")
    for row, title in zip(rows, ("Roses, again", "桜の庭", "نخلة"), strict=True):
        assert cell_len(row[: row.index(title)]) == at


def test_history(ask: Any) -> None:
    records = lines(ask("history", ROSES, "--json"))
    assert [(record["version_no"], record["kind"]) for record in records] == [(1, "first"), (2, "source")]
    for record in records:
        SCHEMA.validate(record)
    text = ask("history", HOME + "?p=11").output  # by an alias
    assert "also at  https://garden.example/?p=11 (redirect)" in text
    assert "2 visits from 2026-03-01 09:30:05" in text
    assert "the server answers 404" in ask("history", DATES).output


@pytest.mark.parametrize(
    ("args", "text", "note"),
    [
        ([], "We wait no longer.", "version 2 of 2"),
        (["--version", "1"], "We wait.\n", "version 1 of 2"),
        (["--at", "2026-03-01"], "We wait.\n", "between observations"),
        (["--at", "2026-03-01T09:30:05"], "We wait.\n", "between observations"),
        (["--at", "2026-03-01T09:30:05.250000Z"], "We wait.\n", "certain at 2026-03-01 09:30:05"),
        (["--at", "2026-03-04"], "We wait.\n", "between observations"),
        (["--at", "2026-12-31"], "no longer", "not certain"),
    ],
)
def test_show_at_a_time(ask: Any, args: list[str], text: str, note: str) -> None:
    result = ask("show", ROSES, *args)
    assert result.exit_code == 0
    assert text in result.stdout
    assert note in result.stderr


def test_show_in_every_form(ask: Any) -> None:
    assert ask("show", CHERRY).stdout == "桜の庭\n\n桜の庭は静かです。\n花びらが池に落ちました。\n"
    assert ask("show", CHERRY, "--format", "markdown").stdout.startswith("# 桜の庭\n")
    (record,) = lines(ask("show", CHERRY, "--json"))
    SCHEMA.validate(record)
    assert record["lang"] == "ja" and record["text"].startswith("桜の庭")
    gone = ask("show", DATES)
    assert (gone.exit_code, gone.stdout) == (0, "") and "404" in gone.stderr
    assert "نخلة التمر" in ask("show", DATES, "--version", "1").stdout


def test_thread_keeps_the_place_of_the_gone(ask: Any) -> None:
    text = ask("thread", ROSES).output
    assert "incomplete: 2 seen, 5 claimed" in text
    assert "[gone since 2026-03-08 09:30:05" in text and "Mine froze too." in text
    assert "\n    Ada Gärtner" in text  # beneath what she answers
    assert "\x1b" not in text and "花子" in text
    before = ask("thread", ROSES, "--at", "2026-03-02").output
    assert "gone" not in before and "incomplete" not in before
    records = lines(ask("thread", ROSES, "--json"))
    assert [(record["kind"], record["thread"]["depth"]) for record in records] == [
        ("gone", 0),
        ("first", 1),
        ("first", 0),
    ]
    for record in records:
        SCHEMA.validate(record)
    assert ask("thread", CHERRY).output.endswith("No comment is archived here.\n")


def test_diff(ask: Any) -> None:
    text = ask("diff", ROSES).output
    assert "title: Roses → Roses, again" in text and "tags: +frost" in text
    assert "[-late-]{+early+}" in text
    assert ask("diff", ROSES, "2026-03-02", "2026-03-09").output == text == ask("diff", ROSES, "1", "2").output
    (found,) = lines(ask("diff", ROSES, "--json"))
    assert (found["old"]["version_no"], found["new"]["version_no"]) == (1, 2)
    assert "\n".join(line for hunk in found["hunks"] for line in hunk["new"]).endswith("We wait no longer.")
    assert "The text is the same." in ask("diff", ROSES, "2", "2").output


def test_search(ask: Any) -> None:
    assert "«Frost»" in ask("search", "frost", "roses").output
    assert "«花びら»" in ask("search", "花びら").output
    assert lines(ask("search", 'froze OR AND NOT ( "', "--json")) == []  # nothing that is typed is a syntax error
    assert ask("search", "nowhere").output == "Nothing is found.\n"
    assert ask("search", "frost", "--lang", "ja").output == "Nothing is found.\n"
    (hit,) = lines(ask("search", "frost", "--json", "--from", "2026-02-20", "--to", "2026-02-20"))
    SCHEMA.validate(hit["record"])
    assert hit["url"] == ROSES and hit["cursor"]


def test_changes_go_on_behind_the_last_seq(ask: Any) -> None:
    everything = lines(ask("changes"))
    assert len(everything) == 9
    middle = everything[4]["seq"]
    assert lines(ask("changes", "--after", str(middle), "--json")) == everything[5:]
    assert {record["kind"] for record in lines(ask("changes", "--kinds", "gone,source"))} == {"gone", "source"}
    assert len(lines(ask("changes", "--follow", "--limit", "2"))) == 2


def test_export(ask: Any, tmp_path: Path) -> None:
    dest = tmp_path / "out.jsonl"
    assert ask("export", "--format", "jsonl", str(dest)).output.startswith("9 records, ")
    records = [json.loads(line) for line in dest.read_text(encoding="utf-8").splitlines()]
    assert records == lines(ask("changes"))
    assert len(lines(ask("export", "--format", "jsonl", "-"))) == 9
    (told,) = lines(ask("export", "--format", "warc", str(tmp_path / "warcs"), "--json"))
    assert all(Path(name).stat().st_size for name in told["files"]) and told["files"]


@pytest.mark.parametrize(
    "args",
    [
        ("jsonl", "{archive}/variorum.sqlite"),
        ("jsonl", "{archive}/warc/more.jsonl"),
        ("warc", "{archive}/warc"),
        ("warc", "-"),
    ],
)
def test_an_export_never_lands_on_the_archive(ask: Any, small_archive: Path, args: tuple[str, str]) -> None:
    before = {path: path.read_bytes() for path in small_archive.rglob("*") if path.is_file()}
    form, dest = args
    result = ask("export", "--format", form, dest.format(archive=small_archive))
    assert result.exit_code == 2 and "name" in result.stderr
    assert {path: path.read_bytes() for path in small_archive.rglob("*") if path.is_file()} == before


def test_an_export_writes_into_pipes_and_through_links(ask: Any, tmp_path: Path) -> None:
    whole, pipe, link = tmp_path / "whole.jsonl", tmp_path / "pipe", tmp_path / "link.jsonl"
    ask("export", "--format", "jsonl", str(whole))
    os.mkfifo(pipe)
    with subprocess.Popen(["cat", pipe], stdout=subprocess.PIPE) as reader:
        assert ask("export", "--format", "jsonl", str(pipe)).exit_code == 0
        assert reader.communicate(timeout=30)[0] == whole.read_bytes()
    assert pipe.is_fifo()
    (tmp_path / "target.jsonl").write_text("old")
    link.symlink_to("target.jsonl")
    ask("export", "--format", "jsonl", str(link))
    assert link.is_symlink() and (tmp_path / "target.jsonl").read_bytes() == whole.read_bytes()


@pytest.mark.skipif(not Path("/dev/full").exists(), reason="needs Linux's /dev/full")
@pytest.mark.parametrize("args", [["works"], ["changes"], ["export", "--format", "jsonl", "-"]])
def test_a_full_disk_behind_the_output_is_said(small_archive: Path, args: list[str]) -> None:
    with Path("/dev/full").open("wb") as full:
        done = subprocess.run(
            [sys.executable, "-m", "cli.main", "--archive", str(small_archive), *args],
            cwd=ROOT,
            stdout=full,
            stderr=subprocess.PIPE,
            text=True,
            timeout=60,
            check=False,
        )
    assert (done.returncode, done.stderr) == (3, "variorum: the answer cannot be written: No space left on device.\n")


def test_provenance(ask: Any) -> None:
    assert "warc/variorum-" in ask("provenance", ROSES, "--version", "1").output
    assert "prefix" in json.loads(ask("provenance", ROSES, "--format", "prov-json").output)
    assert "@context" in json.loads(ask("provenance", ROSES, "--format", "prov-jsonld").output)
    (chain,) = lines(ask("provenance", ROSES, "--json"))
    assert chain["version"]["url"] == ROSES


def test_check_finds_damage(ask: Any, small_archive: Path, tmp_path: Path) -> None:
    assert ask("check", "--deep").output.startswith("sound")
    damaged = tmp_path / "damaged"
    shutil.copytree(small_archive, damaged)
    segment = next((damaged / "warc").iterdir())
    body = bytearray(segment.read_bytes())
    body[-200] ^= 0xFF
    segment.write_bytes(body)
    result = CliRunner().invoke(variorum, ["--archive", str(damaged), "check", "--deep", "--json"])
    assert result.exit_code == 3
    assert all(json.loads(line)["advice"] for line in result.stdout.splitlines()) and result.stdout


@pytest.mark.parametrize(
    ("args", "said"),
    [
        (["history", HOME + "rose/"], "near it: https://garden.example/roses/"),
        (["show", ROSES, "--version", "9"], "has no version 9; it has 2 versions"),
        (["show", ROSES, "--at", "2020-01-01"], "was first seen at 2026-03-01 09:30:05"),
        (["show", ROSES, "--at", "2020-01-01", "--version", "1"], "not both"),
        (["diff", CHERRY], "one version only"),
        (["diff", ROSES, "soon"], "'soon' is no date"),
        (["works", "nowhere.example"], "nowhere.example"),
        (["search", "!!"], "word"),
        (["changes", "--kinds", "edited"], "there is no kind edited"),
        (["export", "--format", "warc", "--after", "3", "x"], "--after is for --format jsonl"),
        (["ingest"], "a source (garden.example)"),
    ],
)
def test_wrong_questions_get_the_right_hint(ask: Any, args: list[str], said: str) -> None:
    result = ask(*args)
    assert result.exit_code == 2
    assert said in result.stderr
    assert result.stdout == ""


def test_no_archive_and_junk(tmp_path: Path) -> None:
    result = CliRunner().invoke(variorum, ["--archive", str(tmp_path / "none"), "works"])
    assert result.exit_code == 2 and "there is no archive in" in result.stderr
    assert not (tmp_path / "none").exists()
    (tmp_path / "variorum.sqlite").write_bytes(b"junk" * 2000)
    result = CliRunner().invoke(variorum, ["--archive", str(tmp_path), "works"])
    assert result.exit_code == 3 and "damaged" in result.stderr


def test_a_reader_that_goes_away_is_no_trouble(small_archive: Path) -> None:
    read, write = os.pipe()
    os.close(read)
    try:
        done = subprocess.run(
            [sys.executable, "-m", "cli.main", "--archive", str(small_archive), "changes"],
            cwd=ROOT,
            stdout=write,
            stderr=subprocess.PIPE,
            timeout=60,
            check=False,
        )
    finally:
        os.close(write)
    assert (done.returncode, done.stderr) == (141, b"")


def test_answers_are_utf_8_whatever_the_locale(small_archive: Path) -> None:
    done = subprocess.run(
        [sys.executable, "-m", "cli.main", "--archive", str(small_archive), "show", CHERRY],
        cwd=ROOT,
        env={**os.environ, "PYTHONIOENCODING": "ascii", "LC_ALL": "C"},
        capture_output=True,
        timeout=60,
        check=True,
    )
    assert "花びら" in done.stdout.decode()


def test_status_says_once_why_a_host_that_is_down_fails(tmp_path: Path) -> None:
    down = [
        replace(
            exchange(HOME + path, FIRST_AT, b""), status=None, response=b"", headers=(), error="timeout: it is mute"
        )
        for path in ("", "feed/", "sitemap.xml")
    ]
    with Archive.open(str(tmp_path), create=True) as archive, archive.writer() as writer:
        source = writer.add_source(HOME)
        writer.keep(writer.begin_run(source.id, "ingest"), source.id, down)
    told = CliRunner().invoke(variorum, ["--archive", str(tmp_path), "status"]).output
    assert "3 addresses failing" in told
    assert told.count("timeout: it is mute") == 1
    assert [line.strip() for line in told.splitlines()[-3:]] == [HOME, HOME + "feed/", HOME + "sitemap.xml"]
