"""Who wrote a page: every way of telling it, and the names on a page that are nobody's who wrote it."""

import pytest

from extractors import bylines, metadata
from extractors.document import parse_text
from variorum.records import Disagreement, Person

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
        ("", "<div><p>Written by</p><p>Ann Weber</p></div>"),
        ("", "<p>Author: Ann Weber</p>"),
        ("", "<small>May 3rd, 2012 | By Ann Weber</small>"),
        ("", "<small>posted May 3rd, 2012 1:00 PM EDT by Ann Weber in <a href='/ice'>Ice</a></small>"),
        ("", "<div>3. Mai 2012, 10:15 Uhr von Ann Weber</div>"),
        ("", "<span class='m'>May 3rd, 2012 @ 2:14pm by <a href='/u/7'>Ann Weber</a></span>"),
        ("", "<h4>Autor</h4><p><a href='/u/7'>Ann Weber</a></p>"),
        ("", "<b>Autor:</b> Ann Weber<br><b>Quelle:</b> Harbour press"),
        ("", "<span class='sr'>| By <!-- name --></span> <span>Ann Weber</span> | May 3"),
        ("", '<div>Autor: <a href="/lawyers/">Rechtsanwältin</a> Ann Weber</div>'),
        ("", '<span class="field-contributor">Par <a href="/n/7">Ann Weber</a></span>'),
        ("", '<h4 class="press-author-box__name">Ann Weber (Skipper)</h4>'),
        ("", "<div class='byline-date'>May 3 · Ann Weber on behalf of <a href='/crew'>the crew</a></div>"),
        ("", "<div class='byline-date'>May 3 · Ann Weber\n  on  behalf of <a href='/crew'>the crew</a></div>"),
        ("", '<div class="byline"><b>By Ann Weber</b><i>Harbour reporter, Quay News</i></div>'),
        (ld('"Tide-Online-Redakteurin Ann Weber"'), ""),
    ],
)
def test_every_way_of_telling_it(head, body):
    assert names(head, body) == ["Ann Weber"]


@pytest.mark.parametrize(
    ("head", "body", "expected"),
    [
        ("", "<p class='author'>Ann Weber im Gespräch mit Bo Lind</p>", ["Ann Weber", "Bo Lind"]),
        ("", "<p>Von Ann Weber und Bo Lind</p>", ["Ann Weber", "Bo Lind"]),
        (
            "",
            '<span class="by"><a href="/author/a/">Ann Weber</a>, <a href="/author/b/">Bo Lind</a></span>',
            ["Ann Weber", "Bo Lind"],
        ),
        ("", '<a rel="author" href="/a">Ann (A.B.) Weber</a>', ["Ann (A.B.) Weber"]),
        ('<meta name="author" content="Ann E. Weber">', "", ["Ann E. Weber"]),
        ("", "<p>by tidefish on May 3, 2012</p>", ["tidefish"]),
        ("", "<p>作者：山田太郎</p>", ["山田太郎"]),
        ("", "<ul><li>by 山田太郎／ 2016.12.01</li></ul>", ["山田太郎"]),
        ("", "<b>著者</b><span>山田 太郎</span>", ["山田 太郎"]),
        ("", "<div>بقلم: <a href='/u'>ليلى حداد</a></div>", ["ليلى حداد"]),
        ("", '<a href="/author/tide201/">tide201</a>', ["tide201"]),
    ],
)
def test_names_are_neither_torn_nor_dropped(head, body, expected):
    assert names(head, body) == expected


@pytest.mark.parametrize("account", ["ann.weber", "Quay Admin", "Tide GmbH", "Harbourlog Online"])
def test_an_account_is_the_author_only_where_nobody_is_named(account):
    head = f'<meta name="author" content="{account}">'
    assert names(head, "<p>By Ann Weber</p>") == ["Ann Weber"]
    assert names(head) == [account]


def test_the_site_with_its_address_is_nobody():
    head = '<meta property="og:site_name" content="Tide"><meta name="author" content="Tide, Kiel, Germany">'
    assert names(head, "<p>By Ann Weber</p>") == ["Ann Weber"]


def post(words):
    head = '<title>Salt and sea</title><meta name="author" content="Bo Lind">'
    tree = parse_text(f"<html><head>{head}</head><body><article>{TITLE}{words}</article></body></html>", URL).tree
    return [person.name for person in metadata.read(tree, URL, URL).authors]


def test_a_guest_is_named_by_the_first_lines_of_the_post():
    assert post("<p><em>By Ann Weber, PhD</em> </p><p>Words.</p>") == ["Ann Weber"]
    assert post("<p>By Ann Weber's account the ice broke.</p>") == ["Bo Lind"]
    assert post("<p>By Bo Lind and Ann Weber</p>") == ["Bo Lind"]  # who is declared is among them
    assert post("<h2>Von Risiken und Nebenwirkungen</h2><p>Words.</p>") == ["Bo Lind"]
    assert post("<p>Von Rechts wegen</p>") == ["Bo Lind"]


def test_whom_the_page_names_elsewhere_is_told():
    head = '<title>Salt and sea</title><meta name="author" content="ann.w"><meta name="byl" content="By Bo Lind">'
    body = f"<article>{TITLE}<p>By Ann Weber</p><p>Words.</p></article>"
    told = metadata.read(parse_text(f"<html><head>{head}</head><body>{body}</body></html>", URL).tree, URL, URL)
    assert [person.name for person in told.authors] == ["Ann Weber"]
    assert told.disagreements == (
        Disagreement("authors", "meta", "ann.w"),
        Disagreement("authors", "meta", "Bo Lind"),
    )


def test_the_element_of_a_post_is_no_byline_whatever_its_classes_say():
    body = f"<div class='entry-author-bo_lind entry'>{TITLE}<p>See <a href='/x'>Cy Ek</a>.</p></div>"
    tree = parse_text(f"<html><head><title>Salt and sea</title></head><body>{body}</body></html>", URL).tree
    assert metadata.read(tree, URL, URL).authors == ()


def test_a_byline_at_the_end_of_the_post_counts_where_it_stands_alone():
    words = "<p>Words <b>of</b> <i>salt</i>.</p>" * 25
    assert names(body=words + "<p><em>Von <span>Ann Weber</span></em></p>") == ["Ann Weber"]
    line = "<div>Words.<br><br><span>Posted by Ann Weber, Harbour Master</span><div></div></div>"
    assert names(body=words + line) == ["Ann Weber"]
    assert names(body=words + "<div>Words.<br>Von Ann Weber<br>Kiel</div>") == ["Ann Weber"]
    posted = "<ul class='m'><li>Posted by tidefish on May 3, 2012 | <a>Permalink</a></li></ul>"
    assert names(body=words + posted) == ["tidefish"]
    assert names(body=words + "<div>Words. <span>By Ann Weber</span> of salt.</div>") == []
    assert names(body=words + "<p>By Ann Weber they swore, and nobody was left on the ice.</p>") == []


def test_a_list_of_other_posts_names_nobody():
    card = '<div class="card"><span class="by-author">Bo Lind</span><p>One</p></div>'
    assert names(body="<p>Words.</p>" * 200 + card * 3) == []


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
        '<span class="author">Datum</span>',
        "<p>It was built in 1912 by the men of the harbour, and by tidefish.</p>",
        "<p>by tidefish</p>",
        "<ul><li><a href='/royal'>By Royal Appointment</a></li></ul>",
        '<p class="author"><a href="/u">you</a></p>',
        '<span class="author">Bo auf Twitter folgen</span>',
        '<div class="note-author">Bo</div>',
        '<a href="/profile/7/posts">Sagas</a>',
        "<b>By</b><!-- nobody -->",
        '<aside><div class="news-single"><div class="teaser-list"><a href="/team/bo/">Bo Lind</a></div></div></aside>',
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
