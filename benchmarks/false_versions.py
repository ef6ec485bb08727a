"""How often does a page that only seems to have changed make a version, and how often is a true edit seen?

    python benchmarks/false_versions.py DATA [--pages 300]

DATA holds `SET/gold.jsonl` and the pages that its lines name (`"html"`); nothing of it is copied. Each page is seen
three times: as it is, then twice as one perturbation leaves it (a change that is held for a second look counts if it
opens a version then). What is perturbed: a nonce and build time; a view counter, a relative date, a list of related
posts inside the article; another sidebar; typographic against straight quotes and dashes; soft hyphens; double spaces;
a new comment. True edits, of a word and of a number, are made in the longest paragraph, and counted where the extractor
keeps that paragraph at all.
"""

from __future__ import annotations

import argparse
import copy
import gzip
import hashlib
import json
import re
from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

from lxml import etree, html

from collation.decide import decide
from collation.reconcile import Reconciled, SeenPage, reconcile_page
from extractors import document
from extractors.page import extract_page
from variorum.records import Known, KnownText

Element = Any
FIRST = datetime(2026, 3, 1, 9, tzinfo=UTC)
BAR_FALSE, BAR_SEEN = 0.005, 0.995


# ------------------------------------------------------------------------------------------------ perturbations
def _nonce(tree: Element, _paragraph: Element, turn: int) -> None:
    digest = hashlib.md5(str(turn).encode()).hexdigest()
    body = tree.find(".//body")
    (tree.find(".//head") if tree.find(".//head") is not None else body).append(
        html.fromstring(f'<meta name="build" content="2026-03-0{turn + 1}T10:00:00Z {digest}">')
    )
    body.append(html.fromstring(f'<script nonce="{digest}">var nonce = "{digest}";</script>'))


def _counter(_tree: Element, paragraph: Element, turn: int) -> None:
    paragraph.addprevious(html.fromstring(f"<p>{1234 + 987 * turn:,} views</p>"))


def _relative(_tree: Element, paragraph: Element, turn: int) -> None:
    paragraph.addprevious(html.fromstring(f"<p>Posted {3 + turn * 2} hours ago</p>"))


def _related(_tree: Element, paragraph: Element, turn: int) -> None:
    items = "".join(f'<li><a href="/r{turn}-{n}">{_TITLES[(turn * 3 + n) % len(_TITLES)]}</a></li>' for n in range(4))
    last = paragraph.getparent()[-1]
    last.addnext(html.fromstring(f'<div class="related-posts"><h3>Related posts</h3><ul>{items}</ul></div>'))


def _sidebar(tree: Element, _paragraph: Element, turn: int) -> None:
    items = "".join(f'<li><a href="/s{turn}-{n}">{_TITLES[(turn * 4 + n) % len(_TITLES)]}</a></li>' for n in range(5))
    tree.find(".//body").append(html.fromstring(f'<aside class="sidebar"><h3>Latest</h3><ul>{items}</ul></aside>'))


def _comment(tree: Element, _paragraph: Element, turn: int) -> None:
    items = "".join(
        f'<li class="comment" id="comment-{n}"><div class="comment-author"><b class="fn">Reader {n}</b></div>'
        f'<div class="comment-meta"><time datetime="2026-02-0{n + 1}T08:00:00+00:00">{n + 1} February 2026</time></div>'
        f'<div class="comment-content"><p>I have something to say about this, and it is number {n}.</p></div></li>'
        for n in range(2 + turn)
    )
    tree.find(".//body").append(
        html.fromstring(f'<div id="comments" class="comments-area"><ol class="comment-list">{items}</ol></div>')
    )


def _on_text(change: Callable[[str], str]) -> Callable[[Element, Element, int], None]:
    def perturb(tree: Element, _paragraph: Element, turn: int) -> None:
        if not turn:
            return
        for element in tree.find(".//body").iter(etree.Element):
            if element.tag in ("script", "style", "pre", "code", "textarea"):
                continue
            if element.text:
                element.text = change(element.text)
            for child in element:
                if child.tail:
                    child.tail = change(child.tail)

    return perturb


_STRAIGHT = str.maketrans({"‘": "'", "’": "'", "“": '"', "”": '"', "–": "-", "—": "-", "\u00a0": " "})
_TYPOGRAPHIC = str.maketrans({"'": "’", '"': "”"})
_LONG_WORD = re.compile(r"\b([^\W\d_]{5})([^\W\d_]{5,})\b")


def _quotes(text: str) -> str:
    straight = text.translate(_STRAIGHT)
    # within words hyphens stay, as they do in the filters of WordPress and of SmartyPants
    return straight if straight != text else text.translate(_TYPOGRAPHIC).replace(" - ", " – ").replace("--", "—")


PERTURBATIONS: dict[str, Callable[[Element, Element, int], None]] = {
    "nonce, build time": _nonce,
    "view counter in the article": _counter,
    "relative date in the article": _relative,
    "other related posts in the article": _related,
    "other sidebar": _sidebar,
    "a new comment": _comment,
    "quotes, dashes, hard spaces": _on_text(_quotes),
    "soft hyphens": _on_text(lambda text: _LONG_WORD.sub("\\1\u00ad\\2", text)),
    "double spaces": _on_text(lambda text: text.replace(" ", "  ")),
}


def _word(_tree: Element, paragraph: Element, turn: int) -> None:
    if turn:
        words = paragraph.text.split(" ")
        at = max(range(len(words)), key=lambda number: len(words[number]))
        words[at] = "zymurgical"
        paragraph.text = " ".join(words)


def _number(_tree: Element, paragraph: Element, turn: int) -> None:
    words = paragraph.text.split(" ")
    words.insert(len(words) // 2, str(1871 + turn))
    paragraph.text = " ".join(words)


EDITS: dict[str, Callable[[Element, Element, int], None]] = {"a word": _word, "a number": _number}
_TITLES = (
    "A walk along the river",
    "What the garden taught me",
    "Ten years of bread",
    "Notes from the night train",
    "The lighthouse in winter",
    "On mending things",
    "Letters to a beekeeper",
    "A small museum of clocks",
)


# ------------------------------------------------------------------------------------------------ pages
def pages(data: Path, count: int) -> Iterator[tuple[str, bytes]]:
    """Yield addresses and bytes of so many pages, drawn by hash, of all sets."""
    lines = []
    for gold in sorted(data.glob("*/gold.jsonl")):
        for line in gold.read_text(encoding="utf-8").split("\n"):
            if not line:
                continue
            told = json.loads(line)
            lines.append((hashlib.sha256(str(told["id"]).encode()).hexdigest(), gold.parent, told))
    for _, folder, told in sorted(lines, key=lambda item: item[0])[: count * 2]:
        body = (folder / told["html"]).read_bytes()
        yield (
            told.get("url") or "https://blog.example/post/",
            gzip.decompress(body) if told["html"].endswith(".gz") else body,
        )


def longest_paragraph(tree: Element) -> Element | None:
    """Return the paragraph with the longest text before its first child, None if there is none of any length."""
    found = max((p for p in tree.iter("p") if p.text), key=lambda p: len(p.text), default=None)
    return found if found is not None and len(found.text.split()) > 12 else None


def versions(tree: Element, perturb: Callable[[Element, Element, int], None]) -> tuple[bytes, bytes]:
    """Return a page before and after a perturbation."""
    made = []
    for turn in (0, 1):
        other = copy.deepcopy(tree)
        paragraph = longest_paragraph(other)
        perturb(other, paragraph, turn)
        made.append(html.tostring(other, encoding="utf-8"))
    return made[0], made[1]


def seen(url: str, body: bytes, days: int) -> Reconciled:
    """Return what the archive is told of a page."""
    page = extract_page(document.parse(body, url, "text/html; charset=utf-8"), captured_at=FIRST + timedelta(days=days))
    return reconcile_page([SeenPage(page, (days + 1,))])


def opens(url: str, before: bytes, after: bytes) -> tuple[bool, str]:
    """Return whether the second or the third look opens a version, and the text of the first."""
    first = seen(url, before, 0)
    content = first.content
    known = Known(
        work_id=1,
        work_type="post",
        native_id=None,
        state="open",
        head=KnownText(
            version_id=1,
            number=1,
            kind="first",
            text_sha256=content.text_sha256,
            fingerprint=content.fingerprint,
            text_len=len(content.text),
        ),
        witnesses=first.witnesses,
    )
    for days in (1, 2):
        decision = decide(known, seen(url, after, days))
        if decision.opens:
            return True, content.text
        known = Known(
            **{name: getattr(known, name) for name in known.__slots__}
            | {"witnesses": decision.witnesses, "pending_sha256": decision.pending_sha256}
        )
    return False, content.text


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("data", type=Path)
    parser.add_argument("--pages", type=int, default=300)
    parser.add_argument("--show", action="store_true", help="name the pages that failed")
    given = parser.parse_args()
    counts = {name: [0, 0] for name in (*PERTURBATIONS, *EDITS)}
    done = 0
    for url, body in pages(given.data, given.pages):
        tree = document.parse(body, url, None).tree
        paragraph = longest_paragraph(tree)
        if paragraph is None or tree.find(".//body") is None:
            continue
        kept = " ".join(paragraph.text.split())[:40]
        for name, perturb in (PERTURBATIONS | EDITS).items():
            opened, text = opens(url, *versions(tree, perturb))
            if name in EDITS and kept not in " ".join(text.split()):
                continue
            counts[name][0] += 1
            counts[name][1] += opened
            if given.show and opened != (name in EDITS):
                print(f"  {name}: {url}")
        done += 1
        if done == given.pages:
            break
    print(f"{done} pages")
    for name, (tried, opened) in counts.items():
        share = opened / max(1, tried)
        bar = f"seen, bar {BAR_SEEN:.1%}" if name in EDITS else f"false versions, bar {BAR_FALSE:.1%}"
        missed = share < BAR_SEEN if name in EDITS else share > BAR_FALSE
        print(f"{name:<36}{opened:>5} of {tried:<5}{share:>8.2%}  {bar}{'  MISSED' if missed else ''}")


if __name__ == "__main__":
    main()
