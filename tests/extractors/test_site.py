from extractors.document import parse_text
from extractors.site import recognise

HOME = "http://a.blog/"


def test_wordpress_tells_its_listers() -> None:
    source = (
        '<html lang="de"><head><title>A blog | Notes</title><link rel="https://api.w.org/" href="/wp-json/">'
        '<link rel="alternate" type="application/rss+xml" href="/feed/">'
        '<link rel="alternate" type="application/rss+xml" href="/comments/feed/"></head></html>'
    )
    site = recognise(parse_text(source, HOME))
    assert (site.platform, site.rest_root, site.feeds) == ("wordpress", HOME + "wp-json/", (HOME + "feed/",))
    assert (site.comment_feed, site.title, site.lang) == (HOME + "comments/feed/", "A blog", "de")


def test_rest_may_be_told_by_a_header() -> None:
    header = ("Link", '<http://a.blog/?rest_route=/>; rel="https://api.w.org/"')
    assert recognise(parse_text("<html></html>", HOME), [header]).rest_root == "http://a.blog/?rest_route=/"


def test_other_platforms_and_none() -> None:
    ghost = recognise(parse_text('<meta name="generator" content="Ghost 5.1">', HOME))
    assert ghost.platform == "ghost"
    assert recognise(parse_text("<p>Words</p>", HOME)).platform is None
