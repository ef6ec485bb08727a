"""The part of a page whose words stand densest, told by the order of its blocks alone. No I/O.

The article is taken for the run of blocks in which words weigh most against links and labels, wherever these blocks
stand in the tree (the maximum subsequence of Pasternack and Roth, "Extracting article text from the web with maximum
subsequence segmentation", 2009). It is a witness that costs next to nothing once the blocks of a page are counted, and
that knows nothing of what `extractors/prose.py` goes by: elements, their names, which of them holds which.

It errs where that errs, too: on little text, which both find by chance, and where a widget stands within the text, for
what stands behind it may be a newsletter's prose. `is_sure` tells when it should not be heard.
"""

from __future__ import annotations

from collections.abc import Sequence
from enum import Enum
from itertools import groupby
from typing import NamedTuple

REVISION = "densest/1"

_LABEL = 50  # letters that a block must have beyond its links to speak for the run that it stands in
_LEAST = 700  # weight of prose from which on what two find is hardly chance
_UNBROKEN = 0.95  # of the prose that must stand together


class Place(Enum):
    """Where a block stands, for who has cut widgets out of a part of the page."""

    OUTSIDE = 0
    KEPT = 1
    CUT = 2


class Block(NamedTuple):
    """How much is said between two borders of blocks."""

    letters: int  #: blanks between words counted
    linked: int  #: of those: in links
    density: int  #: letters that one counts for: signs of scripts without blanks say twice as much
    prose: float  #: letters that count as prose


def find_run(blocks: Sequence[Block]) -> tuple[int, int]:
    """Return where the densest run of blocks begins and where it has ended; the same where no block is dense.

    Args:
        blocks: Of the whole page, in document order.
    """
    best, run = 0, (0, 0)
    worth, start = 0, 0
    for place, block in enumerate(blocks):
        if worth <= 0:
            worth, start = 0, place
        worth += block.density * (block.letters - 2 * block.linked) - _LABEL
        if worth > best:
            best, run = worth, (start, place + 1)
    return run


def likeness(blocks: Sequence[Block], places: Sequence[Place]) -> float:
    """Return how far the densest run is what was kept: twice the letters they share by all letters of both.

    Args:
        blocks: Of the whole page, in document order.
        places: Where each of them stands.
    """
    start, end = find_run(blocks)
    kept = [block.letters if place is Place.KEPT else 0 for block, place in zip(blocks, places, strict=True)]
    in_run = sum(block.letters for block in blocks[start:end])
    return 2 * sum(kept[start:end]) / max(1, sum(kept) + in_run)


def is_sure(blocks: Sequence[Block], places: Sequence[Place]) -> bool:
    """Return whether what was kept is long, and nearly all of it stands together, no widget between."""
    within = [(block, place) for block, place in zip(blocks, places, strict=True) if place is not Place.OUTSIDE]
    pieces = [
        sum(block.prose for block, _ in piece)
        for place, piece in groupby(within, key=lambda one: one[1])
        if place is Place.KEPT
    ]
    return sum(pieces) >= _LEAST and max(pieces) >= _UNBROKEN * sum(pieces)
