"""The body of pages of unknown make."""

import pytest
import trafilatura

from extractors import generic
from extractors.document import parse_text

URL = "https://blog.example/a-post/"
PROSE = [
    "The tram no longer stops at Quay Street, but the drivers still slow down there out of habit, and look.",
    "Nothing in the minutes suggests that anybody objected at the time; the objections came later, and loudly.",
    "By the end of the year the question had been settled, forgotten and raised again by different people.",
]


def body(markup):
    document = parse_text(f"<html><body>{markup}</body></html>", URL)
    return generic.find_body(document.tree, URL, URL)


def test_keeps_headings_lists_and_links_in_their_places():
    found = body(
        f"<nav><a href='/'>Home</a></nav><div class='middle'><p>{PROSE[0]}</p><h2>What the records say</h2>"
        f"<p>{PROSE[1]} See <a href='/ledger/'>the ledger</a>.</p><p>{PROSE[2]}</p></div><footer>Powered by</footer>"
    )
    assert found.rendered.text.split("\n") == [
        PROSE[0],
        "What the records say",
        PROSE[1] + " See the ledger.",
        PROSE[2],
    ]
    assert "## What the records say" in found.rendered.markdown
    assert [link.url for link in found.rendered.links] == ["https://blog.example/ledger/"]


@pytest.mark.parametrize("second", ["densest", "readability"])
def test_trafilatura_is_not_asked_where_two_cheaper_ones_agree(monkeypatch, second):
    monkeypatch.setattr(generic, "_trafilatura", lambda *_args, **_named: pytest.fail("it is dear"))
    if second == "densest":
        monkeypatch.setattr(generic, "_summary", lambda _tree: pytest.fail("it is dearer"))
    else:
        monkeypatch.setattr(generic, "_SAME_RUN", 2.0)
    lead = (
        "Only those who drove the tram in the last year that it ran know where Quay Street was, and how long one " * 2
    )
    below = "<p>Buy it.</p><div>Photo: A. Pilot</div><p>Related posts</p><p><a href='/2/'>Apply now</a></p>"
    inner = "<h2>A heading</h2>".join(f"<p>{line * 6}</p>" for line in PROSE)
    found = body(f"<div><h1>The tram</h1><div><p>{lead}indeed.</p></div></div><div class=post>{inner}{below}</div>")
    assert found.rule == f"prose+{second}"
    assert found.agreement > 0.9
    assert found.rendered.text.split("\n") == [
        f"{lead}indeed.",
        PROSE[0] * 6,
        "A heading",
        PROSE[1] * 6,
        "A heading",
        PROSE[2] * 6,
        "Buy it.",
    ]


def test_where_two_witnesses_agree_a_short_line_needs_both(monkeypatch):
    """A paragraph needs one, and a heading between two of them none."""
    monkeypatch.setattr(generic, "_SAME_RUN", 2.0)
    monkeypatch.setattr(generic, "_summary", lambda _tree: None)
    found_by_one = (
        "This paragraph was found by the weight of prose alone, and it is long enough to be believed for that."
    )
    told = "".join(f"<p>{line * 5}</p>" for line in PROSE)
    monkeypatch.setattr(
        generic,
        "_trafilatura",
        lambda *_args, **_named: (parse_text(f"<body>{told}</body>", URL).tree.find("body"), ()),
    )
    found = body(
        f"<div><h6>By A. Pilot, 3 years ago</h6><p>Photo: A. Pilot</p>"
        f"<p>{PROSE[0] * 5}</p><h2>The second part</h2><p>{PROSE[1] * 5}</p><p>Buy it.</p>"
        f"<p>{PROSE[2] * 5}</p><p>{found_by_one}</p><h2>Discuss</h2></div>"
    )
    assert found.rule == "trafilatura+prose"
    assert found.rendered.text.split("\n") == [
        PROSE[0] * 5,
        "The second part",
        PROSE[1] * 5,
        PROSE[2] * 5,
        found_by_one,
    ]


def test_prose_that_is_most_of_the_page_is_not_cut_down_to_a_part(monkeypatch):
    one = f"<p>{PROSE[0] * 5}</p>"
    monkeypatch.setattr(generic, "_SAME_RUN", 2.0)
    monkeypatch.setattr(generic, "_summary", lambda _tree: None)
    monkeypatch.setattr(
        generic, "_trafilatura", lambda *_args, **_named: (parse_text(f"<body>{one}</body>", URL).tree.find("body"), ())
    )
    posts = "".join(f"<div class='q'><h2>Post {n}</h2><p>{line * 5}</p></div>" for n, line in enumerate(PROSE))
    found = body(f"<div>{posts}</div>")
    assert found.rule == "prose"
    assert all(line in found.rendered.text for line in PROSE)
    assert found.agreement < 0.9


def test_a_lead_that_stands_apart_is_put_before_the_body():
    lead = "Only the drivers still know where Quay Street was, and they slow down there out of habit."
    inner = "".join(f"<p>{line * 3}</p>" for line in PROSE)
    found = body(
        f"<header><h1>The tram</h1><div class='standfirst'><h2>{lead}</h2></div></header><div class='x'>{inner}</div>"
    )
    assert found.rendered.text.split("\n")[:2] == [lead, PROSE[0] * 3]


def test_a_named_container_wins_where_the_guess_is_elsewhere():
    side = "".join(f"<p>{line} {line}</p>" for line in PROSE)
    post = "A short note with a picture of the pier, taken before the storm of that night."
    found = body(f"<div class='post-body'><p>{post}</p></div><div class='about'>{side}</div>")
    assert post in found.rendered.text


@pytest.mark.parametrize("markup", ["", "<p></p>", "<script>var a = 1</script>", "<!-- nothing -->"])
def test_empty_is_empty(markup):
    found = body(markup)
    assert (found.rendered.text, found.warnings) == ("", ())


def test_a_broken_library_is_a_warning_not_a_failure(monkeypatch):
    def broken(*_args, **_named):
        raise RecursionError("too deep")

    monkeypatch.setattr(generic.ReadabilityDocument, "summary", broken)
    monkeypatch.setattr(trafilatura, "bare_extraction", broken)
    found = body("".join(f"<p>{line}</p>" for line in PROSE))
    assert PROSE[1] in found.rendered.text
    assert found.warnings == ("trafilatura broke (RecursionError: too deep); its baseline stands in",)


def test_a_page_nested_a_thousand_deep_is_read():
    inner = "".join(f"<p>{line}</p>" for line in PROSE)
    assert PROSE[0] in body("<div>" * 1500 + inner + "</div>" * 1500).rendered.text
