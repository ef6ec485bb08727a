"""From a tree to a thread: find the comments, read them, cut them."""

from __future__ import annotations

import re
from typing import Literal, NamedTuple
from unicodedata import normalize

from extractors.comments import bbpress, declared, flat, named, repeated
from extractors.comments.answers import told_by_markup
from extractors.comments.fields import Parts, author_url, inner_id, permalink, read_head
from extractors.comments.moments import day_order
from extractors.comments.named import Unit
from extractors.comments.names import BY_SCRIPT, OWN, item_id
from extractors.comments.paging import claimed, other_pages
from extractors.comments.placeholders import is_placeholder
from extractors.comments.survey import Element, Survey
from extractors.comments.threads import Said, is_closed, outermost, parents_of, threaded, without_template
from extractors.comments.words import detach, read_text
from extractors.document import Classed
from variorum.records import Comment, Removed, Thread

REVISION = "comments/5"

_FORUM = re.compile(r'"@type"\s*:\s*\[?\s*"DiscussionForumPosting"')
#: All that a theme shows of a ping beside who sent it.
_PING = re.compile(r"\W*(pingback|trackback)s?\W*", re.I)
#: What stands where a comment stood, or will stand; only its author, or nobody, sees more.
_HELD = ("comment-awaiting-moderation",)


class Taken(NamedTuple):
    """What the tree said about comments before they were cut out of it."""

    thread: Thread | None  #: None: it says nothing, or says it by script
    removed: tuple[Removed, ...]


def take(tree: Element, base: str, classed: Classed | None = None) -> Taken:
    """Read the comments of a page, and cut them with all that belongs to the thread out of *tree*.

    Args:
        tree: Root element; it is changed.
        base: Absolute URL that links are relative to.
        classed: Of the tree as it is now, where it was made before.
    """
    scripts = declared.scripts_of(tree)
    if any(map(_FORUM.search, scripts)):  # posts of a forum stand in the containers of comments, and they are the page
        return Taken(None, ())
    is_changed = flat.wrap_definitions(tree)
    survey = Survey(tree, classed if classed is not None and not is_changed else Classed(tree))
    units = named.find(survey) or flat.find(survey) or bbpress.find(survey) or repeated.find(survey, base)
    regions = survey.regions
    has_form = any(_has_form(region) for region in regions)
    by_script = any(not BY_SCRIPT.isdisjoint(survey.marks[region]) for region in regions)
    claims, others = claimed(survey), other_pages(survey, base)
    parents = parents_of(units, survey)
    lang = day_order(" ".join(part.text_content() for part in outermost(units)), tree.get("lang"))
    read: dict[Element, Said] = {}
    unread: list[Removed] = []
    for unit in reversed(units):  # replies first: each is cut before the comment that holds it is read
        said = _read(unit, base, lang)
        if said is not None:
            read[unit.element] = said
        if said is None or said.is_gone:
            unread += _cut([unit.element], tree)
        detach(unit.element)
    if not _are_signed(list(read.values())):
        unread += (Removed("comment_list", REVISION, said.comment.text) for said in read.values() if not said.is_gone)
        read.clear()
    told = declared.read(scripts, base)
    comments = declared.merged(without_template(threaded(units, parents, read)), told.comments)
    closed = is_closed(regions, has_form=has_form)
    removed = (*reversed(unread), *_cut(regions, tree))
    gone = sum(said.is_gone for said in read.values())
    if not comments and not gone and not (has_form and not by_script):
        return Taken(None, removed)
    claims = told.claimed if claims is None else claims
    shown = len(comments) + gone
    by_machine = comments == told.comments and bool(comments)  # nothing of them stands in the page
    is_whole = claims is not None if by_machine else not by_script
    complete = is_whole and not others.is_cut and (claims is None or claims <= shown)
    return Taken(
        Thread(comments=comments, claimed=claims, complete=complete, closed=closed, other_pages=others.pages), removed
    )


def _are_signed(read: list[Said]) -> bool:
    """Return whether names or dates stand beside what was read: else it is a form's words, or a notice to log in."""
    return any(said.is_signed for said in read) or (len(read) > 1 and any(said.comment.author for said in read))


def _has_form(region: Element) -> bool:
    return region.tag == "form" or next(region.iter("textarea"), None) is not None


def _cut(regions: list[Element], tree: Element) -> list[Removed]:
    removed = []
    for region in regions:
        if region is not tree and region.getroottree().getroot() is tree:
            text = " ".join(region.text_content().split())
            if text:
                removed.append(Removed("comment_form" if _has_form(region) else "comment_list", REVISION, text))
            detach(region)
    return removed


def _read(unit: Unit, base: str, lang: str | None) -> Said | None:
    """Read one comment; None where the element holds no text, or neither name nor date nor id of one."""
    element = unit.element
    parts = Parts(element, lang)
    if any(parts.has(name) for name in _HELD):
        return None
    native_id = unit.native_id or inner_id(parts) or _id_before(element)
    head = read_head(parts, native_id, unit.byline)
    own = parts.names.get(element, frozenset())
    link = permalink(element, native_id, base)
    url = author_url(element, head.author_part, base)
    head_parts = [part for part in (head.author_part, head.date_part) if part is not None]
    if not unit.marked and not head.is_dated and next(element.iter("textarea"), None) is not None:
        return None  # the form, in the clothes of a comment
    answer = told_by_markup(parts, native_id)
    if answer is not None and answer.part is not None:
        head_parts.append(answer.part)
    text = read_text(parts, head_parts, native_id, base)
    kind = _kind(parts, text)
    if _PING.fullmatch(text):
        text = ""
    is_told = unit.marked or bool(head.author) or head.is_dated
    if not (text and is_told) and not (kind != "comment" and head.author):
        return None
    comment = Comment(
        native_id=native_id,
        text=text,
        author=normalize("NFC", head.author),
        author_url=url,
        published=head.published,
        permalink=link,
        kind=kind,
        by_author=not OWN.isdisjoint(own),
    )
    is_gone = is_placeholder(text, frozenset(parts.by_name))
    is_signed = head.is_dated or kind != "comment" or (bool(head.author) and not head.is_guess)
    return Said(comment, answer.native_id if answer is not None else None, is_gone, is_signed)


def _id_before(element: Element) -> str | None:
    """Return the native id of an empty anchor that stands right before a comment, as Drupal's do."""
    anchor = element.getprevious()
    if anchor is None or anchor.tag != "a" or len(anchor) or (anchor.text or "").strip() or (anchor.tail or "").strip():
        return None
    return item_id(anchor.get("id") or anchor.get("name"))


def _kind(parts: Parts, text: str) -> Literal["comment", "pingback", "trackback"]:
    """Return what a comment is by its classes, or by the word that is all that a theme shows of a ping."""
    match = _PING.fullmatch(text)
    if parts.has("pingback") or (match and match[1].lower() == "pingback"):
        return "pingback"
    return "trackback" if match or parts.has("trackback") else "comment"
