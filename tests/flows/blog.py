"""A blog of a few posts on loopback, that answers as WordPress does and sends validators with everything.

It is no substitute for the lab's real WordPress: it is for what must happen at an exact moment, and where a server says
304 to every address that did not change.
"""

from __future__ import annotations

import json
import threading
from collections.abc import Callable
from dataclasses import dataclass, field
from html import escape
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any, Self
from urllib.parse import parse_qs, urlsplit

from variorum.digests import sha256_hex

ALL = frozenset(("rest", "feed", "sitemap"))
_WORDS = "The harbour keeps a ledger of every boat, and the ledger keeps the harbour honest, as the clerks say."


@dataclass
class Remark:
    """A comment."""

    number: int | None  #: None: its markup has no id
    author: str
    text: str
    at: str = "2026-03-01T10:00:00+00:00"


@dataclass
class Post:
    """A post; one of several pages has several texts."""

    number: int
    title: str
    pages: list[str]
    author: str = "Ada"
    tags: list[str] = field(default_factory=list)
    comments: list[Remark] = field(default_factory=list)
    password: bool = False
    at: str = "2026-02-01T10:00:00+00:00"

    @property
    def path(self) -> str:
        """Its address."""
        return f"/2026/post-{self.number}/"


def posts(count: int) -> list[Post]:
    """Return so many different posts with a comment each."""
    return [
        Post(
            n,
            f"Post number {n}",
            [f"{_WORDS} This is entry {n}.{' More of it follows.' * n}"],
            tags=["harbour"],
            comments=[_remark(n)],
        )
        for n in range(1, count + 1)
    ]


def _remark(post: int) -> Remark:
    return Remark(100 + post, "Ann", f"I have read number {post} twice.")


class Blog:
    """The server, a context manager. What it says is changed by changing its fields between two requests."""

    def __init__(self, count: int = 3) -> None:
        self.posts = posts(count)
        self.offers = set(ALL)
        self.per_feed = 10
        self.generator = "https://wordpress.org/?v=6.1.9"  #: of its feeds
        self.endless: Callable[[str], str] | None = None  #: what /older/… and the home page then answer
        self.is_wordpress = True  #: whether its pages say so
        self.links_pages = True  #: whether the theme links to the further pages of a post
        self.answers: list[tuple[str, int]] = []  #: path and status of every request
        self.broken: set[str] = set()  #: paths that answer 503
        self.listed_at = "/"  #: path of its home page
        self.home = ""  #: HTML in place of the home page, if any
        self.theme: Callable[[Post, str], str] | None = None  #: makes the page of a post in place of WordPress
        self.moved: dict[str, str] = {}  #: path → absolute address that it leads to
        self.also_mapped: list[str] = []  #: further paths that the sitemap lists
        self.robots = "User-agent: *\nDisallow:\n"
        blog = self

        class Handler(BaseHTTPRequestHandler):
            protocol_version = "HTTP/1.1"
            wbufsize = -1  # one packet for head and body: two would wait for each other's receipt

            def do_GET(self) -> None:
                status, kind, body, headers = blog.answer(self.path)
                tag = f'"{sha256_hex(body)[:16]}"'
                if status == 200 and self.headers.get("If-None-Match") == tag:
                    status, body = 304, b""
                blog.answers.append((self.path, status))
                self.send_response(status)
                self.send_header("Content-Type", kind)
                self.send_header("Content-Length", str(len(body)))
                if status in (200, 304):
                    self.send_header("ETag", tag)
                for name, value in headers.items():
                    self.send_header(name, value)
                self.end_headers()
                self.wfile.write(body)

            def log_message(self, *_: object) -> None:
                return

        self._server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self._server.daemon_threads = True
        self.root = f"http://127.0.0.1:{self._server.server_address[1]}"
        self.url = self.root + "/"

    def __enter__(self) -> Self:
        threading.Thread(target=self._server.serve_forever, daemon=True).start()
        return self

    def __exit__(self, *_: object) -> None:
        self._server.shutdown()
        self._server.server_close()

    def post(self, number: int) -> Post:
        """Return a post by its number."""
        return next(post for post in self.posts if post.number == number)

    # -------------------------------------------------------------------------------------------- answers
    def answer(self, target: str) -> tuple[int, str, bytes, dict[str, str]]:
        """Return status, media type, body and further headers."""
        parts = urlsplit(target)
        path, query = parts.path, parse_qs(parts.query)
        if path in self.broken:
            return 503, "text/html", b"<p>Down for maintenance.</p>", {}
        if path in self.moved:
            return 301, "text/html", b"", {"Location": self.moved[path]}
        if path == "/robots.txt":
            return 200, "text/plain", self.robots.encode(), {}
        if self.endless and (path == "/" or path.startswith("/older/")):
            return 200, "text/html; charset=utf-8", self.endless("/older/" if path == "/" else path).encode(), {}
        if path == self.listed_at:
            return 200, "text/html; charset=utf-8", (self.home or self._index()).encode(), {}
        if path.startswith("/wp-json/wp/v2/") and "rest" in self.offers:
            items = {"posts": self._rest_posts, "comments": self._rest_comments}.get(path.rsplit("/", 1)[1], list)()
            return 200, "application/json", json.dumps(items).encode(), {"X-WP-TotalPages": "1"}
        if path in ("/feed/", "/comments/feed/") and "feed" in self.offers:
            page = int(query.get("paged", ["1"])[0])
            shown = self.posts[::-1][(page - 1) * self.per_feed : page * self.per_feed]
            if path == "/feed/" and page > 1 and not shown:
                return self._nothing()
            items = self._feed_items(shown) if path == "/feed/" else self._feed_comments()
            return 200, "application/rss+xml; charset=utf-8", _feed(self.url, self.generator, items).encode(), {}
        if path == "/wp-sitemap.xml" and "sitemap" in self.offers:
            paths = [*(post.path for post in self.posts), *self.also_mapped]
            urls = "".join(f"<url><loc>{self.root}{path}</loc></url>" for path in paths)
            xml = f'<urlset xmlns="http://www.sitemaps.org/schemas/sitemap/0.9">{urls}</urlset>'
            return 200, "application/xml", xml.encode(), {}
        for post in self.posts:
            for number, text in enumerate(post.pages, 1):
                if path == (post.path if number == 1 else f"{post.path}{number}/"):
                    return 200, "text/html; charset=utf-8", self._page(post, text).encode(), {}
            if path.startswith(post.path) and path.removeprefix(post.path).strip("/").isdecimal():
                return 301, "text/html", b"", {"Location": self.root + post.path}
        return self._nothing()

    def _nothing(self) -> tuple[int, str, bytes, dict[str, str]]:
        return 404, "text/html", b"<html><title>Not found</title><body class='error404'><p>Nothing.</p></body>", {}

    def _head(self, title: str, classes: str) -> str:
        platform = (
            '<meta name="generator" content="WordPress 6.1.9">'
            f'<link rel="https://api.w.org/" href="{self.url}wp-json/">'
        )
        if not self.is_wordpress:
            platform = classes = ""
        return (
            f'<!doctype html><html lang="en"><head><title>{escape(title)}</title>{platform}'
            f'<link rel="alternate" type="application/rss+xml" href="{self.url}feed/">'
            f'<link rel="alternate" type="application/rss+xml" href="{self.url}comments/feed/">'
            f'</head><body class="{classes}"><div class="{"" if self.links_pages else "wp-site-blocks"}">'
        )

    def _index(self) -> str:
        titles = "".join(
            f'<h2 class="entry-title"><a rel="bookmark" href="{post.path}">{escape(post.title)}</a></h2>'
            for post in self.posts[::-1]
        )
        return f"{self._head('A harbour blog', 'home blog')}<main>{titles}</main></div></body></html>"

    def _page(self, post: Post, text: str) -> str:
        if self.theme is not None:
            return self.theme(post, text)
        links = "".join(f'<a href="{post.path}{n}/">{n}</a>' for n in range(2, len(post.pages) + 1))
        shown = f'<div class="page-links">Pages: {links}</div>' if links and self.links_pages else ""
        body = '<form class="post-password-form"><input name="post_password"></form>' if post.password else _html(text)
        title = f"Protected: {post.title}" if post.password else post.title
        tags = "".join(f'<a rel="tag" href="/tag/{escape(tag)}/">{escape(tag)}</a>' for tag in post.tags)
        remarks = "" if post.password else "".join(_remark_html(post, remark) for remark in post.comments)
        return (
            f"{self._head(f'{title} – A harbour blog', f'single single-post postid-{post.number}')}<main>"
            f'<article id="post-{post.number}" class="post-{post.number} post type-post hentry">'
            f'<h1 class="entry-title">{escape(title)}</h1>'
            f'<time class="entry-date published" datetime="{post.at}">1</time>'
            f'<span class="author vcard">{escape(post.author)}</span><div class="entry-content">{body}{shown}</div>'
            f'<span class="tags-links">{tags}</span></article>'
            f'<div id="comments" class="comments-area"><ol class="comment-list">{remarks}</ol></div>'
            "</main></div></body></html>"
        )

    def _rest_posts(self) -> list[dict[str, Any]]:
        return [
            {
                "id": post.number,
                "link": self.root + post.path,
                "type": "post",
                "date_gmt": post.at[:19],
                "title": {"rendered": escape(post.title)},
                "content": {
                    "rendered": "" if post.password else "".join(map(_html, post.pages)),
                    "protected": post.password,
                },
                "_embedded": {
                    "author": [{"name": post.author}],
                    "wp:term": [[{"name": tag, "taxonomy": "post_tag"} for tag in post.tags]],
                },
            }
            for post in self.posts
        ]

    def _rest_comments(self) -> list[dict[str, Any]]:
        return [
            {
                "id": remark.number,
                "post": post.number,
                "parent": 0,
                "author_name": remark.author,
                "date_gmt": remark.at[:19],
                "content": {"rendered": _html(remark.text)},
                "link": f"{self.root}{post.path}#comment-{remark.number}",
                "status": "approved",
                "type": "comment",
            }
            for post in self.posts
            for remark in post.comments
            if remark.number is not None and not post.password
        ]

    def _feed_items(self, shown: list[Post]) -> str:
        return "".join(
            f"<item><title>{escape(f'Protected: {p.title}' if p.password else p.title)}</title>"
            f"<link>{self.root}{p.path}</link><guid>{self.url}?p={p.number}</guid><dc:creator>{escape(p.author)}"
            f"</dc:creator><pubDate>Sun, 01 Feb 2026 10:00:00 +0000</pubDate>"
            f"{''.join(f'<category>{escape(tag)}</category>' for tag in p.tags)}<content:encoded><![CDATA["
            f"{'<form class=post-password-form><input name=post_password></form>' if p.password else _html(p.pages[0])}"
            "]]></content:encoded></item>"
            for p in shown
        )

    def _feed_comments(self) -> str:
        told = [(post, remark) for post in self.posts for remark in post.comments if not post.password][::-1][:10]
        return "".join(
            f"<item><title>By: {escape(remark.author)}</title>"
            f"<link>{self.root}{post.path}#comment-{remark.number}</link>"
            f"<dc:creator>{escape(remark.author)}</dc:creator><pubDate>Sun, 01 Mar 2026 10:00:00 +0000</pubDate>"
            f"<content:encoded><![CDATA[{_html(remark.text)}]]></content:encoded></item>"
            for post, remark in told
            if remark.number is not None
        )


def _html(text: str) -> str:
    return f"<p>{escape(text)}</p>"


def _remark_html(post: Post, remark: Remark) -> str:
    name = f' id="comment-{remark.number}"' if remark.number is not None else ""
    return (
        f'<li{name} class="comment depth-1"><article class="comment-body"><div class="comment-author vcard">'
        f'<b class="fn">{escape(remark.author)}</b></div><div class="comment-metadata">'
        f'<a href="{post.path}#comment-{remark.number}"><time datetime="{remark.at}">1</time></a></div>'
        f'<div class="comment-content">{_html(remark.text)}</div></article></li>'
    )


def _feed(home: str, generator: str, items: str) -> str:
    return (
        '<?xml version="1.0" encoding="UTF-8"?><rss version="2.0" xmlns:content="http://purl.org/rss/1.0/modules/content/"'
        ' xmlns:dc="http://purl.org/dc/elements/1.1/"><channel><title>A harbour blog</title>'
        f"<link>{home}</link><generator>{generator}</generator>{items}</channel></rss>"
    )
