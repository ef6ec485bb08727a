"""Where the prose of a page stands, by weight alone."""

from __future__ import annotations

import pytest

from extractors.document import parse_text
from extractors.generic import find_body
from extractors.prose import find_prose
from extractors.text import render

SENTENCE = "The harbour master wrote three hundred entries in his ledger, and then, without explanation, he stopped. "
JAPANESE = "港の長は帳簿に三百の記録を書き、それから何の説明もなく筆を置いた。誰もその理由を知らない。"
ARABIC = "كتب رئيس الميناء ثلاثمئة سطر في دفتره، ثم توقف من دون أي تفسير، ولم يعرف أحد السبب. "
LINKS = (
    "<ul>"
    + "".join(f'<li><a href="/{number}">Another post that somebody wrote</a></li>' for number in range(20))
    + "</ul>"
)


def page(words: str) -> str:
    paragraphs = "".join(f"<p>{number}. {words * 3}</p>" for number in range(4))
    return (
        f"<body><div class='q'>{LINKS}</div><div class='x'><h1>A title</h1><div class='y'>{paragraphs}"
        f"<div class='related-box'>{LINKS}</div><h2>Part two</h2><ul><li>{words}</li></ul></div></div>"
        f"<div class='sidebar'><p>{words}</p></div><footer>{words}</footer></body>"
    )


@pytest.mark.parametrize("words", [SENTENCE, JAPANESE, ARABIC], ids=["english", "japanese", "arabic"])
def test_prose_is_found_in_any_script_and_links_are_not(words: str) -> None:
    tree = parse_text(page(words), "http://127.0.0.1/").tree
    prose = find_prose(tree)
    found = prose.element if prose is not None else None
    assert found is not None
    lines = render(found, "http://127.0.0.1/").text.split("\n")
    assert [line.partition(".")[0] for line in lines[:4]] == ["0", "1", "2", "3"]
    assert lines[4:] == ["Part two", words.strip()]
    assert len(list(tree.iter("footer"))) == 1  # the tree itself is left as it was


@pytest.mark.parametrize("source", ["", "<body></body>", "<body><p>Short.</p></body>", f"<body>{LINKS}</body>"])
def test_a_page_without_prose_has_none(source: str) -> None:
    assert find_prose(parse_text(source, "http://127.0.0.1/").tree) is None


def test_a_name_that_platforms_keep_for_the_body_is_believed() -> None:
    source = f"<body><div class='entry-content'><p>{SENTENCE}</p></div><div><p>{SENTENCE * 9}</p></div></body>"
    body = find_body(parse_text(source, "http://127.0.0.1/").tree, "http://127.0.0.1/", "http://127.0.0.1/")
    assert (body.rule, body.rendered.text) == ("entry-content", SENTENCE.strip())


def found_in(source: str) -> list[str]:
    prose = find_prose(parse_text(source, "http://blog.example/post").tree, "http://blog.example/post")
    found = prose.element if prose is not None else None
    return render(found, "http://blog.example/").text.split("\n") if found is not None else []


PARAGRAPHS = "".join(f"<p>{number}. {SENTENCE * 3}</p>" for number in range(6))


@pytest.mark.parametrize(
    "source",
    [
        pytest.param(f"<form id='aspnetForm'><div>{LINKS}</div><div>{PARAGRAPHS}</div></form>", id="form"),
        pytest.param(f"<nav>{LINKS}<main>{PARAGRAPHS}</main></nav>", id="menu-left-open"),
        pytest.param(f"<aside>{LINKS}<article>{PARAGRAPHS}</article></aside>", id="aside"),
        pytest.param(f"<div class='menu'>{LINKS}<article>{PARAGRAPHS}</article></div>", id="named-menu"),
        pytest.param(f"<div class='elementor-widget-container'>{PARAGRAPHS}</div><div>{LINKS}</div>", id="builder"),
    ],
)
def test_what_wraps_the_article_is_read_whatever_it_is(source: str) -> None:
    assert [line.partition(".")[0] for line in found_in(f"<body>{source}</body>")] == list("012345")


def test_a_form_beside_the_article_is_none_of_it() -> None:
    assert "Your name" not in found_in(f"<body><div>{PARAGRAPHS}<form><p>Your name</p></form></div></body>")


def teasers(address: str) -> str:
    return "".join(
        f"<div><h3><a href='{address}{n}'>Another headline</a></h3><p>{SENTENCE}</p></div>" for n in range(5)
    )


def test_teasers_of_the_sites_other_articles_are_none_of_this_one() -> None:
    lines = found_in(f"<body><div><div>{PARAGRAPHS}</div><div>{teasers('/other/')}</div></div></body>")
    assert [line.partition(".")[0] for line in lines] == list("012345")


@pytest.mark.parametrize("address", ["https://elsewhere.example/", "#part-"])
def test_links_that_lead_elsewhere_or_nowhere_head_no_teasers(address: str) -> None:
    lines = found_in(f"<body><div><div>{PARAGRAPHS[:900]}</div><div>{teasers(address)}</div></div></body>")
    assert lines.count("Another headline") == 5
