"""Short lines above the title in a body that was found: the blog's name, a section, a date, "Skip to comments". No I/O.

An article begins with its title or below it. What a page prints above it is the page's own, and some of it moves with
the clock ("Last updated at 11:00"), so that kept it would make versions that no author wrote.
"""

from __future__ import annotations

import re
from dataclasses import replace

from extractors.outline import bare
from extractors.residue.lines import width
from extractors.text import Rendered
from variorum.records import Removed

REVISION = "masthead/1"

_LEAST = 8  # letters of a title: a shorter one may stand in any place
_MOST = 12  # lines above a title
_PARAGRAPH = 70  # Latin letters: a line as long may be prose
_ADDRESS = re.compile(r"\]\([^)\s]*\)")


def cut_above(rendered: Rendered, title: str) -> tuple[Rendered, tuple[Removed, ...]]:
    """Cut the lines above the title off a body, where all of them are short; pictures stay in the markdown.

    Args:
        rendered: The body.
        title: Of the page. It must be a heading in the body: a line of a poem may say the same.
    """
    wanted = bare(title)
    if len(wanted) < _LEAST:
        return rendered, ()
    lines, rich = rendered.text.split("\n"), rendered.markdown.split("\n")
    same = [place for place, line in enumerate(rich) if bare(_ADDRESS.sub("]", line)) == wanted]
    number = next((number for number, place in enumerate(same) if rich[place].startswith("#")), None)
    if number is None:
        return rendered, ()
    places = [place for place, line in enumerate(lines[: _MOST + 1]) if bare(line) == wanted]
    at = places[number] if number < len(places) else 0
    if not at or any(width(line) >= _PARAGRAPH for line in lines[:at]):
        return rendered, ()
    pictures = [line for line in rich[: same[number]] if line.startswith("![")]
    kept = replace(
        rendered,
        text="\n".join(lines[at:]),
        markdown="\n".join([*(f"{line}\n" for line in pictures), *rich[same[number] :]]),
    )
    return kept, (Removed("other", f"{REVISION}/above-title", "\n".join(lines[:at])),)
