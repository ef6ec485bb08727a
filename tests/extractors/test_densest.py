"""The densest run of a page's blocks: what it takes for the article, and where it is not to be heard."""

from __future__ import annotations

import pytest

from extractors import prose
from extractors.densest import Block, Place, find_run, is_sure, likeness
from extractors.document import parse_text

URL = "http://blog.example/post"
SENTENCE = "The harbour master wrote three hundred entries in his ledger, and then, without explanation, he stopped. "
JAPANESE = "港の長は帳簿に三百の記録を書き、それから何の説明もなく筆を置いた。誰もその理由を知らない。"
LINKS = "".join(f'<p><a href="/{number}">Another post that somebody wrote</a></p>' for number in range(9))
LABEL, LINK, TEXT = Block(20, 0, 1, 0.0), Block(30, 30, 1, 0.0), Block(400, 10, 1, 390.0)


@pytest.mark.parametrize(
    ("blocks", "run"),
    [
        ([], (0, 0)),
        ([LABEL, LINK, LINK], (0, 0)),
        ([LINK, TEXT, TEXT, LINK], (1, 3)),
        ([LINK, TEXT, LABEL, LINK, TEXT, LINK, LABEL], (1, 5)),
        ([TEXT, *[LINK] * 9, TEXT, TEXT], (10, 12)),
    ],
)
def test_words_speak_for_a_run_and_links_and_labels_against_it(blocks, run):
    assert find_run(blocks) == run


def test_likeness_counts_the_letters_that_both_hold():
    blocks = [TEXT, TEXT, LINK, TEXT]
    assert likeness(blocks[:2], [Place.KEPT, Place.KEPT]) == 1.0
    assert likeness(blocks[:2], [Place.KEPT, Place.OUTSIDE]) == pytest.approx(2 / 3)
    assert likeness(blocks, [Place.OUTSIDE] * 4) == 0.0
    assert likeness([], []) == 0.0


def test_little_prose_and_prose_around_a_widget_are_not_sure():
    kept, cut, outside = Place.KEPT, Place.CUT, Place.OUTSIDE
    assert is_sure([TEXT, LABEL, TEXT, LINK], [kept, kept, kept, cut])
    assert is_sure([TEXT, LINK, TEXT], [kept, outside, kept])  # what stands elsewhere breaks nothing
    assert not is_sure([TEXT, LINK, TEXT], [kept, cut, kept])
    assert not is_sure([TEXT], [kept])
    assert not is_sure([], [])


def agreement(markup: str) -> float:
    found = prose.find_prose(parse_text(f"<body>{markup}</body>", URL).tree, URL)
    assert found is not None
    return found.agreement


@pytest.mark.parametrize("words", [SENTENCE, JAPANESE * 2], ids=["english", "japanese"])
def test_an_article_between_links_is_found_by_both(words):
    paragraphs = "".join(f"<p>{words * 3}</p>" for _ in range(4))
    assert agreement(f"<div>{LINKS}</div><div><h1>A title</h1>{paragraphs}</div><div>{LINKS}</div>") > 0.95


def test_prose_that_stands_on_elsewhere_is_no_agreement():
    one, other = (f"<div>{f'<p>{SENTENCE * 3}</p>' * count}</div>" for count in (9, 3))
    assert agreement(f"<table><tr><td>{one}</td><td>{other}</td></tr></table>") < 0.9
    assert agreement(f"<div>{one}<div>{LINKS}</div>{other}</div>") < 0.9  # a widget within it


def test_few_words_are_no_agreement():
    assert agreement(f"<div>{LINKS}</div><div><p>{SENTENCE * 2}</p></div>") == 0.0
