"""Documentation is tested: what it names exists, and what exists is named."""

import re
import subprocess
import sys
from pathlib import Path

import click
import pytest

from cli.main import variorum

ROOT = Path(__file__).parent.parent
CONTEXT = click.Context(variorum, info_name="variorum")
COMMANDS = sorted(variorum.list_commands(CONTEXT))
PROMISED = (
    "add ingest sources status works history show thread diff search changes export provenance check extract clean "
    "reextract doctor duplicates takedown"
).split()
LOCKS = ("requirements.lock", "requirements-dev.lock")


def help_of(name: str) -> str:
    command = variorum.get_command(CONTEXT, name)
    assert command is not None
    return command.get_help(click.Context(command, info_name=name, parent=CONTEXT))


def test_all_promised_commands_exist() -> None:
    assert set(PROMISED) <= set(COMMANDS)


@pytest.mark.parametrize("name", COMMANDS)
def test_command_has_help_with_an_example(name: str) -> None:
    text = help_of(name)
    assert re.search(rf"Examples?:\s+(?:\S+=\S+ )?variorum {name}\b", text), text


@pytest.mark.parametrize("name", COMMANDS)
def test_command_and_its_options_are_described(name: str) -> None:
    described = (ROOT / "docs/cli.md").read_text(encoding="utf-8")
    section = re.search(rf"^#+ .*`?\b{name}\b.*$(.*?)(?=^#+ |\Z)", described, re.MULTILINE | re.DOTALL)
    assert section, f"docs/cli.md has no heading for {name}"
    command = variorum.get_command(CONTEXT, name)
    assert command is not None
    options = {opt for param in command.params for opt in param.opts if opt.startswith("--")} - {"--json", "--help"}
    assert {opt for opt in options if opt not in section[0]} == set()


def written_commands(path: Path) -> set[tuple[str, str]]:
    """Return the command lines of a document: ("make", target) and ("variorum", command)."""
    text = path.read_text(encoding="utf-8")
    lines = [
        line
        for block in re.findall(r"^```.*?^```|^(?: {4}.*\n)+", text, re.MULTILINE | re.DOTALL)
        for line in block.splitlines()
    ] + re.findall(r"`([^`\n]+)`", text)
    found = set()
    for line in lines:
        words = line.strip().removeprefix("$ ").removeprefix(".venv/bin/").split()
        words = words[2:] if words[:1] == ["--archive"] else words
        if len(words) > 1 and words[0] in ("make", "variorum") and re.fullmatch(r"[a-z]+", words[1]):
            found.add((words[0], words[1]))
    return found


@pytest.mark.parametrize("document", ["README.md", "CONTRIBUTING.md", "CHANGELOG.md", "docs/README.md"])
def test_written_commands_exist(document: str) -> None:
    targets = set(re.findall(r"^([a-z]+):", (ROOT / "Makefile").read_text(encoding="utf-8"), re.MULTILINE))
    known = {"make": targets, "variorum": set(COMMANDS)}
    assert {pair for pair in written_commands(ROOT / document) if pair[1] not in known[pair[0]]} == set()


def test_readme_tells_the_two_commands() -> None:
    assert {("make", "archive"), ("make", "test")} <= written_commands(ROOT / "README.md")


@pytest.mark.parametrize("document", [*ROOT.glob("*.md"), *ROOT.glob("docs/**/*.md")], ids=lambda path: path.name)
def test_links_lead_somewhere(document: Path) -> None:
    targets = re.findall(r"\]\(([^)#\s]+)(?:#[^)]*)?\)", document.read_text(encoding="utf-8"))
    local = [target for target in targets if not target.startswith(("http://", "https://", "mailto:"))]
    assert [target for target in local if not (document.parent / target).exists()] == []


def test_every_document_is_in_the_index() -> None:
    index = (ROOT / "docs/README.md").read_text(encoding="utf-8")
    names = [path.name for path in (ROOT / "docs").iterdir() if path.is_file() and path.name != "README.md"]
    assert [name for name in names if f"({name})" not in index] == []


@pytest.mark.parametrize("lock", LOCKS)
def test_lock_pins_all_and_names_no_index(lock: str) -> None:
    text = (ROOT / lock).read_text(encoding="utf-8")
    assert not re.search(r"https?:|--index|--extra-index|--find-links|-i |@ ", text)
    entries = re.split(r"\n(?=[A-Za-z0-9])", text.strip())
    assert len(entries) > 100
    assert [
        entry.split()[0] for entry in entries if "==" not in entry.split()[0] or "--hash=sha256:" not in entry
    ] == []


def test_locks_agree() -> None:
    pins = [set(re.findall(r"^(\S+==\S+)", (ROOT / lock).read_text(encoding="utf-8"), re.MULTILINE)) for lock in LOCKS]
    assert pins[0] <= pins[1]


def test_each_bound_has_its_reason() -> None:
    """A package held back in requirements.in for a trap says which."""
    lines = (ROOT / "requirements.in").read_text(encoding="utf-8").splitlines()
    traps = ("fastapi", "greenlet", "lxml_html_clean", "prefect", "pysqlite3", "trafilatura")
    for trap in traps:
        at = next(number for number, line in enumerate(lines) if re.match(rf"{trap}\b", line))
        assert "#" in lines[at] or lines[at - 1].startswith("#"), trap


def test_version_is_the_package_s_own() -> None:
    told = subprocess.run([sys.executable, "-m", "cli.main", "--version"], capture_output=True, text=True, check=True)
    version = re.search(r'^version = "(.+)"', (ROOT / "pyproject.toml").read_text(encoding="utf-8"), re.MULTILINE)
    assert version
    assert told.stdout.split() == ["variorum", version[1]]
    assert f"## {version[1]}" in (ROOT / "CHANGELOG.md").read_text(encoding="utf-8")
