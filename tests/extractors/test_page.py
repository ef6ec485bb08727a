"""A whole page: article, thread and what was removed, one not leaking into the other."""

import os
import urllib.request
from datetime import UTC, datetime

import pytest

from extractors import comments, wordpress
from extractors.document import parse
from extractors.page import extract_page
from tests.lab import Lab

AT = datetime(2026, 11, 24, tzinfo=UTC)
URL = "https://blog.example/a-post/"
PROSE = "<p>" + "</p><p>".join(
    f"Paragraph {n} says what the harbour master wrote on that grey morning." for n in range(6)
)
PAGE = f"""<html lang="en"><head><title>A post | The Quay</title>
<meta name="author" content="Ann Weber"></head><body>
<h1>A post</h1><div class="main">{PROSE}</div>
<div id="comments"><h3>1 comment</h3><div class="comment" id="comment-5">
<span class="author">Bob Commenter</span><span class="date">May 3, 2024</span>
<p>I do not agree with paragraph three.</p>
</div><form><textarea></textarea></form></div></body></html>"""


def page(source, url=URL):
    return extract_page(parse(source.encode(), url, "text/html; charset=utf-8"), captured_at=AT)


def test_article_and_thread_are_apart():
    found = page(PAGE)
    assert found.title == "A post"
    assert [person.name for person in found.authors] == ["Ann Weber"]
    assert len(found.text.split("\n")) == 6
    assert "agree" not in found.text
    assert [(c.native_id, c.author, c.text) for c in found.thread.comments] == [
        ("5", "Bob Commenter", "I do not agree with paragraph three.")
    ]
    assert found.removed and found.work_type == "post"


UNTITLED = "<html><head><title>The Quay</title></head><body class='single postid-7'><main>{}</main></body></html>"


def test_body_in_the_posts_own_element_is_taken_whatever_the_head_calls_it():
    own = UNTITLED.format(
        f"<article id='post-7'><h1 class='entry-title'>Untitled</h1><div class='entry-content'>{PROSE}</div></article>"
    )
    block = UNTITLED.format(
        f"<h1 class='wp-block-post-title'>Untitled</h1><div class='wp-block-post-content'>{PROSE}</div>"
    )
    for source in (own, block):
        found = page(source)
        assert found.extractor == wordpress.REVISION
        assert len(found.text.split("\n")) == 6


def test_a_kicker_is_no_part_of_a_title():
    heading = "<h1 class='entry-title'><span>Harbour</span> Salt and sea</h1>"
    post = f"<article id='post-7'>{heading}<div class='entry-content'>{PROSE}</div></article>"
    source = UNTITLED.format(post).replace("</head>", "<meta property='og:title' content='Salt and sea'></head>")
    assert page(source).title == "Salt and sea"


def test_teaser_of_a_query_loop_is_not_the_page():
    teaser = (
        "<div class='wp-block-query'><div class='wp-block-post-content'><p>A teaser of another post.</p></div></div>"
    )
    loose = (
        f"<h1 class='entry-title'>The long walk</h1><div class='entry-content'><p>Not told.</p></div><div>{PROSE}</div>"
    )
    found = page(UNTITLED.format(teaser + loose))
    assert found.extractor != wordpress.REVISION  # nothing tells that the body is the page's own
    assert found.native_id == "7"


SAID = "<div class='said'><b>Bo Quay</b> on 3 May 2024, 9:20:<p>I walked there, too, and saw no gull at all.</p></div>"


@pytest.mark.parametrize(
    ("region", "is_searched"),
    [
        pytest.param("<div id='comments'><h3>Leave a reply</h3>{form}</div>", False, id="form"),
        pytest.param("<section class='comments-area'><p>التعليقات مغلقة.</p></section>", False, id="closed"),
        pytest.param("<div id='comments'>{said}{said}{form}</div>", True, id="own-markup"),
        pytest.param("<div>{form}</div><div>{said}{said}</div>", True, id="beside-the-form"),
        pytest.param("", True, id="none"),
    ],
)
def test_comments_are_searched_for_where_their_place_says_something_or_is_not_known(monkeypatch, region, is_searched):
    searched = []
    monkeypatch.setattr(comments, "take", lambda tree, base: searched.append(base) or comments.Taken(None, ()))
    form = "<form id='respond'><div id='respond'><label>Your words, please: " + "a" * 90 + "</label></div></form>"
    post = f"<article id='post-7'><div class='entry-content'>{PROSE}</div></article>"
    found = page(UNTITLED.format(post + region.format(form=form, said=SAID)))
    assert found.extractor == wordpress.REVISION
    assert bool(searched) == is_searched


def test_bytes_that_could_not_be_read_are_told_by_every_way():
    source = UNTITLED.format(f"<h2>Other</h2><h1 class='entry-title'>Else</h1><div class='entry-content'>{PROSE}</div>")
    found = extract_page(
        parse(source.encode() + "größer ".encode() * 50 + b"\xe4", URL, "text/html; charset=utf-8"), captured_at=AT
    )
    assert found.warnings == ("1 characters could not be read as utf-8",)


def test_a_commenter_is_never_the_author():
    assert page(PAGE.replace('<meta name="author" content="Ann Weber">', "")).authors == ()


def test_a_page_says_which_of_its_words_told_what():
    head = '<meta property="article:published_time" content="2024-05-03T10:00:00Z"><meta name="author" content="Ann W">'
    body = f"<h1>Salt and sea</h1><p>{'Words of the sea. ' * 30}</p>" + "<h2>x</h2>" * 300
    found = page(f"<html><head><title>Salt and sea</title>{head}</head><body>{body}</body></html>")
    assert found.sources == {"title": "h1", "authors": "meta", "published": "meta"}
    assert any("301 headings" in warning for warning in found.warnings)


def test_the_same_bytes_give_the_same_page():
    first, second = (extract_page(parse(PAGE.encode(), URL, None), captured_at=AT) for _ in range(2))
    assert first == second


@pytest.mark.parametrize(
    "source",
    ["", " ", "<", "<html>", "\x00", "<div>" * 3000, "<title>x", "<!-- ", "plain words", "<p>" + "ا" * 5000],
    ids=["empty", "blank", "bracket", "html", "nul", "deep", "title", "comment", "plain", "arabic"],
)
def test_any_input_gives_a_page(source):
    assert page(source).witness == "html"


@pytest.mark.lab
@pytest.mark.slow
def test_mezzanine_is_read_to_the_letter_and_stays_so():
    with Lab(os.environ["VARIORUM_LAB"], f"page-{os.getpid()}", "mezzanine") as site:
        site.start()
        truth = site.truth()
        for post in [post for post in truth["posts"] if post["public"]][:8]:
            first, *others = (_fetched(post["url"]) for _ in range(3))
            for view in others:  # tokens, counters and relative dates differ between views
                assert (view.text, view.title, view.authors) == (first.text, first.title, first.authors)
                assert view.thread == first.thread
            assert (first.text, first.title) == (post["text"], post["title"])
            assert [person.name for person in first.authors] == [post["author"]]
            told = {
                (str(c["id"]), c["author"], c["text"], str(c["parent"]) if c["parent"] else None)
                for c in truth["comments"]
                if c["post"] == post["id"] and c["public"]
            }
            assert {(c.native_id, c.author, c.text, c.parent_id) for c in first.thread.comments} == told


def _fetched(url):
    with urllib.request.urlopen(url, timeout=20) as answer:
        return extract_page(parse(answer.read(), url, None), captured_at=AT)
