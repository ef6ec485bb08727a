import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from extractors.document import fragment
from extractors.text import render, render_fragment, render_text

BASE = "http://a.blog/post/"


@pytest.mark.parametrize(
    ("source", "text", "markdown"),
    [
        ("<p>One</p><p>two<br>three</p>", "One\ntwo\nthree", "One\n\ntwo  \nthree"),
        ("<h2>Title <em>x</em></h2>after", "Title x\nafter", "## Title *x*\n\nafter"),
        ("<ul><li>a<ol><li>b</li></ol></li><li>c</li></ul>", "a\nb\nc", "- a\n  1. b\n- c"),
        ("<blockquote><p>q</p><p>r</p></blockquote>", "q\nr", "> q\n>\n> r"),
        ("<pre><code>def f():\n    pass</code></pre>", "def f():\n    pass", "```\ndef f():\n    pass\n```"),
        (
            "<table><tr><td>Stop</td><td>4</td></tr><tr><td>Quay</td><td>5</td></tr></table>",
            "Stop\t4\nQuay\t5",
            "| Stop | 4 |\n| --- | --- |\n| Quay | 5 |",
        ),
        ("a <a href='/x'> link </a>b", "a link b", "a [link](http://a.blog/x) b"),
        (
            "<p>日本語の段落。</p><p dir=rtl>فقرة عربية</p>",
            "日本語の段落。\nفقرة عربية",
            "日本語の段落。\n\nفقرة عربية",
        ),
        ("<script>x()</script><p hidden>no</p><p>yes</p>", "yes", "yes"),
        ("a&nbsp;&nbsp;b  c", "a b c", "a b c"),
        ("", "", ""),
    ],
)
def test_renders(source: str, text: str, markdown: str) -> None:
    found = render_fragment(source, BASE)
    assert (found.text, found.markdown) == (text, markdown)
    assert render_text([fragment(source)], BASE) == text


def test_images_and_links_are_absolute_and_told_once() -> None:
    found = render_fragment("<a href=/a>x</a><a href=/a>y</a><img src=p.png alt='A  ticket'>", BASE)
    assert [(link.url, link.text) for link in found.links] == [("http://a.blog/a", "x")]
    assert [(image.url, image.text) for image in found.images] == [("http://a.blog/post/p.png", "A ticket")]


@pytest.mark.parametrize(
    ("source", "text", "markdown"),
    [
        ("<a href=/x><p>one</p><p>two</p></a>", "one\ntwo", "[one](http://a.blog/x)\n\n[two](http://a.blog/x)"),
        ("<b>one<div>two</div></b>three", "one\ntwo\nthree", "**one**\n\n**two**\n\nthree"),
        ("<ul><li><h3>H</h3>x</li><li><blockquote>q</blockquote></li></ul>", "H\nx\nq", "- ### H\n\n  x\n\n- > q"),
        ("<pre>a <b>b</b> <a href=/x>c</a></pre>", "a b c", "```\na b c\n```"),
        ("<table><caption>C</caption><tr><td>a<tr hidden><td>b</table>", "C\na", "C\n\n| a |\n| --- |"),
        ("<table>loose<tr><td>a</td></tr></table>", "loose\na", "loose\n\na"),
        ("<p>so <img class=wp-smiley src=/s.png alt=':)'> it is</p>", "so :) it is", "so :) it is"),
    ],
)
def test_marks_and_bullets_go_with_the_blocks_that_they_hold(source: str, text: str, markdown: str) -> None:
    found = render_fragment(source, BASE)
    assert (found.text, found.markdown) == (text, markdown)


def test_a_link_around_blocks_is_told() -> None:
    found = render_fragment("<a href=/x><div><p>one</p></div></a>", BASE)
    assert [(link.url, link.text) for link in found.links] == [("http://a.blog/x", "one")]


TAGS = st.sampled_from("p div b i a ul ol li blockquote pre h2 table tr td br img code em".split())
MARKED = TAGS.map(lambda tag: f"<{tag}>") | TAGS.map(lambda tag: f"</{tag}>")
MARKUP = st.lists(MARKED | st.text(max_size=8)).map("".join)


@settings(max_examples=200, deadline=None)
@given(MARKUP)
def test_never_fails_and_leaves_no_blank_line(source: str) -> None:
    text = render_fragment(source, BASE).text
    assert all(line.strip() for line in text.split("\n")) or not text


def test_deep_nesting_ends() -> None:
    assert "x" in render_fragment("<div>" * 1500 + "x" + "</div>" * 1500, BASE).text


def test_a_soft_hyphen_is_no_letter() -> None:
    rendered = render_fragment("<p>Jahr&shy;gang <b>in&shy;dustry</b></p>", "http://127.0.0.1/")
    assert (rendered.text, rendered.markdown) == ("Jahrgang industry", "Jahrgang **industry**")


WORDS = st.sampled_from(
    ["<p>", "</p>\n", "</p>", "<br />", "<br>", "&#8217;", "&#8232;", "&amp;", "&nbsp;", "&lt;b&gt;", "\xad", "\u0301"]
) | st.text(st.characters(codec=None), max_size=4)


@settings(max_examples=400)
@given(st.lists(WORDS, max_size=12).map(lambda words: f"<p>{''.join(words)}</p>"))
def test_plain_paragraphs_read_as_they_do_in_a_tree(source: str) -> None:
    assert render_fragment(source, "https://a.blog/") == render(fragment(source), "https://a.blog/")
