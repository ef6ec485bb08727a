"""Fetching on behalf of one ingest: every exchange is kept, and a body is at hand even after a 304."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace

from extractors import document
from fetchers import Fetcher
from storage.archive import Archive
from storage.writer import LastVisit, Writer
from variorum.digests import sha256_hex
from variorum.records import Exchange, Outcome, Request, Visit
from variorum.urls import canonical_url, host_of


@dataclass(slots=True, eq=False)
class Seen:
    """One document as it was seen on this visit: its body, also when the server only said that it had not changed."""

    exchange: Exchange
    body: bytes
    url: str  #: where it was found in the end, after redirects
    content_type: str | None
    unchanged: bool  #: the body is the one of the visit before
    visit: Visit | None = None  #: set by `Visitor.keep`
    _sha256: str = ""

    @property
    def found(self) -> bool:
        """Whether a document is there to be read."""
        return self.exchange.ok or (self.exchange.status == 304 and self.exchange.error is None)

    @property
    def status(self) -> int | None:
        """The answer's status; a 304 counts as the 200 that it confirms."""
        return 200 if self.exchange.status == 304 and self.found else self.exchange.status

    @property
    def sha256(self) -> str:
        """Digest of the body, 64 hex digits; it stays when the body is let go."""
        self._sha256 = self._sha256 or sha256_hex(self.body)
        return self._sha256

    def parse(self) -> document.Document:
        """Parse the body, whatever it is."""
        return document.parse(self.body, self.url, self.content_type)


@dataclass(slots=True)
class Visitor:
    """Fetches for one source and one run. Exchanges wait in memory until `keep` puts them into the archive."""

    fetcher: Fetcher
    archive: Archive
    writer: Writer
    run_id: int
    source_id: int
    validators: Mapping[str, LastVisit]
    fetched: int = 0
    not_modified: int = 0
    bytes_received: int = 0
    failed: list[Outcome] = field(default_factory=list)
    robots: dict[str, str] = field(
        default_factory=dict
    )  #: host → text of its robots.txt, where it was read in this run
    _ahead: dict[str, Seen] = field(default_factory=dict)
    _waiting: list[Exchange] = field(default_factory=list)
    _unkept: list[tuple[int, Seen]] = field(default_factory=list)  #: position in `_waiting`, document

    def see(self, url: str, role: str, *, expect: tuple[int, ...] = ()) -> Seen:
        """Fetch *url* and return what is there.

        Args:
            url: Absolute address.
            role: Why it is fetched; stored with the visit.
            expect: Statuses that are an answer and no failure, e.g. 404 where the end of a list is sought.
        """
        if ahead := self._ahead.pop(url, None):
            return ahead
        last = self.validators.get(url)
        fetched = self.fetcher.fetch(
            Request(
                url=url,
                role=role,
                etag=last.etag if last else None,
                last_modified=last.last_modified if last else None,
            )
        )
        self._waiting.extend(fetched.exchanges)
        final = fetched.final
        for exchange in fetched.exchanges:
            if exchange.role == "robots" and exchange.ok:
                self.robots[host_of(exchange.url)] = exchange.body.decode("utf-8", "replace")
        self.fetched += len(fetched.exchanges)
        self.bytes_received += sum(len(exchange.response) for exchange in fetched.exchanges)
        body, unchanged, content_type = final.body, False, final.header("content-type")
        if final.status == 304 and final.error is None and last is not None and last.capture_id is not None:
            stored = self.archive.body(last.capture_id)
            body, unchanged, content_type = stored.body, True, stored.content_type
        elif final.ok and last is not None:
            unchanged = last.is_same(final.body)
        self.not_modified += unchanged
        if final.error is not None or (final.status is not None and final.status >= 400 and final.status not in expect):
            self.failed.append(Outcome(url, final.status, "error", final.error or f"the server answers {final.status}"))
        seen = Seen(final, body, canonical_url(final.url) or final.url, content_type, unchanged)
        self._unkept.append((len(self._waiting) - 1, seen))
        return seen

    def look_ahead(self, url: str, role: str, *, expect: tuple[int, ...] = ()) -> Seen:
        """Fetch *url* before its turn; when it comes, `see` returns the very document."""
        if url not in self._ahead:
            self._ahead[url] = self.see(url, role, expect=expect)
        return self._ahead[url]

    def forgive(self, url: str) -> None:
        """Strike *url* off the failures: its absence turned out to be an answer."""
        self.failed = [outcome for outcome in self.failed if outcome.url != url]

    def keep(self) -> None:
        """Put all waiting exchanges into the archive: bytes first, then their rows."""
        if not self._waiting:
            return
        visits = self.writer.keep(self.run_id, self.source_id, self._waiting)
        for position, seen in self._unkept:
            seen.visit = visits[position]
        self._waiting.clear()
        self._unkept.clear()

    def let_go(self, seen: Seen) -> None:
        """Keep what waits, and drop the bytes of a document that was read: the listings of a large blog are long."""
        self.keep()
        if seen.visit is not None:
            seen._sha256, seen.body = seen.sha256, b""
            seen.exchange = replace(seen.exchange, request=b"", response=b"", body=b"")
            seen.visit = replace(seen.visit, exchange=seen.exchange)


def captures_of(*documents: Seen) -> tuple[int, ...]:
    """Return the ids of the captures behind kept documents, in order."""
    return tuple(seen.visit.capture_id for seen in documents if seen.visit and seen.visit.capture_id is not None)


def visits_of(*documents: Seen) -> tuple[int, ...]:
    """Return the ids of the visits behind kept documents, in order."""
    return tuple(seen.visit.id for seen in documents if seen.visit)
