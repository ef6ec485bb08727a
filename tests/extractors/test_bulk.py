"""Huge pages: read in bounded time, with a warning, and nothing of the text lost."""

import time
from datetime import UTC, datetime

import pytest

from extractors.bulk import MAX_CHILDREN, MAX_ELEMENTS, MAX_LETTERS, too_large
from extractors.document import parse_text
from extractors.page import extract_page

AT = datetime(2026, 11, 24, tzinfo=UTC)
URL = "https://blog.example/a-post/"
PROSE = "Paragraph {} says what the harbour master wrote on that grey morning."


@pytest.mark.parametrize(
    "source",
    [
        "<p>" + "<b>w</b> " * (MAX_CHILDREN + 1) + "</p>",
        "<div>" + "<ul><li>x</ul>" * (MAX_ELEMENTS // 2) + "</div>",
        "<p>" + "word " * (MAX_LETTERS // 5 + 1) + "</p>",
    ],
    ids=["children", "elements", "letters"],
)
def test_what_is_too_large(source: str) -> None:
    assert "too many to search" in (too_large(parse_text(source, URL).tree) or "")


def test_what_is_not() -> None:
    for source in ("", "<p>x", "".join(f"<div><p>{PROSE.format(n)}</p></div>" for n in range(4000))):
        assert too_large(parse_text(source, URL).tree) is None


@pytest.mark.parametrize(
    "page",
    [
        "<nav>Menu</nav>{}<footer>Foot</footer>",
        "<div class='post-content'>{}</div><div>Else</div>",
        "<form action='/post.aspx'><main>{}</main></form>",
    ],
    ids=["whole", "named", "form"],
)
def test_all_of_a_huge_text_is_kept(page: str) -> None:
    count = MAX_ELEMENTS + 1
    text = "".join(f"<p>{PROSE.format(n)}</p>" for n in range(count))
    document = parse_text(f"<html><body>{page.format(text)}</body></html>", URL)
    started = time.process_time()
    found = extract_page(document, captured_at=AT)
    assert time.process_time() - started < 20
    assert found.text.split("\n") == [PROSE.format(n) for n in range(count)]
    assert found.suspect and any("too many to search" in warning for warning in found.warnings)
