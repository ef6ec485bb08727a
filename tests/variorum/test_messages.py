import gzip
import tracemalloc
import zlib

import brotli
import pytest
from backports import zstd
from hypothesis import given
from hypothesis import strategies as st

from variorum.messages import dechunk, decode, find_head, read_headers, read_message

TEXT = ("The ferry left nine minutes late. 港は静かだった。 وصلت العبّارة متأخرة. " * 400).encode()


def raw_deflate(data: bytes) -> bytes:
    packer = zlib.compressobj(6, zlib.DEFLATED, -15)
    return packer.compress(data) + packer.flush()


CODERS = {
    "gzip": gzip.compress,
    "x-gzip": gzip.compress,
    "deflate": zlib.compress,
    "br": brotli.compress,
    "zstd": zstd.compress,
}


@pytest.mark.parametrize("coding", CODERS)
@given(data=st.binary(max_size=3000) | st.integers(0, 300_000).map(lambda n: (TEXT * 20)[:n]))
def test_round_trip(coding, data):
    assert decode(CODERS[coding](data), [coding], 10**7) == (decode(data, [], 10**7))


@pytest.mark.parametrize("coding", CODERS)
def test_a_cut_is_seen_wherever_it_falls(coding):
    coded = CODERS[coding](TEXT)
    for kept in [3, 10, len(coded) // 3, len(coded) // 2, len(coded) - 5, len(coded) - 1]:
        decoded = decode(coded[:kept], [coding], 10**7)
        assert decoded.error is not None and decoded.error.startswith("truncated"), kept
        assert TEXT.startswith(decoded.body)


def test_raw_deflate():
    assert decode(raw_deflate(TEXT), ["deflate"], 10**6).body == TEXT


def test_gzip_members_and_rubbish_behind():
    assert decode(gzip.compress(b"one ") + gzip.compress(b"two"), ["gzip"], 100).body == b"one two"
    assert decode(gzip.compress(b"one") + b"\0\0rubbish", ["gzip"], 100) == decode(b"one", [], 100)
    second = gzip.compress(TEXT)
    assert decode(gzip.compress(b"one") + second[:-9], ["gzip"], 10**6).error is not None


def test_zstd_frames():
    assert decode(zstd.compress(b"one ") + zstd.compress(b"two"), ["zstd"], 100).body == b"one two"


def test_two_codings_in_order_but_not_three():
    coded = brotli.compress(gzip.compress(TEXT))
    assert decode(coded, ["gzip", "br"], 10**6).body == TEXT
    assert (decode(coded, ["gzip", "br", "gzip"], 10**6).error or "").startswith("bad coding: 3 content codings")


def test_what_is_in_no_coding_comes_back_as_it_is():
    assert decode(b"<p>plain</p>", ["gzip"], 100).body == b"<p>plain</p>"
    assert (decode(b"<p>plain</p>", ["gzip"], 100).error or "").startswith("bad coding: no gzip body")
    assert (decode(b"abc", ["zpack"], 100).error or "") == "bad coding: Content-Encoding 'zpack' is not known"
    assert decode(b"", ["gzip"], 100).error is None
    assert decode(b"abc", ["identity"], 100).body == b"abc"


@pytest.mark.parametrize("coding", ["gzip", "br", "zstd", "deflate"])
def test_a_bomb_is_cut_in_little_memory(coding):
    bomb = CODERS[coding](bytes(40_000_000))
    tracemalloc.start()
    try:
        decoded = decode(bomb, [coding], 1_000_000)
        _, peak = tracemalloc.get_traced_memory()
    finally:
        tracemalloc.stop()
    assert len(decoded.body) == 1_000_000
    assert decoded.error == "too large: more than 1000000 bytes once decoded"
    assert peak < 6_000_000


@pytest.mark.parametrize("coding, empty", [("gzip", gzip.compress(b"", mtime=0)), ("zstd", zstd.compress(b""))])
def test_a_body_of_empty_members_ends(coding, empty):
    assert "more than 1000" in (decode(empty * 50_000, [coding], 1000).error or "")


def test_head_of_the_final_response():
    assert find_head(b"HTTP/1.1 200 OK\r\nA: b\r\n") is None
    early = b"HTTP/1.1 103 Early Hints\r\nLink: </x>\r\n\r\n"
    final = b"HTTP/1.1 200\r\nContent-Length: 2\r\n\r\nok"
    message = read_message(early + final)
    assert message is not None and (message.start, message.status, message.coded) == (len(early), 200, b"ok")
    assert read_message(b"<html>no head at all</html>\r\n\r\n") is None


def test_headers_keep_case_order_duplicates_and_latin_1():
    head = b"HTTP/1.1 200 OK\r\nX-Caf\xe9: d\xe9j\xe0\r\nset-COOKIE: a\r\nSet-Cookie:  b \r\n"
    head += b"Fold: one\r\n  two\r\nno colon\r\n\r\n"
    assert read_headers(head) == (("X-Café", "déjà"), ("set-COOKIE", "a"), ("Set-Cookie", "b"), ("Fold", "one two"))


def test_body_ends_where_the_framing_says():
    message = read_message(b"HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok and more")
    assert message is not None and (message.coded, message.complete) == (b"ok", True)
    message = read_message(b"HTTP/1.1 200 OK\r\nContent-Length: 9\r\n\r\nok")
    assert message is not None and (message.coded, message.complete, message.expected) == (b"ok", False, 9)
    message = read_message(b"HTTP/1.1 304 Not Modified\r\nContent-Length: 9\r\n\r\n")
    assert message is not None and (message.coded, message.complete) == (b"", True)


def test_chunks():
    framed = b"3;name=value\r\nabc\r\n2\r\nde\r\n0\r\nTrailer: x\r\n\r\n"
    assert dechunk(framed, 0) == (b"abcde", len(framed), True, False)
    assert dechunk(framed + b"next", 0)[1] == len(framed)
    assert dechunk(b"3\r\nabc\r\n", 0)[2:] == (False, False)
    assert dechunk(b"5\r\nabc", 0) == (b"abc", 6, False, False)
    assert dechunk(b"ZZ\r\nabc", 0)[3] is True
    assert dechunk(b"-3\r\nabc", 0)[3] is True


@given(st.lists(st.binary(min_size=1, max_size=50), max_size=8))
def test_chunks_in_any_number(pieces):
    framed = b"".join(b"%X\r\n%s\r\n" % (len(piece), piece) for piece in pieces) + b"0\r\n\r\n"
    assert dechunk(framed, 0) == (b"".join(pieces), len(framed), True, False)


@given(st.binary(max_size=300))
def test_no_bytes_break_the_reader(rubbish):
    for head in [b"", b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n", b"HTTP/1.1 200 OK\r\n"]:
        read_message(head + rubbish)
    for coding in CODERS:
        decode(rubbish, [coding], 1000)
