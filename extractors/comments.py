"""Comments in markup of any kind: found by whole class names and ids, read into records, cut out of the tree.

Names are compared whole and lower-cased, never as substrings: Typepad marks every comment `comment-has-avatar`, and
Blogger keeps author and date in `comment-footer`; a rule for "avatar" or "footer" would take both for furniture.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import replace
from datetime import datetime
from typing import Any, NamedTuple

from extractors.dates import parse_date
from extractors.text import render
from variorum.records import Comment, Removed, Thread
from variorum.urls import canonical_url

REVISION = "comments/1"

Element = Any  # lxml.html.HtmlElement


def _names(text: str) -> frozenset[str]:
    return frozenset(text.split())


_BLOCKS = ("li", "div", "article", "section", "tr", "td", "table", "blockquote", "p", "dt", "dd")
#: Class of an element that holds one comment.
_ITEM = _names(
    "comment commentitem comment-item comment_item comments-item single-comment comment-container comment-wrapper "
    "dsq-comment lf_comment_container lf_comment u-comment p-comment comment-box commentbox comment-single "
    "comment-entry pingback trackback commententry commentbody cmt comment-post comment__item blog-comment "
    "dna-comment usercomment user-comment reader-comment"
)
#: Id of one comment, its last group being the native id: comment-12, li-comment-12, dsq-comment-12, Blog1_cmt-12.
_ITEM_ID = re.compile(
    r"(?:li-|div-|dsq-|lf_|dna-|blog\d+_|tc_|the)?(?:comments?|cmt|response)[-_]?(?:item[-_]|container[-_])?"
    r"(\d+|[0-9a-f]{16,})",
    re.I,
)
#: Ids too short to be believed unless the element has a class of a comment, or stands in a comment list.
_SHORT_ID = re.compile(r"(?:c|pc_|bc_)(\d+)", re.I)
#: Class or id of a list whose children are comments, marked or not.
_LIST = _names(
    "commentlist comment-list comments-list comment_list comments_list commentslist sfw-commentlist comments-block "
    "comment-thread commentthread wp-block-comment-template list-comments thecomments the-comments singlecommentlist"
)
#: Class or id of the place where a thread stands: heading, list, form.
_REGION = _LIST | _names(
    "comments comment-area comments-area comments-wrapper comments-template commentarea commentblock commentsblock "
    "commentsection comment-section comments-section all-comments comments-content post-comments comments_section "
    "comments-container comment-container-list comment_area commentwrap comments-wrap wp-block-comments "
    "wp-block-post-comments disqus_thread dsq-content lf_comments jc_comments jc_commentsdiv livefyre respond "
    "comment-respond commentform comment-form comments-form comment_form commentsform comments-open postcomment "
    "post-comment-area comments_wrap commentscontainer comment-wrap-all trackbacks trackback-list pinglist pings "
    "pingbacks idc-container js-kit-comments fb-comments hc-comments isso-thread utterances giscus"
)
_NESTED = _names("children comment-replies replies comment-children child-comments comments-replies")
#: Lists of the latest comments and the like, where teasers look as comments do.
_ASIDE = _names(
    "widget sidebar recentcomments recent-comments recent_comments widget_recent_comments widget-area side-bar "
    "latest-comments wp-block-latest-comments"
)
#: Class of an article's own body: what holds it is neither a comment nor a thread.
_ARTICLE = _names("entry-content post-content post-body article-body article-content entry-body post_content postbody")

_BODY = (
    _names(
        "comment-content comment_content commentcontent comment-text comment_text commenttext comtext comment-message "
        "dsq-comment-message e-content comment-copy comment__content comment__text comment__body c_text cbody lf_body "
        "commentsbody comment-entry-content comment_body_text wp-block-comment-content commentcopy"
    ),
    _names("comment-body comment_body commentbody commententry comment-entry format_text comment-txt comment_txt"),
)
_AUTHOR = (
    _names("fn p-name"),
    _names(
        "comment-author-name comment_author_name commentauthor comment_author comment-name comment-user commenter "
        "commenter-name dsq-commenter-name comment__author comment-author authorname author-name author_name cauthor "
        "username user-name nickname p-author poster lf_author comment-by comment_by"
    ),
    _names("author user name media-heading comment-header comment_name url comauth comment-poster"),
)
_DATE = _names(
    "comment-date comment_date commentdate comment-time comment_time comment-timestamp timestamp datetime date "
    "comment-metadata comment-meta commentmetadata comment_meta dt-published published time timespan comdate "
    "comment__date posted-on comment-datetime comment-posted postdate wp-block-comment-date"
)
#: Furniture inside a comment: it says nothing that the commenter wrote.
_FURNITURE = _names(
    "reply comment-reply comment-reply-link comment-actions comment-action comment-footer comment-edit-link edit-link "
    "comment-awaiting-moderation avatar comment-avatar comment-permalink permalink says rating comment-rating sr-only "
    "screen-reader-text comment-header comment-metadata comment-meta commentmetadata comment_meta comment-reply-form "
    "comment_num comment-number commentnumber comment-num comment-count vote votes voting cld-like-dislike-wrap "
    "comment-links comment-tools comment-controls comment-form reply-link replylink replyto comment-replybox-single "
    "comment-replybox-thread comment-footer-links posted comment-posted blog-author-label comment-like like-comment "
    "report-comment flag-comment cancel-comment-reply item-control commentmeta comment-info comment-options "
    "wp-block-comment-reply-link wp-block-comment-edit-link byline-note reply-to-comment dsq-comment-footer "
    "dsq-comment-header lf_footer gravatar"
)
_DROP_TAGS = _names("form script style button nav input textarea select noscript label object iframe svg template")
_SEPARATORS = re.compile(r"[\s|·•‧∙\-–—/,;:()\[\]#»«→←]*")
_SAYS = re.compile(
    r"\s*(?:\b(?:says?|said|wrote|writes|commented|replied|responds?|schreibt|schrieb|sagt|sagte|meint|dice|dijo|dit|"
    r"disse|diz|ha scritto|a écrit|zegt|schreef|pisze|говорит|пишет|diyor ki)\b\.?|さんの発言|より|يقول)?"
    r"\s*(?:\.{2,}|[:：…,，\-–—|])*\s*$",
    re.I,
)
_BY = re.compile(r"^\s*(?:(?:posted|comment|written|left|submitted)\s+by|by|from|comment from)\b\s*:?\s+", re.I)
#: "Posted by: Ann at March 3, 2007 11:20 AM" and its kin; the foot of Movable Type and old Typepad.
_POSTED = re.compile(
    r"^\s*(?:posted|comment(?:ed)?|left|written)\s+by\s*:?\s*(?P<name>.{1,80}?)\s*(?:\||,|\bat\b|\bon\b|@|-|–|—)\s*(?P<date>.*\d.*)$",
    re.I | re.S,
)
_NAME_DATE = re.compile(
    r"^(?:\d+[.)]?\s*)?(?P<name>.{1,60}?)\s*(?:[|,–—-]|\bon\b|\bat\b|\bsays?\b|\bsaid\b)\s*:?\s*(?P<date>.*\d{2}.*)$",
    re.S,
)
_FORUM = re.compile(r'"@type"\s*:\s*\[?\s*"DiscussionForumPosting"')
_INTEGER = re.compile(r"(?<![\d.,])\d{1,3}(?:[.,\u00a0\u202f ]\d{3})+(?!\d)|\d+")
_LONGEST_NAME = 80  # letters; what is longer is a sentence


class Taken(NamedTuple):
    """What the tree said about comments before they were cut out of it."""

    thread: Thread | None  #: None: it says nothing, or says it by script
    removed: tuple[Removed, ...]


class _Unit(NamedTuple):
    element: Element
    native_id: str | None
    marked: bool  #: by an id that only comments have


def take(tree: Element, base: str) -> Taken:
    """Read the comments of a page, and cut them with all that belongs to the thread out of *tree*.

    Args:
        tree: Root element; it is changed.
        base: Absolute URL that links are relative to.
    """
    if _is_forum(tree):  # posts of a forum stand in the containers of comments, and they are the page
        return Taken(None, ())
    _wrap_definitions(tree)
    regions = [
        element for element in tree.iter(*_BLOCKS, "ol", "ul", "form", "aside", "dl", "a") if _marks(element) & _REGION
    ]
    regions = [
        element for element in regions if element.tag != "a" and not _in_aside(element) and not _holds_article(element)
    ]
    units = _units(tree, regions)
    parents = _parents(units)
    has_form = any(_has_form(region) for region in regions)
    by_script = any(_marks(region) & {"disqus_thread", "isso-thread", "fb-comments", "giscus"} for region in regions)
    claimed = _claimed(regions)
    others = _other_pages(tree, base)
    read: dict[Element, Comment] = {}
    removed: list[Removed] = []
    for unit in reversed(units):  # replies first: each is cut before the comment that holds it is read
        comment = _read(unit, base)
        if comment is not None:
            read[unit.element] = comment
        _detach(unit.element)
    comments = _threaded(units, parents, read)
    for region in regions:
        if region.getroottree().getroot() is tree:
            text = " ".join(region.text_content().split())
            if text:
                removed.append(Removed("comment_form" if _has_form(region) else "comment_list", REVISION, text))
            _detach(region)
    if not comments and not (has_form and not by_script):
        return Taken(None, tuple(removed))
    complete = not others and not by_script and (claimed is None or claimed <= len(comments))
    return Taken(Thread(comments=comments, claimed=claimed, complete=complete, other_pages=others), tuple(removed))


# ------------------------------------------------------------------------------------------------ finding
def _is_forum(tree: Element) -> bool:
    scripts = tree.iterfind('.//script[@type="application/ld+json"]')
    return any(_FORUM.search(script.text or "") for script in scripts)


def _classes(element: Element) -> frozenset[str]:
    return _names((element.get("class") or "").lower())


def _marks(element: Element) -> frozenset[str]:
    """Return the class names and the id, lower-cased."""
    marks = (element.get("class") or "") + " " + (element.get("id") or "")
    return _names(marks.lower()) if len(marks) > 1 else frozenset()


def _wrap_definitions(tree: Element) -> None:
    """Put each `dt` and its `dd` of a comment list into one element: Blogger and Thesis write such pairs."""
    for lister in list(tree.iter("dl")):
        marked = _marks(lister) & _REGION or any(_classes(child) & (_ITEM | {"comment-author"}) for child in lister)
        if not marked and not any(_marks(parent) & _REGION for parent in lister.iterancestors()):
            continue
        if _in_aside(lister):
            continue
        group = None
        for child in list(lister):
            if child.tag == "dt" or group is None:
                group = lister.makeelement("li", {"class": "comment"})
                child.addprevious(group)
                if child.get("id"):
                    group.set("id", child.attrib.pop("id"))
                for name in ("pingback", "trackback", "bypostauthor"):
                    if name in _classes(child):
                        group.set("class", f"{group.get('class')} {name}")
            child.set("class", " ".join(_classes(child) - _ITEM))
            group.append(child)


def _units(tree: Element, regions: list[Element]) -> list[_Unit]:
    """Return the elements that hold one comment each, in document order, outer before inner."""
    found: dict[Element, _Unit] = {}
    for element in tree.iter(*_BLOCKS):
        if element.get("class") is None and element.get("id") is None and element.get("itemtype") is None:
            continue
        unit = _marked(element)
        if unit is not None and not _in_aside(element) and not _holds_article(element):
            found[element] = unit
    if not found:
        found = {element: _Unit(element, None, False) for element in _unmarked(regions)}
    return _settled(found)


def _marked(element: Element) -> _Unit | None:
    classes = _classes(element)
    schema = (element.get("itemtype") or "").rstrip("/").rpartition("/")[2] in ("Comment", "UserComments", "Answer")
    ident = element.get("id") or ""
    match = _ITEM_ID.fullmatch(ident)
    if match:
        return _Unit(element, match[1], True)
    if not (classes & _ITEM or schema) or (element.tag in ("p", "td", "blockquote", "dt", "dd") and not schema):
        return None
    match = _SHORT_ID.fullmatch(ident)
    return _Unit(element, match[1] if match else None, bool(match) or schema)


def _unmarked(regions: list[Element]) -> Iterator[Element]:
    """Yield the children of comment lists that bear no mark of their own."""
    for region in regions:
        lists = [region] if region.tag in ("ol", "ul") else [child for child in region if child.tag in ("ol", "ul")]
        for lister in lists:
            if _marks(region) & (_LIST | {"comments"}):
                yield from (child for child in lister if child.tag == "li")


def _settled(found: dict[Element, _Unit]) -> list[_Unit]:
    """Merge a comment's several wrappers into one, and drop what holds many comments but none of its own."""
    inner: dict[Element, list[Element]] = {}
    for element in found:
        outer = _nearest(element, found)
        if outer is not None:
            inner.setdefault(outer, []).append(element)
    for element in list(found):  # outer first
        while element in found:
            unit = found[element]
            direct = [child for child in inner.get(element, ()) if child in found and not _in_replies(child, element)]
            if len(direct) == 1 and _is_wrapper(unit, found[direct[0]]):
                _absorb(found, inner, element, direct[0])
                continue
            twins = [child for child in direct if unit.native_id and found[child].native_id == unit.native_id]
            if twins:
                _absorb(found, inner, element, twins[0])
            elif direct and unit.native_id is None and not _has_name_or_date_beside(element, *direct):
                del found[element]
            else:
                break
    return list(found.values())


def _is_wrapper(outer: _Unit, child: _Unit) -> bool:
    """Return whether an item and the only one right within it are one comment."""
    if outer.native_id is not None:
        return child.native_id in (None, outer.native_id)
    return not (_has_name_or_date_beside(outer.element, child.element) and _has_name_or_date_beside(child.element))


def _absorb(found: dict[Element, _Unit], inner: dict[Element, list[Element]], outer: Element, child: Element) -> None:
    known = found[outer]
    found[outer] = _Unit(outer, known.native_id or found[child].native_id, known.marked or found[child].marked)
    inner[outer] = [one for one in inner.get(outer, ()) if one is not child] + inner.get(child, [])
    del found[child]


def _nearest(element: Element, among: dict[Element, Any]) -> Element | None:
    return next((parent for parent in element.iterancestors() if parent in among), None)


def _in_replies(child: Element, outer: Element) -> bool:
    for parent in child.iterancestors():
        if parent is outer:
            return False
        if _marks(parent) & _NESTED:
            return True
    return False


def _has_name_or_date_beside(element: Element, *inner: Element) -> bool:
    """Return whether *element* names an author or a date outside of the comments within it."""
    wanted = frozenset().union(*_AUTHOR[:2], _DATE)
    stack = list(element)
    while stack:
        part = stack.pop()
        if part in inner or not isinstance(part.tag, str):
            continue
        if _classes(part) & wanted or part.tag in ("time", "cite"):
            return True
        stack.extend(part)
    return False


def _in_aside(element: Element) -> bool:
    for parent in (element, *element.iterancestors()):
        marks = _marks(parent)
        if parent.tag == "aside" or (marks & _ASIDE and "blog" not in marks):  # Blogger's posts stand in "widget Blog"
            return True
    return False


def _holds_article(element: Element) -> bool:
    for part in element.iter("h1", "div", "article", "section"):
        if part.tag == "h1" or part.get("itemprop") == "articleBody":
            return True
        if part is not element and _classes(part) & _ARTICLE and not _ITEM_ID.fullmatch(part.get("id") or ""):
            return not any(_classes(parent) & _ITEM for parent in part.iterancestors() if parent is not element)
    return False


def _has_form(region: Element) -> bool:
    return region.tag == "form" or next(region.iter("textarea"), None) is not None


# ------------------------------------------------------------------------------------------------ threads
def _parents(units: list[_Unit]) -> dict[Element, Element]:
    among = {unit.element: unit for unit in units}
    nearest = {element: _nearest(element, among) for element in among}
    return {element: parent for element, parent in nearest.items() if parent is not None}


def _threaded(units: list[_Unit], parents: dict[Element, Element], read: dict[Element, Comment]) -> tuple[Comment, ...]:
    """Give the comments their place, parent and depth; a parent that could not be read is skipped over."""
    depths: dict[Element, int] = {}
    out: list[Comment] = []
    seen: set[str] = set()
    for unit in units:
        comment = read.get(unit.element)
        if comment is None or (comment.native_id is not None and comment.native_id in seen):
            continue
        parent = parents.get(unit.element)
        while parent is not None and parent not in depths:
            parent = parents.get(parent)
        depths[unit.element] = 0 if parent is None else depths[parent] + 1
        if comment.native_id is not None:
            seen.add(comment.native_id)
        out.append(
            replace(
                comment,
                parent_id=None if parent is None else read[parent].native_id,
                depth=depths[unit.element],
                position=len(out),
            )
        )
    nested = any(depths.values())
    return tuple(replace(comment, parent_known=nested) for comment in out) if not nested else tuple(out)


def _claimed(regions: list[Element]) -> int | None:
    """Return the one whole number of the thread's heading: "12 thoughts on …", "Comments (12)"."""
    for region in regions:
        for heading in region.iter("h2", "h3", "h4", "h5"):
            if any(_classes(parent) & _ITEM for parent in heading.iterancestors()):
                break
            numbers = _INTEGER.findall(heading.text_content())
            if len(numbers) == 1:
                return int(re.sub(r"\D", "", numbers[0]))
            break
    return None


def _other_pages(tree: Element, base: str) -> tuple[str, ...]:
    found: dict[str, None] = {}
    for anchor in tree.iter("a"):
        href = anchor.get("href") or ""
        if ("comment-page-" in href or "cpage=" in href) and "replytocom" not in href:
            numbered = _marks(anchor) & {"page-numbers", "prev", "next"} or not _ITEM_ID.search(href.partition("#")[2])
            url = canonical_url(href.partition("#")[0], base=base)
            if url is not None and numbered and url.rstrip("/") != base.partition("#")[0].rstrip("/"):
                found[url] = None
    return tuple(found)


# ------------------------------------------------------------------------------------------------ one comment
def _read(unit: _Unit, base: str) -> Comment | None:
    """Read one comment; None where the element holds no text, or neither name nor date nor id of one."""
    element = unit.element
    parts: dict[str, list[Element]] = {}
    for part in element.iter():
        if isinstance(part.tag, str):
            for name in _classes(part):
                parts.setdefault(name, []).append(part)
    native_id = unit.native_id or _inner_id(element)
    kind = next((name for name in ("pingback", "trackback") if name in parts), "comment")
    name_part, author = _author(element, parts)
    date_part, published = _date(element, parts, native_id)
    foot = _foot(element) if not author or published is None else None
    if foot is not None:
        author = author or foot.name
        published = published or foot.published
    permalink = _permalink(element, native_id, base)
    url = _author_url(element, name_part, base)
    by_author = bool(_classes(element) & {"bypostauthor", "entry-author", "comment-by-author", "by-author"})
    parts_of_head = [part for part in (name_part, date_part, foot and foot.element) if part is not None]
    text = _text(element, parts, parts_of_head, native_id, base)
    if not text or not (unit.marked or author or published):
        return None
    return Comment(
        native_id=native_id,
        text=text,
        author=author,
        author_url=url,
        published=published,
        permalink=permalink,
        kind=kind,  # type: ignore[arg-type]
        by_author=by_author,
    )


def _inner_id(element: Element) -> str | None:
    for part in element.iter():
        if not isinstance(part.tag, str):
            continue
        for ident in (part.get("id"), part.get("name") if part.tag == "a" else None):
            match = ident and (_ITEM_ID.fullmatch(ident) or _SHORT_ID.fullmatch(ident))
            if match:
                return str(match[1])
    for anchor in element.iter("a"):
        match = _ITEM_ID.fullmatch((anchor.get("href") or "").partition("#")[2])
        if match:
            return str(match[1])
    return None


def _first(parts: dict[str, list[Element]], names: Iterable[str], root: Element) -> Iterator[Element]:
    """Yield the elements that bear one of the names, in document order, the root of the comment left out."""
    held = {id(part): part for name in names for part in parts.get(name, ()) if part is not root}
    if len(held) < 2:
        yield from held.values()
        return
    yield from (part for part in root.iter() if id(part) in held)


def _author(element: Element, parts: dict[str, list[Element]]) -> tuple[Element | None, str]:
    """Return the element that names the author and the name."""
    for part in element.iter():
        if isinstance(part.tag, str) and part.get("itemprop") in ("author", "creator"):
            name = _name(part)
            if name:
                return part, name
    for names in _AUTHOR:
        for part in _first(parts, names, element):
            name = _name(part)
            if name:
                return part, name
    for part in element.iter():
        label = part.get("aria-label") or "" if isinstance(part.tag, str) else ""
        if label.startswith("Comment by ") and len(label) <= _LONGEST_NAME:  # Substack
            return None, label.removeprefix("Comment by ").strip()
    for part in element.iter("cite"):
        if not any(parent.tag == "blockquote" for parent in part.iterancestors()) and (name := _name(part)):
            return part, name
    return None, ""


def _name(part: Element) -> str:
    """Return the name in an element, "" if it holds a text too long for one."""
    pieces = [part.text or ""]
    for child in part:
        if isinstance(child.tag, str) and not (
            child.tag in ("time", "small", "script", "style", "img", "br", "p") or _classes(child) & (_DATE | {"says"})
        ):
            pieces.append(child.text_content())
            if len(child) == 0 and child.tag in ("a", "b", "strong", "cite", "span") and child.text_content().strip():
                pieces.append(child.tail or "")
                continue
        pieces.append(child.tail or "")
    name = " ".join("".join(pieces).split())
    name = _SAYS.sub("", _BY.sub("", name))
    name = re.sub(r"^[\s\-–—|~.:,]+", "", name)
    if len(name) > _LONGEST_NAME or not any(letter.isalnum() for letter in name):
        link = next((a for a in part.iter("a", "cite", "strong", "b") if 0 < len(a.text_content().strip()) <= 40), None)
        return " ".join(link.text_content().split()) if link is not None and link is not part else ""
    return name


def _author_url(element: Element, name_part: Element | None, base: str) -> str | None:
    if name_part is None:
        return None
    anchors = [part for part in (name_part, *name_part.iterancestors("a"), *name_part.iter("a")) if part.tag == "a"]
    for anchor in anchors:
        href = anchor.get("href") or ""
        if href and not href.startswith("#"):
            return canonical_url(href, base=base)
    return None


def _date(
    element: Element, parts: dict[str, list[Element]], native_id: str | None
) -> tuple[Element | None, datetime | None]:
    for part in element.iter("time", "abbr"):
        stamp = part.get("datetime") or part.get("title") or part.text_content()
        if published := parse_date(stamp):
            return part, published
    for part in element.iter():
        if isinstance(part.tag, str) and part.get("itemprop") in ("datePublished", "dateCreated", "commentTime"):
            stamp = part.get("datetime") or part.get("content") or part.text_content()
            if published := parse_date(stamp):
                return part, published
    candidates = list(_first(parts, _DATE, element))
    if native_id is not None:
        candidates += [a for a in element.iter("a") if native_id in (a.get("href") or "").partition("#")[2]]
    fallback = None
    for part in candidates:
        stamp = part.get("title") or ""
        published = parse_date(stamp) if stamp else None
        text = " ".join(part.text_content().split())
        if published is None and 0 < len(text) <= 120:
            published = parse_date(text)
        if published is not None:
            return part, published
        fallback = fallback if fallback is not None or len(text) > 60 else part
    return fallback, None


class _Foot(NamedTuple):
    element: Element
    name: str
    published: datetime | None


def _foot(element: Element) -> _Foot | None:
    """Find a line that says who wrote the comment and when, where no class does."""
    for part in element.iter("p", "div", "span", "dt", "small", "em", "h4", "h5", "h3"):
        text = " ".join(part.text_content().split())
        if not 5 < len(text) <= 140:
            continue
        match = _POSTED.match(text) or (_NAME_DATE.match(text) if part.tag == "dt" else None)
        if match and (published := parse_date(match["date"])):
            return _Foot(part, _SAYS.sub("", match["name"]).strip(), published)
    return None


def _permalink(element: Element, native_id: str | None, base: str) -> str | None:
    if native_id is None:
        return None
    for anchor in element.iter("a"):
        href = (anchor.get("href") or "").strip()
        fragment = href.partition("#")[2]
        if fragment and native_id in fragment and not fragment.lower().startswith(("reply", "respond")):
            url = canonical_url(href, base=base)
            return f"{url}#{fragment}" if url else None
    return None


def _text(
    element: Element, parts: dict[str, list[Element]], head: list[Element], native_id: str | None, base: str
) -> str:
    """Return what the commenter wrote: the body where a class names it, else all but head, foot and furniture."""
    for part in element.iter():
        if (
            isinstance(part.tag, str)
            and part.get("itemprop") in ("text", "commentText", "description")
            and part is not element
        ):
            return _rendered(part, [], native_id, base)
    for names in _BODY:
        for part in _first(parts, names, element):
            text = _rendered(_innermost(part), head, native_id, base)
            if text:
                return text
    return _rendered(element, head, native_id, base)


def _innermost(body: Element) -> Element:
    """Return the last of the bodies within bodies: Substack puts name and date into the outer one."""
    inner = [
        part for part in body.iterdescendants("div", "p", "span", "section") if _classes(part) & (_BODY[0] | _BODY[1])
    ]
    return inner[0] if len(inner) == 1 and inner[0].text_content().strip() else body


def _rendered(part: Element, head: list[Element], native_id: str | None, base: str) -> str:
    """Render *part* without furniture. It is cut in place: whoever calls has read all else."""
    for inner in [one for one in head if one is not part]:
        if inner.getparent() is not None and part in inner.iterancestors() and not _holds_prose(inner):
            _detach(inner)
    for inner in list(part.iter()):
        if inner is part or not isinstance(inner.tag, str):
            continue
        furniture = inner.tag in _DROP_TAGS or _classes(inner) & _FURNITURE or _is_own_link(inner, native_id)
        if furniture and part in inner.iterancestors() and (inner.tag in _DROP_TAGS or not _holds_prose(inner)):
            _detach(inner)
    lines = render(part, base).text.split("\n")
    while lines and not any(letter.isalnum() for letter in lines[-1]) and _SEPARATORS.fullmatch(lines[-1]):
        lines.pop()
    while lines and (_SEPARATORS.fullmatch(lines[0]) or (head and not _SAYS.sub("", lines[0]))):
        lines.pop(0)
    return "\n".join(lines).strip()


def _holds_prose(part: Element) -> bool:
    """Return whether the element, for all its name, holds the comment itself: a paragraph, or a class of bodies."""
    for inner in part.iter("p", "blockquote", "div", "dd", "span"):
        if _classes(inner) & (_BODY[0] | _BODY[1]) and inner.text_content().strip():
            return True
        if inner.tag in ("p", "blockquote") and inner is not part and len(inner.text_content().strip()) > 80:
            return True
    return False


def _is_own_link(part: Element, native_id: str | None) -> bool:
    if part.tag != "a":
        return False
    href = part.get("href") or ""
    fragment = href.partition("#")[2].lower()
    if "replytocom=" in href or fragment.startswith(("respond", "reply")):
        return True
    return native_id is not None and native_id in fragment and len(part.text_content().strip()) <= 60


def _detach(element: Element) -> None:
    """Cut an element, keep the text after it unless that only separated it from its neighbour."""
    parent = element.getparent()
    if parent is None:
        return
    tail = element.tail or ""
    if tail.strip() and not _SEPARATORS.fullmatch(tail):
        before = element.getprevious()
        if before is not None:
            before.tail = (before.tail or "") + " " + tail
        else:
            parent.text = (parent.text or "") + " " + tail
    element.tail = None
    parent.remove(element)
