"""Who wrote a page: JSON-LD, meta elements, the byline that readers see.

Never a commenter; the site or an organisation only where the page names nobody else.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from functools import lru_cache
from itertools import chain, islice, takewhile
from typing import Any, NamedTuple
from urllib.parse import urlsplit

from extractors.jsonld import clean, types
from extractors.outline import Element, Outline, author_words, bare, beginning, class_roles, host_of, look_of
from variorum.records import Disagreement, Person
from variorum.urls import canonical_url

REVISION = "bylines/2"

_AUTHOR_META = (
    "author article:author_name parsely-author sailthru.author dc.creator dcterms.creator citation_author byl "
    "shareaholic:article_author_name twitter:data1 article:author"
).split()
_NAME_CLASSES = frozenset(
    "byline-name author-name author__name entry-author-name byline__name post-author-name authorname p-author fn "
    "post-author entry-author byline author vcard username".split()
)
_DONE = (
    "posted written published words story text article blogpost blog-post blogbeitrag beitrag erstellt geschrieben "
    "verfasst veröffentlicht publié écrit rédigé publicado escrito pubblicato scritto postado geschreven geplaatst "
    "skrevet skriven napisał napisała"
).split()
_BY_THEM = "by von por par di da door av af przez od tarafından oleh автор pridal".split()
_AUTHOR = "authors author autorinnen autorin autoren autores autori autora autor auteure auteurs auteur autore".split()
_WORDS_BY = "written words text 作者 著者 撰文 文 글쓴이 الكاتب بقلم".split()
_BY_WORDS = rf"(?:(?:{'|'.join(_DONE)}|blog post)\s*)?(?:{'|'.join(_BY_THEM)})"
_BY = re.compile(
    rf"^\W*(?:{_BY_WORDS}(?![^\W\d_])\s*:?|(?:{'|'.join(_AUTHOR + _WORDS_BY)})\s*(?:[:：]|(?=\s[A-Z])))\s*", re.I
)
_BYLINE = re.compile(
    rf"^\W*(?:{_BY_WORDS}(?![^\W\d_])\s*:?|(?:{'|'.join(_AUTHOR + _WORDS_BY)})\s*[:：])\s*(?=[^\W\d_])", re.I
)
_YEAR = re.compile(r"\b(?:19|20)\d\d\b")
#: What follows "by" behind a date or a time: "May 3rd, 2012 | By Ann Weber", "12 May 2012 at 10:15 by <a>Ann</a>".
_DATED = re.compile(
    rf"(?:\b(?:19|20)\d\d\b|\d:\d\d).{{0,30}}?[\s|·,]\b(?:{'|'.join(_BY_THEM)})(?:\s+(.{{0,60}}))?$", re.I | re.S
)
#: A text that says no more than that a name follows: "Posted by", "Autor:", "| By".
_LABEL = re.compile(rf"\W*(?:{_BY_WORDS}|{'|'.join(_AUTHOR + _WORDS_BY)})\s*[:：]?", re.I)
#: What a byline or a label begins with, and what may stand before that: cheaper to look for.
_FIRST_WORDS = (*_DONE, "blog post", *_BY_THEM, *_AUTHOR, *_WORDS_BY)
_MARKS = " \t\r\n\xa0|/·•–—-:,.(«»\"'“”"
_PARTICLES = frozenset("von van de der den del della di da dos du la le el al bin ibn ter ten zu und af av y".split())
_BLOCKS = frozenset("p div section article li td dd".split())
_INLINE = frozenset("a b em i span strong small font".split())
_HEADINGS = frozenset("h1 h2 h3 h4 h5 h6".split())
_NO_PROSE = frozenset("script style option figcaption title noscript".split())
_NO_NAME = re.compile(
    r"https?://|www\.|\.[a-z]{2,3}/|[@{}<>=\[\]]|^\W*$|^\d|(?<![^\W\d_])\d{3,}"
    r"|^(?:admin|administrator|author|autor|auteur|autore|unknown|editor|anonymous|null|undefined|by|guest|staff|share|about)$"
    r"|\b(?:articles?|posts?|comments?|minutes?|min read|artikel|beiträge|artículos|read more)\b"
    r"|^(?:mehr von|more from|more by|follow|view all|published|posted|updated)\b"
    r"|^(?:veröffentlicht|publié|publicado|pubblicato)\b"
    r"|^(?:you|me|us|them|him|her|others|permalink|link)$"
    r"|^(?:archives?|profile?|website|e-?mail|bio)$"
    r"|\b(?:twitter|facebook|linkedin|instagram)\b"
    r"|^(?:date|datum|fecha|data|source|quelle|fuente|fonte|tags?|category|kategorie|contact|kontakt)$",
    re.I,
)
#: The name of an account, not of a person: its words are joined by points, or it is that of a caretaker.
_LOGIN = re.compile(r"[a-z0-9]+(?:[._][a-z0-9]+)+|.*\badmin\b.*", re.I)
_COMPANY = re.compile(r"\b(?:gmbh|ag|kg|inc|ltd|llc|corp|e\.\s?v)\.?$", re.I)
#: A calling before a name, as German papers write it: "Tide-Online-Redakteurin Ann Weber".
_CALLING = re.compile(
    r"^(?:[\w-]*(?:experte|expertin|redakteur(?:in)?|autor(?:in)?|korrespondent(?:in)?|reporter(?:in)?|volont[äa]r(?:in)?|rechtsanw[aä]lt(?:in)?))"
    r"\s+(?=[A-ZÄÖÜ][\w.-]+\s+[A-ZÄÖÜ])",
    re.I,
)
_DEGREE = r"(?:ph\.?\s?d|m\.?d|m\.?s|m\.?a|b\.?a|b\.?sc|m\.?sc|rd|rdn|ld|rn|mba|jd|esq|cpa|cfa|jr|sr|dr|llm|lcsw)\.?"
_DEGREES = re.compile(_DEGREE, re.I)
_DEGREES_AT_END = re.compile(rf"(?:,\s*{_DEGREE})+$", re.I)
_INITIAL = re.compile(r"(?:^|[\s.])\w\.$")
_OFFICE = re.compile(
    r"redaktion|redaction|rédaction|redacción|redazione|editorial|newsroom|\bonline$|\bteam\b|\bstaff\b", re.I
)
_AND = re.compile(
    r"\s*(?:,|;|&|、|\b(?:and|und|et|y|e)\b"
    r"|\b(?:im Gespräch mit|in conversation with|interviewed by|propos recueillis par)\b)\s*"
)
_LINKED = re.compile(r"&|、|\b(?:and|und|et|y|e)\b|\bmit\b|\bwith\b")
_TAIL = re.compile(
    r"\s*(?:[|·•–—／]|\s-\s|\bon behalf of\b|\bon\s+(?:\w+,?\s+){1,2}\d|\b(?:am|le|el)\s+\d|\s@\w"
    r"|\((?!(?:\w\.)+\)\s+[A-Z])|\s(?:on|in|at|am|um|le|el)$).*$",  # but "Ann (A.B.) Weber"
    re.I | re.S,
)
_FOR_OTHERS = re.compile(r"\bon\s+behalf\s+of\s*$", re.I)
_NAME_OF_AUTHOR = re.compile(r"(?:author|byline)[a-z-]*[-_]+name$")  # elementor-author-box__name
_AUTHOR_PATH = re.compile(r"/(?:authors?|autor(?:en|es)?|auteurs?)/")
_BAR = re.compile(r"[|·•]")
_HAS_DIGIT = re.compile(r"\d")
_LONGEST, _MOST_WORDS, _MOST_NAMED = 60, 6, 3
_FAR = 400  #: elements from the title within which a byline is looked for, outside of its article
_NEAR, _ABOVE = 60, 8  #: within which, behind and before it, one is that no markup names
_LONGEST_LABEL = 30
_FIRST_LINES = 5  #: paragraphs of the article that may begin with whom it is by


class Authors(NamedTuple):
    """People, and by which of the page's words they are known."""

    people: tuple[Person, ...] = ()
    source: str = ""
    disagreements: tuple[Disagreement, ...] = ()  #: whom the page names elsewhere, where it was looked


def find_authors(outline: Outline, site: str | None) -> Authors:
    """Return who wrote the page, by its best witness.

    An organisation, the site itself or the name of an account only if nobody else is named.

    Args:
        outline: Of the page, settled.
        site: Name of the site, None if unknown.
    """
    weak = Authors()
    others: list[Disagreement] = []
    for people, source in _witnesses(outline, site):
        persons = tuple(person for person in people if not _is_nobody(person.name, outline, site))
        if persons and source == "meta" and persons[0] is not people[0]:
            persons = ()  # "Tide Online, Harbourtown": the site with its address
        if persons and source != "json-ld organisation":
            guests = _guests(outline) if source in ("json-ld", "meta") else []
            if not guests or {bare(person.name) for person in persons} & set(map(bare, guests)):
                return Authors(persons, source, tuple(others))
            return Authors(tuple(map(Person, guests)), "text", (*others, _other(persons, source)))
        weak = weak if weak.people else Authors(people, source.partition(" ")[0])
        if not others and not is_site(people[0].name, site, outline.url):
            others.append(_other(people, source.partition(" ")[0]))
    return weak


def _other(people: tuple[Person, ...], source: str) -> Disagreement:
    return Disagreement("authors", source, "; ".join(person.name for person in people))


def _guests(outline: Outline) -> list[str]:
    """Return whom the first lines of the post itself name: "By Ann Weber" in a paragraph of its own.

    Writers do so where the one who posts is another, and the machine knows only that one.
    """
    for part in islice(outline.main.iter("p"), _FIRST_LINES) if outline.main is not None else ():
        names = _names_after_by(clean(part.text_content()[:200]))
        if names and " " in names[0]:
            return names
    return []


def _names_after_by(words: str) -> list[str]:
    """Return the names of a line that begins with "By" and has little more; roles behind a comma are none.

    A word in small letters is somebody's name only where a date follows: "by tide on 3 May 2012".
    """
    if len(words) > _LONGEST + 20 or not _begins_like_one(words) or not _BYLINE.match(words):
        return []
    found = dict.fromkeys(names_in(words))
    names = [name for name in found if " " not in name][:1] if _YEAR.search(words) and not _has_capital(found) else []
    names = names or list(takewhile(_is_capital, found))
    if not names or len(names[0].split()) > 4:
        return []
    return names if _LINKED.search(words) else names[:1]  # "Ann Weber, Harbour Master"


def _has_capital(names: Iterable[str]) -> bool:
    return any(_is_capital(name) for name in names)


def _begins_like_one(words: str) -> bool:
    return words.lstrip(_MARKS)[:14].lower().startswith(_FIRST_WORDS)


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


def _is_nobody(name: str, outline: Outline, site: str | None) -> bool:
    """Return whether a name is that of the site, a company or an account."""
    return is_site(name, site, outline.url) or bool(_LOGIN.fullmatch(name) or _COMPANY.search(name))


def is_site(name: str, site: str | None, url: str) -> bool:
    """Return whether a name is that of the site: told as such, or the stem of its host with little more."""
    plain, host = bare(name), host_of(url)
    if not plain or (site is not None and plain == bare(site)):
        return True
    stem = _stem(url)
    return (len(plain) > 4 and host.startswith(plain)) or (
        len(stem) > 4 and stem in plain and (len(plain) - len(stem) <= 4 or _OFFICE.search(name) is not None)
    )


@lru_cache(maxsize=64)
def _stem(url: str) -> str:
    """Return the longest part of a host's name, bare: that of a blog on its own domain, or of one among many."""
    return bare(max(urlsplit(url).netloc.removeprefix("www.").split(".")[:-1] or [""], key=len))


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
    text = _CALLING.sub("", _BY.sub("", text).strip())
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
    ranks: list[list[Element]] = [[], [], [], [], []]
    around = frozenset(outline.heading.iterancestors()) if outline.heading is not None else frozenset()
    for part in outline.named:
        rank = _rank(part) if part not in around else None  # a post's own element names its author in a class, too
        if rank is not None:
            ranks[rank].append(part)
    for parts in ranks:
        near = list(outline.nearest(parts, _FAR))
        for place, part in enumerate(near):
            if people := _people_of(part, outline, site):
                yield (
                    _joined(people, *(_people_of(one, outline, site) for one in _beside(part, near[place + 1 :]))),
                    "byline",
                )
    for names in _bare_bylines(outline):
        yield tuple(map(Person, names)), "text"


def _joined(*told: tuple[Person, ...]) -> tuple[Person, ...]:
    people: dict[str, Person] = {}
    for person in chain.from_iterable(told):
        people.setdefault(person.name, person)
    return tuple(people.values())


def _beside(part: Element, others: list[Element]) -> Iterator[Element]:
    """Yield what stands in the same line as a byline and looks like it: a name each of those who wrote a post."""
    holder, look = part.getparent(), look_of(part)
    if part.tag in ("a", "span"):
        yield from (other for other in others if other.getparent() is holder and look_of(other) == look)


def _rank(part: Element) -> int | None:
    if part.tag in ("meta", "link", "img", "form", "input", "body", "html", "main", "article"):
        return None
    if "author" in (part.get("rel") or "").split() or (part.get("itemprop") or "") in ("author", "creator"):
        return 0
    classes = frozenset((part.get("class") or "").lower().split())
    if classes & _NAME_CLASSES or any(map(_NAME_OF_AUTHOR.search, classes)):
        return 1
    if "author" in class_roles(part.get("class") or ""):
        return None if author_words(part.get("class") or "") else 3
    return 2 if _AUTHOR_PATH.search(part.get("href") or "") else 4  # a link to the page of an author, or of somebody


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
        before = (part.text or "") if links[0].getprevious() is None else ""
        if _FOR_OTHERS.search(before):
            return tuple(map(Person, _first_names([clean(one) for one in _BAR.split(before)], site)))
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
    if len(text.split()) > _MOST_NAMED and (names := _first_names(parts, site)) and " " in names[0]:
        return names
    if len(text) <= 2 * _LONGEST and (names := _split_unless_site(text, site)) and not _HAS_DIGIT.search(text):
        return names
    return _first_names(parts, site)


def _first_names(parts: list[str], site: str | None) -> list[str]:
    return next((names for part in parts if (names := _split_unless_site(part, site))), [])


def _is_name_mark(part: Element) -> bool:
    return isinstance(part.tag, str) and (
        part.get("itemprop") == "name" or bool({"fn", "p-name", "author-name"} & set((part.get("class") or "").split()))
    )


def _is_author_link(link: Element) -> bool:
    href = link.get("href") or ""
    return "author" in (link.get("rel") or "") or bool(re.search(r"/(?:authors?|autor|auteurs?)/", href))


def _bare_bylines(outline: Outline) -> Iterator[list[str]]:
    """Yield the names of short lines that begin with "By": near the title, or alone in a line farther behind it."""
    start = outline.place.get(outline.heading, -1) if outline.heading is not None else -1
    if start < 0:
        return
    parts = outline.order[max(start - _ABOVE, 0) : start + _FAR]
    for steps, part in enumerate(parts, max(start - _ABOVE, 0) - start):
        for piece, is_inside in ((part.text, True), (part.tail, False)):
            if not piece or len(piece) > 200 or piece.isspace():
                continue
            dated = _DATED.search(piece) if steps <= _NEAR else None
            if dated is None and not _begins_like_one(piece):
                continue
            holder = part if is_inside else part.getparent()
            if holder is None or holder.tag in _NO_PROSE or holder is outline.heading or _is_entry_of_list(holder):
                continue
            words = clean(piece) if dated is None else f"By {clean(dated[1])}"
            if words == "By " or (len(words) <= _LONGEST_LABEL and _LABEL.fullmatch(words)):
                words = f"By {_after_label(part, is_inside=is_inside)}"
            elif steps < 0:  # above the title stands "by" and the name in two elements, or nothing
                continue
            names = _names_after_by(words)
            if not names or outline.is_foreign(holder):
                continue
            is_sure = holder.tag not in _HEADINGS and (" " in names[0] or _YEAR.search(words) is not None)
            if steps <= _NEAR or (
                is_sure and (_is_line(holder, None if is_inside else part) or _is_alone(holder, words))
            ):
                yield names


def _is_capital(name: str) -> bool:
    """Return whether a name is written as one, "Ann van der Weber"; in scripts without case all are."""
    words = name.split()
    return words[0][:1] == words[0][:1].upper() and all(
        word[:1] == word[:1].upper() or word.lower() in _PARTICLES for word in words
    )


def _after_label(part: Element, *, is_inside: bool) -> str:
    """Return the words behind a label: "By <a>Ann Weber</a>", "<b>Autor:</b> Ann Weber", "<dt>By</dt><dd>Ann Weber"."""
    inner = next(part.iterchildren("*"), None) if is_inside else None
    if is_inside and inner is None and (tail := clean(part.tail)):
        return tail
    follows = inner if inner is not None else next(part.itersiblings("*"), None)
    if follows is None:
        return ""
    words = clean(follows.text_content()[:200])
    return words if " " in words else f"{words} {clean((follows.tail or '')[:200])}"  # "<a>Dr.</a> Ann Weber"


def _is_entry_of_list(holder: Element) -> bool:
    """Return whether an element is a link that an item of a list holds, as menus and lists of posts are made."""
    return holder.tag == "a" and holder.getparent() is not None and holder.getparent().tag == "li"


def _is_line(holder: Element, before: Element | None) -> bool:
    """Return whether words are a line of their own between breaks: "Words.<br><i>Posted by Ann Weber</i>"."""
    if before is not None and before.tag == "br":  # they stand behind a break themselves
        follows = before.getnext()
    elif before is None and holder.tag in _INLINE and not (holder.tail or "").strip():
        before, follows = holder.getprevious(), holder.getnext()
    else:
        return False
    return before is not None and before.tag == "br" and (follows is None or follows.tag in ("br", "div", "p"))


def _is_alone(holder: Element, byline: str) -> bool:
    """Return whether a paragraph says little more than a byline."""
    block = next((up for up in (holder, *holder.iterancestors()) if up.tag in _BLOCKS), None)
    words = clean(beginning(block, 400)) if block is not None else ""
    name = byline.partition(" ")[2]
    is_all = words.endswith(name) or (name in words and _BYLINE.match(words) is not None)
    return is_all and len(words) <= len(name) + _LONGEST_LABEL


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
