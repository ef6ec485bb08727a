"""What is printed: tables and colours for a terminal, plain aligned text for a pipe, JSON for programs.

Archived text is hostile: what goes to a terminal or into a table is rid of control characters first, so that no
comment can move the reader's cursor. Rich is imported only where a terminal is drawn upon.
"""

from __future__ import annotations

import json
import sys
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, fields, is_dataclass
from datetime import UTC, datetime
from functools import cache
from typing import TYPE_CHECKING, Any

from variorum.times import to_rfc3339

if TYPE_CHECKING:
    from rich.console import Console

    from storage.rows import Takedown

#: text and its style in rich's words, "" for plain
Span = tuple[str, str]

_CONTROL = {code: "\ufffd" for code in (*range(0x20), *range(0x7F, 0xA0)) if code not in (0x09, 0x0A)}
_CELL = {**_CONTROL, 0x09: " ", 0x0A: " ", 0x0D: " ", 0x2028: " ", 0x2029: " "}


@dataclass(frozen=True, slots=True)
class Column:
    """A column of a table."""

    name: str
    right: bool = False  #: numbers
    style: str = ""
    wrap: bool = False  #: may be broken into lines on a narrow terminal; the others are kept whole


def on_terminal() -> bool:
    """Return whether a person reads standard output."""
    return sys.stdout.isatty()


@cache
def _console() -> Console:
    from rich.console import Console

    return Console(highlight=False, markup=False, emoji=False)


def visible(text: str) -> str:
    """Return *text* with every control character but tab and line feed replaced by U+FFFD."""
    return text.translate(_CONTROL)


def cell(value: object) -> str:
    """Return a value as one line of a table: times to the second in UTC, None empty."""
    if value is None:
        return ""
    if isinstance(value, datetime):
        return when(value)
    return str(value).translate(_CELL).strip()


def when(at: datetime | None) -> str:
    """Return a time for people, UTC to the second, "never" for None."""
    return at.astimezone(UTC).strftime("%Y-%m-%d %H:%M:%S") if at else "never"


def taken_down(told: Takedown) -> str:
    """Return why a text is not shown, for people."""
    return f"taken down at {when(told.at)} by {told.by}: {told.reason} ({told.level})"


def amount(count: int, one: str, many: str | None = None) -> str:
    """Return a number with its noun: "1 post", "2 posts"."""
    return f"{count:,} {one if count == 1 else many or one + 's'}"


def size(count: int) -> str:
    """Return a number of bytes for people."""
    number = float(count)
    for unit in ("bytes", "kB", "MB", "GB"):
        if number < 1000 or unit == "GB":
            break
        number /= 1000
    return f"{count} bytes" if unit == "bytes" else f"{number:.1f} {unit}"


def say(*spans: Span | str) -> None:
    """Print one line (or several, where a text holds line feeds) out of styled pieces."""
    pieces = [(span, "") if isinstance(span, str) else span for span in spans]
    if on_terminal():
        from rich.text import Text

        _console().print(Text.assemble(*((visible(text), style) for text, style in pieces)), soft_wrap=True)
    else:
        sys.stdout.write("".join(visible(text) for text, _ in pieces) + "\n")


def put(text: str) -> None:
    """Print archived text: as it is into a pipe, without control characters onto a terminal."""
    sys.stdout.write((visible(text) if on_terminal() else text).rstrip("\n") + "\n")


def table(columns: Sequence[Column], rows: Iterable[Sequence[object]]) -> None:
    """Print rows under their headings."""
    lines = [[cell(value) for value in row] for row in rows]
    if on_terminal():
        _draw(columns, lines)
        return
    from rich.cells import cell_len

    lines.insert(0, [column.name for column in columns])
    widths = [max(cell_len(line[at]) for line in lines) for at in range(len(columns))]
    for line in lines:
        padded = [
            " " * (width - cell_len(text)) + text if column.right else text + " " * (width - cell_len(text))
            for text, width, column in zip(line, widths, columns, strict=True)
        ]
        sys.stdout.write("  ".join(padded).rstrip() + "\n")


def _draw(columns: Sequence[Column], lines: Iterable[Sequence[str]]) -> None:
    from rich.table import Table
    from rich.text import Text

    drawn = Table(box=None, pad_edge=False, header_style="bold", padding=(0, 2, 0, 0))
    for column in columns:
        drawn.add_column(
            column.name,
            justify="right" if column.right else "left",
            style=column.style,
            no_wrap=not column.wrap,
            overflow="fold",
        )
    for line in lines:
        drawn.add_row(*(Text(text) for text in line))
    _console().print(drawn)


def print_json(value: object) -> None:
    """Print one value as one line of JSON."""
    sys.stdout.write(json.dumps(jsonable(value), ensure_ascii=False) + "\n")


def jsonable(value: object) -> Any:
    """Return records, times, mappings and sequences as JSON has them: objects, RFC 3339, arrays."""
    if is_dataclass(value) and not isinstance(value, type):
        return {field.name: jsonable(getattr(value, field.name)) for field in fields(value)}
    if isinstance(value, datetime):
        return to_rfc3339(value)
    if isinstance(value, Mapping):
        return {str(key): jsonable(item) for key, item in value.items()}
    if isinstance(value, str | int | float | bool) or value is None:
        return value
    if isinstance(value, Iterable):
        return [jsonable(item) for item in value]
    raise TypeError(f"{type(value).__name__} has no form in JSON")
