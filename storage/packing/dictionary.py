"""Which pages of a site the others are compressed against. Pure and deterministic.

A raw dictionary of whole pages is taken, not a trained one: of a WordPress with eleven languages a first capture of
15.1 kB in gzip comes to 1.8 kB against eight pages (0.49 MB, which are stored in 27 kB), to 2.9 kB against a trained
dictionary of 110 kB (22 kB), to 7.5 kB against one of 32 kB.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field

from storage.packing.frames import PATCH_LEVEL, Dictionary, compressed, compressed_with, patch

MOST_BYTES = 600_000
_LEAST_PAGE, _MOST_PAGE = 1_000, 400_000
_MOST_SAMPLES = 24
_LEAST_SAMPLES = 4  # with fewer pages nothing is known of the site


@dataclass(slots=True)
class Samples:
    """Some of many pages, evenly spread over all that were offered, in their order."""

    pages: list[bytes] = field(default_factory=list)
    count: int = 0  #: pages that were offered
    _stride: int = 1

    def offer(self, page: bytes) -> None:
        """Take a page, or pass it over."""
        if not _LEAST_PAGE <= len(page) <= _MOST_PAGE:
            return
        if self.count % self._stride == 0:
            self.pages.append(page)
            if len(self.pages) > 2 * _MOST_SAMPLES:
                del self.pages[1::2]
                self._stride *= 2
        self.count += 1

    def chosen(self) -> list[bytes]:
        """Return the samples, not more than are worth comparing."""
        step = -(-len(self.pages) // _MOST_SAMPLES) or 1
        return self.pages[::step]


def better_dictionary(samples: Samples, old: Dictionary | None) -> Dictionary | None:
    """Return a new dictionary for the pages that were sampled; None where *old*, or none, serves as well.

    A page goes into it when what the others save by it is more than what it costs to be kept.

    Args:
        samples: Pages that have no earlier capture to be compared with.
        old: The dictionary that the source has already.
    """
    pages = samples.chosen()
    if len(pages) < _LEAST_SAMPLES:
        return None
    share = samples.count / len(pages)  # so many pages does each sample stand for
    alone = [len(compressed(page, PATCH_LEVEL)) for page in pages]
    against = [[len(patch(page, other, PATCH_LEVEL)) for page in pages] for other in pages]
    taken, best = _greedy(pages, alone, against, share)
    if not taken:
        return None
    new = Dictionary(b"".join(pages[number] for number in reversed(taken)))  # the best one last: its offsets are short
    if old is None:
        return new
    kept = sum(len(compressed_with(page, old, PATCH_LEVEL)) for page in pages)
    costs = sum(best[number] if number not in taken else 0 for number in range(len(pages))) * share
    return new if costs + sum(alone[number] for number in taken) < kept * share else None


def _greedy(
    pages: Sequence[bytes], alone: Sequence[int], against: Sequence[Sequence[int]], share: float
) -> tuple[list[int], list[int]]:
    """Return which pages to take, the most useful first, and what each page costs then."""
    best = list(alone)
    taken: list[int] = []
    room = MOST_BYTES
    while True:
        gains = [
            (_gain(number, best, against) * share - best[number], -number)
            for number in range(len(pages))
            if number not in taken and len(pages[number]) <= room
        ]
        if not gains or max(gains)[0] <= 0:
            return taken, best
        number = -max(gains)[1]
        taken.append(number)
        room -= len(pages[number])
        best = [min(cost, against[number][other]) for other, cost in enumerate(best)]


def _gain(number: int, best: Sequence[int], against: Sequence[Sequence[int]]) -> int:
    return sum(max(0, cost - against[number][other]) for other, cost in enumerate(best) if other != number)
