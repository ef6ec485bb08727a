"""What stands above the article: skip links, menus, dates and bylines. The title stays."""

from __future__ import annotations

import re
from collections.abc import Sequence

from extractors.residue import dates
from extractors.residue.catalogue import Hit
from extractors.residue.lines import Line
from extractors.residue.records import Mark

_MENU = 3  #: bullets in a row that make a menu
_BYLINE_LINES = 8  #: lines between title and text among which bylines are looked for
_LONGEST_BYLINE = 120
_SEPARATOR = re.compile(r"\s[|/·•–-]\s|[|·•≈]|\d/")
_BY = re.compile(
    r"(?:^|[\s\d/])(?:by|von|par|por|di|door|av|przez|από|от|oleh|posted|published|veröffentlicht|publié|publicado|"
    r"pubblicato|geschrieben|autor|author|autore|auteur)(?:[\s:]|$)",
    re.IGNORECASE,
)


def head_marks(lines: Sequence[Line], hits: Sequence[Hit | None]) -> tuple[int, dict[int, Mark]]:
    """Return the index of the title (the first line that stays) and the marks of the head.

    Only lines above the first running text are looked at, or above the eighth line below the title where there is
    none.
    """
    prose = next((index for index, line in enumerate(lines) if line.prose), len(lines))
    marks = _menus(lines, hits, prose)
    title = next((index for index in range(len(lines)) if index not in marks), len(lines))
    while title < min(prose, len(lines) - 1) and _is_above_title(hits[title]):
        hit = hits[title]
        assert hit is not None
        marks[title] = Mark(hit.kind, f"head/{hit.rule}")
        title += 1
        while title in marks:
            title += 1
    for index in range(title + 1, min(prose, title + 1 + _BYLINE_LINES)):
        mark = _byline(lines[index], hits[index])
        if mark is not None:
            marks[index] = mark
    return title, marks


def _is_above_title(hit: Hit | None) -> bool:
    if hit is None:
        return False
    return hit.role in ("date", "slots") or (hit.strong and hit.kind in ("navigation", "cookie", "share"))


def _menus(lines: Sequence[Line], hits: Sequence[Hit | None], prose: int) -> dict[int, Mark]:
    """Mark everything down to the last run of bullets that begins before the article can have begun.

    A menu stands at the very top, below a skip link or the blog's name; an article whose text opens with a list has
    its title above it and nothing else, so a run of bullets counts only if the text begins with one, or if a skip
    link says that a menu follows.
    """
    runs, at = [], 0
    while at < prose:
        size = 0
        while at + size < prose and lines[at + size].bullet:
            size += 1
        if size >= _MENU:
            runs.append((at, at + size))
        at += max(size, 1)
    skip = next((i for i, hit in enumerate(hits[: min(prose, 6)]) if _is_skip(hit)), None)
    if not runs or (runs[0][0] > 0 and (skip is None or skip > runs[0][0])):
        return {} if skip is None else {i: Mark("navigation", "head/skip-link") for i in range(skip + 1)}
    last = runs[0][1]
    for start, end in runs[1:]:
        if start - last <= 4:
            last = end
    return {index: Mark("navigation", "head/menu") for index in range(last)}


def _is_skip(hit: Hit | None) -> bool:
    return hit is not None and hit.strong and hit.kind == "navigation"


def _byline(line: Line, hit: Hit | None) -> Mark | None:
    text = line.text.strip()
    if hit is not None and (hit.strong or hit.role in ("date", "slots", "service") or hit.kind == "byline"):
        return Mark(hit.kind, f"head/{hit.rule}")
    if hit is not None and hit.kind in ("comment_form", "comment_list") and hit.role in ("heading", "count"):
        return Mark("byline", f"head/{hit.rule}")
    if len(text) > _LONGEST_BYLINE or line.prose or not dates.has_date(text):
        return None
    rest = dates.rest_of(text)
    if _BY.search(text) or _SEPARATOR.search(text) or (len(rest) <= 3 and dates.has_clock(text)):
        return Mark("byline", "head/byline") if len(rest) <= 12 else None
    return None
