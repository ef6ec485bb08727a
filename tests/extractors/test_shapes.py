"""Widgets found by what they say and how they are built."""

import lxml.html
import pytest

from extractors.shapes import cut

URL = "https://blog.example/a-post/"
ARTICLE = "<p>" + "The harbour ledger lists every boat, page by page. " * 12 + "</p>"
OWN = "<ul><li><a href='/one'>The first boat</a></li><li><a href='https://blog.example/two'>The second</a></li></ul>"


def article(inner: str) -> lxml.html.HtmlElement:
    return lxml.html.fromstring(f"<div class='entry-content'>{ARTICLE}{inner}</div>")


@pytest.mark.parametrize(
    ("html", "kind", "rule"),
    [
        (f"<h3>Related</h3>{OWN}", "related", "shape/headed-links"),
        (f"<p><strong>Related Posts:</strong></p><div> </div>{OWN}", "related", "shape/headed-links"),
        (f"<h4><span>Ähnliche Beiträge</span></h4>{OWN}", "related", "shape/headed-links"),
        (f"<div><p>関連記事</p></div>{OWN}", "related", "shape/headed-links"),
        ("<p>You may also like</p><p><a href='/1'>One</a></p><p><a href='/2'>Two</a></p>", "related", None),
        ("<h3>Related Posts</h3><div></div>", "related", "shape/heading"),
        (
            "<p><a href='/1'>« One boat</a> | <a href='/'>Main</a> | <a href='/2'>Two boats »</a></p>",
            "navigation",
            "shape/neighbours",
        ),
        ("<p><a href='/1'>« One boat</a> | <a href='/'>Accueil</a></p>", "navigation", "shape/neighbours"),
        (
            "<div><h4>You may also like</h4><a href='/1'>One boat</a><p>It sank.</p><a href='/2'>Two</a></div>",
            "related",
            "shape/headed-box",
        ),
        ("<p><a href='/mail'>Email this page</a></p>", "share", "shape/link"),
        ("<p><a href='/mail'><img src='/i.gif' alt=''>Email this page</a></p>", "share", "shape/link"),
        ("<p><a href='#respond'>Leave a Comment</a></p>", "comment_form", "shape/link"),
        ("<p>Filed under: <a href='/c/boats'>Boats</a>, <a href='/c/docks'>Docks</a></p>", "byline", None),
        ("<p>Posted in <a rel='category tag' href='/c'>Boats</a></p>", "byline", "shape/rel-tag"),
        ("<div><ul><li><a rel='tag' href='/t'>قوارب</a></li></ul></div>", "byline", "shape/rel-tag"),
        (
            "<h2>TrackBack</h2><p>TrackBack URL for this entry:<br>http://blog.example/t/1</p>",
            "comment_list",
            "shape/trackbacks",
        ),
        ("<h2>TrackBack  URL</h2><p>TrackBack\n  URL  for this entry:</p>", "comment_list", "shape/trackbacks"),
    ],
)
def test_goes_with_kind_and_rule(html, kind, rule):
    root = article(html)
    (removed,) = cut(root, URL)
    assert removed.kind == kind
    assert rule is None or removed.rule == rule
    assert removed.text
    assert "".join(root.text_content().split()) == "".join(lxml.html.fromstring(ARTICLE).text_content().split())


@pytest.mark.parametrize(
    "html",
    [
        "<p>If you like it, <a href='#respond'>leave a comment</a> and say why.</p>",
        "<p><b><a href='#respond'>Leave a comment</a></b> and win a boat.</p>",
        f"<h3>Related</h3><p>My grandfather was a pilot.</p>{OWN}",
        "<h3>See also</h3><ul><li><a href='https://other.example/x'>The pilots' book</a></li></ul>",
        "<h3>Related work</h3>" + OWN,
        "<p><a href='/1'>« Un bateau »</a> | <a href='/2'>« Deux bateaux »</a></p>",
        "<p>See <a href='/1'>« one boat</a> or <a href='/2'>two »</a></p>",
        "<p><a href='https://other.example/x'>Read the whole story →</a></p>",
        "<div><p>My words.</p><h4>You may also like</h4><a href='/1'>One</a><p>It sank.</p><a href='/2'>Two</a></div>",
        "<div><h4>You may also like</h4><a href='//a.example/'>One</a><p>It.</p><a href='//b.example/'>B</a></div>",
        "<div><h4>You may also like</h4><a href='/1'>One</a><p>"
        + "A long story of boats. " * 40
        + "</p><a href='/2'>2</a></div>",
        "<p>Related: <a href='/one'>The first boat</a></p>",
        "<p>Posted on <a href='https://other.example/'>the board of the pilots</a>:</p>",
        "<p>Photos by <a rel='tag' href='/e'>Ann</a> in <a rel='tag' href='/p'>Port</a></p>",
        "<h3>TrackBack</h3><p>In 2004 every blog had it.</p>",
        "<li>Email this</li>",
        f"<h3>Further reading</h3>{OWN}",
        "<!-- Related --><p></p>",
    ],
)
def test_stays(html):
    root = article(html)
    before = lxml.html.tostring(root)
    assert cut(root, URL) == ()
    assert lxml.html.tostring(root) == before


def test_a_list_that_is_the_page_stays():
    root = lxml.html.fromstring(f"<div><h3>Related Posts</h3>{OWN}<p>Short.</p></div>")
    assert cut(root, URL) == ()


def test_what_holds_the_article_stays():
    root = article("<h3>Related Posts</h3><div><article><a href='/1'>One</a></article></div>")
    assert cut(root, URL) == ()


def test_text_behind_stays():
    root = article("<p><a href='/mail'>Email this page</a></p> behind")
    cut(root, URL)
    assert root.text_content().endswith(" behind")


@pytest.mark.parametrize("url", ["", "no address", "http://[", "https://blog.example"])
def test_any_address_and_an_empty_root(url):
    assert cut(lxml.html.fromstring("<div></div>"), url) == ()
    assert len(cut(article(f"<h3>Related</h3>{OWN}"), url)) == 1


def test_ten_thousand_captions_end_soon():
    root = article("<div>" + "<h3>Related</h3><p>word</p>" * 10_000 + "</div>")
    assert cut(root, URL) == ()
