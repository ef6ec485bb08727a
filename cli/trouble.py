"""How a command ends when it does not end well: a sentence on standard error and an exit code."""

from __future__ import annotations

from typing import IO, Any

import click

FAILED = 1  #: some pages failed
ARCHIVE_TROUBLE = 3
UNREAD = 141  #: nobody reads what is printed


class Trouble(click.ClickException):
    """What is said on standard error before the command ends; the kinds differ in their exit code."""

    exit_code = FAILED

    def show(self, file: IO[Any] | None = None) -> None:
        """Print the message."""
        warn(self.message)


class WrongUse(Trouble):
    """What was asked for cannot be."""

    exit_code = 2


class ArchiveTrouble(Trouble):
    """The archive cannot be written, or cannot be trusted."""

    exit_code = ARCHIVE_TROUBLE


class Stopped(Trouble):
    """The keyboard has stopped it."""

    exit_code = 130


def warn(message: str) -> None:
    """Say something on standard error."""
    click.echo(f"variorum: {message}", err=True)
