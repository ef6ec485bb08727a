"""The JSON-LD of a page: every node with a type, from scripts as broken as they come."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from html import unescape
from itertools import islice
from typing import Any
from unicodedata import normalize

from extractors.document import CONTROL

Node = dict[str, Any]

MOST_NODES = 500  #: of one script; a shop's product list may have thousands
_DEEPEST = 8
MOST_CHARS = 2_000_000
#: What hangs below these is not the page: other people's words, other pages.
_FOREIGN = frozenset(
    "comment comments review reviews itemListElement hasPart blogPost blogPosts relatedLink suggestedAnswer "
    "mentions isRelatedTo".split()
)
_COMMA_AT_END = re.compile(r",(\s*[}\]])")
_BETWEEN_OBJECTS = re.compile(r"}\s*{")


def read_nodes(script: str) -> Iterator[Node]:
    """Yield every node of one script that has a type, outer before inner; nothing if it cannot be read."""
    value = _load(script[:MOST_CHARS])
    if value is not None:
        yield from islice(_nodes(value, 0), MOST_NODES)


def types(node: Node) -> frozenset[str]:
    """Return the types of a node without the address of their vocabulary."""
    told = node.get("@type")
    return frozenset(
        str(kind).rpartition("/")[2].rpartition(":")[2] for kind in (told if isinstance(told, list) else [told])
    )


def clean(value: Any) -> str:
    """Return text in NFC without entities, tags and runs of blanks; "" for what is no text."""
    if not isinstance(value, str):
        return ""
    if "&" in value:
        value = unescape(value)
    if "<" in value:
        value = re.sub(r"<[^<>]{1,200}>", " ", value)
    if not value.isprintable():  # soft hyphens and the like; and JSON may spell out what is taken out of markup
        value = CONTROL.sub("", value.replace("\xad", "").replace("\u200b", ""))
    return normalize("NFC", " ".join(value.split()))


def _load(script: str) -> Any:
    text = script.strip().removeprefix("<!--").removeprefix("//<![CDATA[").removeprefix("<![CDATA[").strip()
    text = text.removesuffix("-->").removesuffix("]]>").removesuffix("//").strip().rstrip(";")
    for mended in (text, _without_commas(text)):
        try:
            return json.loads(mended, strict=False)
        except (ValueError, RecursionError):
            continue
    try:  # whole objects one behind the other, or a page that was cut: as much as can be read
        return [json.JSONDecoder(strict=False).raw_decode(_without_commas(text))[0]]
    except (ValueError, RecursionError):
        return None


def _without_commas(text: str) -> str:
    """Take out commas before a closing bracket, and put a list around objects that stand in a row."""
    mended = _COMMA_AT_END.sub(r"\1", text)
    return f"[{_BETWEEN_OBJECTS.sub('},{', mended)}]" if mended.startswith("{") and mended.endswith("}") else mended


def _nodes(value: Any, depth: int) -> Iterator[Node]:
    if depth > _DEEPEST:
        return
    if isinstance(value, list):
        for item in value:
            yield from _nodes(item, depth + 1)
    elif isinstance(value, dict):
        if "@type" in value:
            yield value
        for key, item in value.items():
            if isinstance(item, dict | list) and key not in _FOREIGN:
                yield from _nodes(item, depth + 1)
