"""From a document to a Page: the platform's own rules where they are sure, the generic ones otherwise."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import datetime
from typing import Any

from extractors import (
    bylines,
    comments,
    furniture,
    generic,
    masthead,
    metadata,
    quality,
    recognition,
    shapes,
    tail,
    template,
    wordpress,
)
from extractors.document import Document, parse_text
from extractors.outline import bare
from extractors.profile import SiteProfile
from extractors.text import Rendered
from variorum.records import Comment, Page, Thread

REVISION = "page/4"

Element = Any  # lxml.html.HtmlElement


def extract_page(
    document: Document,
    *,
    captured_at: datetime,
    profile: SiteProfile | None = None,
    tap: Callable[[Element], None] | None = None,
) -> Page:
    """Return what an HTML page says: its article and the comments it shows. Never fails for what the page holds.

    Args:
        document: As parsed; its tree is used up.
        captured_at: When the page was fetched.
        profile: What repeats on the pages of the site, where that is known.
        tap: Called with the tree of a page that no platform's rules were sure of, comments cut, before more is: to
            learn from it what repeats. It must leave it as it is.
    """
    page = _extract(document, profile, tap)
    if profile is None or (profile.careful and page.extractor != generic.REVISION):
        return page  # a platform's own body holds no template, but maybe a line that its author sets under each post
    kept, removed = template.trim(Rendered(page.text, page.markdown), profile, page.title)
    return replace(page, text=kept.text, markdown=kept.markdown, removed=(*page.removed, *removed)) if removed else page


def _extract(document: Document, profile: SiteProfile | None, tap: Callable[[Element], None] | None) -> Page:
    _ = document.classed  # gathered first: lxml makes an object of an element at each visit unless one is alive
    reading = wordpress.read(document)  # it cuts what it has read, once it is sure of the body
    if reading is None:
        return _generic(document, profile, tap)
    page = reading.page
    if page.state == "protected" or (page.text and (reading.is_own or _is_told(page.title, document))):
        page = _with_metadata(page, document)
        return quality.judged(_without_tail(page if reading.is_silent else _with_thread(page, document)))
    found = _generic(parse_text(document.text, document.url), profile, tap)
    return replace(
        found,
        warnings=tuple(dict.fromkeys((*document.warnings, *found.warnings))),
        url=page.url,
        native_id=page.native_id,
        platform=page.platform,
        work_type="other" if page.work_type == "other" else found.work_type,
        thread=found.thread if _letters(found.thread) > _letters(page.thread) else page.thread,
        categories=page.categories or found.categories,
        tags=page.tags or found.tags,
    )


def _with_metadata(page: Page, document: Document) -> Page:
    """Take from what any page may say of itself what the platform's own marks did not show: themes leave them out."""
    authors = bylines.tidied(page.authors)
    told = metadata.read_head(document, has_authors=bool(authors))
    is_declared = told.sources.get("published") in ("json-ld", "meta")
    # what is declared is the same whatever the theme; what a theme shows may be the day of a change
    is_better = is_declared or (page.published is None and page.work_type == "post")
    published = told.published if is_better else page.published
    title = _surer_title(page.title, told)
    own = {"title": title == page.title, "authors": bool(authors), "published": not is_better}
    sources = {name: page.platform if is_own else told.sources.get(name) for name, is_own in own.items()}
    return replace(
        page,
        title=title,
        authors=authors or told.authors,
        published=published,
        published_on=told.published_on if published == told.published else None,
        modified=page.modified or told.modified,
        sources={name: source for name, source in sources.items() if source},
        disagreements=told.disagreements,
        warnings=(*page.warnings, *told.warnings),
    )


def _surer_title(shown: str, told: metadata.Metadata) -> str:
    """Return a platform's title, or the page's own where that is missing or a wrapper of it, kicker, byline and date.

    A theme may print a title that the head does not know ("Untitled"): it stays unless a heading says the other.
    """
    if not shown:
        return told.title if told.title != told.site else ""
    is_heading = told.sources.get("title") in ("h1", "h2", "h3")
    is_wrapped = len(bare(told.title)) > 3 and bare(told.title) in bare(shown) and bare(told.title) != bare(shown)
    is_behind_kicker = len(bare(told.title)) > 8 and is_wrapped and bare(shown).endswith(bare(told.title))
    return told.title if (is_heading and is_wrapped) or is_behind_kicker else shown


def _is_told(title: str, document: Document) -> bool:
    """Return whether the head of the page repeats a title: one that it does not know is that of a teaser.

    It is asked only where a body does not stand in the post's own element: a theme may print a title that the head
    does not know, as twentytwentyone calls a post without one "Untitled".
    """
    head = " ".join(part.text_content() for part in document.tree.iter("title"))
    told = " ".join((head, document.metas.get("og:title", ""), document.metas.get("twitter:title", "")))
    return bare(title) in bare(told)


def _without_tail(page: Page) -> Page:
    """Cut the end of a platform's body as that of any other: a theme may print a heading behind the post's words."""
    kept, removed = tail.cut_tail(Rendered(page.text, page.markdown))
    return replace(page, text=kept.text, markdown=kept.markdown, removed=(*page.removed, *removed)) if removed else page


def _with_thread(page: Page, document: Document) -> Page:
    """Look for the comments that a theme writes in a markup of its own, where the platform's rules saw none of it."""
    if page.thread is not None and not _is_unread(page.thread):
        return page
    thread = comments.take(document.tree, document.base).thread
    if thread is None or _letters(thread) <= _letters(page.thread):
        return page
    if any(comment.native_id is None and not _is_signed(comment) for comment in thread.comments):
        return page  # WordPress gives every comment an id; those of a service that its plugin prints tell name and date
    return replace(page, thread=thread, extractor=f"{page.extractor}+{comments.REVISION}")


def _is_signed(comment: Comment) -> bool:
    return bool(comment.author) and comment.published is not None


def _is_unread(thread: Thread) -> bool:
    """Return whether a theme seems to show comments that the platform's rules did not read.

    A ping may have no text: classic themes show none (tests/flows/test_truth.py).
    """
    said = [comment for comment in thread.comments if comment.kind == "comment"]
    if not said:
        return thread.claimed != 0  # None: themes of old count in words of their own, or not at all
    return any(not comment.text for comment in said)


def _letters(thread: Thread | None) -> int:
    return sum(len(comment.text) for comment in thread.comments) if thread is not None else 0


def _generic(document: Document, profile: SiteProfile | None, tap: Callable[[Element], None] | None) -> Page:
    tree, classed = document.tree, document.classed
    taken = comments.take(tree, document.base, classed)
    if tap is not None:
        tap(tree)
    told = metadata.read(tree, document.url, document.base, classed)
    widgets = furniture.cut(tree, inside=False, classed=classed)
    removed = [*taken.removed, *widgets, *shapes.cut(tree, document.url)]
    if profile is not None:
        removed.extend(template.cut(tree, profile))
    letters = quality.letters_of(tree.text_content())
    body = generic.find_body(tree, document.url, document.base)
    rendered, above = masthead.cut_above(body.rendered, told.title)
    rendered, below = tail.cut_tail(rendered)
    removed += (*above, *below)
    page = Page(
        witness="html",
        url=told.url or document.url,
        extractor=generic.REVISION,
        platform=recognition.recognise_surely(document).platform,
        work_type="other" if told.listing else "post",
        title=told.title,
        authors=told.authors,
        published=told.published,
        published_on=told.published_on,
        modified=told.modified,
        lang=told.lang,
        tags=told.tags,
        categories=told.categories,
        text=rendered.text,
        markdown=rendered.markdown,
        links=rendered.links,
        images=rendered.images,
        removed=tuple(removed),
        thread=taken.thread,
        sources=told.sources,
        disagreements=told.disagreements,
        warnings=(*document.warnings, *told.warnings, *body.warnings),
        suspect=body.suspect,
    )
    return quality.judged(page, agreement=body.agreement, letters=letters)
