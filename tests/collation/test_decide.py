"""The rules of history: which visit makes a version, and of which kind."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from collation.decide import decide, decide_absent, decide_technical
from collation.reconcile import Reconciled, SeenPage, reconcile_page
from variorum.records import Decision, Known, KnownText, Page, Person, WitnessKind

AT = datetime(2026, 3, 1, tzinfo=UTC)
A, B = "The first text.\nIt has two paragraphs.", "Another text altogether."


def page(kind: WitnessKind = "rest", text: str = A, **told: Any) -> Page:
    values: dict[str, Any] = {"title": "Title", "authors": (Person("Ann"),), "published": AT, **told}
    return Page(witness=kind, url="https://b.example/p", extractor=f"{kind}/1", text=text, **values)


def seen(*pages: Page) -> Reconciled:
    return reconcile_page([SeenPage(item, (number,)) for number, item in enumerate(pages or (page(),), 1)])


def after(known: Known | None, decision: Decision) -> Known:
    """Return what the archive holds once *decision* is recorded, as storage does."""
    if known is None:
        known = Known(work_id=1, work_type="post", native_id="1", state="open", head=None)
    known = replace(
        known, witnesses=decision.witnesses, absences=decision.absences, pending_sha256=decision.pending_sha256
    )
    if not decision.opens:
        return known
    number = known.head.number + 1 if known.head else 1
    content = decision.content
    head = KnownText(
        version_id=number * 10,
        number=number,
        kind=decision.kind,  # type: ignore[arg-type]
        text_sha256=content.text_sha256 if content else "",
        fingerprint=content.fingerprint if content else "",
        text_len=len(content.text) if content else 0,
    )
    older = (known.head, *known.older) if known.head else ()
    return replace(known, head=head, older=older, state="gone" if decision.kind == "gone" else "open")


def history(*visits: Reconciled) -> tuple[list[str], Known, Decision]:
    known: Known | None = None
    kinds: list[str] = []
    for visit in visits:
        decision = decide(known, visit)
        known = after(known, decision)
        kinds.append(decision.kind)
    assert known is not None
    return kinds, known, decision


kinds_of_witness = st.lists(st.sampled_from(["rest", "feed", "html"]), min_size=1, max_size=3, unique=True)


@given(kinds_of_witness, st.lists(st.text(), min_size=3, max_size=3), st.text())
def test_the_same_visit_again_is_the_same(kinds: list[WitnessKind], texts: list[str], title: str) -> None:
    visit = seen(*(page(kind, text, title=title) for kind, text in zip(kinds, texts, strict=False)))
    assert history(visit, visit, visit)[0] == ["first", "same", "same"]


def test_an_edit_and_its_undoing() -> None:
    kinds, known, last = history(seen(page(text=A)), seen(page(text=B)), seen(page(text=A)))
    assert kinds == ["first", "source", "flap"]
    assert known.older[-1].version_id == last.same_text_as


def test_typography_is_a_format_and_no_version() -> None:
    assert history(seen(page(text='He said "yes".')), seen(page(text="He said “yes”.")))[0] == ["first", "format"]


def test_rest_switched_off_for_a_day_makes_no_version() -> None:
    both, html = (
        seen(page("rest", A), page("html", A + "\nShown only there")),
        seen(page("html", A + "\nShown only there")),
    )
    assert history(both, html, html, both)[0] == ["first", "same", "same", "same"]


def test_rest_switched_on_makes_no_version() -> None:
    html, both = seen(page("html", A + "\nMore")), seen(page("rest", A), page("html", A + "\nMore"))
    assert history(html, both, both)[0] == ["first", "same", "same"]


def test_a_theme_that_shows_more_is_boilerplate() -> None:
    before, new_theme = seen(page("rest"), page("html", A)), seen(page("rest"), page("html", A + "\nRead also"))
    assert history(before, new_theme, new_theme)[0] == ["first", "boilerplate", "same"]


def test_an_edit_told_by_one_witness_today_and_the_other_tomorrow_is_one_version() -> None:
    both_a, rest_b, both_b = (
        seen(page("rest", A), page("html", A)),
        seen(page("rest", B)),
        seen(page("rest", B), page("html", B)),
    )
    html_b = seen(page("html", B))
    assert history(both_a, rest_b, both_b, html_b)[0] == ["first", "source", "same", "same"]
    assert history(both_a, rest_b, html_b)[0] == ["first", "source", "same"]


@pytest.mark.parametrize(
    ("change", "reason"),
    [
        ({"title": "New title"}, "title"),
        ({"authors": (Person("Bob"),)}, "authors"),
        ({"tags": ("new",)}, "tags"),
        ({"published": datetime(2026, 3, 2, tzinfo=UTC)}, "published"),
    ],
)
def test_metadata_that_changes_is_a_version(change: dict[str, Any], reason: str) -> None:
    kinds, _, last = history(seen(page()), seen(page(**change)))
    assert (kinds, last.reason) == (["first", "metadata"], reason)


@pytest.mark.parametrize(
    "change", [{"modified": AT}, {"authors": (Person("Ann", "https://a.example"),)}, {"lang": "de"}]
)
def test_metadata_that_moves_by_itself_is_none(change: dict[str, Any]) -> None:
    assert history(seen(page()), seen(page(**change)))[0] == ["first", "same"]


def test_a_field_that_is_not_told_both_times_has_not_changed() -> None:
    told, silent = seen(page("html", tags=("a",))), seen(page("html", tags=(), authors=(), published=None))
    assert history(told, silent)[0] == ["first", "same"]
    assert history(silent, told)[0] == ["first", "same"]


def test_a_tag_taken_off_is_told_by_rest() -> None:
    assert history(seen(page(tags=("a",))), seen(page(tags=())))[0] == ["first", "metadata"]


def test_a_sharp_fall_is_believed_at_the_second_visit() -> None:
    long, short = seen(page("html", "A long text. " * 60)), seen(page("html", "Gone."))
    assert history(long, short, short, short)[0] == ["first", "suspect", "source", "same"]
    assert history(long, short, long)[0] == ["first", "suspect", "same"]


def test_a_sharp_fall_is_believed_at_once_where_the_platform_tells_it() -> None:
    assert history(seen(page(text="A long text. " * 60)), seen(page(text="Gone.")))[0] == ["first", "source"]


def test_broken_characters_are_no_edit() -> None:
    text = "Für größere Bäume über Äpfel und Öle müssen Gärtner sägen"
    broken = seen(page("html", text.encode().decode("latin-1")))
    assert history(seen(page("html", text)), broken, broken, seen(page("html", text)))[0] == [
        "first", "encoding", "encoding", "same",
    ]  # fmt: skip


@pytest.mark.parametrize(
    ("text", "charset"), [("Привет, мир! Это статья.", "latin-1"), ("これは日本語の記事です。", "latin-1")]
)
def test_broken_characters_of_other_scripts_are_no_edit(text: str, charset: str) -> None:
    broken = seen(page("html", text.encode().decode(charset)))
    assert history(seen(page("html", text)), broken, broken)[0] == ["first", "encoding", "encoding"]


def test_an_article_that_was_broken_from_the_start_can_still_be_edited() -> None:
    broken = "Für größere Bäume über Äpfel und Öle müssen Gärtner sägen".encode().decode("latin-1")
    edit = seen(page("html", f"{broken}. And more words, put in by its author."))
    assert history(seen(page("html", broken)), edit, edit, edit)[0] == ["first", "encoding", "source", "same"]


def test_french_quotation_marks_are_not_broken() -> None:
    text = "«\u00a0Il a été aimé\u00a0», dit-elle, «\u00a0voilà\u00a0», «\u00a0né\u00a0»…"
    assert history(seen(page("html", A)), seen(page("html", text)))[0] == ["first", "source"]


def test_a_platform_that_joins_alone_is_not_believed_at_first_sight() -> None:
    rest = seen(page("rest", "As the platform tells it."))
    assert history(seen(page("html", A)), rest, rest, rest)[0] == ["first", "suspect", "source", "same"]


def test_a_post_with_a_password_that_is_then_gone_has_one_tombstone() -> None:
    locked = replace(seen(page(text="")), state="protected")
    known = replace(history(seen(), locked)[1], state="protected")
    assert decide_absent(known, reason="404", views=1).kind == "same"
    assert decide_absent(known, reason="410", views=1, definite=True).kind == "same"


def test_a_password_is_a_tombstone_and_its_end_restores() -> None:
    locked = replace(seen(page(text="")), state="protected")
    kinds, known, last = history(seen(), locked, locked, seen())
    assert kinds == ["first", "gone", "same", "restored"]
    assert last.same_text_as == known.older[-1].version_id


def test_a_password_after_a_miss_is_a_tombstone() -> None:
    _, known, _ = history(seen())
    known = replace(after(known, decide_absent(known, reason="404", views=1)), state="missing")
    assert decide(known, replace(seen(page(text="")), state="protected")).kind == "gone"


def test_a_return_that_one_witness_tells_outdates_the_other() -> None:
    both_a, both_b = seen(page("rest", A), page("html", A)), seen(page("rest", B), page("html", B))
    rest_a, html_b = seen(page("rest", A)), seen(page("html", B))
    assert history(both_a, both_b, rest_a, html_b)[0] == ["first", "source", "flap", "flap"]
    assert history(both_a, both_b, rest_a, both_a)[0] == ["first", "source", "flap", "same"]


def test_a_post_with_a_password_from_the_start_has_no_version() -> None:
    locked = replace(seen(page(text="")), state="protected")
    assert history(locked, locked, seen())[0] == ["same", "same", "first"]


def test_two_complete_views_without_it_make_it_gone() -> None:
    _, known, _ = history(seen())
    once = decide_absent(known, reason="404", views=1)
    assert (once.kind, once.absences) == ("missing", 1)
    assert decide_absent(after(known, once), reason="404", views=1).kind == "gone"
    assert decide_absent(known, reason="404 and not listed", views=2).kind == "gone"
    assert decide_absent(known, reason="410", views=1, definite=True).kind == "gone"


def test_what_is_seen_again_in_time_was_never_gone() -> None:
    _, known, _ = history(seen())
    known = after(known, decide_absent(known, reason="404", views=1))
    back = decide(known, seen())
    assert (back.kind, back.absences) == ("same", 0)
    assert decide_absent(after(known, back), reason="404", views=1).kind == "missing"


def test_a_view_that_fails_counts_nothing() -> None:
    _, known, _ = history(seen())
    assert decide_absent(known, reason="503", views=0).kind == "missing"
    assert decide_absent(known, reason="503", views=0).absences == 0


def test_gone_is_told_once_and_restored_with_another_text() -> None:
    _, known, _ = history(seen(page(text=A)))
    known = after(known, decide_absent(known, reason="410", views=1, definite=True))
    assert decide_absent(known, reason="410", views=1, definite=True).kind == "same"
    restored = decide(known, seen(page(text=B)))
    assert (restored.kind, restored.same_text_as) == ("restored", None)


@given(st.text(), st.text(), st.text(), st.text())
def test_new_rules_on_old_captures_are_never_an_edit(old: str, new: str, title: str, other: str) -> None:
    _, known, _ = history(seen(page("html", old, title=title)))
    again = seen(page("html", new, title=other))
    decision = decide_technical(known, again)
    assert decision.kind in ("same", "technical")
    assert decide(after(known, decision), again).kind == "same"


@pytest.mark.parametrize("text", [A, B, "x" * 40])
@pytest.mark.parametrize("state", ["open", "protected"])
def test_what_was_taken_down_is_not_archived_again(text: str, state: Any) -> None:
    _, known, _ = history(seen(page("rest", A)))
    assert known.head is not None
    known = replace(known, head=replace(known.head, kind="takedown"))
    decision = decide(known, seen(page("rest", text, title="Other", state=state)))
    assert (decision.kind, decision.content, decision.witnesses) == ("same", None, known.witnesses)
    assert decide_technical(known, seen(page("rest", text))).kind == "same"
    assert decide_absent(known, reason="404", views=2, definite=True).kind == "same"
