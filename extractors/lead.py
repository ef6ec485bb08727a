"""The paragraph between the title of an article and its body that many sites keep apart from both. No I/O.

Newspapers and magazines print it larger and in a box of its own, where no finder of bodies looks. It is known by the
page's own word, its description, by a class name that means such a paragraph (lead, standfirst, excerpt, intro), or
because it is a paragraph of prose between the title and the body.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from itertools import islice
from typing import Any

from extractors.residue.dates import has_date
from extractors.residue.lines import is_prose, split, width
from extractors.residue.recognise import recognise
from extractors.text import Rendered, render

REVISION = "lead/2"

Element = Any  # lxml.html.HtmlElement

_LEADS = frozenset(
    "lead lede intro introduction standfirst excerpt subtitle subheadline subhead dek deck abstract summary teaser "
    "chapo sommario sumario entradilla bajada vorspann anriss ingress".split()
)
_PARTS = frozenset(("p", "div", "h2", "h3", "h4", "section", "span", "strong", "em", "b", "i"))
_INLINE = frozenset("a abbr b br cite code em font i img mark q s small span strong sub sup time u wbr".split())
_SKIPPED = frozenset(
    "script style noscript template nav aside footer form figure ul ol table head svg button select iframe".split()
)
_NEVER = frozenset("cta disclaimer disclosure author related".split())
_NO_LEADS = _NEVER | {"caption", "bio"}  # what a paragraph without a name of its own must not stand in
_WORD = re.compile(r"[A-Z]?[a-z]+|[A-Z]+(?![a-z])")
_TYPED = {**dict.fromkeys("‘’", "'"), **dict.fromkeys("“”„", '"'), **dict.fromkeys("–—", "-"), "…": "..."}
_TYPOGRAPHIC = re.compile("[" + "".join(_TYPED) + "]")
_LEAST = 40  # letters of a lead
_MOST = 1200
_PARAGRAPH = 120  # Latin letters of a paragraph below the title that is taken for a lead whatever it is called
_SAME = 40  # letters at the beginning of a lead and of the description that must be the same
_UP = 3  # elements around a paragraph whose names are heard


def with_lead(tree: Element, body: Rendered, base: str, witness: str = "") -> Rendered:
    """Put the lead before the body, where the page has one that the body lacks.

    Args:
        tree: The page, as the body was found in it.
        body: The body that was found.
        base: Absolute URL that links are relative to.
        witness: What another finder takes for the article: a paragraph of it that stands below the title is a lead.
    """
    if not body.text:
        return body
    leads = _leads(tree, _squeezed(body.text), _squeezed(witness))
    if not leads:
        return body
    lead = render(leads, base)
    return Rendered(
        text=f"{lead.text}\n{body.text}",
        markdown=f"{lead.markdown}\n\n{body.markdown}",
        links=(*lead.links, *body.links),
        images=(*lead.images, *body.images),
    )


def _leads(tree: Element, body: str, witness: str) -> list[Element]:
    described = _descriptions(tree)
    told: list[Element] = []
    named: list[Element] = []
    title = None
    for part in _blocks(tree):
        if part.tag == "h1":
            title, told, named = part, [], []
            continue
        if title is None:
            continue
        said = _squeezed(part.text_content())
        if len(said) < 20:
            continue
        if said in body:
            return told or named[:1]
        if _LEAST <= len(said) <= _MOST and not _is_linked(part) and not _is_furniture(part):
            names = _names_around(part)
            is_told = said in witness or any(said[:_SAME] == one[:_SAME] for one in described)
            if is_told or (names.isdisjoint(_NO_LEADS) and _is_paragraph(part, said)):
                told.append(part)
            elif not names.isdisjoint(_LEADS) and names.isdisjoint(_NEVER):
                named.append(part)
    return []


def _blocks(tree: Element) -> Iterator[Element]:
    """Yield the titles and the innermost blocks of a page, in order."""
    root = tree.find("body")
    stack = [root if root is not None else tree]
    while stack:
        part = stack.pop()
        if not isinstance(part.tag, str) or part.tag in _SKIPPED:
            continue
        if part.tag == "h1" or all(not isinstance(child.tag, str) or child.tag in _INLINE for child in part):
            yield part
        else:
            stack.extend(reversed(part))


def _descriptions(tree: Element) -> list[str]:
    return [
        said
        for meta in tree.iter("meta")
        if (meta.get("name") or meta.get("property") or "").lower()
        in ("description", "og:description", "twitter:description")
        and len(said := _squeezed(meta.get("content") or "").rstrip(".…")) >= _LEAST
    ]


def _names_around(part: Element) -> set[str]:
    """Return the words in the class names and ids of a part and of what stands around it."""
    around = [part, *islice(part.iterancestors(), _UP - 1)]
    return {
        word.lower()
        for one in around
        if one.tag not in ("body", "html", "main", "article")
        for word in _WORD.findall(f"{one.get('class') or ''} {one.get('id') or ''}")
    }


def _is_paragraph(part: Element, said: str) -> bool:
    return part.tag == "p" and width(said) >= _PARAGRAPH and is_prose(" ".join(part.text_content().split()))


def _is_furniture(part: Element) -> bool:
    """Return whether a block says who posted, when or where: Mezzanine's "Posted by: Ada 6 years ago" is a heading."""
    words = " ".join(part.text_content().split())
    return any(recognise(split(words))) or (not is_prose(words) and has_date(words))


def _is_linked(part: Element) -> bool:
    said = len(_squeezed(part.text_content()))
    return sum(len(_squeezed(link.text_content())) for link in part.iter("a")) > 0.5 * said


def _squeezed(text: str) -> str:
    """Return a text as it is compared: the head of a page often has the quotation marks of a keyboard."""
    text = "".join(text.split())
    return text if text.isascii() else _TYPOGRAPHIC.sub(lambda sign: _TYPED[sign[0]], text)
