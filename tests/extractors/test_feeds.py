import json

import pytest

from extractors.feeds import read_feed
from variorum.errors import ExtractError

URL = "http://a.blog/feed/"
RSS = """<rss version="2.0" xmlns:content="http://purl.org/rss/1.0/modules/content/"
 xmlns:dc="http://purl.org/dc/elements/1.1/" xmlns:slash="http://purl.org/rss/1.0/modules/slash/">
<channel><title>A blog</title><link>http://a.blog</link><generator>https://wordpress.org/?v=6.1</generator>
<item><title>Salt &amp;amp; light</title><link>http://a.blog/seven/</link><dc:creator><![CDATA[Ann]]></dc:creator>
<pubDate>Mon, 16 Nov 2026 22:39:07 +0100</pubDate><category>x</category><guid>http://a.blog/?p=7</guid>
<description>short</description><content:encoded><![CDATA[<p>One.</p><p>Two.</p>]]></content:encoded>
<slash:comments>3</slash:comments></item>
<item><title>Other</title><link>http://a.blog/eight/</link><description>only a summary</description></item>
</channel></rss>"""
ATOM = """<feed xmlns="http://www.w3.org/2005/Atom" xmlns:thr="http://purl.org/syndication/thread/1.0">
<title>B</title><link rel="next" href="/feed?page=2"/><entry><id>tag:blogger.com,1999:blog-1.post-77</id>
<title type="html">T &lt;b&gt;x&lt;/b&gt;</title><link href="http://a.blog/t.html"/><author><name>Bo</name></author>
<published>2026-01-02T03:04:05Z</published><content type="html">&lt;p&gt;Words.&lt;/p&gt;</content></entry></feed>"""
COMMENTS = """<rss version="2.0" xmlns:dc="http://purl.org/dc/elements/1.1/"
 xmlns:content="http://purl.org/rss/1.0/modules/content/"><channel><title>Comments on: Seven</title>
<item><title>By: Ann</title><link>http://a.blog/seven/comment-page-2/#comment-12</link><dc:creator>Ann</dc:creator>
<pubDate>Mon, 16 Nov 2026 22:39:07 +0000</pubDate><guid>http://a.blog/?p=7#comment-12</guid>
<content:encoded><![CDATA[<p>Yes.</p>]]></content:encoded></item></channel></rss>"""


def test_rss() -> None:
    feed = read_feed(RSS.encode(), URL)
    whole, summary = feed.pages
    assert (whole.native_id, whole.title, whole.text, whole.partial) == ("7", "Salt & light", "One.\nTwo.", False)
    assert whole.published is not None and whole.published.isoformat() == "2026-11-16T21:39:07+00:00"
    assert whole.thread is not None and whole.thread.claimed == 3
    assert (summary.text, summary.partial) == ("only a summary", True)
    assert feed.next_page == "http://a.blog/feed/?paged=2"


def test_rss_pages_on() -> None:
    assert read_feed(RSS.encode(), URL + "?paged=2").next_page == "http://a.blog/feed/?paged=3"


def test_atom() -> None:
    feed = read_feed(ATOM.encode(), URL)
    (page,) = feed.pages
    assert (page.native_id, page.title, page.text, page.url) == ("77", "T x", "Words.", "http://a.blog/t.html")
    assert feed.next_page == "http://a.blog/feed?page=2"


def test_comments() -> None:
    feed = read_feed(COMMENTS.encode(), "http://a.blog/seven/feed/")
    (comment,) = feed.comments
    assert (feed.kind, comment.native_id, comment.author, comment.text) == ("comments", "12", "Ann", "Yes.")
    assert (comment.post_url, comment.permalink) == ("http://a.blog/seven/", "http://a.blog/seven/#comment-12")
    assert not comment.parent_known


def test_json_feed() -> None:
    told = {
        "version": "https://jsonfeed.org/version/1.1",
        "items": [{"id": "1", "url": "http://a.blog/1", "content_html": "<p>Hi</p>", "authors": [{"name": "Ann"}]}],
    }
    (page,) = read_feed(json.dumps(told).encode(), URL).pages
    assert (page.text, page.authors[0].name, page.partial) == ("Hi", "Ann", False)


@pytest.mark.parametrize("body", [b"", b"<html><body>no</body></html>", b"{}", b"\x00\x01", b"words"])
def test_what_is_no_feed_is_refused(body: bytes) -> None:
    with pytest.raises(ExtractError):
        read_feed(body, URL)


def test_entities_are_not_expanded() -> None:
    bomb = b'<!DOCTYPE r [<!ENTITY a "aaaa"><!ENTITY b "&a;&a;&a;">]><rss><channel><title>&b;</title></channel></rss>'
    assert read_feed(bomb, URL).pages == ()
