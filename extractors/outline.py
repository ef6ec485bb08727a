"""What a page's metadata is read from, gathered in one pass over its tree."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from functools import lru_cache
from itertools import islice
from operator import itemgetter
from typing import Any
from urllib.parse import urlsplit

from lxml import etree

from extractors.document import Classed
from extractors.jsonld import MOST_CHARS, MOST_NODES, Node, clean, read_nodes, types
from extractors.registry import head_names

Element = Any  # lxml.html.HtmlElement

_ARTICLE_TYPES = frozenset(
    "Article BlogPosting NewsArticle ReportageNewsArticle TechArticle ScholarlyArticle OpinionNewsArticle Report "
    "LiveBlogPosting AnalysisNewsArticle BackgroundNewsArticle ReviewNewsArticle SocialMediaPosting Review Recipe "
    "MedicalScholarlyArticle DiscussionForumPosting".split()
)
_PAGE_TYPES = frozenset("WebPage AboutPage ItemPage FAQPage QAPage MedicalWebPage".split())

_TITLE_CLASSES = frozenset(
    "entry-title post-title p-name headline article-title posttitle post__title entry__title "
    "article__title blog-title__post page-title entry-header".split()
) | head_names("title")
_DATE_CLASSES = frozenset(
    "dt-published published entry-date post-date posted-on postdate entry-time timestamp "
    "post__date article-date pubdate posted-date post-meta-date date post_date entrydate publish-date byline__date "
    "date-published article__date post-created date-created posttime post-time datetime".split()
) | head_names("date")
#: A class that ends in the word: news-list-date, blog_detail_date, PostDate.
_DATE_NAMED = re.compile(r"(?:[-_]|(?<=[a-z]))(?:[Dd]ate|[Dd]atum|[Ff]echa|[Dd]ata|[Pp]ubdate)$")
_CHANGE_WORDS = frozenset("updated modified lastmod dt-updated update-date last-updated date-modified".split())
_AUTHOR_WORDS = frozenset(
    "author authors byline autor autoren auteur autore auteurs writer poster username forfatter redakteur "
    "contributor contributors".split()
)
#: Words beside which "author" names no name: a box on them, their picture, what else they wrote.
_NO_AUTHOR_WORDS = frozenset(
    "bio box description desc avatar image img photo pic picture thumbnail social follow posts archive more related "
    "teaser snippet label icon role job email about comment comments note level".split()
)
_ASIDE_CLASSES = frozenset(
    "widget sidebar related related-posts jp-relatedposts recent-posts footer commentlist comment-list comments-area "
    "wp-block-comments comment post-navigation nav-links navigation wp-block-latest-posts wp-block-query "
    "related-articles yarpp yarpp-related breadcrumb breadcrumbs".split()
)
_POST_CLASSES = frozenset("post article entry node blog-post news-single single-post post-content".split())
_ASIDE_IDS = frozenset("comments respond sidebar footer secondary".split())
_ASIDE_WORDS = frozenset("related recommended recommendations".split())
#: "comment-body", "comments__list"; not "comments-link", nor "comments-open" on a whole page.
_OF_COMMENTS = re.compile(r"(?:wp-block-)?comments?(?:list)?(?:[-_](?!open|closed|off|on$|enabled|disabled|link).*)?")
_WORD = re.compile(r"[a-z]+")
_NEITHER = re.compile(r"[\W_]+")  # letter nor digit
_ASCII_NEITHER = {code: None for code in range(128) if not chr(code).isalnum()}
_CAMEL = re.compile(r"(?<=[a-z])(?=[A-Z])")
_DATE_PROPERTIES = frozenset(
    "datePublished dateCreated schema:datePublished schema:dateCreated dc:date dcterms:created dc:created".split()
)
_AUTHOR_PROPERTIES = frozenset("author creator".split())
_HIDDEN = frozenset("hidden sr-only visuallyhidden visually-hidden screen-reader-text".split())
_BRAND = frozenset(
    "site-title site-name site-branding logo branding header__branding navbar-header navbar-brand blog-title "
    "masthead header-inner site-logo titlewrapper blogname brand banner banner-header banner-inner".split()
)


_ROLE_NAMES = {
    "title": _TITLE_CLASSES,
    "date": _DATE_CLASSES,
    "change": _CHANGE_WORDS,
    "author": frozenset(("vcard", "fn")),
    "aside": _ASIDE_CLASSES,
    "brand": _BRAND,
    "hidden": _HIDDEN,
    "entry": frozenset(("h-entry", "hentry")) | head_names("entry"),
}
_ROLE_WORDS = {
    "change": frozenset(("modified", "updated")),
    "author": _AUTHOR_WORDS,
    "aside": _ASIDE_WORDS,
    "teaser": frozenset(("teaser", "teasers")),
}

_ALL_OF_PAGE = frozenset(("body", "html", "main"))
_LONGEST_REMEMBERED = 200  # letters of a class attribute, a name or a title
_MOST_HEADINGS = 300  #: the title is among a page's first headings; a book has thousands
_LEAST_TEASERS, _FAR_BEHIND = 3, 150  #: so many parts alike, so many elements from the title, are of other posts
_MOST_DATES = 1_000  #: the page's own stands near its title; a log or a thread has tens of thousands


@dataclass(slots=True)
class Outline:
    """The parts of a page that metadata is read from, in document order."""

    tree: Element
    url: str
    base: str
    host: str = ""  #: letters and digits of the address's host
    warnings: list[str] = field(default_factory=list)  #: what was left out
    metas: dict[str, list[str]] = field(default_factory=dict)  #: name, property or itemprop in lower case → contents
    nodes: list[Node] = field(default_factory=list)  #: of its JSON-LD
    links: list[Element] = field(default_factory=list)
    head_title: str = ""
    headings: list[Element] = field(default_factory=list)  #: h1 to h3
    dated: list[Element] = field(default_factory=list)  #: what a tag, a property or a class calls a date
    named: list[Element] = field(default_factory=list)  #: what a rel, a property or a class calls an author
    tagged: list[Element] = field(default_factory=list)  #: links to tags
    entries: list[Element] = field(default_factory=list)  #: posts by their microformat
    order: list[Element] = field(default_factory=list)  #: all elements
    place: dict[Element, int] = field(default_factory=dict)  #: of the elements above, from 0
    article: Node | None = None  #: the first node that describes an article, best one that names the page's address
    described: Node = field(default_factory=dict)  #: what describes the page: its article, else the page itself
    heading: Element | None = None  #: the page's own title, once it is found
    main: Element | None = None  #: the article that it stands in
    _span: range = range(0)  #: places of what is in it
    #: what was found of parts since the title is settled: whether they stand aside, None where no part around them
    #: tells, and the innermost article then
    _found: dict[Element, tuple[bool | None, Element | None]] = field(default_factory=dict)

    @property
    def lang(self) -> str | None:
        """Language tag that the root element has."""
        told = self.tree.get("lang") or self.tree.get("{http://www.w3.org/XML/1998/namespace}lang") or ""
        return told.strip().replace("_", "-") or None

    def first(self, *keys: str) -> str | None:
        """Return the first content of the first of these meta elements that the page has."""
        return next((clean(self.metas[key][0]) for key in keys if key in self.metas), None)

    def settle(self, heading: Element | None) -> None:
        """Fix the page's own title: what stands in other articles than it does is another page's."""
        self.heading = heading
        self._found.clear()
        around = heading.iterancestors() if heading is not None else ()
        self.main = next((part for part in around if is_entry(part)), None)
        if self.main is not None:
            start = self.place[self.main]
            self._span = range(start + 1, start + sum(1 for _ in self.main.iter(etree.Element)))

    def distance(self, part: Element) -> int:
        """Return how many elements lie between the title and a part; what stands above it counts thrice."""
        start = self.place.get(self.heading, 0) if self.heading is not None else 0
        steps = self.place[part] - start
        return steps if steps >= 0 else -3 * steps

    def is_in_main(self, part: Element) -> bool:
        """Return whether a part stands in the article of the title."""
        return self.place[part] in self._span

    def end_of_main(self, most: int) -> list[Element]:
        """Return the last elements of the article of the title, so many at most."""
        return self.order[max(self._span.start, self._span.stop - most) : self._span.stop]

    def nearest(self, parts: Iterable[Element], far: int) -> Iterator[Element]:
        """Yield the parts that are the page's own, those in its article first, then by their distance from the title.

        Three or more that look alike, far from the title and outside of the article, are of a list of other posts.

        Args:
            parts: Of this page.
            far: Distance from which a part outside of the article is passed over.
        """
        placed = [(not self.is_in_main(part), self.distance(part), part) for part in parts]
        placed = sorted((item for item in placed if not item[0] or item[1] <= far), key=itemgetter(0, 1))
        behind = {part for is_out, steps, part in placed if is_out and abs(steps) > _FAR_BEHIND}
        if behind and self.heading is not None:
            alike = Counter(look_of(part) for _, _, part in placed)
            behind = {part for part in behind if alike[look_of(part)] >= _LEAST_TEASERS}
        else:
            behind = set()
        return (part for _, _, part in placed if part not in behind and not self.is_foreign(part))

    def is_foreign(self, part: Element) -> bool:
        """Return whether a part stands beside the page's own article: in a sidebar, a teaser, a thread, a footer."""
        told, inner = self._look_around(part)
        if told is not None:
            return told
        return inner is not None and self.main is not None and not any(up is inner for up in self.main.iterancestors())

    def _look_around(self, part: Element) -> tuple[bool | None, Element | None]:
        """Return what `_found` keeps of a part, and keep it of all parts around it: many stand in the same ones."""
        new: list[Element] = []
        around: Element | None = part
        while around is not None and around not in self._found:
            new.append(around)
            around = around.getparent()
        found = self._found[around] if around is not None else (None, None)
        for one in reversed(new):
            if one is self.main:
                found = False, None
            elif _is_aside(one) and not self._is_own(one):
                found = True, None
            elif found[0] is None and is_entry(one):
                found = None, one
            self._found[one] = found
        return found

    def _is_own(self, part: Element) -> bool:
        """Return whether an aside is the post's own: a post has a footer, "posted by", a date beside its text."""
        if (
            _ASIDE_CLASSES & _classes(part) - {"footer"}
            or part.tag == "nav"
            or "aside" in class_roles_of(part, "footer")
        ):
            return False
        return any(is_entry(up) or _POST_CLASSES & _classes(up) for up in part.iterancestors())


def read_outline(tree: Element, url: str, base: str, classed: Classed | None = None) -> Outline:
    """Gather what metadata is read from.

    Args:
        tree: Root element.
        url: Where the page was fetched.
        base: Absolute URL that its links are relative to.
        classed: Of the tree, where it was made before, be it before parts were cut out.
    """
    order = list(tree.iter(etree.Element))  # lxml makes an object of an element at each visit unless one is alive
    place = dict(zip(order, range(len(order)), strict=True))
    outline = Outline(tree, url, base, host_of(url), order=order, place=place)
    _take_head(outline)
    dated, named = _take_tags(outline)
    _take_properties(outline, dated, named)
    _take_classes(outline, classed if classed is not None else Classed(tree), dated, named)
    at = outline.place.__getitem__
    outline.dated.extend(islice(sorted(dated, key=at), _MOST_DATES))
    if len(dated) > _MOST_DATES:
        outline.warnings.append(
            f"the page marks {len(dated)} dates; its own was looked for among the first {_MOST_DATES}"
        )
    outline.named.extend(sorted(named, key=at))
    outline.article = _find_article(outline)
    outline.described = outline.article or next((node for node in outline.nodes if types(node) & _PAGE_TYPES), {})
    return outline


def _take_head(outline: Outline) -> None:
    for part in outline.tree.iter("meta", "script", "link", "title"):
        tag = part.tag
        if tag == "meta":
            content = (part.get("content") or "").strip()
            if content:
                for key in {part.get("property"), part.get("name"), part.get("itemprop")} - {None}:
                    outline.metas.setdefault(str(key).strip().lower(), []).append(content)
        elif tag == "script":
            if (part.get("type") or "").strip().lower().startswith("application/ld+json"):
                script = part.text or ""
                nodes = list(read_nodes(script))
                outline.nodes.extend(nodes)
                if len(nodes) == MOST_NODES or len(script) > MOST_CHARS:
                    outline.warnings.append(
                        f"a JSON-LD script has {len(script)} characters; "
                        f"no more than {MOST_CHARS} of them and {MOST_NODES} nodes were read"
                    )
        elif tag == "link":
            outline.links.append(part)
        elif not outline.head_title and not any(parent.tag == "svg" for parent in part.iterancestors()):
            outline.head_title = clean(part.text_content())


def _take_tags(outline: Outline) -> tuple[set[Element], set[Element]]:
    """Take headings and links to tags; return the dates and the authors that elements and links name."""
    dated, named = set(), set()
    passed = 0
    for part in outline.tree.iter("h1", "h2", "h3", "time", "a"):
        tag = part.tag
        if tag == "a":
            rel = (part.get("rel") or "").split()
            if "tag" in rel:
                outline.tagged.append(part)
            if "author" in rel or _AUTHOR_PATH.search(part.get("href") or ""):
                named.add(part)
        elif tag == "time":
            dated.add(part)
        elif len(outline.headings) < _MOST_HEADINGS:
            outline.headings.append(part)
        else:
            passed += 1
    if passed:
        outline.warnings.append(
            f"the page has {_MOST_HEADINGS + passed} headings; "
            f"its title was looked for among the first {_MOST_HEADINGS}"
        )
    return dated, named


def _take_properties(outline: Outline, dated: set[Element], named: set[Element]) -> None:
    for part in _WITH_PROPERTY(outline.tree):
        told = (part.get("itemprop") or part.get("property")).split()
        if not _DATE_PROPERTIES.isdisjoint(told):
            dated.add(part)
        if not _AUTHOR_PROPERTIES.isdisjoint(told):
            named.add(part)


def _take_classes(outline: Outline, classed: Classed, dated: set[Element], named: set[Element]) -> None:
    place = outline.place
    entries: list[Element] = []
    for value, placed in classed.by_value.items():
        roles = class_roles(value)
        if not roles:
            continue
        for role, taken in (("date", dated.add), ("author", named.add), ("entry", entries.append)):
            if role in roles:
                for _, part in placed:
                    if part in place and part.tag != "script":  # not cut out since
                        taken(part)
    outline.entries.extend(sorted(entries, key=place.__getitem__))


def _find_article(outline: Outline) -> Node | None:
    """Return the first node that describes an article: of several the one that names this page's address."""
    found = [node for node in outline.nodes if types(node) & _ARTICLE_TYPES]
    if len(found) < 2:
        return next(iter(found), None)
    bare = _bare_url(outline.url)
    return next((node for node in found if bare in _addresses(node)), found[0])


_WITH_PROPERTY = etree.XPath("descendant::*/@itemprop/.. | descendant::*/@property/..")  # predicates take longer
_AUTHOR_PATH = re.compile(
    r"/(?:(?:authors?|autor(?:en|es)?|auteurs?)/[^/?#]|(?:profile|people|team)/[^/?#]+/?(?:[?#]|$))"
)


@lru_cache(maxsize=4096)
def class_roles(value: str) -> frozenset[str]:
    """Return what a class attribute says of an element: title, date, change, author, aside, brand, hidden, entry."""
    low = value.lower()
    roles: frozenset[str] = frozenset()
    for name in low.split():
        if more := _ROLES_OF_NAME.get(name):
            roles |= more
    if _TELLING.search(low):  # most are of the layout alone
        roles = roles.union(*map(_roles_by_words, value.split()))
    return roles


def _roles_by_words(name: str) -> set[str]:
    """Return the roles that one class name has by a word in it, or by how it ends."""
    words = frozenset(_WORD.findall(_CAMEL.sub("-", name).lower()))
    roles = {role for role, telling in _ROLE_WORDS.items() if not telling.isdisjoint(words)}
    if _DATE_NAMED.search(name):
        roles.add("date")
    if _OF_COMMENTS.fullmatch(name.lower()):
        roles.add("aside")
    return roles


#: Roles by whole class name, in lower case.
_ROLES_OF_NAME: Mapping[str, frozenset[str]] = {
    name: frozenset(role for role, names in _ROLE_NAMES.items() if name in names)
    for name in frozenset().union(*_ROLE_NAMES.values())
}
#: One of these stands in every class name that has a role by a word, or by how it ends.
_TELLING = re.compile(
    r"modif|updat|auth?or|auteu|byline|writer|poster|username|forfat|redakt|contrib|relat|recommend|teaser|comment|dat[eau]|fecha"
)


def look_of(part: Element) -> tuple[str, str, str]:
    """Return what the parts of a list have in common: tag, classes, and the tag that they stand in."""
    parent = part.getparent()
    return part.tag, part.get("class") or "", parent.tag if parent is not None else ""


def class_roles_of(part: Element, without: str) -> frozenset[str]:
    """Return the roles of an element by its classes, one of them left out."""
    return class_roles(" ".join(name for name in (part.get("class") or "").split() if name.lower() != without))


def author_words(value: str) -> frozenset[str]:
    """Return the words of a class attribute that keep what it stands on from being the name of an author."""
    return frozenset(_WORD.findall(_CAMEL.sub("-", value).lower())) & _NO_AUTHOR_WORDS


def is_entry(part: Element) -> bool:
    """Return whether an element is a post: an article, or what a microformat calls an entry."""
    return part.tag == "article" or "entry" in class_roles(part.get("class") or "")


def is_brand(part: Element) -> bool:
    """Return whether an element stands in what shows the site's name."""
    return any(
        "brand" in class_roles(parent.get("class") or "") or (parent.get("id") or "").lower() in _BRAND
        for parent in (part, *part.iterancestors())
    )


def beginning(part: Element, most: int) -> str:
    """Return the first characters of an element's text, at least so many if it has them: a page may be one element."""
    pieces: list[str] = []
    length = 0
    for piece in part.itertext():
        pieces.append(piece)
        length += len(piece)
        if length >= most:
            break
    return "".join(pieces)


def bare(text: str) -> str:
    """Return the letters and digits of a text, case folded: how names and titles are compared."""
    return (_bare if len(text) < _LONGEST_REMEMBERED else _bare.__wrapped__)(text)


@lru_cache(maxsize=4096)  # one title stands in many places of a page, and its site's name on the next page again
def _bare(text: str) -> str:
    if text.isascii():
        return text.lower().translate(_ASCII_NEITHER)
    return _NEITHER.sub("", text.casefold())


def host_of(url: str) -> str:
    """Return the letters and digits of the host of an address, without www; "" if it has none."""
    try:
        return bare((urlsplit(url).hostname or "").removeprefix("www."))
    except ValueError:
        return ""


def _classes(element: Element) -> frozenset[str]:
    return frozenset((element.get("class") or "").lower().split())


def _is_aside(part: Element) -> bool:
    tag, value = part.tag, part.get("class") or ""
    if (_tells_aside if len(value) < _LONGEST_REMEMBERED else _tells_aside.__wrapped__)(tag, value):
        return True
    return tag not in _ALL_OF_PAGE and (part.get("id") or "").lower() in _ASIDE_IDS


@lru_cache(maxsize=4096)
def _tells_aside(tag: str, value: str) -> bool:
    if tag in ("aside", "footer", "nav"):
        return True
    if tag in _ALL_OF_PAGE:
        return False
    roles = class_roles(value)
    if "aside" in roles and "blog" not in value.lower().split():  # Blogger's "widget Blog"
        return True
    return "teaser" in roles and tag in ("article", "li", "a", "div")  # a post calls its own lead so, too


def _addresses(node: Node) -> Iterable[str]:
    told = [node.get("url"), node.get("@id"), node.get("mainEntityOfPage")]
    return [
        _bare_url(item.get("@id") or item.get("url") if isinstance(item, dict) else item)
        for item in told
        if isinstance(item, str | dict)
    ]


def _bare_url(url: Any) -> str:
    text = url if isinstance(url, str) else ""
    return text.partition("://")[2].partition("#")[0].partition("?")[0].removeprefix("www.").rstrip("/").lower()
