"""The tail of an extracted body: what the phrase catalogue knows for residue below the article. No I/O."""

from __future__ import annotations

from dataclasses import replace

from extractors import residue
from extractors.residue import catalogue
from extractors.residue.lines import normalise
from extractors.text import Rendered
from variorum.records import Removed

REVISION = "tail/2"

_LONGEST_HEADING = 60


def cut_tail(rendered: Rendered) -> tuple[Rendered, tuple[Removed, ...]]:
    """Cut what the phrase catalogue knows for residue off the end of a body: a form's heading, "Related".

    Only the end: what stands within a body that was found by its markup is the author's until shown otherwise.
    """
    text = rendered.text
    end, tail = len(text), []
    for gone in reversed(residue.clean(text).removed):
        if gone.end is None or gone.start is None or text[gone.end : end].strip():
            break
        end = gone.start
        tail.append(gone)
    while heading := _widget_heading(text[:end].rstrip()):
        tail.append(heading)
        end = heading.start or 0
    if not tail or len(text[end:]) > len(text) / 2:
        return rendered, ()
    lines = rendered.markdown.split("\n")
    for line in reversed(text[end:].strip().split("\n")):
        while lines and not lines[-1].strip(" >"):
            lines.pop()
        if not lines or letters_of(line) not in letters_of(lines[-1]):
            break
        lines.pop()
    return replace(rendered, text=text[:end].rstrip("\n"), markdown="\n".join(lines).rstrip()), tuple(reversed(tail))


def _widget_heading(text: str) -> Removed | None:
    """Return the last line if it is the heading of a widget whose own lines were not found: nothing stands below it."""
    start = text.rfind("\n") + 1
    line = text[start:]
    hit = catalogue.look_up(normalise(line)) if start and len(line) < _LONGEST_HEADING else None
    if hit is None:
        return None
    is_thread = hit.kind in ("comment_form", "comment_list") and hit.role in ("", "heading")
    if not (hit.kind == "related" or is_thread or (hit.strong and hit.kind in ("share", "like", "comment_form"))):
        return None
    return Removed(hit.kind, f"{REVISION}/last-line", line, start, len(text))


def letters_of(line: str) -> str:
    """Return the letters and digits of a line: what its text and its markdown have in common."""
    return "".join(letter for letter in line if letter.isalnum())
