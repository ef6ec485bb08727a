"""Which works a blog has, where its listers are odd, and what an operator is told of it."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from flows import steps
from flows.discovery import _folder, _shape
from storage.archive import Archive
from tests.flows.blog import Blog
from variorum.digests import sha256_hex
from variorum.records import Report
from variorum.settings import Settings

SETTINGS = Settings(allow_private="127.0.0.0/8")


@pytest.fixture
def blog() -> Iterator[Blog]:
    with Blog() as blog:
        yield blog


def ingest(folder: Path, blog: Blog, path: str = "/") -> Report:
    return steps.ingest(str(folder), blog.root + path, SETTINGS)


def addresses(folder: Path, blog: Blog) -> set[str]:
    with Archive.open(folder) as archive:
        return {work.url.removeprefix(blog.root) for work in archive.works() if work.work_type != "comment"}


def test_a_feed_without_paging_is_helped_by_the_links_of_the_home_page(tmp_path: Path) -> None:
    """The feed shows the newest three and promises no paging; the home page links to all, and to /about/us/."""
    with Blog(8) as blog:
        blog.offers, blog.per_feed, blog.is_wordpress, blog.generator = {"feed"}, 3, False, "Hugo"
        blog.home = blog.answer("/")[2].decode().replace("<main>", '<main><h2><a href="/about/us/">Who we are</a></h2>')
        report = ingest(tmp_path, blog)
        assert report.failed == ()
        assert addresses(tmp_path, blog) == {post.path for post in blog.posts}
        assert "/about/us/" not in {path for path, _ in blog.answers}
        assert ingest(tmp_path, blog).posts == {"same": 8}


def test_what_falls_out_of_a_feed_is_not_gone(tmp_path: Path) -> None:
    with Blog(6) as blog:
        blog.offers, blog.per_feed, blog.is_wordpress, blog.generator = {"feed"}, 3, False, "Hugo"
        blog.home = (
            "<html><head><title>A blog</title><link rel=alternate type=application/rss+xml href=/feed/></head></html>"
        )
        ingest(tmp_path, blog)
        assert len(addresses(tmp_path, blog)) == 3
        newer = Blog(9).posts[6:]
        blog.posts += newer
        for _ in range(3):
            assert ingest(tmp_path, blog).posts.get("gone") is None
        assert len(addresses(tmp_path, blog)) == 6


def test_a_blog_that_is_a_part_of_its_host_takes_its_own_pages_from_the_sitemap(blog: Blog, tmp_path: Path) -> None:
    blog.offers = {"sitemap"}
    blog.also_mapped = ["/shop/one-thing/", "/2026/post-9/"]
    blog.listed_at = "/2026/"
    ingest(tmp_path, blog, "/2026/")
    asked = {path for path, _ in blog.answers}
    assert {post.path for post in blog.posts} <= asked, "below the address that was named"
    assert "/2026/post-9/" in asked
    assert "/shop/one-thing/" not in asked


def test_a_home_page_on_another_host_is_followed_and_said(blog: Blog, tmp_path: Path) -> None:
    blog.offers = {"sitemap"}
    with Blog() as old:
        old.moved["/"] = blog.url
        report = ingest(tmp_path, old)
    assert report.posts == {"first": 3}
    assert any(f"leads to {blog.url}" in warning for warning in report.warnings)


def test_older_pages_that_show_nothing_new_come_to_an_end(blog: Blog, tmp_path: Path) -> None:
    blog.offers, blog.is_wordpress = set(), False
    listing = blog.answer("/")[2].decode()
    blog.endless = lambda path: listing + f'<a rel="next" href="{path.rstrip("/")}1/">older</a>'
    report = ingest(tmp_path, blog)
    assert report.posts == {"first": 3}
    assert sum(path.startswith("/older/") for path, _ in blog.answers) <= 4
    assert ingest(tmp_path, blog).posts == {"same": 3}


@pytest.mark.parametrize("offers", [set(), {"rest", "feed", "sitemap"}])
def test_an_empty_blog_is_said_to_be_one(tmp_path: Path, offers: set[str]) -> None:
    with Blog(0) as blog:
        blog.offers = offers
        report = ingest(tmp_path, blog)
    assert (report.found, report.failed) == (0, ())
    assert any("no post was found" in warning for warning in report.warnings)
    assert not any("by links alone" in warning for warning in report.warnings)


def test_a_home_page_that_robots_forbid_is_one_failure(blog: Blog, tmp_path: Path) -> None:
    blog.robots = "User-agent: *\nDisallow: /\n"
    report = ingest(tmp_path, blog)
    assert [(outcome.url, outcome.error) for outcome in report.failed] == [
        (blog.url, "refused by robots.txt: Disallow: /")
    ]
    assert {path for path, _ in blog.answers} == {"/robots.txt"}


def test_listers_that_are_switched_off_are_warnings_and_no_failures(blog: Blog, tmp_path: Path) -> None:
    ingest(tmp_path, blog)
    blog.offers.clear()
    report = ingest(tmp_path, blog)
    assert (report.failed, report.posts) == ((), {"same": 3})
    assert sum("is not to be had" in warning or "REST" in warning for warning in report.warnings) >= 2


@pytest.mark.parametrize(
    ("one", "other", "alike"),
    [
        ("https://a.blog/2026/05/salt/", "https://a.blog/2019/12/light/", True),
        ("https://a.blog/2026/05/salt/", "https://a.blog/about/", False),
        ("https://a.blog/blog/salt", "https://a.blog/blog/light", True),
        ("https://a.blog/blog/salt", "https://a.blog/shop/light", False),
        ("https://a.blog/salt/", "https://a.blog/%E5%A1%A9/", True),
        ("https://a.blog/?p=12", "https://a.blog/?p=7", True),
        ("https://a.blog/?p=12", "https://a.blog/?cat=7", False),
    ],
)
def test_addresses_that_are_built_alike(one: str, other: str, alike: bool) -> None:
    assert (_shape(one) == _shape(other)) is alike


@pytest.mark.parametrize(
    ("home", "folder"),
    [
        ("https://a.blog/", "https://a.blog/"),
        ("https://a.blog/blog", "https://a.blog/blog/"),
        ("https://a.blog/blog/", "https://a.blog/blog/"),
        ("https://a.blog/blog/index.php?x=1", "https://a.blog/blog/"),
        ("https://a.blog/%D9%85/", "https://a.blog/%D9%85/"),
    ],
)
def test_where_the_posts_of_a_blog_stand(home: str, folder: str) -> None:
    assert _folder(home) == folder


def test_the_bytes_of_listings_are_kept_and_let_go_as_they_are_read(tmp_path: Path, blog: Blog) -> None:
    """A blog of 20,000 posts has hundreds of megabytes of them: they are held in the archive, not in memory."""
    with steps.Ingest(str(tmp_path), blog.root + "/", SETTINGS) as job:
        job.discover()
        listings = [seen for seen in job.listing.documents if seen.exchange.role in ("rest-posts", "feed")]
        assert len(listings) > 1
        for seen in listings:
            assert (seen.body, seen.exchange.response, seen.exchange.body) == (b"", b"", b"")
            assert seen.visit is not None
            assert seen.visit.capture_id is not None
            with Archive.open(tmp_path) as archive:
                assert seen.sha256 == sha256_hex(archive.body(seen.visit.capture_id).body)
        for batch in job.batches():
            job.ingest(batch)
        job.finish()
    assert ingest(tmp_path, blog).vouched == len(blog.posts)
