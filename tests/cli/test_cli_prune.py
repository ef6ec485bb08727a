"""`prune` says what would go and what went, and never takes more than it is asked for."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from cli.main import variorum
from tests.storage.made import HOME, Blog, exchange


@pytest.fixture
def archive(tmp_path: Path) -> Path:
    blog = Blog(tmp_path / "archive")
    blog.keep(*(exchange(f"{HOME}a/", b"the same " * 50, hours=hour) for hour in range(6)))
    blog.keep(*(exchange(f"{HOME}b/", b"busy", status=503, hours=hour) for hour in range(4)))
    blog.close()
    return blog.folder


def run(archive: Path, *args: str) -> Result:
    return CliRunner().invoke(variorum, ["--archive", str(archive), "prune", *args])


def test_count_and_drop(archive: Path) -> None:
    wished = run(archive, "--unchanged", "30d", "--failed", "4w", "--dry-run").output
    assert "6 visits would go (2 failed, 4 unchanged), 0 bodies" in wished
    done = run(archive, "--unchanged", "30d", "--json")
    assert json.loads(done.output)["visits"] == {"unchanged": 4}
    went = run(archive, "--failed", "30d").output
    assert "2 visits went (2 failed)" in went and "1 WARC file written anew" in went
    assert "nothing that may go" in run(archive, "--unchanged", "30d", "--failed", "30d").output
    assert CliRunner().invoke(variorum, ["--archive", str(archive), "check", "--deep"]).exit_code == 0


@pytest.mark.parametrize(
    ("args", "said"),
    [
        ([], "name an age"),
        (["--unchanged", "1h"], "less than a day"),
        (["--failed", "soon"], "no time span"),
        (["nobody.example", "--failed", "9d"], "nobody.example"),
    ],
)
def test_wrong_use_is_answered(archive: Path, args: list[str], said: str) -> None:
    result = run(archive, *args)
    assert (result.exit_code, said in result.output) == (2, True), result.output
