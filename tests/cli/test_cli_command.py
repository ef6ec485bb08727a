"""The command as a whole: help, wrong use, exit codes, what is imported and how fast it starts."""

import json
import os
import resource
import subprocess
import sys
from collections.abc import Callable
from importlib import import_module
from pathlib import Path

import click
import pytest
from click.testing import CliRunner

from cli.main import FAMILIES, MODULES, variorum
from variorum import __version__
from variorum.errors import StorageError, UsageError, VariorumError

ROOT = Path(__file__).parent.parent.parent
COMMANDS = list(MODULES)
#: what only fetching, extracting, writing may import
HEAVY = {
    "sqlalchemy",
    "sqlmodel",
    "alembic",
    "prefect",
    "trafilatura",
    "httpx",
    "lxml",
    "bs4",
    "warcio",
    "rich.console",
}


def run(*args: str, **env: str) -> "subprocess.CompletedProcess[str]":
    """Run the command line as a process of its own."""
    return subprocess.run(
        [sys.executable, "-m", "cli.main", *args],
        cwd=ROOT,
        env={**os.environ, **env},
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )


@pytest.mark.parametrize("name", COMMANDS)
def test_help_says_what_it_does_and_has_an_example(name: str) -> None:
    result = CliRunner().invoke(variorum, [name, "--help"])
    assert result.exit_code == 0
    assert "Example:" in result.output
    assert f"variorum {name}" in result.output.split("Example:")[1]
    command = getattr(import_module(MODULES[name]), name)
    assert all(option.help for option in command.params if isinstance(option, click.Option))


def test_help_lists_all_commands_by_family() -> None:
    output = CliRunner().invoke(variorum, ["--help"]).output
    for family, names in FAMILIES.items():
        assert f"{family}:" in output
        assert all(f"  {name} " in output for name in names)
    assert "..." not in output.partition("[ARGS]...")[2]  # every first sentence fits


@pytest.mark.parametrize(
    "name", ["sources", "status", "works", "history", "show", "thread", "diff", "search", "changes"]
)
def test_questions_answer_in_json(name: str) -> None:
    command = getattr(import_module(MODULES[name]), name)
    assert any("--json" in parameter.opts for parameter in command.params) or name == "changes"


def test_version() -> None:
    assert CliRunner().invoke(variorum, ["--version"]).output == f"variorum {__version__}\n"


@pytest.mark.parametrize(
    ("args", "said"),
    [
        (["histroy"], "Did you mean 'history'?"),
        (["qqqq"], "See 'variorum --help'."),
        (["history"], "Missing argument"),
        (["show", "https://a.example/", "--at", "yesterday"], "'yesterday' is no date: write 2026-11-24"),
        (["ingest", "--limit", "0", "https://a.example/"], "--limit"),
        (["ingest", "some.blog"], "write it as in https://some.blog"),
        (["add", "ftp://some.blog/"], "neither a source nor an address"),
        (["add", "https://a.example/", "--every", "often"], "'often' is no time span"),
        (["extract"], "name one document"),
        (["clean", "x.txt", "--batch", "y.jsonl"], "name one document"),
        (["clean", "no-such.txt"], "no-such.txt cannot be read: No such file"),
        (["clean", "--batch", "no-such.jsonl"], "no-such.jsonl is no file"),
    ],
)
def test_wrong_use_is_explained(args: list[str], said: str, tmp_path: Path) -> None:
    result = CliRunner().invoke(variorum, ["--archive", str(tmp_path / "none"), *args])
    assert result.exit_code == 2, result.output
    assert said in result.stderr
    assert "Traceback" not in result.stderr


@pytest.mark.parametrize(
    ("error", "code", "said"),
    [
        (UsageError("no such day"), 2, "variorum: no such day\n"),
        (StorageError("the disk is full"), 3, "variorum: the disk is full\n"),
        (VariorumError("no answer"), 1, "variorum: no answer\n"),
        (KeyboardInterrupt(), 130, "variorum: stopped.\n"),
        (PermissionError(13, "Permission denied", "/root/x"), 3, "variorum: /root/x: Permission denied.\n"),
    ],
)
def test_trouble_has_a_sentence_and_a_code(
    error: BaseException, code: int, said: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fail(_: object) -> None:
        raise error

    monkeypatch.setattr("cli.watching.open_archive", fail)
    result = CliRunner().invoke(variorum, ["sources"])
    assert (result.exit_code, result.stderr) == (code, said)


def test_a_bug_is_not_hidden(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("cli.watching.open_archive", lambda _: 1 / 0)
    assert isinstance(CliRunner().invoke(variorum, ["sources"]).exception, ZeroDivisionError)


def test_settings_that_are_no_numbers_are_named() -> None:
    result = run("extract", "http://127.0.0.1:1/", VARIORUM_GAP_S="soon")
    assert result.returncode == 2
    assert "VARIORUM_GAP_S" in result.stderr and "soon" in result.stderr


@pytest.mark.parametrize("args", [["--version"], ["--help"], ["history", "--help"], ["sources"], ["search", "x"]])
def test_starts_fast_and_lean(args: list[str], small_archive: Path, record_property: Callable[..., None]) -> None:
    code = (
        "import sys, time; from cli.main import variorum\n"
        "try: variorum(sys.argv[1:], prog_name='variorum')\n"
        "except SystemExit: pass\n"
        "import json; print(json.dumps([time.process_time(), sorted(sys.modules)]), file=sys.stderr)"
    )
    done = subprocess.run(
        [sys.executable, "-c", code, "--archive", str(small_archive), *args],
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=True,
        timeout=60,
    )
    cpu_s, modules = json.loads(done.stderr.splitlines()[-1])
    record_property("cpu_s", cpu_s)
    print(f"{' '.join(args)}: {cpu_s:.3f} s of CPU, {len(modules)} modules")
    assert done.stdout
    assert not HEAVY & set(modules)
    assert cpu_s < 0.5 * slowness()  # 0.15 to 0.3 s is measured


def slowness() -> float:
    """Return how much longer this machine takes now than an idle one: shared cores are not even."""
    before = resource.getrusage(resource.RUSAGE_CHILDREN)
    subprocess.run([sys.executable, "-c", "import argparse, json, subprocess, decimal"], check=True, timeout=60)
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    return max(1.0, (after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime) / 0.06)
