"""`variorum doctor`: each fault of an installation has its line and its advice."""

import json
import os
from datetime import UTC, datetime
from functools import partial
from pathlib import Path

import pytest
from click.testing import CliRunner

from cli import doctor
from cli.main import variorum
from storage.archive import Archive
from tests.postgres import Server


def test_this_installation_is_fit_to_run(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("VARIORUM_CONTACT", "archive@example.org")
    for name in doctor.PROXIES:
        monkeypatch.delenv(name, raising=False)
    result = CliRunner().invoke(variorum, ["--archive", str(tmp_path / "new"), "doctor", "--json"])
    found = {line["what"]: line for line in map(json.loads, result.output.splitlines())}
    assert result.exit_code == 0, result.output
    assert {
        "Python",
        "packages",
        "SQLite",
        "folder",
        "disk",
        "archive",
        "contact",
        "proxy",
        "clock",
        "open files",
    } <= set(found)
    assert found["contact"]["found"] == "archive@example.org"
    assert all(line["state"] in ("ok", "warn") for line in found.values())
    assert not (tmp_path / "new").exists()  # it looks, it makes nothing


def test_packages_missing_or_out_of_range() -> None:
    found = {item.what: item for item in doctor.packages(["click>=8", "click<1", "no-such-thing", "fastapi<0.1"])}
    assert found["no-such-thing"].state == "fail" and "make venv" in found["no-such-thing"].advice
    assert found["click"].state == "fail" and "wanted <1" in found["click"].found
    assert "Prefect" in found["fastapi"].advice
    assert found["packages"].found.startswith("1 present")


def test_requirements_for_other_systems_do_not_count() -> None:
    assert [item.state for item in doctor.packages(['no-such-thing; sys_platform == "plan9"'])] == ["ok"]


@pytest.mark.parametrize(
    ("version", "state"), [((3, 51, 3), "ok"), ((3, 52, 0), "ok"), ((3, 51, 2), "warn"), ((3, 40, 1), "warn")]
)
def test_sqlite_with_the_wal_reset_bug(version: tuple[int, ...], state: str) -> None:
    assert doctor.judge_sqlite(version, "sqlite3").state == state


@pytest.mark.parametrize(
    ("off", "state"), [("", "ok"), ("data_checksums", "warn"), ("fsync", "fail"), ("full_page_writes", "fail")]
)
def test_a_server_that_does_not_keep_what_it_promises(off: str, state: str) -> None:
    settings = {"server_version": "15.18"}
    settings |= {name: "off" if name == off else "on" for name in ("fsync", "full_page_writes", "data_checksums")}
    found = doctor.judge_postgres("postgresql://host/db", settings)
    assert (found.state, found.found.startswith("15.18 at postgresql://host/db")) == (state, True)
    assert bool(found.advice) == (state != "ok")


@pytest.mark.postgres
def test_the_database_of_an_archive_is_named_without_its_password(tmp_path: Path, postgres_server: Server) -> None:
    address = postgres_server.empty().replace("postgres@", "postgres:not-asked-for@")
    run = partial(CliRunner().invoke, variorum)
    made = run(["--archive", str(tmp_path / "a"), "--database", address, "sources"])
    assert made.exit_code == 2 and "there is no archive" in made.output
    assert "VARIORUM_DATABASE" not in os.environ
    monkey = {"VARIORUM_DATABASE": address}
    Archive.open(tmp_path / "b", create=True).close()
    other = run(["--archive", str(tmp_path / "b"), "sources"], env=monkey)
    assert other.exit_code == 2 and "its own variorum.sqlite" in other.output
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("VARIORUM_DATABASE", address)
        Archive.open(tmp_path / "a", create=True).close()
    lines = [
        json.loads(line) for line in run(["--archive", str(tmp_path / "a"), "doctor", "--json"]).output.splitlines()
    ]
    (found,) = (line for line in lines if line["what"] == "PostgreSQL")
    assert "postgresql://postgres@" in found["found"]
    assert "fsync" in found["found"], "the server of a test run is careless"
    assert next(line for line in lines if line["what"] == "archive")["state"] == "ok"
    assert "not-asked-for" not in json.dumps(lines) + made.output + other.output
    (tmp_path / "a" / "database.url").write_text("postgresql://127.0.0.1:1/x?connect_timeout=2\n")
    lines = [
        json.loads(line) for line in run(["--archive", str(tmp_path / "a"), "doctor", "--json"]).output.splitlines()
    ]
    assert {line["what"]: line["state"] for line in lines}["PostgreSQL"] == "fail"


@pytest.mark.parametrize(("free", "state"), [(10**10, "ok"), (10**9, "warn"), (10**8, "fail")])
def test_disk(free: int, state: str) -> None:
    assert doctor.judge_disk(free).state == state


@pytest.mark.parametrize(("version", "state"), [((3, 10, 9), "fail"), ((3, 11, 0), "ok"), ((3, 14, 1), "ok")])
def test_python(version: tuple[int, ...], state: str) -> None:
    assert doctor.python(version).state == state


def test_surroundings(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("VARIORUM_CONTACT", raising=False)
    monkeypatch.setenv("HTTPS_PROXY", "http://proxy.example:3128")
    found = {item.what: item for item in doctor.environment("archive")}
    assert found["contact"].state == "warn" and "VARIORUM_CONTACT" in found["contact"].advice
    assert found["proxy"].state == "warn" and "HTTPS_PROXY" in found["proxy"].found
    monkeypatch.setenv("VARIORUM_TIMEOUT_S", "a minute")
    assert next(doctor.environment("archive")).state == "fail"


def test_a_clock_behind_its_own_files(tmp_path: Path) -> None:
    assert doctor.clock(datetime.now(UTC), tmp_path).state == "ok"
    assert doctor.clock(datetime(2001, 1, 1, tzinfo=UTC), tmp_path).state == "fail"


def test_an_archive_that_is_a_file_or_junk(tmp_path: Path) -> None:
    file = tmp_path / "file"
    file.write_text("x")
    assert [item.state for item in doctor.place(file)] == ["fail"]
    junk = tmp_path / "junk"
    junk.mkdir()
    (junk / "variorum.sqlite").write_bytes(b"not a database" * 100)
    assert doctor.content(junk).state == "fail"
    result = CliRunner().invoke(variorum, ["--archive", str(junk), "doctor"])
    assert result.exit_code == 1 and "fail" in result.output


def test_a_folder_that_cannot_be_written(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse(**_: object) -> None:
        raise PermissionError(13, "Permission denied")

    monkeypatch.setattr("tempfile.TemporaryFile", refuse)  # root may write everywhere: chmod would prove nothing
    first = next(doctor.place(tmp_path))
    assert first.state == "fail" and "Permission denied" in first.found


def test_a_good_archive(small_archive: Path) -> None:
    assert doctor.content(small_archive).state == "ok"
