"""A made-up page of every platform, in its own markup, beside what is to be read from it.

A page begins with its address: `<!-- http://a.blog/post -->`. The JSON beside it is written by running this file with
the names of pages, and is then to be read by a person.
"""

from __future__ import annotations

import json
import re
import sys
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

from extractors.document import parse_text
from extractors.page import extract_page
from extractors.platform import Comments
from extractors.recognition import recognise
from extractors.registry import PLATFORMS
from variorum.records import Comment
from variorum.times import to_rfc3339

PAGES = Path(__file__).parent / "platforms"
_REVISION = re.compile(r"/\d+(?=/|$)")
_ADDRESS = re.compile(r"<!-- (\S+) -->")
NOW = datetime(2026, 1, 2, tzinfo=UTC)


def read(page: Path) -> dict[str, Any]:
    """Return what is read from a page, short enough to be checked by eye."""
    source = page.read_text(encoding="utf-8")
    match = _ADDRESS.match(source)
    assert match is not None, f"{page.name} does not begin with its address"
    found = extract_page(parse_text(source, match[1]), captured_at=NOW)
    recognised = recognise(parse_text(source, match[1]))
    thread = found.thread
    return {
        "recognised": [recognised.platform, recognised.confidence],
        "platform": found.platform,
        "title": found.title,
        "authors": [author.name for author in found.authors],
        "published": found.published and to_rfc3339(found.published),
        "markdown": found.markdown.split("\n"),
        "comments": [_told(comment) for comment in thread.comments] if thread else None,
        "thread": {
            "claimed": thread.claimed,
            "complete": thread.complete,
            "closed": thread.closed,
            "other_pages": list(thread.other_pages),
        }
        if thread
        else None,
        "removed": [f"{cut.kind} {_REVISION.sub('', cut.rule)}" for cut in found.removed],
        "warnings": list(found.warnings),
    }


def _told(comment: Comment) -> dict[str, Any]:
    return {
        "id": comment.native_id,
        "parent": comment.parent_id,
        "author": comment.author,
        "url": comment.author_url,
        "published": comment.published and to_rfc3339(comment.published),
        "kind": comment.kind,
        "by_author": comment.by_author,
        "text": comment.text,
    }


@pytest.mark.parametrize("page", sorted(PAGES.glob("*.html")), ids=lambda page: page.stem)
def test_page_is_read_as_expected(page: Path) -> None:
    assert read(page) == json.loads(page.with_suffix(".json").read_text(encoding="utf-8"))


@pytest.mark.parametrize("name", sorted(PLATFORMS))
def test_platform_has_a_pair(name: str) -> None:
    """The page stands in `platforms/NAME.html`; further ones of the platform in `NAME-what.html`."""
    assert (PAGES / f"{name}.html").is_file()


@pytest.mark.parametrize("name", sorted(PLATFORMS))
def test_page_of_a_platform_shows_what_it_declares(name: str) -> None:
    told = json.loads((PAGES / f"{name}.json").read_text(encoding="utf-8"))
    platform = PLATFORMS[name]
    if platform.generators or platform.hosts or platform.marks:
        assert told["recognised"][0] == name
    if platform.comments != Comments():
        assert told["comments"]
    assert told["markdown"] != [""]


if __name__ == "__main__":
    for name in sys.argv[1:]:
        path = PAGES / f"{name}.html"
        path.with_suffix(".json").write_text(
            json.dumps(read(path), ensure_ascii=False, indent=1) + "\n", encoding="utf-8"
        )
