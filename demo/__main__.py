"""The sample blog, archived twice: `python -m demo`, or `make archive` without an address.

Serves the recorded blog on the loopback, lets `variorum ingest` archive it, switches to what the blog had become,
ingests again, and asks the archive what happened in between. What is run is the command itself, as anybody would.
"""

from __future__ import annotations

import json
import os
import shlex
import subprocess
import sys
import time
from pathlib import Path

from demo.record import EDITED_PATH
from demo.recording import read
from demo.server import serve
from variorum.errors import UsageError
from variorum.settings import Settings

NAME = "Sample blog"


def main() -> int:
    """Make the archive if need be, then show it; return an exit code."""
    archive = Path(Settings.from_environment().archive)
    try:
        _show(archive, _archived(archive) or _ingest_both_rounds(archive))
    except UsageError as error:
        print(f"variorum: {error}", file=sys.stderr)
        return 2
    except subprocess.CalledProcessError as error:
        return error.returncode
    return 0


def _archived(archive: Path) -> str | None:
    """Return the address under which the archive holds the sample blog, None if the archive is yet to be made.

    Raises:
        UsageError: It holds other blogs, or a sample that was interrupted.
    """
    if not archive.exists() or not any(archive.iterdir()):
        return None
    sources = [json.loads(line) for line in _ask(archive, "sources", "--json").splitlines()]
    if [source["name"] for source in sources] != [NAME]:
        raise UsageError(
            f"{archive} holds other blogs, and the sample is not for mixing in: "
            "VARIORUM_ARCHIVE=sample-archive make archive puts it elsewhere"
        )
    url: str = sources[0]["url"]
    versions = _ask(archive, "history", url.rstrip("/") + EDITED_PATH, "--json").splitlines()
    if len(versions) < 2:
        raise UsageError(f"{archive} holds a sample that was interrupted: delete that folder, and run this again")
    print(f"The sample blog is in {archive} already; delete that folder to see it archived again.")
    return url


def _ingest_both_rounds(archive: Path) -> str:
    with serve(read()) as server:
        print(f"A blog recorded from a real WordPress is served at {server.url}: no network is needed.\n")
        _run(archive, "add", server.url, "--name", NAME)
        _run(archive, "ingest", server.url)
        time.sleep(1.1)  # times are shown to the second, and so told apart
        server.round = 2
        print("Time passes. The blog's author edits, retitles, deletes, and puts on another theme.\n")
        _run(archive, "ingest", server.url)
        return server.url


def _show(archive: Path, url: str) -> None:
    """Ask what a newcomer would want to know; the blog itself is not needed any more."""
    post = url.rstrip("/") + EDITED_PATH
    _run(archive, "works")
    _run(archive, "history", post)
    _run(archive, "diff", post)
    _run(archive, "thread", post)
    at = "" if str(archive) == "archive" else f" --archive {shlex.quote(str(archive))}"
    variorum = os.path.relpath(Path(sys.executable).with_name("variorum")) + at
    print(
        f"""Try next:
  {variorum} changes
  {variorum} search harbour
  {variorum} show {post} --version 1
  {variorum} provenance {post}
  {variorum} --help
and then a blog of your own:
  make archive URL=https://some.blog"""
    )


def _run(archive: Path, *args: str) -> None:
    """Run one command of variorum in view of the reader."""
    print(f"$ variorum {shlex.join(args)}", flush=True)
    subprocess.run(_command(archive, args), check=True)
    print(flush=True)


def _ask(archive: Path, *args: str) -> str:
    return subprocess.run(_command(archive, args), check=True, stdout=subprocess.PIPE, encoding="utf-8").stdout


def _command(archive: Path, args: tuple[str, ...]) -> list[str]:
    return [sys.executable, "-m", "cli.main", "--archive", str(archive), *args]


if __name__ == "__main__":
    sys.exit(main())
