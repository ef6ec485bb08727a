"""From a document to a Page: the platform's own rules where they are sure, the generic ones otherwise."""

from __future__ import annotations

import copy
from datetime import datetime
from typing import Any

from extractors import comments, furniture, generic, metadata
from extractors.document import Document
from variorum.records import Page, Removed

REVISION = "page/1"

Element = Any  # lxml.html.HtmlElement


def extract_page(document: Document, *, captured_at: datetime) -> Page:
    """Return what an HTML page says: its article and the comments it shows. Never fails for what the page holds.

    Args:
        document: As parsed; it is left as it is.
        captured_at: When the page was fetched.
    """
    return _generic(document)


def _generic(document: Document) -> Page:
    tree = copy.deepcopy(document.tree)
    taken = comments.take(tree, document.base)
    told = metadata.read(tree, document.url, document.base)
    removed = [*taken.removed, *furniture.cut(tree, inside=False)]
    body = generic.find_body(tree, document.url, document.base)
    return Page(
        witness="html",
        url=told.url or document.url,
        extractor=generic.REVISION,
        work_type="other" if told.listing else "post",
        title=told.title,
        authors=told.authors,
        published=told.published,
        modified=told.modified,
        lang=told.lang,
        tags=told.tags,
        categories=told.categories,
        text=body.rendered.text,
        markdown=body.rendered.markdown,
        links=body.rendered.links,
        images=body.rendered.images,
        removed=tuple(removed),
        thread=taken.thread,
        warnings=(*document.warnings, *body.warnings),
        suspect=body.suspect,
    )
