"""`compact` says what it folds, what it would fold, and makes it undone."""

from __future__ import annotations

import json
import shutil
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from cli.main import variorum
from tests.cli.conftest import ROSES


@pytest.fixture
def archive(small_archive: Path, tmp_path: Path) -> Path:
    """A copy that may be written."""
    shutil.copytree(small_archive, tmp_path / "archive")
    return tmp_path / "archive"


def run(archive: Path, *args: str) -> Result:
    return CliRunner().invoke(variorum, ["--archive", str(archive), *args])


def test_fold_and_unfold(archive: Path) -> None:
    count = len(list((archive / "warc").iterdir()))
    wished = run(archive, "compact", "--dry-run").output
    assert "would become 1 pack of" in wished and "times smaller" in wished
    done = json.loads(run(archive, "compact", "--json").output)
    assert (done["segments"], done["packs"], done["kept"]) == (count, ["00000001.pack"], [])
    assert "There is no closed WARC file" in run(archive, "compact").output
    assert "packs/00000001.pack at" in run(archive, "provenance", ROSES).output
    assert run(archive, "check", "--deep").exit_code == 0
    assert run(archive, "compact", "--undo").output == "1 WARC file made of packs again.\n"
    assert "warc/variorum-unpacked-00000001.warc.gz at" in run(archive, "provenance", ROSES).output
    assert run(archive, "check", "--deep").exit_code == 0
    assert json.loads(run(archive, "compact", "--undo", "--json").output) == {"segments": []}


def test_what_is_left_is_told(archive: Path) -> None:
    path = next((archive / "warc").iterdir())
    path.write_bytes(path.read_bytes()[:-100])
    told = run(archive, "compact").output
    assert f"left as it is  {path.name}: " in told and "see variorum check --deep" in told


@pytest.mark.parametrize(
    ("args", "code", "said"),
    [
        (["nobody.example"], 2, "nobody.example"),
        (["--undo", "--dry-run"], 2, "--dry-run is for folding"),
    ],
)
def test_wrong_use_is_answered(archive: Path, args: list[str], code: int, said: str) -> None:
    result = run(archive, "compact", *args)
    assert result.exit_code == code
    assert said in result.output


def test_a_busy_archive_is_left_alone(archive: Path) -> None:
    from storage.locks import alone

    (archive / "packs").mkdir()
    with alone(archive / "packs", "compact"):
        result = run(archive, "compact")
    assert result.exit_code == 3
    assert "another process does this already" in result.output
