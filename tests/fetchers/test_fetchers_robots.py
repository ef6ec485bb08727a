from datetime import UTC, datetime, timedelta

import pytest

from fetchers.robots import MAX_BYTES, RobotsState, read_robots, robots_text
from variorum.records import Exchange

NOW = datetime(2026, 11, 24, 9, tzinfo=UTC)
ORIGIN = "https://blog.example"


def read(
    body: bytes = b"", status: int | None = 200, error: str | None = None, before: RobotsState | None = None
) -> RobotsState:
    exchange = Exchange(
        url=ORIGIN + "/robots.txt",
        role="robots",
        requested_at=NOW,
        duration_s=0.1,
        status=status,
        body=body,
        error=error,
    )
    return read_robots(exchange, ORIGIN, NOW, before)


def refusal(body: bytes, path: str = "/private/x") -> str | None:
    return read(body).refusal(ORIGIN + path)


RULES = b"User-agent: *\nDisallow: /private\nAllow: /private/open\n"


def test_the_rule_that_forbids_is_named():
    assert refusal(RULES) == "Disallow: /private"
    assert refusal(RULES, "/private/open/1") is None
    assert refusal(RULES, "/") is None
    assert refusal(b"User-agent: *\nDisallow: /*.pdf$\nDisallow: /a", "/b/x.pdf") == "Disallow: /*.pdf$"
    assert refusal("User-agent: *\nDisallow: /私/".encode(), "/%E7%A7%81/x") == "Disallow: /%E7%A7%81/"


@pytest.mark.parametrize("mark", [b"\xef\xbb\xbf", b"\xef\xbb\xbf\xef\xbb\xbf", b""])
def test_a_byte_order_mark_loses_no_group(mark):
    assert refusal(mark + RULES) == "Disallow: /private"


@pytest.mark.parametrize("encoding", ["utf-16", "utf-16-le", "utf-16-be"])
def test_utf_16_with_a_mark_is_read(encoding):
    mark = {"utf-16": b"", "utf-16-le": b"\xff\xfe", "utf-16-be": b"\xfe\xff"}[encoding]
    assert refusal(mark + RULES.decode().encode(encoding)) == "Disallow: /private"


def test_line_ends_of_every_kind():
    assert refusal(RULES.replace(b"\n", b"\r")) == refusal(RULES.replace(b"\n", b"\r\n")) == "Disallow: /private"


def test_our_own_group_wins_over_the_star():
    body = b"User-agent: Variorum\nDisallow: /mine\n\nUser-agent: *\nDisallow: /\n"
    assert refusal(body, "/x") is None
    assert refusal(body, "/mine") == "Disallow: /mine"
    assert refusal(b"User-agent: vario\nDisallow: /\n\nUser-agent: variorumbot\nDisallow: /", "/x") in (
        None,
        "Disallow: /",
    )
    assert refusal(b"User-agent: orum\nDisallow: /", "/x") is None


def test_what_is_no_robots_file_forbids_nothing():
    for body in [b"", b"<!doctype html><title>Not found</title>", b"\0\xff\xfe\x80", b"Disallow /"]:
        assert refusal(body) is None
        assert read(body).kind == "rules"


def test_a_huge_file_is_cut_at_a_line_end():
    lines = b"User-agent: *\nDisallow: /private\n" + b"Disallow: /aaaaaaaaa\n" * 40_000
    text = robots_text(lines)
    assert len(text) <= MAX_BYTES and text.endswith("/aaaaaaaaa")
    state = read(lines[: MAX_BYTES + 7], error="too large: more than 524288 bytes of body")
    assert state.kind == "rules" and state.refusal(ORIGIN + "/private") == "Disallow: /private"
    assert len(robots_text(b"x" * 600_000)) == 0


@pytest.mark.parametrize("status", [400, 401, 403, 404, 410, 451])
def test_4xx_means_that_there_are_no_rules(status):
    state = read(b"User-agent: *\nDisallow: /", status)
    assert (state.kind, state.refusal(ORIGIN + "/")) == ("none", None)
    assert state.expires_at == NOW + timedelta(hours=24)


@pytest.mark.parametrize(
    "status, error",
    [
        (429, None),
        (500, None),
        (503, None),
        (None, "timeout: no whole answer within 60 s"),
        (None, "unknown host: no address for blog.example"),
        (None, "tls: certificate verify failed"),
        (200, "truncated: the connection closed after 3 of 9 bytes"),
        (404, "timeout: no whole answer within 60 s"),
        (None, "refused: 10.0.0.1 is not a public address"),
    ],
)
def test_unreachable_refuses_everything(status, error):
    state = read(b"", status, error)
    assert state.kind == "unreachable"
    assert "could not be read" in (state.refusal(ORIGIN + "/") or "")
    assert state.expires_at == NOW + timedelta(minutes=5)


def test_more_than_five_redirects_count_as_no_file():
    assert read(b"", None, "redirects: more than 5").kind == "none"
    assert read(b"", 302).kind == "none"  # without a Location


def test_waits_grow_and_an_older_copy_is_kept():
    good = read(RULES)
    minutes = []
    state = good
    for _ in range(5):
        state = read(b"", 503, before=state)
        minutes.append((state.expires_at - NOW).total_seconds() / 60)
        assert state.refusal(ORIGIN + "/private/x") == "Disallow: /private"
        assert state.refusal(ORIGIN + "/else") is None
    assert minutes == [5, 15, 60, 60, 60]
    assert read(RULES, before=state).failures == 0


def test_crawl_delay_is_told_as_asked():
    assert read(b"User-agent: *\nCrawl-delay: 120\n").crawl_delay_s == 120
    assert read(b"User-agent: *\nCrawl-delay: soon\n").crawl_delay_s is None
