"""The command `variorum`: its commands, fetched when they are called, and what becomes of trouble.

Exit codes: 0 done, 1 some pages failed, 2 wrong use, 3 archive trouble, 130 stopped by the keyboard, 141 nobody reads
what is printed.
"""

from __future__ import annotations

import contextlib
import difflib
import errno
import os
import sys
from collections.abc import Iterator, Mapping
from importlib import import_module

import click

from cli.trouble import UNREAD, ArchiveTrouble, Stopped, Trouble, WrongUse
from storage.engines.place import VARIABLE
from variorum import __version__
from variorum.errors import StorageError, UsageError, VariorumError

#: heading → command → module that holds it, under the command's name. Loaded on demand: a question must not pay for
#: what an ingest needs.
FAMILIES: Mapping[str, Mapping[str, str]] = {
    "Archive blogs": {
        "add": "cli.ingesting",
        "ingest": "cli.ingesting",
        "sources": "cli.watching",
        "status": "cli.watching",
    },
    "Ask the archive": {
        "works": "cli.questions",
        "history": "cli.questions",
        "show": "cli.questions",
        "thread": "cli.questions",
        "diff": "cli.differences",
        "search": "cli.finding",
        "duplicates": "cli.duplicates",
        "changes": "cli.finding",
        "provenance": "cli.exporting",
    },
    "Take it elsewhere": {"export": "cli.exporting"},
    "Without an archive": {"extract": "cli.texts", "clean": "cli.texts"},
    "Keep it sound": {
        "check": "cli.care",
        "log": "cli.proving",
        "compact": "cli.care",
        "prune": "cli.keeping",
        "reextract": "cli.care",
        "merge": "cli.merging",
        "takedown": "cli.takedown",
        "backup": "cli.keeping",
        "restore": "cli.keeping",
        "stats": "cli.keeping",
        "move": "cli.care",
        "doctor": "cli.doctor",
    },
}
#: What standard output says that leads to a full disk.
_NO_ROOM = frozenset((errno.ENOSPC, errno.EDQUOT, errno.EFBIG, errno.EIO))
MODULES = {name: module for family in FAMILIES.values() for name, module in family.items()}


class Commands(click.Group):
    """The commands of `FAMILIES`."""

    def list_commands(self, ctx: click.Context) -> list[str]:
        """Return all names in the order of the help."""
        return list(MODULES)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        """Return a command, importing the module that holds it."""
        if cmd_name not in MODULES:
            return None
        command = getattr(import_module(MODULES[cmd_name]), cmd_name)
        assert isinstance(command, click.Command)
        return command

    def resolve_command(
        self, ctx: click.Context, args: list[str]
    ) -> tuple[str | None, click.Command | None, list[str]]:
        """Find the command; a wrong name is answered with the nearest right one."""
        if args and not args[0].startswith("-") and args[0] not in MODULES:
            near = difflib.get_close_matches(args[0], MODULES, n=1)
            hint = f"Did you mean {near[0]!r}?" if near else "See 'variorum --help'."
            raise click.UsageError(f"There is no command {args[0]!r}. {hint}", ctx)
        return super().resolve_command(ctx, args)

    def format_commands(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        """Write the commands family by family."""
        for family, names in FAMILIES.items():
            found = [(name, self.get_command(ctx, name)) for name in names]
            with formatter.section(family):
                formatter.write_dl([(name, command.get_short_help_str(300)) for name, command in found if command])

    def invoke(self, ctx: click.Context) -> object:
        """Run a command; what is raised on purpose becomes a sentence and an exit code."""
        try:
            result = super().invoke(ctx)
            sys.stdout.flush()
        except UsageError as error:
            raise WrongUse(str(error)) from error
        except StorageError as error:
            raise ArchiveTrouble(str(error)) from error
        except VariorumError as error:
            raise Trouble(str(error)) from error
        except KeyboardInterrupt:
            raise Stopped("stopped.") from None
        except BrokenPipeError:
            _silence()
            ctx.exit(UNREAD)
        except OSError as error:
            if error.filename is None:
                if error.errno not in _NO_ROOM:
                    raise
                _silence()
                raise ArchiveTrouble(f"the answer cannot be written: {error.strerror}.") from error
            raise ArchiveTrouble(f"{error.filename}: {error.strerror}.") from error
        return result


@contextlib.contextmanager
def _in_environment(name: str, value: str) -> Iterator[None]:
    """Set a variable for the storage and for processes that a command starts, as long as the command runs."""
    before = os.environ.get(name)
    os.environ[name] = value
    try:
        yield
    finally:
        if before is None:
            del os.environ[name]
        else:
            os.environ[name] = before


def _silence() -> None:
    """Point standard output to nowhere, so that Python's own flush at the end does not complain."""
    with contextlib.suppress(OSError, ValueError):
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())


@click.group(
    cls=Commands,
    context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 100},
    epilog="""\b
Begin with
  variorum ingest https://some.blog
  variorum works

Times are UTC. Exit codes: 0 done, 1 some pages failed, 2 wrong use, 3 archive trouble.""",
)
@click.option(
    "--archive",
    metavar="DIR",
    envvar="VARIORUM_ARCHIVE",
    default="archive",
    show_default=True,
    show_envvar=True,
    help="Folder of the archive.",
)
@click.option(
    "--database",
    metavar="URL",
    envvar=VARIABLE,
    show_envvar=True,
    help="When an archive is made: postgresql://user@host/name for its rows, instead of a SQLite file in the folder.",
)
@click.version_option(__version__, prog_name="variorum", message="%(prog)s %(version)s")
@click.pass_context
def variorum(ctx: click.Context, archive: str, database: str | None) -> None:
    """Archive blogs with their comment threads: clean, versioned, provable down to the bytes."""
    ctx.obj = archive
    if database is not None:
        ctx.with_resource(_in_environment(VARIABLE, database))
    for stream in (sys.stdout, sys.stderr):
        if hasattr(stream, "reconfigure"):  # not so where a test has put its own
            stream.reconfigure(encoding="utf-8", errors="backslashreplace")


def main() -> None:
    """Run the command line; the entry point."""
    variorum(prog_name="variorum")


if __name__ == "__main__":
    main()
