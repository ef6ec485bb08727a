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
    found = find_prose(tree)
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
