"""When a source is read worse than before."""

from __future__ import annotations

import pytest

from collation.quality import FALL, Looked, Measured, agreement, falls, mass_changes, measure

TEXT = "The ferry left late because the captain was looking for his other glove all over the harbour."
GOOD = Measured(pages=20, empty=0, score=1.0, compared=10, agreement=0.98)


@pytest.mark.parametrize(
    ("one", "other", "is_part", "expected"),
    [
        (TEXT, TEXT, False, 1.0),
        (TEXT, TEXT.upper(), False, 1.0),
        ("", "", False, 1.0),
        ("", TEXT, False, 0.0),
        (TEXT, "", True, 0.0),
        (TEXT, "The ferry left late", True, 1.0),
        (TEXT, "No word of it is here at all", False, 0.0),
        (
            "船は遅れて港を出ました。船長が手袋を探していたからです",
            "船は遅れて港を出ました。船長が手袋を探していたからです。",
            False,
            50 / 51,
        ),
    ],
)
def test_agreement(one: str, other: str, is_part: bool, expected: float) -> None:
    assert agreement(one, other, is_part=is_part) == pytest.approx(expected)


def test_what_stands_around_an_article_costs_agreement() -> None:
    assert 0.6 < agreement(f"{TEXT} Read more about gloves and about harbours in our shop", TEXT) < 0.9
    assert agreement("word " * 200_000, "word " * 200_000 + "end") > 0.99


def test_a_run_is_its_medians() -> None:
    assert measure([]) is None
    looked = [Looked(1.0, False, 0.5), Looked(0.0, True), Looked(0.8, False, 0.9)]
    assert measure(looked) == Measured(3, 1, 0.8, 2, 0.7)


def looks(number: int, **told: object) -> list[Looked]:
    return [Looked(**{"score": 1.0, "is_empty": False, **told})] * number  # type: ignore[arg-type]


def test_a_source_without_a_past_has_no_falls() -> None:
    assert falls([], looks(30, score=0.1, agreement=0.1)) == []
    assert falls([GOOD], []) == []


def test_a_fall_of_the_median_is_falls() -> None:
    past = [GOOD, GOOD._replace(agreement=0.9), GOOD]
    assert falls(past, looks(9, agreement=0.98 - FALL + 0.01)) == []
    assert falls(past, looks(9, agreement=0.4)) == [
        "the agreement of its pages with feeds or REST fell from 0.98 to 0.40"
    ]
    assert falls(past, looks(9, score=0.5)) == ["the score of its pages fell from 1.00 to 0.50"]


def test_a_source_that_was_always_read_badly_has_no_falls() -> None:
    assert falls([Measured(9, 5, 0.4, 9, 0.3)], looks(9, score=0.4, agreement=0.3)) == []


def test_few_pages_prove_nothing() -> None:
    assert falls([GOOD], looks(2, score=0.0, is_empty=True, agreement=0.0)) == []
    assert falls([GOOD._replace(pages=2, compared=2)], looks(9, score=0.0, agreement=0.0)) == []


def test_pages_that_lose_their_text_are_drift_though_most_keep_it() -> None:
    looked = [*looks(6), *looks(4, score=0.0, is_empty=True)]
    assert falls([GOOD], looked) == ["4 of 10 pages show no text"]
    assert falls([GOOD._replace(empty=8)], looked) == []


def test_most_pages_with_another_text_at_once_are_falls() -> None:
    assert mass_changes(looks(10, is_changed=True)) == ["10 of 10 pages show another text at once"]
    assert mass_changes([*looks(5, is_changed=True), *looks(5, is_changed=False)]) == []
    assert mass_changes(looks(4, is_changed=True)) == []
    assert mass_changes(looks(40)) == []  # new ones
