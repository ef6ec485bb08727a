"""Several witnesses of one work: who is believed, and how a disagreement is told."""

from __future__ import annotations

import json
from dataclasses import asdict, replace
from datetime import UTC, datetime
from itertools import permutations
from typing import Any

import pytest

from collation.reconcile import SeenComment, SeenPage, join_pages, reconcile_comment, reconcile_page
from variorum.records import Comment, Disagreement, Link, Page, Person, Removed, WitnessKind

AT = datetime(2026, 3, 1, tzinfo=UTC)


def page(kind: WitnessKind, text: str = "Text.", **told: Any) -> Page:
    return Page(witness=kind, url="https://b.example/p", extractor=f"{kind}/1", text=text, **told)


def seen(*pages: Page) -> list[SeenPage]:
    return [SeenPage(item, (number,)) for number, item in enumerate(pages, 1)]


def test_rest_gives_the_text_whatever_the_order() -> None:
    pages = seen(page("html", "as seen"), page("feed", "as fed"), page("rest", "as stored"))
    told = {reconcile_page(order).content.text for order in permutations(pages)}
    assert told == {"as stored"}


def test_fields_come_from_the_best_witness_that_tells_them() -> None:
    said = reconcile_page(
        seen(
            page("rest", title="T", tags=("b", "a")),
            page("html", title="T – Blog", authors=(Person("Ann"),), lang="en"),
        )
    )
    assert said.content.title == "T"
    assert said.content.meta["authors"] == [{"name": "Ann", "url": None}]
    assert said.content.meta["tags"] == ["a", "b"]
    assert said.content.meta["lang"] == "en"
    assert said.content.meta["sources"] == {"title": "rest", "tags": "rest", "categories": "rest", "authors": "html"}


def test_a_page_says_which_of_its_words_told_a_field_and_which_told_otherwise() -> None:
    other = Disagreement("authors", "meta", "Bo Lind")
    html = page("html", title="T", authors=(Person("Ann"),), sources={"authors": "text"}, disagreements=(other,))
    said = reconcile_page(seen(html)).content.meta
    assert said["sources"] == {"title": "html", "authors": "html/text"}
    assert said["disagreements"] == [{"field": "authors", "html/meta": "Bo Lind"}]


def test_an_untitled_post_has_no_title_whatever_its_theme_prints() -> None:
    assert reconcile_page(seen(page("rest", title=""), page("html", title="1 March"))).content.title == ""


def test_a_summary_gives_no_text_unless_there_is_no_other() -> None:
    summary = page("feed", "Begin […]", partial=True)
    said = reconcile_page(seen(summary, page("html", "Begin and end")))
    assert said.content.text == "Begin and end"
    assert {witness.kind: bool(witness.fingerprint) for witness in said.witnesses} == {"html": True, "feed": False}
    assert reconcile_page(seen(summary)).content.text == "Begin […]"


def test_a_disagreement_is_recorded_and_typography_is_none() -> None:
    said = reconcile_page(seen(page("rest", 'a "b"', published=AT), page("html", "a “b”", published=AT)))
    assert said.content.meta["disagreements"] == []
    said = reconcile_page(
        seen(page("rest", "one", authors=(Person("Ann"),)), page("html", "two", authors=(Person("Bob"),)))
    )
    assert [item["field"] for item in said.content.meta["disagreements"]] == ["text", "authors"]  # type: ignore[attr-defined]


def test_one_password_form_protects() -> None:
    assert reconcile_page(seen(page("rest"), page("html", "", state="protected"))).state == "protected"


def test_what_was_removed_is_kept_with_its_digest() -> None:
    said = reconcile_page(seen(page("html", removed=(Removed("share", "wp/share", "Share this"),))))
    removed: Any = said.content.meta["removed"]
    (cut,) = removed
    assert (cut["kind"], cut["chars"], cut["text"], len(cut["sha256"])) == ("share", 10, "Share this", 64)


def test_pages_of_one_post_are_joined_in_order() -> None:
    joined = join_pages([page("html", "one", partial=True, title="T"), page("html", "two", title="T, page 2")])
    assert (joined.text, joined.title, joined.partial) == ("one\ntwo", "T", False)


def comment(**told: Any) -> Comment:
    values: dict[str, Any] = {"native_id": "7", "text": "Hello", "author": "Ann", "published": AT, **told}
    return Comment(**values)


def test_parents_come_from_rest_and_never_from_who_cannot_tell() -> None:
    rest, html = comment(parent_id="3"), comment(parent_id=None, parent_known=False)
    for order in ([SeenComment(rest, "rest", (1,)), SeenComment(html, "html", (2,))],):
        for witnesses in (order, order[::-1]):
            said = reconcile_comment(witnesses)
            assert said.content.meta["parent"] == "3"
            assert said.content.meta["disagreements"] == []
    assert "parent" not in reconcile_comment([SeenComment(html, "html", (2,))]).witnesses[0].meta


@pytest.mark.parametrize("parent", [None, "4"])
def test_parents_that_differ_are_a_disagreement(parent: str | None) -> None:
    said = reconcile_comment(
        [SeenComment(comment(parent_id="3"), "rest", (1,)), SeenComment(comment(parent_id=parent), "html", (2,))]
    )
    assert said.content.meta["disagreements"] == [{"field": "parent", "rest": "3", "html": parent}]


def test_a_witness_without_the_text_gives_none() -> None:
    ping = comment(kind="pingback")
    said = reconcile_comment([SeenComment(replace(ping, text=""), "html", (1,)), SeenComment(ping, "feed", (2,))])
    assert (said.content.text, said.content.meta["kind"]) == ("Hello", "pingback")


def test_half_a_surrogate_pair_stops_nothing() -> None:
    half = "\ud83d"
    said = reconcile_page(
        seen(page("rest", f"a{half}", title=half, authors=(Person(half),), tags=(half,), links=(Link("u", half),)))
    )
    assert said.content.text == "a\ufffd"
    assert json.dumps(asdict(said), ensure_ascii=False).encode().decode().count("\ufffd") >= 5
    comment = reconcile_comment([SeenComment(Comment(native_id="1", text=half, author=half), "rest", (1,))])
    assert (comment.content.text, comment.content.meta["author"]) == ("\ufffd", "\ufffd")


def test_white_space_in_the_title_of_a_feed_is_no_change() -> None:
    one, other = (reconcile_page(seen(page("feed", title=title))) for title in ("A title", " A\n title "))
    assert one.witnesses[0].meta == other.witnesses[0].meta


def test_a_feed_holds_the_first_page_of_a_post_in_several() -> None:
    several = SeenPage(page("html", "First page.\nSecond page."), (1, 2))
    said = reconcile_page([SeenPage(page("feed", "First page.", title="T"), (3,)), several])
    assert (said.content.text, said.content.title) == ("First page.\nSecond page.", "T")
    assert said.content.meta["disagreements"] == []


def test_of_parts_the_longest_gives_the_text() -> None:
    said = reconcile_page(seen(page("html", "Two of three pages.", partial=True), page("feed", "One of them.")))
    assert said.content.text == "Two of three pages."


def test_a_feed_mixes_tags_and_categories() -> None:
    feed = page("feed", tags=("Boats", "ledger", "2026"))
    both = reconcile_page(seen(feed, page("html", tags=("2026", "ledger"), categories=("Boats",))))
    assert (both.content.meta["tags"], both.content.meta["categories"]) == (["2026", "ledger"], ["Boats"])
    assert reconcile_page(seen(feed, page("html", categories=("Boats",)))).content.meta["tags"] == ["2026", "ledger"]
    assert reconcile_page(seen(feed, page("html"))).content.meta["tags"] == ["2026", "Boats", "ledger"]


@pytest.mark.parametrize("kind", ["pingback", "trackback"])
def test_a_ping_is_one_though_the_comment_feed_does_not_say_so(kind: Any) -> None:
    fed = SeenComment(comment(text="[…] we wrote about it […]", author="Elsewhere", published=AT), "feed", (1,))
    shown = SeenComment(comment(text="", author="Elsewhere", kind=kind), "html", (2,))
    for order in permutations((fed, shown)):
        said = reconcile_comment(order)
        assert (said.content.meta["kind"], said.content.text) == (kind, "[…] we wrote about it […]")
