from ipaddress import ip_address

import pytest

from fetchers.address import Guard, Refused, is_house_name, is_loopback, is_public, literal_address
from variorum.errors import UsageError

PRIVATE = (
    "0.0.0.0 10.1.2.3 100.64.0.1 127.0.0.1 127.255.255.254 169.254.169.254 172.31.255.255 192.0.0.9 192.0.2.1 "
    "192.88.99.1 192.168.0.1 198.18.0.1 198.19.255.255 198.51.100.7 203.0.113.7 224.0.0.1 239.255.255.255 240.0.0.1 "
    "255.255.255.255 :: ::1 ::127.0.0.1 ::ffff:127.0.0.1 ::ffff:10.0.0.1 64:ff9b::10.0.0.1 64:ff9b::7f00:1 "
    "64:ff9b:1::1 100::1 2001::1 2001:2::1 2001:db8::1 2002:7f00:1:: 2002:a00:1::5 3fff::1 5f00::1 fc00::1 fd12::1 "
    "fe80::1 fe80::1%eth0 fec0::1 ff02::1"
).split()
PUBLIC = (
    "1.1.1.1 8.8.8.8 9.255.255.255 11.0.0.0 100.63.255.255 100.128.0.0 172.15.255.255 172.32.0.0 192.0.1.1 "
    "192.167.255.255 198.17.255.255 198.20.0.0 223.255.255.255 2606:4700::1111 2a00:1450:4001:80b::200e "
    "::ffff:8.8.8.8 64:ff9b::8.8.8.8 2002:808:808::1 2001:200::1 3ffe::1"
).split()


@pytest.mark.parametrize("address", PRIVATE)
def test_private_addresses(address):
    assert not is_public(ip_address(address))


@pytest.mark.parametrize("address", PUBLIC)
def test_public_addresses(address):
    assert is_public(ip_address(address))


def test_teredo_counts_as_the_client_inside():
    # the last 32 bits are the client's address, inverted (RFC 4380 §4)
    assert not is_public(ip_address("2001:0:808:808::80ff:fffe"))  # 127.0.0.1
    assert is_public(ip_address("2001:0:808:808::f7f7:f7f7"))  # 8.8.8.8


@pytest.mark.parametrize(
    "spelling",
    "2130706433 0x7f000001 017700000001 127.1 127.0.1 0177.0.0.1 0x7f.1 0x7F.0x0.0x0.0x1 [::1] ::1 127.0.0.1".split(),
)
def test_every_spelling_of_the_loopback(spelling):
    assert is_loopback(spelling)


@pytest.mark.parametrize(
    "name", ["example.com", "localhost", "1.example", "", "deadbeef.com", "0x7f.example", "1.2.3.4.5"]
)
def test_names_are_no_addresses(name):
    assert literal_address(name) is None


@pytest.mark.parametrize(
    "url, reason",
    [
        ("http://10.0.0.1/", "10.0.0.1 is not a public address"),
        ("http://2130706433/", "127.0.0.1 (for 2130706433) is not a public address"),
        ("http://[::1]/", "::1 is not a public address"),
        ("http://[fe80::1%25eth0]/", "not a public address"),
        ("http://8.8.8.8:22/", "port 22 of 8.8.8.8 is neither"),
        ("http://example.com:8080/", "port 8080 of example.com is neither"),
        ("http://user:word@example.com/", "user name or password"),
        ("http://example.com:99999/", "is no URL"),
        ("ftp://example.com/", "is not http or https"),
        ("file:///etc/passwd", "is not http or https"),
        ("javascript:alert(1)", "is not http or https"),
        ("http:///path", "is not http or https with a host"),
        ("", "is not http or https"),
    ],
)
def test_urls_refused_by_sight(url, reason):
    with pytest.raises(Refused) as caught:
        Guard().check_url(url)
    assert reason in str(caught.value)


@pytest.mark.parametrize(
    "url", ["http://example.com/", "https://example.com/", "http://bücher.example/", "http://1.1.1.1/"]
)
def test_urls_that_may_be_asked(url):
    Guard().check_url(url)


def resolver(*answers):
    """Give these answers in turn."""
    left = list(answers)
    return lambda host: left.pop(0)


def test_one_private_answer_refuses_the_name():
    with pytest.raises(Refused, match=r"10\.0\.0\.1 \(for blog\.example\) is not a public address"):
        Guard(resolver=resolver(["8.8.8.8", "10.0.0.1"])).addresses("blog.example", 443)


def test_a_name_that_turns_inwards_is_refused_the_second_time():
    guard = Guard(resolver=resolver(["8.8.8.8"], ["127.0.0.1"]))
    assert guard.addresses("blog.example", 80) == ["8.8.8.8"]
    with pytest.raises(Refused):
        guard.addresses("blog.example", 80)


def test_trust_is_for_one_host_and_port():
    guard = Guard(trusted_hosts=frozenset({"127.0.0.1:8000", "[::1]:8000"}))
    assert guard.addresses("127.0.0.1", 8000) == ["127.0.0.1"]
    assert guard.addresses("::1", 8000) == ["::1"]
    guard.check_url("http://127.0.0.1:8000/")
    guard.check_url("http://[::1]:8000/")
    for host, port in [("127.0.0.1", 8001), ("127.0.0.2", 8000), ("127.0.0.1", 80)]:
        with pytest.raises(Refused):
            guard.addresses(host, port)


def test_a_trusted_public_name_may_not_turn_inwards():
    trusted = frozenset({"blog.example", "wiki", "wiki.internal:8080"})
    inwards = lambda host: ["10.0.0.5"]  # noqa: E731
    with pytest.raises(Refused, match=r"set VARIORUM_ALLOW_PRIVATE=10\.0\.0\.5"):
        Guard(trusted_hosts=trusted, resolver=inwards).addresses("blog.example", 80)
    assert Guard(trusted_hosts=trusted, resolver=inwards).addresses("wiki", 443) == ["10.0.0.5"]
    assert Guard(trusted_hosts=trusted, resolver=inwards).addresses("wiki.internal", 8080) == ["10.0.0.5"]
    assert Guard("10.0.0.0/8", trusted, inwards).addresses("blog.example", 80) == ["10.0.0.5"]


def test_allowed_ranges_open_their_own_addresses_only():
    guard = Guard("10.0.0.0/8, fd00::/8")
    guard.check_url("http://10.9.9.9:8080/")
    guard.check_url("http://[::ffff:10.9.9.9]/")
    guard.check_url("http://[fd00::1]/")
    for url in ["http://192.168.0.1/", "http://127.0.0.1/", "http://8.8.8.8:8080/"]:
        with pytest.raises(Refused):
            guard.check_url(url)


@pytest.mark.parametrize("text", ["10.0.0.0/33", "everything", "10.0.0.1/8"])
def test_a_range_that_is_none_says_so(text):
    with pytest.raises(UsageError, match="VARIORUM_ALLOW_PRIVATE"):
        Guard(text)


def test_house_names():
    assert all(is_house_name(name) for name in ["localhost", "wiki", "a.local", "x.home.arpa", "127.0.0.1", "::1"])
    assert not any(is_house_name(name) for name in ["example.com", "local.example", "a.internal.example"])
