"""Canonical URLs: one spelling for one address, by a short list of rules with a revision.

Parsing is the browsers' own (ada-url, WHATWG URL). `/amp/`, `m.`, `www.`, a trailing slash and the scheme are never
rewritten: they become aliases by evidence (redirect, rel=canonical), not by guess.
"""

import re
from functools import lru_cache
from urllib.parse import quote, urljoin

import ada_url

RULES = "url/1"  #: revision of the rules below; stored beside what they made

_TRACKING_PREFIXES = ("utm_", "mtm_", "pk_", "itm_", "fb_", "hsa_")
_TRACKING = frozenset(
    "fbclid gclid dclid gclsrc msclkid yclid twclid igshid mc_cid mc_eid _openstat wickedid oly_anon_id oly_enc_id "
    "vero_id _hsenc _hsmi mkt_tok ref_src ref_url".split()
)
_WORDPRESS = frozenset("replytocom share like_comment _wpnonce unapproved moderation-hash".split())
_WITH_HOST = re.compile(r"https?://[^/?\s]")
_REMEMBERED = 400  #: characters; longer ones are mostly images written into their address
_SAFE = "%/:?#[]@!$&'()*+,;=-._~|\\^`{}\"<>"
_UNRESERVED = frozenset("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-._~")


def canonical_url(url: str, *, base: str | None = None) -> str | None:
    """Return the canonical spelling of *url*, None if it is no http(s) URL with a host.

    Args:
        url: Absolute, or relative to *base*. Blanks around it are ignored.
        base: Absolute URL of the document that holds it.
    """
    url = url.partition("#")[0].strip()
    if _WITH_HOST.match(url):
        base = None
    return (_canonical if len(url) < _REMEMBERED else _canonical.__wrapped__)(url, base)


@lru_cache(maxsize=8192)  # the pages of one blog hold the same links again and again
def _canonical(url: str, base: str | None) -> str | None:
    if base is not None:
        try:
            url = urljoin(base, url)
        except ValueError:
            return None
    try:
        parts = ada_url.URL(url)
    except ValueError:
        return None
    if parts.protocol not in ("http:", "https:") or not parts.hostname:
        return None
    host = parts.hostname.rstrip(".")
    port = f":{parts.port}" if parts.port else ""
    path = _percent(parts.pathname)
    if ";jsessionid=" in path.lower():
        path = path[: path.lower().index(";jsessionid=")]
    query = "&".join(pair for pair in parts.search.removeprefix("?").split("&") if pair and not _is_noise(pair))
    return f"{parts.protocol}//{host}{port}{path}" + (f"?{_percent(query)}" if query else "")


def host_of(url: str) -> str:
    """Return host and, where it is not the scheme's own, port: the key for pace and robots.txt."""
    return url.split("://", 1)[-1].split("/", 1)[0].split("?", 1)[0].rpartition("@")[2].lower()


def same_site(url: str, home: str) -> bool:
    """Return whether both URLs have the same host, but for a leading www."""
    return host_of(url).removeprefix("www.") == host_of(home).removeprefix("www.")


def _is_noise(pair: str) -> bool:
    key = pair.partition("=")[0].lower()
    return key in _TRACKING or key in _WORDPRESS or key.startswith(("preview", *_TRACKING_PREFIXES))


def _percent(text: str) -> str:
    """Decode percent-coded unreserved characters, write the digits of the others in capitals."""
    head, *rest = text.split("%")
    out = [head]
    for piece in rest:
        code = piece[:2]
        try:
            char = chr(int(code, 16)) if len(code) == 2 else ""
        except ValueError:
            char = ""
        out.append((char if char in _UNRESERVED else "%" + code.upper()) + piece[2:] if char else "%" + piece)
    return (
        quote("".join(out), safe="%/:?#[]@!$&'()*+,;=-._~|\\^`{}\"<>") if not "".join(out).isascii() else "".join(out)
    )
