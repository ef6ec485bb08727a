"""Which comment another one answers, where it does not stand within it: by a link, an attribute, or a name."""

from __future__ import annotations

import re
from typing import NamedTuple

from extractors.comments.fields import Parts
from extractors.comments.moments import LONGEST_NAME
from extractors.comments.names import ITEM, TEXT, item_id, short_id
from extractors.comments.survey import Element
from variorum.records import Comment

_ATTRIBUTES = (
    "data-parent", "data-parent-id", "data-parentid", "data-parent_id", "data-parent-comment-id", "data-comment-parent",
    "data-comment-parent-id", "data-in-reply-to", "data-reply-to", "data-reply-to-id", "data-replyto",
)  # fmt: skip
_CLASSES = frozenset(
    "in-reply-to u-in-reply-to comment-in-reply-to comment-reply-to reply-to replied-to comment-replied-to".split()
)
_WORDS = (
    r"in (?:reply|response) to|repl(?:ying|ied) to|responding to|responded to|(?:als )?antwort auf|antwortet(?: auf)?|"
    r"(?:en )?réponse à|répond(?:u)? à|en respuesta a|responde a|in risposta a|risponde a|em resposta a|"
    r"(?:als )?reactie op|antwoord op|reageert op|(?:som )?svar (?:på|til)|в ответ(?: на)?|ответ на|"
    r"у відповідь(?: на)?|w odpowiedzi na|odpowiedź na|v odpovědi na|yanıt olarak|返信先|"
    r"(?:回复|回覆|回應)(?: ?给)?|ردا?ً? على|בתגובה ל"
)
_LED = re.compile(rf"(?:{_WORDS})\W*(?:#\d+)?(?:\s*(?:by|von|de|di|da|van|par|por))?\W*$", re.I)
_NAMED_TWICE = re.compile(rf"(.+?)\s+(?:{_WORDS}|→|➜|➔|►|▶|⇒)\s+[@＠]?(.+)", re.I)
_ID = re.compile(r"(\d+|[0-9a-f]{16,})$", re.I)
_LONGEST_LINE = 120  #: characters of "In reply to A title by Ann"


class Answer(NamedTuple):
    """The comment that one says it answers."""

    native_id: str
    part: Element | None  #: what says so and no more


def told_by_markup(parts: Parts, native_id: str | None) -> Answer | None:
    """Return what the markup of a comment says of its parent; the comments within it must have left it."""
    for element in (parts.root, *parts.of(ITEM)):
        for name in _ATTRIBUTES:
            value = element.get(name)
            match = _ID.search(value) if value else None
            if match and match[1] not in ("0", native_id):
                return Answer(match[1], None)
    for part in parts.told("parentItem"):
        value = part.get("content") or part.get("href") or part.get("resource") or part.get("itemid") or ""
        if (found := _id_of(value, native_id)) is not None:
            return Answer(found, part)
    marked = {inner for part in parts.of(_CLASSES) for inner in part.iter("a")}
    for anchor in parts.root.iter("a"):
        found = _id_of(anchor.get("href") or "", native_id)
        if found is not None and (anchor in marked or _LED.search(_before(anchor)) or _is_led(anchor)):
            return Answer(found, anchor if anchor in marked else _line_of(anchor, parts))
    return None


def _id_of(address: str, native_id: str | None) -> str | None:
    fragment = address.partition("#")[2]
    found = item_id(fragment) or short_id(fragment)
    return found if found != native_id else None


def _before(anchor: Element) -> str:
    before = anchor.getprevious()
    parent = anchor.getparent()
    text = (before.tail if before is not None else parent.text if parent is not None else "") or ""
    return " ".join(text[-_LONGEST_LINE:].split())


def _is_led(anchor: Element) -> bool:
    words = " ".join(anchor.text_content().split())
    return len(words) <= _LONGEST_LINE and re.match(_WORDS, words, re.I) is not None


def _line_of(anchor: Element, parts: Parts) -> Element | None:
    """Return the element that holds nothing but the line with the link, None if it holds the commenter's words."""
    parent = anchor.getparent()
    if parent is None or parent is parts.root or not TEXT.isdisjoint(parts.names.get(parent, ())):
        return anchor if _is_led(anchor) else None
    return parent if len(" ".join(parent.text_content().split())) <= _LONGEST_LINE else None


# ------------------------------------------------------------------------------------------------ by name
def split_name(author: str, names: frozenset[str]) -> tuple[str, str]:
    """Return the name and whom it answers of "Ann in reply to Bo", where Bo is one of *names*; else the name and ""."""
    match = _NAMED_TWICE.fullmatch(author)
    return (match[1], match[2].strip()) if match and match[2].strip().casefold() in names else (author, "")


class Names:
    """The authors of the comments that were written so far, and the latest comment of each."""

    def __init__(self) -> None:
        self._latest: dict[str, Comment] = {}
        self._by_word: dict[str, set[str]] = {}  #: first word of a name → the names that begin with it

    def add(self, comment: Comment) -> None:
        """Note a comment that was written after all that were added before it."""
        name = comment.author.casefold()
        if name:
            self._latest[name] = comment
            self._by_word.setdefault(name.split()[0], set()).add(name)

    def addressed(self, text: str) -> Comment | None:
        """Return the comment whose author a text addresses: "@Ann Perch: …", or "@Ann" if only one bears that name."""
        if not text.startswith(("@", "＠")):
            return None
        said = text[1:_LONGEST_LINE].casefold()
        for length in range(min(len(said), LONGEST_NAME), 0, -1):
            if said[:length] in self._latest and _ends(said, said[:length]):
                return self._latest[said[:length]]
        word = re.match(r"[\w.'-]+", said)
        first = self._by_word.get(word[0].rstrip(".'-"), set()) if word else set()
        return self._latest[next(iter(first))] if len(first) == 1 else None


def _ends(said: str, name: str) -> bool:
    """Return whether a name ends where it does in a text; scripts that leave no blanks between words never tell."""
    behind = said[len(name) : len(name) + 1]
    return not behind.isalnum() or (len(name) > 1 and not name.isascii() and not name[-1].isdigit())
