"""Short blocks among the paragraphs of an article."""

from __future__ import annotations

import pytest

from extractors.document import fragment
from extractors.labels import without_labels
from extractors.text import render

ENGLISH = "The tram no longer stops at Quay Street, but the drivers still slow down there out of habit, and look."
ARABIC = "لم يعد الترام يتوقف في شارع الرصيف، لكن السائقين ما زالوا يبطئون هناك بحكم العادة، وينظرون إلى النوافذ."
JAPANESE = "路面電車はもう波止場通りには停まらないが、運転手たちは今でも習慣でそこを徐行し、窓を見上げている。"


def left(markup: str) -> list[str]:
    return render(without_labels(fragment(markup)), "http://blog.example/").text.split("\n")


@pytest.mark.parametrize("line", [ENGLISH, ARABIC, JAPANESE], ids=["english", "arabic", "japanese"])
def test_short_lines_between_paragraphs_stay(line: str) -> None:
    between = (
        "<h2>One</h2><p>Two.</p><ul><li>three</li></ul><table><tr><td>four</td></tr></table><p><a href=/5>five</a></p>"
    )
    found = left(f"<p>{line}</p>{between}<p>{line}</p><p>Six.</p>")
    assert found == [line, "One", "Two.", "three", "four", "five", line, "Six."]


def test_what_the_catalogue_knows_goes() -> None:
    assert left(f"<p>{ENGLISH}</p><p>Share this:</p><p>Related posts</p><p>{ENGLISH}</p>") == [ENGLISH, ENGLISH]


def test_a_short_div_is_a_label_where_paragraphs_have_an_element_of_their_own() -> None:
    assert left(f"<p>{ENGLISH}</p><div>Photo: A. Pilot</div><p>{ENGLISH}</p>") == [ENGLISH, ENGLISH]
    assert left(f"<div>{ENGLISH}</div><div>So be it.</div><div>{ENGLISH}</div>") == [ENGLISH, "So be it.", ENGLISH]


def test_links_rows_and_bylines_beside_the_text_go() -> None:
    above = "<p><a href=/>News</a></p><ul><li>Quay</li></ul><p>By <time>2 June</time></p><p>A line</p><h3>A kicker</h3>"
    below = "<p><a href=/apply>Apply now</a></p><h2>Discuss</h2><h3>More</h3>"
    assert left(f"{above}<p>{ENGLISH}</p>{below}") == ["A line", "A kicker", ENGLISH]


def test_captions_are_left_to_who_renders_them() -> None:
    figure = "<figure><img src=/a.png><figcaption><div>The pier</div></figcaption></figure>"
    assert left(f"<p>{ENGLISH}</p>{figure}<p>{ENGLISH}</p>") == [ENGLISH, "The pier", ENGLISH]


@pytest.mark.parametrize("markup", ["", "<p> </p>", "<p>Short.</p>", "<!-- no -->"])
def test_little_or_nothing_stays_as_it_is(markup: str) -> None:
    assert left(markup) == ([""] if "Short" not in markup else ["Short."])
