"""The paragraph that stands between title and body."""

from __future__ import annotations

import pytest

from extractors.document import parse_text
from extractors.lead import with_lead
from extractors.text import Rendered, render

LEAD = "For three hundred years the pilots of the harbour kept one ledger, and nobody ever read it."
ARABIC = "ظل مرشدو الميناء ثلاثمئة عام يكتبون في دفتر واحد لم يقرأه أحد من أهل المدينة حتى اليوم."
JAPANESE = "三百年のあいだ、港の水先人たちは一冊の帳簿に書き続けたが、それを読んだ者は今日まで誰もいなかったという。"
BODY = "<div id='b'><p>The ledger lists every boat, page by page.</p><p>Then it stops without a word.</p></div>"


def lines(head: str, above: str, witness: str = "") -> list[str]:
    tree = parse_text(f"<html><head>{head}</head><body>{above}{BODY}</body></html>", "http://blog.example/").tree
    body = render(tree.get_element_by_id("b"), "http://blog.example/")
    found = with_lead(tree, body, "http://blog.example/", witness)
    assert found.text.endswith(body.text)
    assert found.markdown.endswith(body.markdown)
    return found.text.split("\n")[:-2]


def described(words: str) -> str:
    return f"<meta name='description' content='{words}'>"


@pytest.mark.parametrize("words", [LEAD, ARABIC, JAPANESE], ids=["english", "arabic", "japanese"])
def test_what_the_page_calls_its_description_is_the_lead(words: str) -> None:
    assert lines(described(words), f"<h1>A title</h1><div><h2>{words}</h2></div>") == [words]
    assert lines(described(words[:60] + " …"), f"<h1>A title</h1><p>{words}</p>") == [words]


def test_the_description_is_known_in_other_quotation_marks() -> None:
    told, shown = "“No boat’s worth it” – so said he", '"No boat\'s worth it" - so said he'
    rest = " to all who came to see the harbour that year."
    assert lines(described(told.replace("’", "&#8217;") + rest), f"<h1>A title</h1><h2>{shown}{rest}</h2>") == [
        shown + rest
    ]


@pytest.mark.parametrize("name", ["standfirst", "article-header__lead", "entry-excerpt", "ArticleTeaser", "sommario"])
def test_a_name_makes_a_lead(name: str) -> None:
    assert lines("", f"<h1>A title</h1><div class='{name}'><p>{LEAD}</p></div>") == [LEAD]


def test_a_paragraph_that_another_witness_found_is_the_lead() -> None:
    assert lines("", f"<h1>A title</h1><p>{LEAD}</p>", witness=f"A title\n{LEAD}") == [LEAD]
    assert lines("", f"<h1>A title</h1><p>{LEAD}</p>") == []


@pytest.mark.parametrize("words", [f"{LEAD} {LEAD}", ARABIC * 2, JAPANESE * 2], ids=["english", "arabic", "japanese"])
def test_a_long_paragraph_is_a_lead_but_for_captions_and_boxes_on_the_author(words: str) -> None:
    assert lines("", f"<h1>A title</h1><div><p>{words}</p></div>") == [words]
    for name in ("wp-caption", "author-bio", "related-box", "cta"):
        assert lines("", f"<h1>A title</h1><div class='{name}'><p>{words}</p></div>") == []
    assert lines("", f"<h1>A title</h1><div>{words}</div>") == []
    assert lines("", f"<h1>A title</h1><p><a href='/x/'>{words}</a></p>") == []


@pytest.mark.parametrize(
    "words",
    [
        "Posted by: Ada Weber, keeper of the ledger 6 years, 9 months ago",
        "Von der Redaktion des Hafenblatts in Bremen, am 3. Mai 2019, 10:03 Uhr",
        "投稿者: 港の水先人組合の書記を務める山田花子と佐藤次郎とその仲間たち一同 2020年3月4日",
    ],
)
def test_a_byline_is_no_lead_whoever_found_it(words: str) -> None:
    assert lines("", f"<h1>A title</h1><h6 class='post-meta'>{words}</h6>", witness=f"A title\n{words}") == []
    assert lines(described(words), f"<h1>A title</h1><p class='lead'>{words}</p>") == []


@pytest.mark.parametrize(
    "above",
    [
        pytest.param(f"<p class='lead'>{LEAD}</p>", id="no-title-above"),
        pytest.param(f"<p class='lead'>{LEAD}</p><h1>A title</h1>", id="above-the-title"),
        pytest.param(f"<h1>A title</h1><nav class='intro'><p>{LEAD}</p></nav>", id="menu"),
        pytest.param(f"<h1>A title</h1><p class='teaser'><a href='/other'>{LEAD}</a></p>", id="link"),
        pytest.param(f"<h1>A title</h1><p class='cta-subhead'>{LEAD}</p>", id="advertisement"),
        pytest.param("<h1>A title</h1><p class='lead'>By Ann</p>", id="byline"),
        pytest.param(f"<h1>A title</h1><p class='misleading'>{LEAD}</p>", id="part-of-a-word"),
    ],
)
def test_other_paragraphs_are_no_lead(above: str) -> None:
    assert lines(described("A page on other things, forty letters long or more."), above) == []


def test_a_lead_that_the_body_has_is_not_told_twice() -> None:
    source = f"<h1>A title</h1><p class='lead'>{LEAD}</p>"
    tree = parse_text(f"<body><div id='b'>{source}</div></body>", "http://blog.example/").tree
    body = render(tree, "http://blog.example/")
    assert with_lead(tree, body, "http://blog.example/") == body


def test_nothing_has_no_lead() -> None:
    tree = parse_text(f"<h1>A title</h1><p class='lead'>{LEAD}</p>", "http://blog.example/").tree
    assert with_lead(tree, Rendered(), "http://blog.example/") == Rendered()
    assert with_lead(tree, Rendered(text="Of another page."), "http://blog.example/").text == "Of another page."
