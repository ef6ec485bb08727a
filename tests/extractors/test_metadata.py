"""What a page says of itself, by each of the ways that pages have."""

from datetime import UTC, datetime

import pytest

from extractors import metadata
from extractors.document import parse_text

URL = "https://blog.example/a-post/"


def read(head="", body="", url=URL, attributes=""):
    document = parse_text(f"<html {attributes}><head>{head}</head><body>{body}</body></html>", url)
    return metadata.read(document.tree, url, url)


def test_json_ld_through_graph_and_reference():
    told = read("""<script type="application/ld+json">{"@graph": [{"@type": "BlogPosting", "headline": "Salt &amp; sea",
        "author": {"@id": "#ann"}, "datePublished": "2024-05-03T10:00:00+02:00", "dateModified": "2024-05-04",
        "keywords": "tide, salt", "inLanguage": "de-DE"}, {"@type": "Person", "@id": "#ann", "name": "Ann Weber",
        "url": "/ann/"}, {"@type": "WebSite", "name": "The Quay"}]}</script>""")
    assert told.title == "Salt & sea"
    assert [(p.name, p.url) for p in told.authors] == [("Ann Weber", "https://blog.example/ann/")]
    assert told.published == datetime(2024, 5, 3, 8, 0, tzinfo=UTC)
    assert told.modified == datetime(2024, 5, 4, tzinfo=UTC)
    assert (told.tags, told.lang, told.site, told.article) == (("tide", "salt"), "de-DE", "The Quay", True)


@pytest.mark.parametrize("script", ["{", "[[[]]]", "null", '{"@type": 3}', '{"@type": "Article", "author": [null, 1]}'])
def test_broken_json_ld_is_passed_over(script):
    told = read(f'<title>Plain</title><script type="application/ld+json">{script}</script>')
    assert told.title == "Plain" and told.authors == ()


def test_open_graph():
    told = read("""<meta property="og:title" content="Salt"><meta property="og:site_name" content="The Quay">
        <meta property="article:published_time" content="2024-05-03T10:00:00Z">
        <meta name="author" content="By Ann Weber">
        <meta property="article:tag" content="tide"><link rel="canonical" href="/salt/?utm_source=x">""")
    assert told.title == "Salt"
    assert [p.name for p in told.authors] == ["Ann Weber"]
    assert told.published == datetime(2024, 5, 3, 10, 0, tzinfo=UTC)
    assert (told.tags, told.url) == (("tide",), "https://blog.example/salt/")


def test_microformats_and_the_visible_byline():
    told = read(
        "<title>Salt | The Quay</title>",
        """<article class="h-entry"><h1 class="p-name">Salt</h1><a class="p-author h-card" href="/ann/">Ann Weber</a>
        <time class="dt-published" datetime="2024-05-03">3 May</time></article>""",
        attributes='lang="pt-br"',
    )
    assert (told.title, told.authors[0].name, told.lang) == ("Salt", "Ann Weber", "pt-br")
    assert told.published == datetime(2024, 5, 3, tzinfo=UTC)


def test_a_link_to_an_authors_page_is_a_byline():
    told = read(body='<h6 class="post-meta">Posted by: <a href="/blog/author/ada/">Ada Weber</a> 6 years ago</h6>')
    assert [(p.name, p.url) for p in told.authors] == [("Ada Weber", "https://blog.example/blog/author/ada/")]
    assert told.published is None


@pytest.mark.parametrize("name", ["https://facebook.com/x", "admin", "ann@blog.example", ""])
def test_what_is_no_name_is_no_author(name):
    assert read(f'<meta name="author" content="{name}">').authors == ()


def test_the_date_of_the_address_and_of_the_line_below_the_title():
    assert read(url="https://blog.example/2012/05/03/salt/").published == datetime(2012, 5, 3, tzinfo=UTC)
    below = read(body="<h1>Salt</h1><div>3 May 2012</div><p>In the winter of 1897 the harbour froze.</p>")
    assert below.published == datetime(2012, 5, 3, tzinfo=UTC)
    assert read(body="<h1>Salt</h1><footer>© 2012 May 3, 2012</footer>").published is None


def test_a_home_page_is_a_listing():
    entries = "<article class='hentry'>One</article><article class='hentry'>Two</article>"
    assert read(body=entries).listing
    assert read('<meta property="og:type" content="website">', url="https://blog.example/").listing
    assert not read('<meta property="og:type" content="article">', body=entries).listing


def test_an_empty_page_tells_nothing():
    assert read() == metadata.Metadata()
