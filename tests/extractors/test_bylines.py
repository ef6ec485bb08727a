"""Who wrote a page: every way of telling it, and the names on a page that are nobody's who wrote it."""

import pytest

from extractors import bylines, metadata
from extractors.document import parse_text
from variorum.records import Person

URL = "https://harbourlog.example/a-post/"
TITLE = "<h1>Salt and sea</h1>"


def names(head="", body="", url=URL):
    source = f"<html><head><title>Salt and sea</title>{head}</head><body>{TITLE}{body}</body></html>"
    return [person.name for person in metadata.read(parse_text(source, url).tree, url, url).authors]


def ld(words):
    return f'<script type="application/ld+json">{{"@type": "Article", "author": {words}}}</script>'


@pytest.mark.parametrize(
    ("head", "body"),
    [
        (ld('{"@type": "Person", "name": "By Ann Weber"}'), ""),
        (ld('"Ann Weber"'), ""),
        ('<meta name="author" content="Ann Weber">', ""),
        ('<meta name="parsely-author" content="Ann Weber">', ""),
        ("", '<a rel="author" href="/ann/">Ann Weber</a>'),
        ("", '<span itemprop="author"><meta itemprop="name" content="Ann Weber">Ann</span>'),
        ("", '<span class="vcard author">von <span class="fn">Ann Weber</span></span>'),
        ("", '<div class="post-detail__meta-author">By Ann Weber</div>'),
        ("", '<div class="date-and-author"><time>Dec 3, 2024</time><span>Ann Weber</span></div>'),
        ("", '<a href="/author/ann-weber/">Ann Weber</a>'),
        ("", "<p><i>von Ann Weber</i></p>"),
        ("", "<div>Posted by <b>Ann Weber</b> on 3 May 2024</div>"),
        ("", "<p>Publicado por Ann Weber</p>"),
        ("", '<div class="byline">Written by Ann Weber | 3 May 2024 | 5 min read</div>'),
        ("", '<span class="author-name">Ann Weber, PhD</span>'),
    ],
)
def test_every_way_of_telling_it(head, body):
    assert names(head, body) == ["Ann Weber"]


def test_several_people_with_their_addresses():
    told = ld('[{"@type": "Person", "name": "Ann Weber", "url": "/ann/"}, {"@type": "Person", "name": "山田 太郎"}]')
    source = f"<html><head>{told}</head><body></body></html>"
    found = metadata.read(parse_text(source, URL).tree, URL, URL).authors
    assert found == (Person("Ann Weber", "https://harbourlog.example/ann/"), Person("山田 太郎"))
    assert names('<meta name="author" content="Ann Weber, Bo Lind and Cy Ek">') == ["Ann Weber", "Bo Lind", "Cy Ek"]


@pytest.mark.parametrize(
    "weak",
    [
        ld('{"@type": "Organization", "name": "Tide Media"}'),
        ld('{"@type": "Person", "name": "Harbourlog"}'),
        '<meta property="og:site_name" content="Salt & Sea"><meta name="author" content="Salt & Sea">',
    ],
)
def test_the_site_is_the_author_only_where_nobody_is_named(weak):
    assert names(weak, '<span class="author-name">Ann Weber</span>') == ["Ann Weber"]
    assert len(names(weak)) == 1


@pytest.mark.parametrize(
    "body",
    [
        '<ol class="commentlist"><li><span class="author">Bob</span></li></ol>',
        '<div id="comments"><cite class="fn">Bob</cite></div>',
        '<article class="comment"><footer class="comment-meta"><b class="fn">Bob</b></footer></article>',
        '<aside><a rel="author" href="/bob/">Bob</a></aside>',
        '<div class="related-posts"><span class="author">Bob</span></div>',
        '<span class="author">12 articles</span>',
        '<div class="author-bio">Bob has sailed since he was three and lives on a boat</div>',
        "<p>By the time the ice broke nobody was left.</p>",
    ],
)
def test_others_are_not_taken(body):
    assert names(body=body) == []


def test_a_new_comment_changes_nothing():
    body = '<span class="byline">By Ann Weber</span><p>Words.</p>'
    thread = '<ol class="comment-list"><li class="comment"><cite class="fn">Bob</cite></li></ol>'
    assert names(body=body) == names(body=body + thread) == ["Ann Weber"]


def test_names_of_a_platform_lose_what_surrounds_them():
    people = (Person("von Ann Weber"), Person("Bo Lind| May 5, 2026 | 5 min read"), Person("admin"), Person("x " * 40))
    assert [person.name for person in bylines.tidied(people)] == ["Ann Weber", "Bo Lind", "admin"]
