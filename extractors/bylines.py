"""Who wrote a page: JSON-LD, meta elements, the byline that readers see.

Never a commenter; the site or an organisation only where the page names nobody else.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from itertools import islice
from typing import Any, NamedTuple
from urllib.parse import urlsplit

from extractors.jsonld import clean, types
from extractors.outline import Element, Outline, author_words, bare, class_roles, host_of
from variorum.records import Person
from variorum.urls import canonical_url

REVISION = "bylines/1"

_AUTHOR_META = (
    "author article:author_name parsely-author sailthru.author dc.creator dcterms.creator citation_author byl "
    "shareaholic:article_author_name twitter:data1 article:author"
).split()
_NAME_CLASSES = frozenset(
    "byline-name author-name author__name entry-author-name byline__name post-author-name authorname p-author fn "
    "post-author entry-author byline author vcard username".split()
)
_BY_WORDS = (
    r"(?:(?:posted|written|published|words|story|text|article|blog ?post|blogbeitrag|beitrag|erstellt|geschrieben|"
    r"verfasst|veröffentlicht|publié|écrit|rédigé|publicado|escrito|pubblicato|scritto|postado|geschreven|geplaatst|"
    r"skrevet|skriven|napisał[a]?)\s*)?"
    r"(?:by|von|por|par|di|da|door|av|af|przez|od|tarafından|oleh|автор|pridal)"
)
_BY = re.compile(
    rf"^\W*(?:{_BY_WORDS}(?![^\W\d_])\s*:?|(?:author|autor(?:in|a|es)?|auteur|autore|written|words|text|作者|著者|文)\s*(?:[:：]|(?=\s[A-Z])))\s*",
    re.I,
)
_BYLINE = re.compile(rf"^\W*{_BY_WORDS}(?![^\W\d_])\s*:?\s*(?=[A-ZÀ-ÖØ-ÞĀ-ŽА-Я])", re.I)
_BY_ALONE = re.compile(rf"\W*{_BY_WORDS}\s*:?", re.I)
_NO_PROSE = frozenset("script style option figcaption title noscript".split())
_NO_NAME = re.compile(
    r"https?://|www\.|[@{}<>=]|^\W*$|^\d|\d{3,}"
    r"|^(?:admin|administrator|author|autor|unknown|editor|anonymous|null|undefined|by|guest|staff|share|about)$"
    r"|\b(?:articles?|posts?|comments?|minutes?|min read|artikel|beiträge|artículos|read more)\b"
    r"|^(?:mehr von|more from|more by|follow|view all|published|posted|updated)\b",
    re.I,
)
_DEGREE = r"(?:ph\.?\s?d|m\.?d|m\.?s|m\.?a|b\.?a|b\.?sc|m\.?sc|rd|rdn|ld|rn|mba|jd|esq|cpa|cfa|jr|sr|dr|llm|lcsw)\.?"
_DEGREES = re.compile(_DEGREE, re.I)
_DEGREES_AT_END = re.compile(rf"(?:,\s*{_DEGREE})+$", re.I)
_INITIAL = re.compile(r"(?:^|[\s.])\w\.$")
_OFFICE = re.compile(r"redaktion|redaction|rédaction|redacción|redazione|editorial|newsroom|\bteam\b|\bstaff\b", re.I)
_AND = re.compile(r"\s*(?:,|;|&|\band\b|\bund\b|\bet\b|\by\b|\be\b|、)\s*")
_TAIL = re.compile(r"\s*(?:[|·•–—]|\s-\s|\bon\b\s+\w+\s+\d|\b(?:am|le|el)\s+\d|\s@\w|\().*$", re.I | re.S)
_BAR = re.compile(r"[|·•]")
_HAS_DIGIT = re.compile(r"\d")
_LONGEST, _MOST_WORDS = 60, 6
_FAR = 400  #: elements from the title within which a byline is looked for, outside of its article
_NEAR = 60  #: within which one is that no markup names


class Authors(NamedTuple):
    """People, and by which of the page's words they are known."""

    people: tuple[Person, ...] = ()
    source: str = ""


def find_authors(outline: Outline, site: str | None) -> Authors:
    """Return who wrote the page, by its best witness; an organisation or the site itself only if nobody else is named.

    Args:
        outline: Of the page, settled.
        site: Name of the site, None if unknown.
    """
    weak = Authors()
    for people, source in _witnesses(outline, site):
        persons = tuple(person for person in people if not is_site(person.name, site, outline.url))
        if persons and source != "json-ld organisation":
            return Authors(persons, source)
        weak = weak if weak.people else Authors(people, source.partition(" ")[0])
    return weak


def _witnesses(outline: Outline, site: str | None) -> Iterator[tuple[tuple[Person, ...], str]]:
    for key in ("author", "creator"):
        told = outline.described.get(key)
        if people := _told_people(told, outline, site):
            yield people, "json-ld organisation" if _is_organisation(told, outline) else "json-ld"
            break
    for name in _AUTHOR_META:
        if name == "twitter:data1" and not _BY.match(f"{outline.first('twitter:label1') or ''}: "):
            continue
        named = [one for value in outline.metas.get(name, ()) for one in _split_unless_site(clean(value), site)]
        if named:
            yield tuple(Person(one) for one in dict.fromkeys(named)), "meta"
    yield from _bylines(outline, site)


# ------------------------------------------------------------------------------------------------ declared
def _told_people(value: Any, outline: Outline, site: str | None) -> tuple[Person, ...]:
    people: dict[str, Person] = {}
    for item in value if isinstance(value, list) else [value]:
        item = _resolved(item, outline)
        if isinstance(item, dict):
            url = item.get("url")
            address = canonical_url(url, base=outline.base) if isinstance(url, str) and url else None
            name = _trimmed(clean(item.get("name")))
            names = [name] if name and not _NO_NAME.search(name) else []
        else:
            address, names = None, _split_unless_site(clean(item), site)
        for one in names:
            people.setdefault(one, Person(one, address))
    return tuple(people.values())


def _resolved(item: Any, outline: Outline) -> Any:
    """Return the node that a bare reference means."""
    if isinstance(item, dict) and "@id" in item and "name" not in item:
        return next((node for node in outline.nodes if node.get("@id") == item["@id"] and "name" in node), item)
    return item


def _is_organisation(value: Any, outline: Outline) -> bool:
    items = [_resolved(item, outline) for item in (value if isinstance(value, list) else [value])]
    return all(isinstance(item, dict) and any("Organization" in kind for kind in types(item)) for item in items)


def is_site(name: str, site: str | None, url: str) -> bool:
    """Return whether a name is that of the site: told as such, or the stem of its host with little more."""
    plain, host = bare(name), host_of(url)
    if not plain or (site is not None and plain == bare(site)):
        return True
    stem = bare(max(urlsplit(url).netloc.removeprefix("www.").split(".")[:-1] or [""], key=len))
    return (len(plain) > 4 and host.startswith(plain)) or (
        len(stem) > 4 and stem in plain and (len(plain) - len(stem) <= 4 or _OFFICE.search(name) is not None)
    )


# ------------------------------------------------------------------------------------------------ names
def names_in(text: str) -> list[str]:
    """Split a byline into names; what is none (an address, a number, a role, a degree) is left out."""
    pieces = (_trimmed(piece) for piece in _AND.split(_trimmed(text)))
    return [piece for piece in pieces if is_name(piece)]


def is_name(text: str) -> bool:
    """Return whether a text may be somebody's name."""
    return (
        1 < len(text) <= _LONGEST
        and len(text.split()) <= _MOST_WORDS
        and not (" " in text and any(letter.isdigit() for letter in text))
        and not _NO_NAME.search(text)
        and not _DEGREES.fullmatch(text)
    )


def _trimmed(text: str) -> str:
    """Take "By" off a name, and what follows it: a date, a place, a handle."""
    text = _BY.sub("", text).strip()
    short = _DEGREES_AT_END.sub("", _TAIL.sub("", text)).strip(" ,:;|-–—·•/")
    short = short or text.strip(" ,:;|-–—·•/")
    return short if _INITIAL.search(short) else short.rstrip(".")


def _split_unless_site(text: str, site: str | None) -> list[str]:
    """Split a list of names, but not "Salt & Sea", the name of a blog."""
    whole = _trimmed(text)
    if site is not None and bare(whole) == bare(site):
        return [whole] if is_name(whole) else []
    return names_in(text)


# ------------------------------------------------------------------------------------------------ seen
def _bylines(outline: Outline, site: str | None) -> Iterator[tuple[tuple[Person, ...], str]]:
    """Yield the visible bylines: by rel and property, by whole class, by an author's page, by a word of a class."""
    ranks: list[list[Element]] = [[], [], [], []]
    for part in outline.named:
        rank = _rank(part)
        if rank is not None:
            ranks[rank].append(part)
    for parts in ranks:
        for part in outline.nearest(parts, _FAR):
            if people := _people_of(part, outline, site):
                yield people, "byline"
    for name in _bare_bylines(outline):
        yield (Person(name),), "text"


def _rank(part: Element) -> int | None:
    if part.tag in ("meta", "link", "img", "form", "input", "body", "html", "main", "article"):
        return None
    if "author" in (part.get("rel") or "").split() or (part.get("itemprop") or "") in ("author", "creator"):
        return 0
    classes = frozenset((part.get("class") or "").lower().split())
    if classes & _NAME_CLASSES:
        return 1
    if "author" in class_roles(part.get("class") or ""):
        return None if author_words(part.get("class") or "") else 3
    return 2  # a link to an author's page


def _people_of(part: Element, outline: Outline, site: str | None) -> tuple[Person, ...]:
    """Return the names in a byline: of the element marked as the name, else of its links, else its own words."""
    inner = next((one for one in part.iter() if _is_name_mark(one) and one is not part), None)
    if inner is not None and inner.tag == "meta":
        name = clean(inner.get("content"))
        return (Person(name),) if is_name(name) else ()
    links = [
        one for one in (inner if inner is not None else part).iter("a") if names_in(clean(one.text_content()[:200]))
    ]
    if inner is None and links:
        people = {}
        for link in links[:8]:
            href = link.get("href")
            url = canonical_url(href, base=outline.base) if href else None
            names = _split_unless_site(clean(link.text_content()[:200]), site)
            people.update(
                {name: Person(name, url if len(names) == 1 else None) for name in names if name not in people}
            )
            if part.tag != "a" and not _is_author_link(link):
                break  # further links of a byline lead to places and subjects
        return tuple(people.values())
    holder = inner if inner is not None else part
    names = _names_of(holder, site)
    anchor = holder if holder.tag == "a" else next(iter(links), None)
    if anchor is None:
        anchor = next((up for up in holder.iterancestors("a")), None)
    href = anchor.get("href") if anchor is not None else None
    url = canonical_url(href, base=outline.base) if href and len(names) == 1 else None
    return tuple(Person(name, url) for name in dict.fromkeys(names))


def _names_of(holder: Element, site: str | None) -> list[str]:
    """Return the names in the words of an element, else those of its first part that has one: name, date, place."""
    parts = [clean(part) for text in islice(holder.itertext(), 12) for part in _BAR.split(text)]
    text = " ".join(filter(None, parts))
    if len(text) <= 2 * _LONGEST and (names := _split_unless_site(text, site)) and not _HAS_DIGIT.search(text):
        return names
    return next((names for part in parts if (names := _split_unless_site(part, site))), [])


def _is_name_mark(part: Element) -> bool:
    return isinstance(part.tag, str) and (
        part.get("itemprop") == "name" or bool({"fn", "p-name", "author-name"} & set((part.get("class") or "").split()))
    )


def _is_author_link(link: Element) -> bool:
    href = link.get("href") or ""
    return "author" in (link.get("rel") or "") or bool(re.search(r"/(?:authors?|autor|auteurs?)/", href))


def _bare_bylines(outline: Outline) -> Iterator[str]:
    """Yield the names of short lines near the title that begin with "By"."""
    start = outline.place.get(outline.heading, -1) if outline.heading is not None else -1
    if start < 0:
        return
    for part in outline.order[start : start + _NEAR]:
        for holder, piece, follows in (
            (part, part.text, next(iter(part), None)),
            (part.getparent(), part.tail, part.getnext()),
        ):
            if not piece or len(piece) > 200 or holder is None or holder.tag in _NO_PROSE or holder is outline.heading:
                continue
            words = clean(piece)
            if _BY_ALONE.fullmatch(words) and follows is not None:  # "By <a>Ann Weber</a>"
                words = f"{words} {clean(follows.text_content()[:200])}"
            if len(words) <= _LONGEST + 20 and _BYLINE.match(words) and not outline.is_foreign(holder):
                names = names_in(words)
                if names and names[0][:1].isupper() and len(names[0].split()) <= 4:
                    yield names[0]


def tidied(people: tuple[Person, ...]) -> tuple[Person, ...]:
    """Take "By" and what follows a name off people whom a platform's marks name; a whole line is nobody's name."""
    found: dict[str, Person] = {}
    for person in people:
        name = person.name
        if _BY.match(name) or _BAR.search(name) or len(name) > _LONGEST:
            name = _trimmed(name)
            if not is_name(name):
                continue
        found.setdefault(name, Person(name, person.url))
    return tuple(found.values())
