"""The title of a page: the heading that its head repeats, else what the head says without the name of the site."""

from __future__ import annotations

import re
from typing import NamedTuple
from urllib.parse import unquote

from extractors.jsonld import clean, types
from extractors.outline import Element, Outline, bare, class_roles, host_of, is_brand

REVISION = "headline/2"

_ALIKE = 0.5  #: share of common words from which a heading and the head speak of the same
_LEAST_SHARE = 0.25  #: of the letters of a head's title that a piece of it must have to be the page's
_LEAST_AT_END = 0.08  #: the same, of a piece at either end: the site's name is at the other
_LEAST_SLUG = 10  #: letters of an address that are taken for a title
_LEAST_LIKE, _LEAST_LETTERS = 0.35, 15  #: of a heading that is not the title, but stands where it would
_SEPARATOR = re.compile(r"(\s+[|–—•·»«:~\\/>-]+\s+|\s*[|»«]\s*)")
#: The same, and the colon behind the name of a blog, as Typepad and Movable Type write it: "The Quay: Salt and sea".
_PIECES = re.compile(r"(\s+[|–—·•»«:~\\/>-]+\s+|\s*[|»«]\s*|:\s+)")
_WORDS = re.compile(r"\w+")
_FEED = re.compile(r"^(.+?)\s+[»›>|–-]\s+(?:Feed|RSS)\b")


class Headline(NamedTuple):
    """A title, the heading that shows it, and where it was read."""

    text: str = ""
    element: Element | None = None
    source: str = ""


def site_name(outline: Outline) -> str | None:
    """Return the name of the site as its head tells it: OpenGraph, JSON-LD, the title of its feed."""
    named = outline.first("og:site_name", "application-name")
    named = named or next(
        (clean(node.get("name")) or None for node in outline.nodes if types(node) & {"WebSite", "Blog"}), None
    )
    if named:
        return named
    for link in outline.links:
        if "xml" in (link.get("type") or "") and (match := _FEED.match(clean(link.get("title")))):
            return match[1]
    return None


def find_headline(outline: Outline, site: str | None) -> Headline:
    """Return the title of the page.

    A heading that stands in the page comes first, as readers see it; the head decides which one it is. Where the
    heading has more than the head (a kicker, a subtitle, the date), the head's words are taken.

    Args:
        outline: Of the page.
        site: Name of the site, None if unknown.
    """
    told = _told_titles(outline, site)
    heading = _best_heading(outline, [text for text, _ in told], site)
    heading = heading if heading is not None else _named_by_address(outline)
    if heading is not None:
        words = clean(heading.text_content())
        inner = next((item for item in told if _is_part(item[0], words)), None)
        is_told = bare(words) in _runs(outline.head_title) or any(bare(text) == bare(words) for text, _ in told)
        if inner is not None and not is_told:
            return Headline(inner[0], heading, inner[1])
        return Headline(words, heading, heading.tag)
    if told:
        shown = _only_heading(outline, site)
        return Headline(told[0][0], shown if shown is not None else _likest_heading(outline, told), told[0][1])
    first = next((part for part in outline.headings if part.tag != "h3" and clean(part.text_content())), None)
    return Headline(clean(first.text_content()), first, first.tag) if first is not None else Headline()


def _told_titles(outline: Outline, site: str | None) -> list[tuple[str, str]]:
    """Return what the head says, best first, each with its source and without the name of the site."""
    sources = (
        (clean(outline.described.get("headline")), "json-ld"),
        (outline.first("og:title") or "", "og:title"),
        (outline.first("twitter:title") or "", "twitter:title"),
        (outline.head_title, "title"),
    )
    whole = [(_without_site(text, site, outline.host), source) for text, source in sources if text]
    # an address of a site that calls every page by its own name says nothing of the page
    names = _names_of(outline, site)
    telling = [item for item in whole if bare(item[0]) not in names]
    return telling or whole


def _best_heading(outline: Outline, told: list[str], site: str | None) -> Element | None:
    """Return the heading that is most like what the head says; marked ones and h1 before the others."""
    best: tuple[float, int, float, int] = (0.0, 0, 0.0, 0)
    found = None
    exact = set(map(bare, told))
    pieces = _runs(outline.head_title)
    names = _names_of(outline, site)
    for place, part in enumerate(outline.headings):
        text = clean(part.text_content())
        if not 2 <= len(text) <= 400 or (plain := bare(text)) in names:
            continue
        roles = class_roles(part.get("class") or "")
        is_marked = "title" in roles or part.get("itemprop") in ("headline", "name")
        is_exact = plain in exact
        share = pieces.get(plain, 0.0)
        if part.tag != "h1" and not (is_exact or share or (is_marked and not outline.is_foreign(part))):
            continue
        likeness = max((_likeness(text, one) for one in told[:3]), default=0.0)
        if not is_exact and not share and likeness < _ALIKE:
            continue
        is_sites = is_brand(part)
        rank = 2 * (part.tag == "h1") + 3 * is_marked - 2 * is_sites - ("hidden" in roles)
        sureness = (2.0 if is_exact else 1.0 if share else likeness) - 0.5 * is_sites
        key = (sureness, rank, share, -place)
        if key > best and not _leads_home(part, outline.url):
            best, found = key, part
    return found


def _named_by_address(outline: Outline) -> Element | None:
    """Return the heading that the last part of the address repeats, where the head tells the name of the site alone."""
    slug = bare(unquote(outline.url.partition("?")[0].rstrip("/").rpartition("/")[2].partition(".")[0]))
    if len(slug) < _LEAST_SLUG:
        return None
    return next((part for part in outline.headings if bare(clean(part.text_content())) == slug), None)


def _runs(title: str) -> dict[str, float]:
    """Return the runs of a title's pieces, each with the share that it has of the whole: "Salt: a story | The Quay"."""
    parts = _PIECES.split(title)[:12]
    whole = len(bare(title)) or 1
    runs: dict[str, float] = {}
    for start in range(0, len(parts), 2):
        for end in range(start + 1, len(parts) + 1, 2):
            if end < len(parts) and parts[end].startswith(":"):  # the name of a blog stands before it, never behind
                continue
            plain = bare("".join(parts[start:end]))
            least = _LEAST_SHARE if start > 0 and end < len(parts) else _LEAST_AT_END
            if len(plain) >= max(least * whole, 2):
                runs[plain] = len(plain) / whole
    return runs


def _only_heading(outline: Outline, site: str | None) -> Element | None:
    tops = [part for part in outline.headings if part.tag == "h1" and not is_brand(part)]
    if len(tops) != 1 or bare(clean(tops[0].text_content())) in _names_of(outline, site):
        return None
    return tops[0]


def _likest_heading(outline: Outline, told: list[tuple[str, str]]) -> Element | None:
    """Return the heading that says in other words what the head says: it shows where the page's own byline is."""
    best, found = _LEAST_LIKE, None
    for part in outline.headings:
        text = clean(part.text_content())
        likeness = max(_likeness(text, one) for one, _ in told[:3]) if len(text) >= _LEAST_LETTERS else 0.0
        if likeness > best and not outline.is_foreign(part):
            best, found = likeness, part
    return found


def _is_part(told: str, words: str) -> bool:
    """Return whether a heading says what the head says and more."""
    inner, outer = bare(told), bare(words)
    return len(inner) >= 8 and inner != outer and (outer.startswith(inner) or outer.endswith(inner))


def _likeness(one: str, other: str) -> float:
    left, right = set(_WORDS.findall(one.casefold())), set(_WORDS.findall(other.casefold()))
    if not left or not right:
        return 0.0
    common = len(left & right)
    return max(2 * common / (len(left) + len(right)), 0.9 * (common == len(left)) if common > 1 else 0.0)


def _names_of(outline: Outline, site: str | None) -> frozenset[str]:
    """Return what a heading says, bare, that only shows the name of the site or its host, or nothing."""
    return frozenset(("", outline.host) if site is None else ("", outline.host, bare(site)))


def _leads_home(heading: Element, url: str) -> bool:
    """Return whether a heading is a link to the site's home page, as its name is on every page of it."""
    link = next(heading.iter("a"), None)
    if link is None:
        link = next(heading.iterancestors("a"), None)
    href = ((link.get("href") if link is not None else None) or "x").strip()
    home = "/".join(url.split("/", 3)[:3])
    return href in ("/", home, f"{home}/") and url not in (home, f"{home}/")


def without_site(title: str, site: str | None, url: str) -> str:
    """Cut the site's name off either end of a title: "A busy one | Mezzanine".

    Cut is what equals the name, begins it or is the host; where the name is unknown, the longest piece stays.
    """
    return _without_site(title, site, host_of(url))


def _without_site(title: str, site: str | None, host: str) -> str:
    pieces = _SEPARATOR.split(title)
    name = bare(site or "")
    start, end = 0, len(pieces)
    while end - start > 2 and _names_site(pieces[end - 1], name, host):
        end -= 2
    while end - start > 2 and _names_site(pieces[start], name, host):
        start += 2
    kept = pieces[start:end]
    if len(kept) == len(pieces) > 1 and not name:
        kept = _without_short_end(pieces)
    return "".join(kept).strip() or title


def _without_short_end(pieces: list[str]) -> list[str]:
    """Cut the last piece of a title, or the first, if it is short beside the rest, as the name of a site is."""
    mark = pieces[-2].strip()
    rest = sum(len(piece) for piece in pieces[:-2])
    is_short = len(pieces[-1]) < rest and (mark not in ("-", "–", "—", ":", "~", "/") or len(pieces[-1].split()) <= 3)
    if is_short or mark == "«":
        return pieces[:-2]
    return pieces[2:] if pieces[1].strip() == "»" else pieces


def _names_site(piece: str, name: str, host: str) -> bool:
    plain = bare(piece)
    if len(plain) < 2:
        return not plain
    if plain in (name, host) or (name and len(plain) > 5 and (name.startswith(plain) or plain.startswith(name))):
        return True
    stem = host[: len(plain)]
    return len(plain) > 3 and (plain == stem or host.endswith(plain))
