"""Options and arguments that several commands share."""

from __future__ import annotations

import os
import re
from collections.abc import Callable
from dataclasses import replace
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Any, TypeVar

import click

from variorum.errors import UsageError
from variorum.settings import Settings
from variorum.times import parse_time

if TYPE_CHECKING:
    from storage.archive import Archive

Command = TypeVar("Command", bound=Callable[..., Any])

as_json = click.option("--json", "json_", is_flag=True, help="Print JSON: one object, or one on each line.")


def as_moment(ctx: click.Context, param: click.Parameter, value: str | None) -> datetime | None:
    """Read the TIME of an option: see `moment`."""
    if value is None:
        return None
    try:
        return moment(value)
    except UsageError as error:
        raise click.BadParameter(f"{error}.", ctx, param) from error


def duration(ctx: click.Context, param: click.Parameter, value: str | None) -> int | None:
    """Read a time span such as 90s, 30m, 6h, 1d, 2w; return seconds."""
    if value is None:
        return None
    found = re.fullmatch(r"(\d{1,9})\s*([smhdw]?)", value.strip().lower())
    span_s = int(found[1]) * {"": 1, "s": 1, "m": 60, "h": 3600, "d": 86400, "w": 604800}[found[2]] if found else 0
    if not span_s:
        raise click.BadParameter(f"{value!r} is no time span: write 30m, 6h or 1d.", ctx, param)
    return span_s


def moment(text: str) -> datetime:
    """Return the last moment of the day, minute or second that *text* names: "09:30:05" includes what came at 05.7.

    Raises:
        UsageError: It is no time.
    """
    at = parse_time(text)
    if len(text.strip()) == 10 or at.microsecond:
        return at
    whole = timedelta(seconds=1) if re.search(r"\d:\d\d:\d\d|T\d{6}", text) else timedelta(minutes=1)
    return at + whole - timedelta(microseconds=1)


def settings(archive: str) -> Settings:
    """Return the settings of this installation for the archive that the command line names.

    Raises:
        UsageError: A variable of the environment holds what it cannot.
    """
    try:
        return replace(Settings.from_environment(), archive=archive)
    except ValueError as error:
        raise UsageError(
            f"a VARIORUM_… variable of the environment is no number: {error}. Look at VARIORUM_GAP_S, "
            "VARIORUM_TIMEOUT_S and VARIORUM_MAX_BODY_BYTES"
        ) from error


def open_archive(folder: str) -> Archive:
    """Open the archive for questions.

    Raises:
        StorageError: There is none, or it cannot be read.
    """
    from storage.archive import Archive

    return Archive.open(folder)


def seconds(span: int | None) -> str:
    """Return a time span for people: 21600 → "6h"."""
    if span is None:
        return "by hand"
    for unit, length in (("w", 604800), ("d", 86400), ("h", 3600), ("m", 60)):
        if span % length == 0:
            return f"{span // length}{unit}"
    return f"{span}s"


def in_environment(name: str) -> bool:
    """Return whether a variable is set and not empty."""
    return bool(os.environ.get(name))
