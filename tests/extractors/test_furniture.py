import urllib.request

import lxml.html
import pytest

from extractors.furniture import cut

ARTICLE = "<p>" + "The harbour ledger lists every boat, page by page. " * 8 + "</p>"


def article(inner: str) -> lxml.html.HtmlElement:
    return lxml.html.fromstring(f"<div class='entry-content'>{ARTICLE}{inner}</div>")


@pytest.mark.parametrize(
    ("html", "kind", "rule"),
    [
        ("<div class='sharedaddy sd-sharing-enabled'><h3>Share this:</h3></div>", "share", "jetpack/sharedaddy"),
        ("<div class='sd-block sd-like' id='like-post-wrapper-1-2-3f'>Like this:</div>", "like", None),
        ("<div id='jp-relatedposts'><em>Related</em></div>", "related", "jetpack/jp-relatedposts"),
        ("<div id='respond' class='comment-respond'>اترك تعليقاً</div>", "comment_form", "wordpress/respond"),
        ("<div id='comment-form__verbum' class='light'>Leave a comment</div>", "comment_form", None),
        ("<nav class='navigation post-navigation'>Older</nav>", "navigation", "wordpress/post-navigation"),
        ("<div class='post-share-buttons'>Share to X</div>", "share", "blogger/post-share-buttons"),
        ("<div class='subscription-widget-wrap'>Type your email…</div>", "subscribe", None),
        ("<div class='a2a_kit addtoany_list'>メール</div>", "share", "addtoany/a2a_kit"),
        ("<div id='cookie-notice'>We use cookies.</div>", "cookie", "any/cookie-notice"),
        ("<section class='author-box'>About Ann</section>", "byline", "wordpress/author-box"),
        ("<a class='skip-link screen-reader-text' href='#c'>Skip to content</a>", "navigation", None),
        ("<a class='wprm-recipe-jump' href='#r'>Jump to Recipe</a>", "navigation", "recipe/wprm-recipe-jump"),
        ("<div class='bbp-pagination'>Viewing 2 posts</div>", "navigation", "bbpress/bbp-pagination"),
        ("<div class='BorlabsCookie'>Load the video</div>", "cookie", "any/BorlabsCookie"),
        ("<div class='box-related'><a href='/1'>One boat</a></div>", "related", "word/related"),
        ("<p class='theme__shareText'>Share this</p>", "share", "word/share"),
        ("<aside class='ala-single-sidebar'><a href='/1'>Become a patron</a></aside>", "other", "word/sidebar"),
        ("<div class='newsletter'><a href='/n'>A letter every week</a></div>", "subscribe", "word/newsletter"),
    ],
)
def test_widget_goes_with_kind_rule_and_text(html, kind, rule):
    root = article(html)
    (removed,) = cut(root, inside=True)
    assert removed.kind == kind
    assert rule is None or removed.rule == rule
    assert removed.text == lxml.html.fromstring(html).text_content()
    assert removed.text not in root.text_content()
    assert "harbour ledger" in root.text_content()


@pytest.mark.parametrize("name", ["shareholders", "related-work", "my-sharedaddy", "respondents", "Sharedaddy2"])
def test_names_count_as_a_whole_only(name):
    root = article(f"<div class='{name}' id='{name}x'>A word on shares</div>")
    assert cut(root, inside=True) == ()


@pytest.mark.parametrize(
    "html",
    [
        "<h2 class='related'>Related work</h2>",
        "<section id='social-history'>The pilots' guild.</section>",
        "<div class='related'>Words without any link.</div>",
        "<div class='social'>" + "A long word on the guild of the pilots. " * 9 + "<a href='/1'>More</a></div>",
    ],
)
def test_a_word_of_a_name_is_not_enough_where_the_element_is_no_widget(html):
    assert cut(article(html), inside=True) == ()


def test_words_of_names_count_within_an_article_only():
    root = lxml.html.fromstring(
        f"<html><body><div class='box-related'><a href='/'>One</a></div>{ARTICLE}</body></html>"
    )
    assert cut(root, inside=False) == ()


def test_text_behind_a_widget_is_kept():
    root = article("<p>Before <span class='sharedaddy'>Share</span> behind.</p>")
    cut(root, inside=True)
    assert root.text_content().endswith("Before  behind.")


def test_what_holds_most_of_the_text_is_the_article():
    root = lxml.html.fromstring(f"<div><div class='sharedaddy'>{ARTICLE}</div><p>Short end.</p></div>")
    assert cut(root, inside=True) == ()


def test_a_page_keeps_what_holds_an_article():
    root = lxml.html.fromstring(
        f"<html><body class='no-comments'><div class='related-posts'><article>{ARTICLE}</article></div>"
        f"<div>{ARTICLE * 3}</div></body></html>"
    )
    assert cut(root, inside=False) == ()


def test_widgets_inside_a_widget_are_told_once_but_those_of_the_flair_each():
    root = article(
        "<div id='jp-post-flair' class='sharedaddy'><div class='sd-sharing'>Share this:</div>"
        "<div class='sd-like'>Like this:</div></div><div class='yarpp'><div class='sd-like'>x</div></div>"
    )
    assert [removed.kind for removed in cut(root, inside=True)] == ["share", "like", "related", "share"]


def test_empty_root():
    assert cut(lxml.html.fromstring("<div></div>"), inside=True) == ()


@pytest.mark.lab
@pytest.mark.parametrize("furniture", ["highlander", "verbum", "jetpack"])
def test_wordpress_keeps_its_post_and_nothing_else(lab_site, furniture):
    lab_site.start(furniture=furniture)
    try:
        post = f"{lab_site.url}?p={_first_post(lab_site)}"
        tree = lxml.html.fromstring(urllib.request.urlopen(post).read())
        before = [p.text_content() for p in tree.xpath("//*[contains(@class, 'entry-content')]/p")]
        kinds = {removed.kind for removed in cut(tree, inside=False)}
        text = tree.text_content()
        assert before
        assert all(paragraph in text for paragraph in before)
        assert {"share", "like", "comment_form", "subscribe"} <= kinds
        for phrase in ("Share this", "bloggers like this", "Leave a", "Connecting to", "Sign me up"):
            assert phrase not in text
    finally:
        lab_site.stop()


def _first_post(site):
    posts = site.truth()["posts"]
    return next(post["id"] for post in (posts.values() if isinstance(posts, dict) else posts))
