"""How a work, a version and a comment look to a person."""

from __future__ import annotations

from datetime import datetime

from cli.output import say, when

INDENT = "    "
DEEPEST = 8  #: replies below this level are not moved further to the right


def print_comment(
    depth: int, author: str, published: datetime | None, text: str, *, mark: str = "", address: str | None = None
) -> None:
    """Print one comment under its heading, moved to the right by its depth.

    Args:
        depth: 0 for a comment on the post itself.
        author: As the page names them; may be empty.
        published: None where no date is known.
        text: Any number of lines.
        mark: What else is to be known: "gone since …", "edited, 2 versions".
        address: Where it stands.
    """
    margin = INDENT * min(depth, DEEPEST)
    at = f"{when(published)}" if published else "no date"
    say()
    say(
        margin,
        (one_line(author) or "(no name)", "bold"),
        (f"  {at}", "dim"),
        (f"  [{mark}]" if mark else "", "red"),
        (f"  {address}" if address else "", "dim"),
    )
    for line in text.splitlines() or [""]:
        say(margin, (line, "dim" if mark.startswith("gone") else ""))


def one_line(text: str) -> str:
    """Return a text without line feeds."""
    return " ".join(text.split())
