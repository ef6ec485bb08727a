"""RFC 3161 time stamps over the root of the log: the query for an authority, and whether a reply is about that root.

Nothing is sent from here: which authority is trusted, and how it is reached, is the operator's choice. The signature is
for `openssl ts -verify -digest ROOT -in REPLY -CAfile AUTHORITY.pem` to judge, today and in twenty years.
"""

from __future__ import annotations

from variorum.errors import UsageError

#: TimeStampReq of §2.4.1 around a SHA-256: version 1, the digest, no policy, no nonce, and the certificate wanted.
_BEFORE = bytes.fromhex("303902010130 31300d060960864801650304020105000420".replace(" ", ""))
_AFTER = bytes.fromhex("0101ff")
_GRANTED = (0, 1)  # granted, granted with modifications (§2.4.2)


def query(root: bytes) -> bytes:
    """Return the DER of a query for a time stamp over a root of 32 bytes."""
    return _BEFORE + root + _AFTER


def demand_reply(reply: bytes, root: bytes) -> None:
    """Accept a reply of an authority.

    Raises:
        UsageError: It is no reply, it grants nothing, or it is about something else than *root*.
    """
    try:
        response, _ = _content(reply, 0x30)
        status, _ = _content(response, 0x30)
        code, _ = _content(status, 0x02)
    except (ValueError, IndexError):
        raise UsageError("this is no reply of a time-stamp authority (TimeStampResp in DER, RFC 3161)") from None
    if int.from_bytes(code, "big") not in _GRANTED:
        raise UsageError(f"the authority refused: it answers with status {int.from_bytes(code, 'big')}")
    if b"\x04\x20" + root not in reply:
        raise UsageError(f"the reply is not about the root {root.hex()}: make a query for the newest head again")


def _content(data: bytes, tag: int) -> tuple[bytes, bytes]:
    """Return the content of the first DER element, which must have a tag, and what comes after it."""
    if data[0] != tag:
        raise ValueError("another tag")
    size, start = data[1], 2
    if size & 0x80:
        count = size & 0x7F
        size, start = int.from_bytes(data[2 : 2 + count], "big"), 2 + count
    if len(data) < start + size:
        raise ValueError("cut")
    return data[start : start + size], data[start + size :]
