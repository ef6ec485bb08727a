"""The fetcher against the lab's server of faults, one of this module's own because robots.txt is changed."""

import os

import httpx
import pytest

from fetchers import Fetcher
from tests.lab import Lab
from variorum.records import Request
from variorum.settings import Settings
from variorum.urls import host_of

pytestmark = pytest.mark.lab


@pytest.fixture(scope="module")
def hostile():
    with Lab(os.environ["VARIORUM_LAB"], f"t{os.getpid()}-fetchers-hostile", "hostile") as site:
        yield site.start().url.rstrip("/")


def fetcher(url: str, timeout_s: float = 1.5) -> Fetcher:
    return Fetcher(Settings(timeout_s=timeout_s), trusted_hosts=frozenset({host_of(url)}), sleep=lambda seconds: None)


def ask(url: str, path: str, **fields: str):
    with fetcher(url) as one:
        return one.fetch(Request(url=url + path, **fields)).exchanges


WHOLE = {
    "/ok": 200, "/empty": 200, "/whitespace": 200, "/204": 204, "/nobody": 200, "/status/418": 418, "/truncated": 200,
    "/overlong": 200, "/http10": 200, "/chunked": 200, "/chunked/short": 200, "/gzip": 200, "/gzip/twice": 200,
    "/gzip/unasked": 200, "/deflate/raw": 200, "/headers/non-ascii": 200, "/modified-future": 200, "/304-always": 304,
    "/429/none": 429, "/503": 503, "/db-error": 500, "/redirect/3": 200, "/redirect/permanent": 200,
    "/redirect/308": 200, "/redirect/303": 200, "/redirect/300": 300, "/redirect/relative": 200,
    "/redirect/schemeless": 200, "/redirect/none": 302, "/redirect/utf8": 200, "/challenge": 403, "/login": 401,
    "/flaky?key=a": 200, "/deep": 200, "/attribute": 200,
}  # fmt: skip
BROKEN = {
    "/slow/body?seconds=10": "timeout: ", "/slow/headers": "timeout: ", "/slow/forever": "timeout: ",
    "/hang": "timeout: ", "/close": "connection: ", "/reset": "connection: ", "/reset-mid": "connection: ",
    "/http09": "protocol: ", "/bad-status-line": "protocol: ", "/chunked/infinite": "too large: ",
    "/chunked/broken": "protocol: ", "/gzip/bomb?mb=100": "too large: ", "/gzip/broken": "truncated: the gzip body",
    "/gzip/lying": "bad coding: ", "/encoding/unknown": "bad coding: ", "/big?mb=11": "too large: ",
    "/headers/many": "too large: ", "/headers/huge": "too large: ", "/headers/double-length": "protocol: ",
    "/redirect/loop": "redirects: ", "/redirect/growing": "redirects: ", "/cookie-loop": "redirects: ",
}  # fmt: skip
FORBIDDEN = (
    "metadata localhost private ipv6 mapped decimal octal zero file ftp gopher javascript data userinfo crlf".split()
)


@pytest.mark.parametrize("path, status", WHOLE.items())
def test_whole_answers(hostile, path, status):
    page = ask(hostile, path)[-1]
    assert (page.status, page.error) == (status, None)
    assert page.transient == (status in (429, 500, 503))


@pytest.mark.parametrize("path, error", BROKEN.items())
def test_broken_answers(hostile, path, error):
    page = ask(hostile, path)[-1]
    assert (page.error or "").startswith(error)
    assert len(page.body) <= 10_000_000 and not page.ok


@pytest.mark.parametrize("what", FORBIDDEN)
def test_forbidden_targets(hostile, what):
    robots, page, refused = ask(hostile, f"/redirect/to/{what}")
    assert (robots.role, page.status) == ("robots", 302)
    assert (refused.error or "").startswith("refused: ") and refused.request == b""


def test_validators(hostile):
    page = ask(hostile, "/etag/fetchers")[-1]
    again = ask(hostile, "/etag/fetchers", etag=page.header("etag"))[-1]
    assert (page.status, again.status, again.body) == (200, 304, b"")
    page = ask(hostile, "/modified/fetchers")[-1]
    assert ask(hostile, "/modified/fetchers", last_modified=page.header("last-modified"))[-1].status == 304


def test_no_cookie_is_kept(hostile):
    with fetcher(hostile) as one:
        first = one.fetch(Request(url=hostile + "/cookie-wall")).final
        assert one.fetch(Request(url=hostile + "/cookie-wall")).final.body == first.body


@pytest.mark.parametrize(
    "variant, refused",
    [
        ("allow", None), ("deny-all", "Disallow: /"), ("deny-some", "Disallow: /article/"),
        ("deny-variorum", "Disallow: /"), ("allow-variorum", None), ("404", None), ("401", None), ("403", None),
        ("429", "it could not be read (429)"), ("500", "it could not be read (500)"),
        ("503", "it could not be read (503)"), ("html", None), ("bom", "Disallow: /article/"),
        ("utf16", "Disallow: /article/"), ("cr", "Disallow: /article/"), ("empty", None), ("garbage", None),
        ("case", "Disallow: /article/"), ("redirect", "Disallow: /article/"), ("redirect-loop", None),
        ("hang", "it could not be read (timeout: "), ("reset", "it could not be read (connection: "),
        ("huge", None), ("delay-huge", None),
    ],
)  # fmt: skip
def test_robots(hostile, variant, refused):
    httpx.get(f"{hostile}/admin/robots?variant={variant}", trust_env=False)
    try:
        page = ask(hostile, "/article/one")[-1]
    finally:
        httpx.get(f"{hostile}/admin/robots?variant=allow", trust_env=False)
    if refused is None:
        assert page.ok
    else:
        assert (page.error or "").startswith(f"refused by robots.txt: {refused}")
