"""A run says how many tests wait, and for what; where nothing may be skipped, it fails."""

import os
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parent.parent
CASES = """
import pytest

@pytest.mark.lab
def test_marked(): pass

def test_asks(wordpress_url): pass

@pytest.mark.postgres
def test_rows(): pass

def test_free(): pass
"""


def run(tmp_path: Path, cases: str, **environment: str) -> subprocess.CompletedProcess[str]:
    (tmp_path / "test_cases.py").write_text(cases)
    ours = {name: value for name, value in os.environ.items() if not name.startswith("VARIORUM_")}
    options = ["-p", "tests.conftest", "-p", "no:cacheprovider", "-c", str(ROOT / "pyproject.toml")]
    return subprocess.run(
        [sys.executable, "-m", "pytest", *options, str(tmp_path)],
        cwd=ROOT,
        env=ours | environment,
        capture_output=True,
        text=True,
        check=False,
    )


def test_counts_what_waits(tmp_path: Path) -> None:
    done = run(tmp_path, CASES, VARIORUM_TEST_POSTGRES="none")
    assert done.returncode == 0
    assert "3 tests wait for: PostgreSQL (1), the lab (2)" in done.stdout
    assert "needs the platform lab: set VARIORUM_LAB" in done.stdout


def test_skipped_test_fails_a_run_that_must_skip_nothing(tmp_path: Path) -> None:
    assert run(tmp_path, CASES, VARIORUM_NO_SKIP="1", VARIORUM_TEST_POSTGRES="none").returncode == 1
    free = "def test_free(): pass\n"
    assert run(tmp_path, free, VARIORUM_NO_SKIP="1").returncode == 0


@pytest.mark.parametrize("how", ["pytest.skip('not today')", "pytest.importorskip('no_such_module')"])
def test_other_skips_count_as_well(tmp_path: Path, how: str) -> None:
    done = run(tmp_path, f"import pytest\ndef test_other():\n    {how}\n", VARIORUM_NO_SKIP="1")
    assert done.returncode == 1
    assert "1 tests wait for: " in done.stdout
