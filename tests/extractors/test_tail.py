"""The tail of an extracted body."""

from extractors.tail import cut_tail
from extractors.text import Rendered

PROSE = [
    "The tram no longer stops at Quay Street, but the drivers still slow down there out of habit, and look.",
    "Nothing in the minutes suggests that anybody objected at the time; the objections came later, and loudly.",
    "By the end of the year the question had been settled, forgotten and raised again by different people.",
]


def test_cuts_a_widgets_heading_off_the_end_and_nothing_else():
    text = "\n".join([*PROSE, "Related"])
    kept, removed = cut_tail(Rendered(text, "\n\n".join([*PROSE, "### Related"])))
    assert kept.text == "\n".join(PROSE)
    assert kept.markdown == "\n\n".join(PROSE)
    assert [one.text for one in removed] == ["Related"]
    inside = Rendered("\n".join([PROSE[0], "Related", PROSE[1]]))
    assert cut_tail(inside) == (inside, ())
    assert cut_tail(Rendered("Related")) == (Rendered("Related"), ())


def test_headings_of_a_thread_go_where_nothing_stands_below_them():
    text = "\n".join([*PROSE, "Comments:", "Leave a comment:"])
    kept, removed = cut_tail(Rendered(text, text.replace("\n", "\n\n")))
    assert (kept.text, kept.markdown) == ("\n".join(PROSE), "\n\n".join(PROSE))
    assert "".join(one.text.strip() for one in removed) == "Comments:Leave a comment:"
    asked = Rendered("\n".join([*PROSE, "Please comment on it."]))
    assert cut_tail(asked) == (asked, ())
