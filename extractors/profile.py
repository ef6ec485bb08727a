"""What repeats across the pages of one site: its template, in any language, for widgets that nobody listed. No I/O.

How a profile is learnt. Lines are compared by their normalised spelling, in which all digits are equal: "3 comments"
and "12 comments" are one line. A page counts only if it has words that no other page has: one article under several
addresses, print views of it and pages of the archive tell nothing. The first and the last of its own lines that are
running text (any own lines, where none is) enclose the *middle* of a page. A line that stands above the middle of
enough pages is template of the head, one that stands below it template of the foot; enough is three pages, and one in
ten. Head and foot are kept apart because a title is a line of the head on its own page only, though twenty others
list it in their sidebars. What repeats between an author's words (`inner`) may be a share row above the comments, or a
refrain, "Update:", "Ingredients:".

How it is used. From either end of a text inwards, as far as known lines follow one another with few others between
them, and never past running text that is not known: a line in the middle of an article is not touched, be it a thousand
times the same. In the head only the known lines go, since the title stands among them. When in doubt a line stays: a
lone heading at the end with lines of its own, a name or a greeting right below the text.
"""

from __future__ import annotations

import json
import re
from array import array
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from hashlib import blake2b, sha256
from typing import NamedTuple
from urllib.parse import urlsplit

from extractors.residue import catalogue
from extractors.residue.lines import ends_sentence, is_prose, normalise, width

REVISION = "profile/1"

LEAST_PAGES = 5  #: with fewer pages a site has no profile
MOST_PAGES = 200  #: of a site that are learnt from, the first ones
_EDGE = 300  #: lines at either end of a page that are learnt from; what lies between can be no template
_ENOUGH = 3  #: pages
_ONE_IN = 10  #: pages
_ONE_IN_SURE = 3  #: pages, for running text and for what was seen between an author's words
_GAP = 4  #: lines that are not known between two that are: names, dates, titles
_SIGNATURE = 40  #: Latin letters: the longest line that may be a name or a greeting under the text
_SENTENCE = 40  #: Latin letters: a line that ends like a sentence and is shorter may be a title or a button
_SIGNATURE_WORDS = 5
_FORM = re.compile(r"[\d|·•@/]|[:…»›→：]$")  #: of labels, counters and links; no name or greeting looks so


@dataclass(frozen=True, slots=True)
class SiteProfile:
    """What is known of a site. Lines are held as numbers, see `key_of`."""

    pages: int  #: how many it was learnt from
    head: frozenset[int]  #: lines above articles
    foot: frozenset[int]  #: lines below them
    inner: frozenset[int]  #: lines that repeat between an author's words, and are neither
    careful: bool = False  #: used where nothing may be lost: plain words among an author's own stay (template.py)

    @property
    def revision(self) -> str:
        """Digest of all that is known, 16 hex digits: equal for equal profiles, in any process."""
        known = [sorted(part) for part in (self.head, self.foot, self.inner)]
        return sha256(json.dumps([REVISION, self.careful, *known]).encode()).hexdigest()[:16]

    def template(self, lines: Sequence[str], *, title: str = "") -> dict[int, str]:
        """Return the indexes of the lines that are template, with the name of the rule; none where all would be.

        Args:
            lines: Of one text, top to bottom.
            title: Of the page, where it is known: a line that is part of it stays.
        """
        keys = [_key_of_other(line, normalise(title)) for line in lines]
        foot = self._foot(lines, keys)
        end = min(foot, default=len(lines))
        head = _reached([(line, key in self.head) for line, key in zip(lines[:end], keys, strict=False)])
        if head and _may_be_own(lines[head[-1]]) and is_running(_below(lines, head[-1])):
            head.pop()  # a standing heading of the articles: "Q.", "The recipe"
        found = dict.fromkeys(head, f"{REVISION}/head") | dict.fromkeys(sorted(foot), f"{REVISION}/foot")
        return found if any(line.strip() and at not in found for at, line in enumerate(lines)) else {}

    def _foot(self, lines: Sequence[str], keys: Sequence[int]) -> set[int]:
        """Return the lines of the foot, with those between them; the last line of the text must be one of them."""
        last = len(lines) - 1
        known = [(lines[at], keys[at] in self.foot or keys[at] in self.inner) for at in range(last, -1, -1)]
        if not next((is_known for line, is_known in known if line.strip()), False):
            return set()
        found = sorted(last - at for at in _reached(known))
        while found and _is_heading(lines, found):
            found = found[1:]
        if found and _may_be_own(lines[found[0]]):
            found = found[1:]
        return set(range(found[0], len(lines))) if found else set()


def _reached(known: Iterable[tuple[str, bool]]) -> list[int]:
    """Return the known lines from the first on, up to running text or to more than a few lines that are not known."""
    found, between = [], 0
    for at, (line, is_known) in enumerate(known):
        if is_known:
            found.append(at)
            between = 0
        elif line.strip():
            between += 1
            if between > _GAP or is_running(line):
                break
    return found


def _is_heading(lines: Sequence[str], found: Sequence[int]) -> bool:
    """Return whether the first known line stands alone above lines of this page: "Ingredients:", then they."""
    below = next((at for at in range(found[0] + 1, len(lines)) if lines[at].strip()), found[0])
    return below > found[0] and below not in found[1:2]


def is_running(line: str) -> bool:
    """Return whether a line is running text, be it a short paragraph."""
    return is_prose(line) or (width(line.strip()) >= _SENTENCE and ends_sentence(line))


def _below(lines: Sequence[str], at: int) -> str:
    return next((line for line in lines[at + 1 :] if line.strip()), "")


def _may_be_own(line: str) -> bool:
    """Return whether a known line beside the text may be the author's: short, no label, no phrase."""
    text = line.strip()
    return (
        width(text) <= _SIGNATURE
        and len(text.split()) <= _SIGNATURE_WORDS
        and not _FORM.search(text)
        and catalogue.look_up(normalise(text)) is None
    )


def _key_of_other(line: str, title: str) -> int:
    """Return the number of a line, 0 if it is part of the title."""
    spelling = normalise(line)
    return 0 if len(spelling) > 1 and spelling in title else key_of(line)


def key_of(line: str) -> int:
    """Return the number under which a line is known, 0 for one without a letter or digit."""
    spelling = normalise(line)
    if not any(letter.isalnum() for letter in spelling):
        return 0
    return int.from_bytes(blake2b(spelling.encode("utf-8", "replace"), digest_size=8).digest()) or 1


class Sample(NamedTuple):
    """What is learnt from of one page, nine bytes a line."""

    keys: array[int]
    prose: bytes  #: for each line 1 if it is running text, else 0

    @property
    def running(self) -> Iterator[int]:
        """The lines that are running text."""
        return (key for key, is_running in zip(self.keys, self.prose, strict=True) if is_running)


def sample(lines: Iterable[str]) -> Sample:
    """Return the sample of a page.

    Args:
        lines: Of the whole page, top to bottom, with all that stands around the article; comments are better left out.
    """
    kept = [(key, line) for line in lines if (key := key_of(line))]
    if len(kept) > 2 * _EDGE:
        kept = kept[:_EDGE] + kept[-_EDGE:]
    return Sample(array("Q", (key for key, _ in kept)), bytes(is_running(line) for _, line in kept))


def learn(samples: Sequence[Sample], *, careful: bool = False) -> SiteProfile | None:
    """Return the profile of a site; None where fewer than `LEAST_PAGES` pages have words of their own.

    Args:
        samples: Of its pages, each page once; of copies of one article the first counts.
        careful: As of `SiteProfile`; what stands on less than a third of the pages is not learnt then.
    """
    among = Counter(key for page in samples for key in set(page.keys))
    head: Counter[int] = Counter()
    foot: Counter[int] = Counter()
    inner: Counter[int] = Counter()
    running: set[int] = set()
    pages = 0
    for page in _without_copies(samples, among):
        own = [at for at, key in enumerate(page.keys) if among[key] == 1]
        middle = [at for at in own if page.prose[at]] or own
        if not middle:
            continue
        pages += 1
        head.update(set(page.keys[: middle[0]]))
        foot.update(set(page.keys[middle[-1] + 1 :]))
        inner.update(set(page.keys[middle[0] : middle[-1]]))
        running.update(page.running)
    if pages < LEAST_PAGES:
        return None
    above, below, between = (_often(part, running, pages, careful) for part in (head, foot, inner))
    between = frozenset(key for key in between if inner[key] * _ONE_IN_SURE >= pages)
    return SiteProfile(pages, above, below, between - above - below, careful)


def _without_copies(samples: Sequence[Sample], among: Counter[int]) -> Iterator[Sample]:
    """Leave out pages with the running text of one before them: the same article at another address."""
    seen: set[frozenset[int]] = set()
    for page in samples:
        text = frozenset(key for key in page.running if among[key] * 2 < len(samples))
        if not text or text not in seen:
            yield page
        seen.add(text)


def _often(counted: Counter[int], running: set[int], pages: int, careful: bool) -> frozenset[int]:
    """Return the lines seen often enough; running text, which may be quoted or teased, on a third of the pages."""
    few, many = (max(_ENOUGH, -(-pages // one_in)) for one_in in (_ONE_IN_SURE if careful else _ONE_IN, _ONE_IN_SURE))
    return frozenset(key for key, count in counted.items() if count >= (many if key in running else few))


# ------------------------------------------------------------------------------------------------ files of lines
def site_of(record: Mapping[str, object]) -> str | None:
    """Return the site that a line of a batch belongs to: its "site", else the host of its "url", None without."""
    site, url = record.get("site"), record.get("url")
    if isinstance(site, str) and site:
        return site
    try:
        return (urlsplit(url).hostname if isinstance(url, str) else None) or None
    except ValueError:  # no address: "http://[1"
        return None


def worth_learning(sites: Iterable[str]) -> frozenset[str]:
    """Return those of the sites of many pages that have pages enough for a profile; "" is none."""
    pages = Counter(site for site in sites if site)
    return frozenset(site for site, count in pages.items() if count >= LEAST_PAGES)


def learn_sites(sampled: Iterable[tuple[str, Sample]]) -> dict[str, SiteProfile]:
    """Return the profile of every site that has one, from the samples of its first `MOST_PAGES` pages."""
    collected: dict[str, list[Sample]] = {}
    for site, one in sampled:
        samples = collected.setdefault(site, [])
        if len(samples) < MOST_PAGES:
            samples.append(one)
    found = {site: learn(samples) for site, samples in collected.items()}
    return {site: profile for site, profile in found.items() if profile is not None}
