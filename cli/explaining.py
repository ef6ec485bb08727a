"""`--explain`: which rule took what, for the eye of whoever mends rules."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Sequence
from html import escape
from typing import TYPE_CHECKING, TypeVar

import click

from cli.output import put, say

if TYPE_CHECKING:
    from extractors.explain import Piece

Command = TypeVar("Command", bound=Callable[..., object])

FORMS = ("text", "html")
#: fate → what a person reads, style on a terminal
_FATES = {
    "title": ("title", "bold"),
    "kept": ("kept", ""),
    "comment": ("comment", "cyan"),
    "removed": ("removed", "red"),
    "left": ("left out", "dim"),
}
_STYLE = """
:root { color-scheme: light dark }
body { font: 16px/1.5 sans-serif; max-width: 60rem; margin: 2rem auto; padding: 0 1rem }
p { margin: .25rem 0; padding: .15rem .6rem; border-inline-start: .3rem solid; white-space: pre-wrap;
    overflow-wrap: anywhere }
small { float: inline-end; margin-inline-start: 1rem; opacity: .75 }
.title { border-color: #06c; font-weight: bold }
.kept { border-color: #292; background: #2921 }
.comment { border-color: #09a; background: #09a1 }
.removed { border-color: #c33; background: #c331; text-decoration: line-through }
.removed small { display: inline-block; text-decoration: none }
.left { border-color: #888; opacity: .65 }
"""


def _form(_context: click.Context, _parameter: click.Parameter, value: str | None) -> str | None:
    if value is None or value in FORMS:
        return value
    raise click.BadParameter(f"{value!r} is neither text nor html; where it is your document, name it before --explain")


def explaining(command: Command) -> Command:
    """Give a command the option `--explain`, alone or with the form that is wanted."""
    option = click.option(
        "--explain",
        is_flag=False,
        flag_value="text",
        metavar="[text|html]",
        callback=_form,
        help="Show block by block what was kept and which rule took the rest; as a coloured page with html.",
    )
    return option(command)


def print_explained(pieces: Iterable[Piece], form: str, name: str, extractor: str, warnings: Sequence[str]) -> None:
    """Print the fate of every piece.

    Args:
        pieces: In order of the source.
        form: One of `FORMS`.
        name: What the source is called.
        extractor: Which rules read it.
        warnings: What they warned of.
    """
    if form == "html":
        put(_page(pieces, name, extractor, warnings))
        return
    counts: Counter[str] = Counter()
    for piece in pieces:
        mark, style = _FATES[piece.fate]
        counts[mark] += 1
        for line in piece.text.strip("\n").split("\n"):
            say((f"{mark:<8} ", "dim"), (line, style), (f"  [{piece.rule}]" if piece.rule else "", "dim"))
    say((f"{extractor}: " + _summary(counts), "bold"))
    for warning in warnings:
        say((f"warning: {warning}", "yellow"))


def _summary(counts: Counter[str]) -> str:
    return ", ".join(f"{count} {mark}" for mark, count in counts.most_common()) or "nothing to read"


def _page(pieces: Iterable[Piece], name: str, extractor: str, warnings: Sequence[str]) -> str:
    """Return a page of its own: what stands in it is hostile, so it is escaped and nothing is loaded or run."""
    counts: Counter[str] = Counter()
    rows = []
    for piece in pieces:
        mark = _FATES[piece.fate][0]
        counts[mark] += 1
        label = f"{mark} · {piece.rule}" if piece.rule else mark
        rows.append(
            f'<p class="{piece.fate}" dir="auto"><small>{escape(label)}</small>{escape(piece.text.strip())}</p>'
        )
    facts = [f"{extractor}: {_summary(counts)}", *(f"warning: {warning}" for warning in warnings)]
    return "\n".join(
        (
            '<!DOCTYPE html>\n<html lang="en">\n<meta charset="utf-8">',
            "<meta http-equiv=\"Content-Security-Policy\" content=\"default-src 'none'; style-src 'unsafe-inline'\">",
            f"<title>{escape(name)}</title>\n<style>{_STYLE}</style>\n<h1>{escape(name)}</h1>",
            *(f"<div>{escape(fact)}</div>" for fact in facts),
            *rows,
            "</html>",
        )
    )
