"""What a page shows of how well it was read."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest

from extractors.document import parse_text
from extractors.page import extract_page
from extractors.quality import judged
from variorum.records import Link, Page

AT = datetime(2026, 5, 1, tzinfo=UTC)


def page(**told: object) -> Page:
    return Page(**{"witness": "html", "url": "https://a.example/", "extractor": "x/1", **told})  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("read", "expected"),
    [
        (page(), 0.0),
        (page(images=(Link("https://a.example/a.png"),)), 0.5),
        (page(state="protected"), 1.0),
        (page(work_type="other"), 1.0),
        (page(text="Words."), 1.0),
    ],
)
def test_without_text_there_is_nothing_to_believe(read: Page, expected: float) -> None:
    assert judged(read).score == expected
    assert judged(read).warnings == (() if expected else ("no text was found",))


def test_disagreement_and_shortness_cost() -> None:
    disputed = judged(page(text="a" * 500), agreement=0.4, letters=1000)
    assert (disputed.score, disputed.warnings) == (0.4, ("the readings of the page disagree",))
    short = judged(page(text="a b" * 25), letters=2000)
    assert (short.score, short.warnings) == (pytest.approx(0.85), ())
    shortest = judged(page(text="a b"), letters=2000)
    assert shortest.score == pytest.approx(0.7 + 0.3 * 0.02)
    assert shortest.warnings == ("the text is next to nothing of its page",)


def read(body: str) -> Page:
    return extract_page(parse_text(f"<html><body>{body}</body></html>", "https://a.example/x"), captured_at=AT)


def test_every_page_has_a_score() -> None:
    prose = "".join(f"<p>On day {word} we walked along the canal and counted the herons.</p>" for word in "abcdefgh")
    assert read(f"<article><div class='entry-content'>{prose}</div></article>").score == 1.0
    assert read(f"<div>{prose}</div>").score > 0.8
    assert read("").score == 0.0
    wordpress = "<body class='single postid-7'><article id='post-7'><div class='entry-content'>{}</div></article>"
    assert read(wordpress.format(prose)).score == 1.0
    assert read(wordpress.format("<script>show()</script>")).score == 0.0
