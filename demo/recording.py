"""The recorded exchanges of the sample blog: `sample.warc.gz`, and how it is read and written.

A WARC file (ISO 28500) with one `warcinfo` record before each round. Responses stand in it as they came over the wire;
a page that was the same in round two is a `revisit` record that refers to the response before it.
"""

from __future__ import annotations

import gzip
import hashlib
import uuid
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import urlsplit

from warcio.archiveiterator import ArchiveIterator
from warcio.exceptions import ArchiveLoadFailed

from variorum.errors import UsageError

SAMPLE = Path(__file__).with_name("sample.warc.gz")
_REVISIT = "http://netpreserve.org/warc/1.1/revisit/identical-payload-digest"


@dataclass(frozen=True, slots=True)
class Recording:
    """What the sample blog answered, round by round."""

    origin: str  #: where it was recorded, e.g. "http://127.0.0.1:18765"; its pages link to that address
    rounds: tuple[Mapping[str, bytes], ...]  #: target (path and query, as requested) → whole response as on the wire


def read(path: Path = SAMPLE) -> Recording:
    """Read a recording.

    Raises:
        UsageError: The file is missing, or holds no recording.
    """
    rounds: list[dict[str, bytes]] = []
    origin = ""
    try:
        with path.open("rb") as file:
            for record in ArchiveIterator(file, no_record_parse=True):
                if record.rec_type == "warcinfo":
                    rounds.append({})
                    continue
                block = record.raw_stream.read()
                if str(len(block)) != record.rec_headers.get_header("Content-Length"):
                    raise EOFError("the last record is cut off")
                origin, target = split(record.rec_headers.get_header("WARC-Target-URI"))
                rounds[-1][target] = rounds[-2][target] if record.rec_type == "revisit" else block
    except (OSError, LookupError, EOFError, ArchiveLoadFailed) as error:
        raise UsageError(f"{path} cannot be read as the sample blog ({error!r}): fetch the file again") from None
    if not rounds or not all(rounds):
        raise UsageError(f"{path} holds no recorded exchanges: fetch the file again")
    return Recording(origin, tuple(rounds))


def write(path: Path, origin: str, rounds: Iterable[tuple[str, Mapping[str, bytes]]]) -> None:
    """Write a recording.

    Args:
        path: Where to; an existing file is replaced.
        origin: Scheme, host and port of the blog.
        rounds: For each round its time (RFC 3339, UTC) and its responses by target.
    """
    members = []
    before: dict[str, tuple[bytes, str]] = {}
    for number, (at, responses) in enumerate(rounds, 1):
        about = f"description: the sample blog of variorum, round {number}\r\nformat: WARC File Format 1.1\r\n".encode()
        members.append(_record("warcinfo", at, about, {"Content-Type": "application/warc-fields"}))
        for target, response in sorted(responses.items()):
            head, _, body = response.partition(b"\r\n\r\n")
            headers = {
                "WARC-Target-URI": origin + target,
                "WARC-Payload-Digest": _digest(body),
                "Content-Type": "application/http; msgtype=response",
            }
            known_body, known_at = before.get(target, (None, ""))
            if known_body == body:
                headers |= {
                    "WARC-Profile": _REVISIT,
                    "WARC-Refers-To-Target-URI": origin + target,
                    "WARC-Refers-To-Date": known_at,
                }
                members.append(_record("revisit", at, head + b"\r\n\r\n", headers))
            else:
                members.append(_record("response", at, response, headers))
                before[target] = (body, at)
    path.write_bytes(b"".join(members))


def split(url: str) -> tuple[str, str]:
    """Return the origin of a URL, and its target: path and query as they are requested."""
    parts = urlsplit(url)
    return f"{parts.scheme}://{parts.netloc}", (parts.path or "/") + (f"?{parts.query}" if parts.query else "")


def _record(kind: str, at: str, block: bytes, headers: Mapping[str, str]) -> bytes:
    """Return one record as a gzip member of its own; equal records give equal bytes."""
    name = uuid.uuid5(uuid.NAMESPACE_URL, f"{kind} {at} {headers.get('WARC-Target-URI')} {_digest(block)}")
    fields = {
        "WARC-Type": kind,
        "WARC-Record-ID": f"<urn:uuid:{name}>",
        "WARC-Date": at,
        **headers,
        "WARC-Block-Digest": _digest(block),
        "Content-Length": str(len(block)),
    }
    lines = "".join(f"{key}: {value}\r\n" for key, value in fields.items())
    return gzip.compress(f"WARC/1.1\r\n{lines}\r\n".encode() + block + b"\r\n\r\n", mtime=0)


def _digest(data: bytes) -> str:
    return "sha256:" + hashlib.sha256(data).hexdigest()
