"""How far the text that was read off a page may be believed, from what the page alone shows. No I/O.

One of several signs: whether a feed or REST tells the same text is compared in collation/quality.py, and what a fall
of either means for a source is said there too. On 259 gold pages that no platform's rules were sure of, pages of
F1 below .8 have a lower score than others in 68 of 100 pairs: it is for medians over many pages, not for judging one.
"""

from __future__ import annotations

from variorum.records import Page

_FEW = 0.05  #: share of a page's letters from which on a text is not short for its page
_LEAST = 0.7  #: what is left of the score of a text that is next to nothing of its page


def score(page: Page, *, agreement: float = 1.0, letters: int = 0) -> float:
    """Return how likely a text is the whole article and nothing else: 0 for no text at all, to 1.

    Args:
        page: As read.
        agreement: How far those agree who looked for the article, 0 to 1.
        letters: Of the whole page, comments and widgets left out, without blanks; 0 where that does not count.
    """
    if page.state == "protected" or page.work_type == "other":
        return 1.0  # there is nothing to be read
    if not page.text:
        return 0.5 if page.images else 0.0
    length = _LEAST + (1 - _LEAST) * min(1.0, letters_of(page.text) / (_FEW * letters)) if letters else 1.0
    return round(agreement * length, 3)


def letters_of(text: str) -> int:
    """Return the length of a text without the white space of markup; ten times cheaper than to split it."""
    return len(text) - sum(text.count(blank) for blank in " \n\t\r")
