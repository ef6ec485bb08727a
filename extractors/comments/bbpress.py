"""Topics of bbPress that stand below a post of the blog, as its plugins put them there: their posts are comments.

On a page of the forum itself the posts are what the page is for; bbPress marks the body of all such pages.
"""

from __future__ import annotations

import re

from extractors.comments.named import Unit
from extractors.comments.survey import Element, Survey
from extractors.document import Document, drop

_POSTS = frozenset(("type-reply", "type-topic"))
_ID = re.compile(r"post-(\d+)")


def cut_forum(content: Element, document: Document) -> Element | None:
    """Cut a topic out of the body of a post, and return it; None where there is none, or it is what the page is for."""
    if "bbpress-forums" not in document.text or "bbpress" in document.body_classes:
        return None
    forum = next((part for part in content.iterdescendants("div") if part.get("id") == "bbpress-forums"), None)
    if forum is not None:
        drop(forum)
    return forum


def find(survey: Survey) -> list[Unit]:
    """Return the posts of a topic; the line above each, which tells its date, is put into it."""
    body = survey.tree.find("body")
    if body is not None and "bbpress" in survey.names(body):
        return []
    found = []
    for element, names in list(survey.classes.items()):
        if _POSTS.isdisjoint(names) or not any("bbp-reply-content" in survey.names(part) for part in element):
            continue
        head = element.getprevious()
        if head is not None and "bbp-reply-header" in survey.names(head):
            head.tail = None
            element.insert(0, head)
        native_id = next((match[1] for name in sorted(names) if (match := _ID.fullmatch(name))), None)
        found.append(Unit(element, native_id, True))
    if found:  # what bbPress prints around them is the thread's too
        survey.regions += [element for element, marks in survey.marks.items() if "bbpress-forums" in marks]
    return found
