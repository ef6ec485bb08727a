"""Whether a source is read as well as before: what its witnesses agree on, page by page, and when that falls. Pure.

One page that is read badly shows nothing; most pages of a source at once do: its theme was replaced by one that the
rules do not know, or the rules themselves broke. Then no word of its HTML is believed at first sight (`decide`).
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from statistics import median
from typing import NamedTuple

LEAST_PAGES = 3  #: of a run, for its median to count
FALL = 0.15  #: of a median below that of the runs before, from which on it is no accident
MOST_EMPTY = 0.3  #: share of pages without text, above that of the runs before
LEAST_CHANGED = 5  #: pages with another text at once …
MOST_CHANGED = 0.6  #: … and their share of all known pages that were looked at: authors do not edit so
_MOST_WORDS = 5_000  #: of a text that are compared


class Measured(NamedTuple):
    """How well the pages of one run were read."""

    pages: int
    empty: int  #: of them without any text
    score: float  #: median, as the extractor gives it
    compared: int  #: pages whose text another witness tells, too
    agreement: float | None  #: median, None where nothing was compared


@dataclass(frozen=True, slots=True)
class Looked:
    """One page that was read in a run."""

    score: float
    is_empty: bool
    agreement: float | None = None  #: with what REST or a feed tells of it today
    #: against the last time, by the same rules; None where it was never read before, or another witness tells it, too:
    #: pages that a listing vouches for are not looked at, so all others may have changed
    is_changed: bool | None = None


def agreement(one: str, other: str, *, is_part: bool = False) -> float:
    """Return how much of two texts is the same: 1 for equal ones, 0 where they share no three words in a row.

    Args:
        one: A text.
        other: What it should be.
        is_part: *other* is a part of it, as a summary: then only what *other* has counts.
    """
    if one == other:
        return 1.0
    these, those = _runs(one), _runs(other)
    shared = sum((these & those).values())
    if is_part:
        return shared / max(1, sum(those.values()))
    return 2 * shared / max(1, sum(these.values()) + sum(those.values()))


def _runs(text: str) -> Counter[tuple[str, ...]]:
    """Return the runs of three words, or of letters where a script sets no blanks between words."""
    words = text.casefold().split()
    if len(words) * 20 < len(text):
        words = [letter for letter in text.casefold() if not letter.isspace()]
    words = words[:_MOST_WORDS]
    return Counter(zip(words, words[1:], words[2:], strict=False)) or Counter([tuple(words)] if words else [])


def measure(looked: Sequence[Looked]) -> Measured | None:
    """Return the medians of a run; None where it read no page."""
    if not looked:
        return None
    compared = [page.agreement for page in looked if page.agreement is not None]
    return Measured(
        pages=len(looked),
        empty=sum(page.is_empty for page in looked),
        score=round(median(page.score for page in looked), 3),
        compared=len(compared),
        agreement=round(median(compared), 3) if compared else None,
    )


def falls(past: Sequence[Measured], looked: Sequence[Looked]) -> list[str]:
    """Return in what a source is read worse than before, for people; nothing where it is not.

    Args:
        past: Of the runs before in which it was read well, in any order.
        looked: The pages of this run so far.
    """
    told: list[str] = []
    now = measure(looked)
    before = [run for run in past if run.pages >= LEAST_PAGES]
    if now is not None and now.pages >= LEAST_PAGES and before:
        told.extend(_fallen("the score of its pages", median(run.score for run in before), now.score))
        usual = median(run.empty / run.pages for run in before)
        if now.empty / now.pages > usual + MOST_EMPTY:
            told.append(f"{now.empty} of {now.pages} pages show no text")
    heard = [run.agreement for run in past if run.compared >= LEAST_PAGES and run.agreement is not None]
    if now is not None and now.agreement is not None and now.compared >= LEAST_PAGES and heard:
        told.extend(_fallen("the agreement of its pages with feeds or REST", median(heard), now.agreement))
    return told


def _fallen(what: str, before: float, now: float) -> list[str]:
    return [f"{what} fell from {before:.2f} to {now:.2f}"] if now <= before - FALL else []


def mass_changes(looked: Sequence[Looked]) -> list[str]:
    """Return, for people, how many pages show another text at once; nothing where an author may have edited so many."""
    known = [page.is_changed for page in looked if page.is_changed is not None]
    if sum(known) < LEAST_CHANGED or sum(known) < MOST_CHANGED * len(known):
        return []
    return [f"{sum(known)} of {len(known)} pages show another text at once"]
