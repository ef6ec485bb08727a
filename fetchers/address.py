"""Which addresses may be asked: the guard against being led into the operator's own network (SSRF).

The ranges are our own table, after the IANA special-purpose registries (RFC 6890 and its successors), because
`ipaddress.is_global` of the standard library differs from one patch release to the next.
"""

from __future__ import annotations

import re
import socket
from collections.abc import Callable
from ipaddress import IPv4Address, IPv4Network, IPv6Address, IPv6Network, ip_address, ip_network
from urllib.parse import urlsplit

from variorum.errors import UsageError
from variorum.urls import host_of

Address = IPv4Address | IPv6Address
#: host → addresses, as `resolve` does; raises OSError where there is none.
Resolver = Callable[[str], list[str]]

_NOT_PUBLIC_4 = tuple(
    IPv4Network(block)
    for block in (
        "0.0.0.0/8 10.0.0.0/8 100.64.0.0/10 127.0.0.0/8 169.254.0.0/16 172.16.0.0/12 192.0.0.0/24 192.0.2.0/24 "
        "192.88.99.0/24 192.168.0.0/16 198.18.0.0/15 198.51.100.0/24 203.0.113.0/24 224.0.0.0/4 240.0.0.0/4"
    ).split()
)
#: Global unicast is 2000::/3 alone; these parts of it are set aside.
_UNICAST_6 = IPv6Network("2000::/3")
_NOT_PUBLIC_6 = tuple(IPv6Network(block) for block in "2001::/23 2001:db8::/32 2002::/16 3fff::/20".split())
_LAST_32_BITS = tuple(IPv6Network(block) for block in "::/96 ::ffff:0:0/96 64:ff9b::/96".split())
_NUMERIC = re.compile(r"(?:0x[0-9a-f]*|[0-9]+)(?:\.(?:0x[0-9a-f]*|[0-9]+)){0,3}", re.IGNORECASE)
#: Names that cannot be public ones: RFC 6761, RFC 6762 with its appendix G, RFC 8375, and ICANN's "internal".
_HOUSE_SUFFIXES = tuple(".localhost .local .test .internal .intranet .private .corp .home .lan .home.arpa".split())
_WEB_PORTS = frozenset({80, 443})


class Refused(Exception):
    """This request must not be made. The text says why, in one line."""


def embedded_ipv4(address: IPv6Address) -> IPv4Address | None:
    """Return the IPv4 address to which an IPv6 one leads: mapped, compatible, NAT64, 6to4, Teredo; else None."""
    if any(address in block for block in _LAST_32_BITS):
        return IPv4Address(int(address) & 0xFFFFFFFF)
    if address.teredo is not None:
        return address.teredo[1]
    return address.sixtofour


def is_public(address: Address) -> bool:
    """Return whether an address lies in public unicast space, and so does the one it wraps."""
    if isinstance(address, IPv4Address):
        return not any(address in block for block in _NOT_PUBLIC_4)
    if address.scope_id is not None:
        return False
    inner = embedded_ipv4(address)
    if inner is not None:
        return is_public(inner)
    return address in _UNICAST_6 and not any(address in block for block in _NOT_PUBLIC_6)


def is_loopback(address: str | None) -> bool:
    """Return whether this is the machine itself."""
    found = literal_address(address or "")
    return found is not None and found.is_loopback


def literal_address(host: str) -> Address | None:
    """Return the address that a host spells out, None if it is a name.

    Every spelling counts that the C library takes: 127.1, 2130706433, 0x7f.1, 0177.0.0.1, [::1].
    """
    host = host.removeprefix("[").removesuffix("]")
    try:
        return ip_address(host)
    except ValueError:
        pass
    if not _NUMERIC.fullmatch(host):
        return None
    try:
        return IPv4Address(socket.inet_aton(host))
    except OSError:
        return None


def resolve(host: str) -> list[str]:
    """Return the addresses of a name, in the order in which the system would try them.

    Raises:
        OSError: It has none, or the resolver does not answer.
    """
    return list(dict.fromkeys(str(info[4][0]) for info in socket.getaddrinfo(host, None, type=socket.SOCK_STREAM)))


def is_house_name(host: str) -> bool:
    """Return whether a host cannot be a public name: an address, a name without a dot, or a reserved ending."""
    return literal_address(host) is not None or "." not in host or host.endswith(_HOUSE_SUFFIXES)


class Guard:
    """Says which URLs may be asked for, and to which addresses a connection may go.

    Args:
        allow_private: Ranges inside the house that may be fetched whoever names them, e.g. "10.0.0.0/8,fd00::/8".
        trusted_hosts: `host` or `host:port`, as `variorum.urls.host_of` spells them, which the operator named.
            Those may be private if the name is an address or a name of the house (`is_house_name`): a public name
            may be pointed inwards by whoever owns it, and needs `allow_private` for that.
        resolver: Finds the addresses of a name.

    Raises:
        UsageError: `allow_private` holds something that is no range.
    """

    def __init__(
        self, allow_private: str = "", trusted_hosts: frozenset[str] = frozenset(), resolver: Resolver = resolve
    ) -> None:
        self._trusted = frozenset(host.lower() for host in trusted_hosts)
        self._resolver = resolver
        try:
            self._allowed = tuple(ip_network(block.strip()) for block in allow_private.split(",") if block.strip())
        except ValueError as error:
            raise UsageError(
                f"VARIORUM_ALLOW_PRIVATE={allow_private!r} is no list of address ranges ({error}): "
                "write e.g. 10.0.0.0/8,192.168.1.5/32"
            ) from None

    def check_url(self, url: str) -> None:
        """Refuse a URL by what can be seen without asking anybody: scheme, user name, port, spelt-out address.

        Raises:
            Refused: It must not be asked for.
        """
        try:
            parts = urlsplit(url)
            port = {"http": 80, "https": 443}.get(parts.scheme, 0) if parts.port is None else parts.port
        except ValueError as error:
            raise Refused(f"{url[:200]} is no URL ({error})") from None
        if parts.scheme not in ("http", "https") or not parts.hostname:
            raise Refused(f"{url[:200]} is not http or https with a host")
        if parts.username is not None or parts.password is not None:
            raise Refused(f"the address carries a user name or password for {parts.hostname}")
        address = literal_address(parts.hostname)
        if address is not None:
            self._check_addresses(parts.hostname, port, [address])
        elif port not in _WEB_PORTS and not self._allowed and host_of(url) not in self._trusted:
            raise Refused(f"port {port} of {parts.hostname} is neither 80, 443 nor one that the operator named")

    def addresses(self, host: str, port: int) -> list[str]:
        """Return the addresses to which a connection may go, in order of preference: each was checked.

        One bad answer refuses the name. Connect to what is returned, never to the name again: a second answer
        may differ (DNS rebinding).

        Raises:
            Refused: An address or the port is out of bounds.
            OSError: The name has no address.
        """
        literal = literal_address(host)
        found = [literal] if literal is not None else [ip_address(text) for text in self._resolver(host)]
        self._check_addresses(host, port, found)
        return [str(address) for address in found]

    def _check_addresses(self, host: str, port: int, found: list[Address]) -> None:
        named = self._is_trusted(host, port)
        for address in found:
            allowed = self._is_allowed(address)
            if not (allowed or is_public(address) or (named and is_house_name(host))):
                spelt = "" if str(address) == host else f" (for {host})"
                hint = f"; if it is yours, set VARIORUM_ALLOW_PRIVATE={address}" if named else ""
                raise Refused(f"{address}{spelt} is not a public address{hint}")
            if port not in _WEB_PORTS and not (named or allowed):
                raise Refused(f"port {port} of {host} is neither 80, 443 nor one that the operator named")

    def _is_trusted(self, host: str, port: int) -> bool:
        host = f"[{host}]" if ":" in host else host.lower()
        return f"{host}:{port}" in self._trusted or (port in _WEB_PORTS and host in self._trusted)

    def _is_allowed(self, address: Address) -> bool:
        inner = embedded_ipv4(address) if isinstance(address, IPv6Address) else None
        both = [address] if inner is None else [address, inner]
        return any(one in block for one in both for block in self._allowed)
