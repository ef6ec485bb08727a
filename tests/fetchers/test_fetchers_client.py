"""The fetcher against servers that say exactly what a test wants, and nothing but the loopback."""

import gzip
import random
import socket
import struct
import time
from datetime import UTC, datetime, timedelta

import pytest

from fetchers import Fetcher
from variorum.records import Request
from variorum.settings import Settings

PAGE = b"<!doctype html><title>x</title><p>" + b"words and more words " * 200


# --------------------------------------------------------------------------------------------- what is kept
def test_both_messages_are_kept_to_the_byte(server, reply, get):
    answer = (
        b"HTTP/1.1 200 Fine, thanks\r\nX-Caf:   d\xe9j\xe0\r\nset-COOKIE: a=1\r\nSet-Cookie: b=2\r\n"
        b"Content-Encoding: gzip\r\nTransfer-Encoding: chunked\r\n\r\n"
    )
    coded = gzip.compress(PAGE[:30], mtime=0) + gzip.compress(PAGE[30:], mtime=0)
    answer += (
        b"5;ext=1\r\n" + coded[:5] + b"\r\n%x\r\n" % (len(coded) - 5) + coded[5:] + b"\r\n0\r\nX-Trailer: t\r\n\r\n"
    )
    server.answers["/post?a=1"] = answer
    page = get("/post?a=1").final
    assert page.response == answer
    assert page.request == server.requests[-1]
    assert page.body == PAGE
    assert page.headers[:3] == (("X-Caf", "déjà"), ("set-COOKIE", "a=1"), ("Set-Cookie", "b=2"))
    assert (page.status, page.error, page.ok, page.address) == (200, None, True, "127.0.0.1")


def test_what_is_sent(server, reply, get):
    server.answers["/"] = reply(PAGE, "Set-Cookie: a=1; Path=/")
    get("/")
    get("/", etag='W/"x"', last_modified="Tue, 24 Nov 2026 09:00:00 GMT")
    first, second = server.requests[-2:]
    assert first.startswith(b"GET / HTTP/1.1\r\nHost: " + server.host.encode() + b"\r\nUser-Agent: variorum/")
    assert b"\r\nAccept-Encoding: gzip, deflate, br, zstd\r\n" in first
    assert b'\r\nIf-None-Match: W/"x"\r\nIf-Modified-Since: Tue, 24 Nov 2026 09:00:00 GMT\r\n' in second
    assert b"ookie" not in second.lower().replace(b"set-cookie", b"")


def test_a_validator_that_would_break_the_head_is_not_sent(server, reply, get):
    server.answers["/"] = reply(PAGE)
    assert get("/", etag='"x"\r\nX-Injected: 1').final.ok
    assert b"Injected" not in server.requests[-1]


def test_connections_are_kept_and_messages_do_not_mix(server, reply, get):
    for number in range(5):
        server.answers[f"/{number}"] = reply(f"page {number}".encode(), f"X-Number: {number}")
    pages = [get(f"/{number}").final for number in range(5)]
    assert [page.response for page in pages] == [reply(f"page {n}".encode(), f"X-Number: {n}") for n in range(5)]
    assert [page.request for page in pages] == server.requests[1:]
    assert server.connections == 1


def test_not_modified(server, get):
    server.answers["/"] = b'HTTP/1.1 304 Not Modified\r\nETag: "x"\r\n\r\n'
    page = get("/", etag='"x"').final
    assert (page.status, page.body, page.error, page.header("etag")) == (304, b"", None, '"x"')


def test_interim_answers_are_skipped(server, reply, get):
    server.answers["/"] = b"HTTP/1.1 103 Early Hints\r\nLink: </a>\r\n\r\n" + reply(PAGE)
    page = get("/").final
    assert (page.status, page.body, page.response) == (200, PAGE, reply(PAGE))


def test_statuses_are_captures_not_errors(server, reply, get):
    for status, transient in [("404 Not Found", False), ("410 Gone", False), ("500 Broken", True), ("429 Slow", True)]:
        server.answers["/"] = reply(b"words", status=status)
        page = get("/").final
        assert (page.status, page.body, page.error, page.transient) == (int(status[:3]), b"words", None, transient)


def test_empty_and_204(server, reply, get):
    server.answers["/empty"] = reply()
    server.answers["/204"] = b"HTTP/1.1 204 No Content\r\nConnection: close\r\n\r\n"
    assert get("/empty").final.ok
    assert get("/204").final.ok


# --------------------------------------------------------------------------------------------- broken answers
def test_a_wrong_length_is_accepted_when_it_repeats(server, reply, get):
    server.answers["/"] = reply(PAGE, "Connection: close", length=len(PAGE) + 99)
    first, second = get("/").exchanges[1:]
    assert first.error == f"truncated: the connection closed after {len(PAGE)} of {len(PAGE) + 99} bytes"
    assert first.transient and first.body == PAGE
    assert (second.ok, second.body) == (True, PAGE)
    assert b"\r\nAccept-Encoding: identity\r\n" in second.request


def test_a_cut_that_does_not_repeat_is_mended_or_stays(server, reply, get):
    cut = reply(PAGE[:50], "Connection: close", length=len(PAGE))
    server.answers["/"] = [cut, reply(PAGE)]
    assert get("/").final.body == PAGE
    server.answers["/worse"] = [cut, reply(PAGE[:60], "Connection: close", length=len(PAGE))]
    page = get("/worse").final
    assert page.error == f"truncated: the connection closed after 60 of {len(PAGE)} bytes"
    assert (page.status, page.ok, page.body) == (200, False, PAGE[:60])


def test_a_compressed_body_without_its_end_is_never_whole(server, reply, get):
    coded = gzip.compress(PAGE)[:-9]
    server.answers["/"] = reply(coded, "Content-Encoding: gzip")
    first, second = get("/").exchanges[1:]
    assert first.error == second.error == f"truncated: the gzip body ends after {len(second.body)} decoded bytes"
    assert PAGE.startswith(second.body) and second.body


def test_a_coding_that_is_none_is_asked_for_again_plain(server, reply, get):
    server.answers["/"] = [reply(PAGE, "Content-Encoding: gzip"), reply(PAGE)]
    first, second = get("/").exchanges[1:]
    assert (first.error or "").startswith("bad coding: no gzip body")
    assert second.ok and second.body == PAGE


@pytest.mark.parametrize(
    "answer, error",
    [
        (b"<p>HTTP/0.9</p>\r\n\r\n", "protocol: "),
        (b"HTTP/1.1 fine OK\r\n\r\n", "protocol: "),
        (b"HTTP/1.1 200 OK\r\nContent-Length: 1\r\nContent-Length: 2\r\n\r\nab", "protocol: "),
        (b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\nZZ\r\nabc", "protocol: "),
        (b"HTTP/1.1 200 OK\r\nX: " + b"y" * 300_000 + b"\r\n\r\n", "too large: more than 65536 bytes of headers"),
        (b"HTTP/1.1 200 OK\r\n" + b"X: y\r\n" * 400 + b"\r\n", "too large: more than 256 header lines"),
        (b"HTTP/1.1 102 Wait\r\n\r\n" * 5000, "too large: more than"),
    ],
)
def test_answers_that_are_none(server, get, answer, error):
    server.answers["/"] = lambda connection: connection.sendall(answer)
    page = get("/").final
    assert (page.error or "").startswith(error)
    assert page.response and not page.ok and "\n" not in (page.error or "")


def test_a_body_over_the_bound_is_cut(server, reply, get):
    server.answers["/plain"] = reply(b"x" * 300_000)
    server.answers["/coded"] = reply(gzip.compress(b"x" * 3_000_000), "Content-Encoding: gzip")
    server.answers["/after"] = reply(b"ok")

    def endless(connection: socket.socket) -> None:
        connection.sendall(b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n")
        while True:
            connection.sendall(b"10\r\nxxxxxxxxxxxxxxxx\r\n" * 1000)

    server.answers["/endless"] = endless
    for path in ["/plain", "/coded", "/endless"]:
        page = get(path).final
        assert (page.error or "").startswith("too large: "), path
        assert len(page.body) <= 200_000 and page.body.strip(b"x") == b"" and not page.transient
    assert get("/after").final.ok


# --------------------------------------------------------------------------------------------- time and trouble
def drip(head: bytes, piece: bytes):
    def answer(connection: socket.socket) -> None:
        connection.sendall(head)
        for _ in range(100):
            time.sleep(0.05)
            connection.sendall(piece)

    return answer


@pytest.mark.parametrize(
    "head, piece",
    [
        (b"HTTP/1.1 200 OK\r\nContent-Length: 999\r\n\r\n", b"x"),
        (b"HTTP/1.1 200 OK\r\n", b"X: y\r\n"),
        (b"", b"HTTP/1.1 102 Wait\r\n\r\n"),
        (b"", b""),
    ],
    ids=["body", "headers", "1xx", "silence"],
)
def test_what_does_not_end_is_ended(server, reply, head, piece):
    server.answers["/"] = drip(head, piece)
    server.answers["/after"] = reply(b"ok")
    with Fetcher(Settings(timeout_s=0.4), trusted_hosts=frozenset({server.host})) as fetcher:
        started = time.monotonic()
        page = fetcher.fetch(Request(url=server.url + "/")).final
        assert time.monotonic() - started < 2
        assert (page.error, page.transient) == ("timeout: no whole answer within 0.4 s", True)
        assert fetcher.fetch(Request(url=server.url + "/after")).final.ok


def reset(connection: socket.socket) -> None:
    connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))


def test_lost_connections_are_tried_twice_more(server, reply, get, slept):
    server.answers["/"] = [reset, lambda connection: None, reply(PAGE)]
    first, second, third = get("/").exchanges[1:]
    assert (first.error or "").startswith("connection: ") and (second.error or "").startswith("connection: ")
    assert first.transient and third.ok and slept == [1, 2]
    server.answers["/never"] = reset
    chain = get("/never").exchanges
    assert len(chain) == 3 and not chain[-1].ok and chain[-1].request.startswith(b"GET /never ")


def test_a_reset_in_the_middle_keeps_what_came(server, get):
    def half(connection: socket.socket) -> None:
        connection.sendall(b"HTTP/1.1 200 OK\r\nContent-Length: 999\r\n\r\nhalf")
        time.sleep(0.1)
        reset(connection)

    server.answers["/"] = half
    page = get("/").final
    assert (page.body, page.transient) == (b"half", True)
    assert (page.error or "").startswith("connection: ")


def test_nobody_listens(get, server):
    server.close()
    robots, page = (chain := get("/").exchanges)[0], chain[-1]
    assert robots.role == "robots" and (robots.error or "").startswith("connection: ")
    assert (page.error or "").startswith("refused by robots.txt: it could not be read (connection: ")
    assert page.transient and page.response == b""


def test_503_is_tried_again_after_a_short_wait(server, reply, get, slept):
    busy = reply(b"busy", "Retry-After: 3", status="503 Busy")
    server.answers["/"] = [busy, reply(b"busy", status="502 Bad"), reply(PAGE)]
    assert [page.status for page in get("/").exchanges[1:]] == [503, 502, 200]
    assert slept == [3, 2]


def test_a_long_pause_is_for_the_whole_host_and_not_slept_through(server, reply, get, slept):
    server.answers["/"] = reply(b"tomorrow", "Retry-After: 86400", status="429 Too Many")
    assert get("/").final.status == 429
    page = get("/other").final
    assert (page.error or "").startswith(f"refused: {server.host} asked for a pause until ")
    assert page.transient and slept == [] and "/other" not in server.paths()


def test_a_short_pause_is_slept_through(server, reply, get, slept):
    server.answers["/"] = [reply(b"wait", "Retry-After: 7", status="429 Too Many"), reply(PAGE)]
    get("/")
    assert get("/").final.ok
    assert len(slept) == 1 and slept[0] == pytest.approx(7, abs=0.5)


def test_an_unknown_name_is_told(monkeypatch):
    def unknown(*args, **fields):
        raise socket.gaierror(socket.EAI_NONAME, "Name or service not known")

    monkeypatch.setattr(socket, "getaddrinfo", unknown)
    with Fetcher(Settings(), sleep=lambda seconds: None) as fetcher:
        robots, page = fetcher.fetch(Request(url="http://nowhere.example/")).exchanges
    assert robots.error == "unknown host: no address for nowhere.example ([Errno -2] Name or service not known)"
    assert not robots.transient and "unknown host" in (page.error or "")


def test_a_name_that_leads_inwards_is_refused_and_said(monkeypatch):
    inwards = [(socket.AF_INET, socket.SOCK_STREAM, 6, "", ("10.0.0.7", 0))]
    monkeypatch.setattr(socket, "getaddrinfo", lambda *args, **fields: inwards)
    with Fetcher(Settings(), sleep=lambda seconds: None) as fetcher:
        chain = fetcher.fetch(Request(url="http://blog.example/")).exchanges
    assert {page.error for page in chain} == {"refused: 10.0.0.7 (for blog.example) is not a public address"}


# --------------------------------------------------------------------------------------------- redirects
def leads(reply, target: str, status: str = "302 Found") -> bytes:
    return reply(b"", f"Location: {target}", status=status)


def test_hops_are_exchanges_of_their_own(server, reply, get):
    server.answers["/a"] = leads(reply, "b?x=1#frag", "301 Moved")
    server.answers["/b?x=1"] = leads(reply, f"//{server.host}/größe und".encode().decode("latin-1"), "308 Moved")
    server.answers["/gr%C3%B6%C3%9Fe%20und"] = reply(PAGE)
    chain = get("/a", etag='"a"').exchanges[1:]
    assert [page.status for page in chain] == [301, 308, 200]
    assert [page.redirect_to for page in chain] == [
        f"{server.url}/b?x=1",
        f"{server.url}/gr%C3%B6%C3%9Fe%20und",
        None,
    ]
    assert b"If-None-Match" in chain[0].request and b"If-None-Match" not in chain[1].request


def test_circles_and_long_ways_end(server, reply, get):
    server.answers["/a"] = leads(reply, "/b")
    server.answers["/b"] = leads(reply, "/a")
    assert get("/a").final.error == "redirects: they lead in a circle"
    for number in range(20):
        server.answers[f"/{number}"] = leads(reply, f"/{number + 1}")
    chain = get("/0").exchanges
    assert chain[-1].error == "redirects: more than 10"
    assert server.paths()[-1] == "/10" and chain[-1].response == b""


@pytest.mark.parametrize(
    "target",
    [
        "http://127.0.0.1:22/",
        "http://127.0.0.1/",
        "http://127.0.0.2:{port}/",
        "http://2130706433:22/",
        "http://[::1]:{port}/",
        "http://169.254.169.254/latest/",
        "http://localhost:22/",
        "file:///etc/passwd",
        "javascript:alert(1)",
        "http://a:b@127.0.0.1:{port}/",
        "http://",
        "http:///",
        "https://exa mple/",
    ],
)
def test_a_redirect_opens_no_door(server, reply, get, target):
    server.answers["/a"] = leads(reply, target.format(port=server.port))
    chain = get("/a").exchanges
    assert chain[1].status == 302 and chain[1].error is None
    assert (chain[-1].error or "").startswith("refused: "), chain[-1]
    assert server.paths() == ["/robots.txt", "/a"] and not chain[-1].transient


def test_trust_does_not_pass_to_another_port(server, other_server, reply, get):
    server.answers["/a"] = leads(reply, other_server.url + "/b")
    other_server.answers["/b"] = reply(PAGE)
    assert get("/a").final.error == "refused: 127.0.0.1 is not a public address"
    assert other_server.requests == []


def test_each_host_on_the_way_is_asked_for_its_robots(server, other_server, reply):
    server.answers["/a"] = leads(reply, other_server.url + "/b")
    other_server.answers["/robots.txt"] = reply(b"User-agent: *\nDisallow: /b")
    with Fetcher(Settings(allow_private="127.0.0.0/8")) as fetcher:
        chain = fetcher.fetch(Request(url=server.url + "/a")).exchanges
    assert [page.role for page in chain] == ["robots", "page", "robots", "page"]
    assert chain[-1].error == "refused by robots.txt: Disallow: /b"
    assert other_server.paths() == ["/robots.txt"]


def test_a_redirect_with_a_broken_body_is_followed(server, reply, get):
    server.answers["/a"] = reply(b"<p>moved", "Location: /b", "Content-Encoding: gzip", status="301 Moved")
    server.answers["/b"] = reply(PAGE)
    assert get("/a").final.body == PAGE


# --------------------------------------------------------------------------------------------- robots.txt
def test_robots_are_asked_once_a_day_and_stand_first(server, reply):
    server.answers["/robots.txt"] = reply(b"\xef\xbb\xbfUser-agent: *\nDisallow: /private\nCrawl-delay: 2")
    server.answers["/"] = reply(PAGE)
    now = [datetime(2026, 11, 24, tzinfo=UTC)]
    with Fetcher(Settings(), trusted_hosts=frozenset({server.host}), clock=lambda: now[0]) as fetcher:
        assert fetcher.robots(server.host) is None
        first = fetcher.fetch(Request(url=server.url + "/"))
        assert [page.role for page in first.exchanges] == ["robots", "page"]
        assert first.exchanges[0].response == server.answers["/robots.txt"]
        refused = fetcher.fetch(Request(url=server.url + "/private/1")).exchanges
        assert [page.error for page in refused] == ["refused by robots.txt: Disallow: /private"]
        assert (refused[0].status, refused[0].response, refused[0].transient) == (None, b"", False)
        assert fetcher.robots(server.host).crawl_delay_s == 2
        now[0] += timedelta(hours=23)
        assert len(fetcher.fetch(Request(url=server.url + "/")).exchanges) == 1
        now[0] += timedelta(hours=2)
        assert len(fetcher.fetch(Request(url=server.url + "/")).exchanges) == 2
    assert server.paths() == ["/robots.txt", "/", "/", "/robots.txt", "/"]


def test_robots_behind_redirects_hold_for_the_host_that_was_asked(server, reply, get):
    server.answers["/robots.txt"] = leads(reply, "/elsewhere.txt")
    server.answers["/elsewhere.txt"] = reply(b"User-agent: *\nDisallow: /x")
    chain = get("/x").exchanges
    assert [page.role for page in chain] == ["robots", "robots", "page"]
    assert chain[-1].error == "refused by robots.txt: Disallow: /x"


def test_robots_in_a_circle_count_as_none(server, reply, get):
    server.answers["/robots.txt"] = leads(reply, "/robots.txt")
    server.answers["/"] = reply(PAGE)
    assert get("/").final.ok


def test_robots_out_of_order_refuse_and_are_asked_again(server, reply):
    server.answers["/robots.txt"] = reply(b"", "Retry-After: 0", status="500 Broken")
    server.answers["/"] = reply(PAGE)
    now = [datetime(2026, 11, 24, tzinfo=UTC)]
    trusted = frozenset({server.host})
    with Fetcher(Settings(), trusted_hosts=trusted, clock=lambda: now[0], sleep=lambda seconds: None) as fetcher:
        page = fetcher.fetch(Request(url=server.url + "/")).final
        assert page.error == "refused by robots.txt: it could not be read (500), so nothing may be fetched"
        assert page.transient and "/" not in server.paths()
        server.answers["/robots.txt"] = reply(b"User-agent: *\nAllow: /")
        assert not fetcher.fetch(Request(url=server.url + "/")).final.ok
        now[0] += timedelta(minutes=6)
        assert fetcher.fetch(Request(url=server.url + "/")).final.ok


def test_a_request_for_robots_itself_asks_nobody(server, reply, get):
    server.answers["/robots.txt"] = reply(b"User-agent: *\nDisallow: /")
    chain = get("/robots.txt", role="robots").exchanges
    assert [page.status for page in chain] == [200]


# --------------------------------------------------------------------------------------------- anything
def test_mangled_answers_never_raise(server, reply, get):
    dice = random.Random(7)
    whole = [
        reply(gzip.compress(PAGE), "Content-Encoding: gzip", "Connection: close"),
        b"HTTP/1.1 301 Moved\r\nLocation: /b\r\nTransfer-Encoding: chunked\r\n\r\n3\r\nabc\r\n0\r\n\r\n",
        b"HTTP/1.1 304 Not Modified\r\nETag: x\r\n\r\n",
    ]
    for number in range(60):
        answer = bytearray(dice.choice(whole))
        for _ in range(dice.randrange(1, 6)):
            at = dice.randrange(min(len(answer), 120))
            answer[at : at + dice.randrange(3)] = dice.choice([b"\r\n", b"\0", b" ", b":", b"9", b"\xff", b"", b"a"])
        path = f"/{number}"
        server.answers[path] = lambda connection, answer=bytes(answer): connection.sendall(answer)
        page = next(one for one in get(path).exchanges if one.url.endswith(path))
        assert page.error is None or (page.error.isprintable() and ": " in page.error)
        assert page.response in bytes(answer)


# --------------------------------------------------------------------------------------------- bad requests
@pytest.mark.parametrize("url", ["", "nonsense", "ftp://x/", "http://", "http://[::1", "http://x.example:0/", "//x/"])
def test_no_url_raises(get, url):
    with Fetcher(Settings()) as fetcher:
        page = fetcher.fetch(Request(url=url)).final
    assert (page.error or "").startswith("refused: ") and page.response == b""
