import gzip

import pytest

from extractors.sitemaps import read_sitemap
from variorum.errors import ExtractError

URL = "http://a.blog/sitemap.xml"
MAP = (
    b'<?xml version="1.0"?><urlset xmlns="http://www.sitemaps.org/schemas/sitemap/0.9">'
    b"<url><loc> http://a.blog/one/ </loc><lastmod>2026-01-02</lastmod></url>"
    b"<url><loc>javascript:x</loc></url></urlset>"
)
INDEX = b"<sitemapindex><sitemap><loc>http://a.blog/posts.xml</loc></sitemap></sitemapindex>"


@pytest.mark.parametrize("body", [MAP, gzip.compress(MAP), b"\xef\xbb\xbf\n" + MAP])
def test_map(body: bytes) -> None:
    assert read_sitemap(body, URL).urls == (("http://a.blog/one/", "2026-01-02"),)


def test_index_and_lines() -> None:
    assert read_sitemap(INDEX, URL).children == ("http://a.blog/posts.xml",)
    assert read_sitemap(b"http://a.blog/1\nhttp://a.blog/2\n", URL).urls[1] == ("http://a.blog/2", None)


@pytest.mark.parametrize("body", [b"", b"<html></html>", b"words", b"\x1f\x8bcut", b"<rss></rss>"])
def test_what_is_no_map_is_refused(body: bytes) -> None:
    with pytest.raises(ExtractError):
        read_sitemap(body, URL)
