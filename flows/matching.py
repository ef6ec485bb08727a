"""Which work is it? What the listers tell is put beside what the archive knows.

In this order: the platform's own number; any address that the work ever had; its path, where the whole blog is at
another host now; the post that its address leads to. Numbers of another platform say nothing: a blog that was moved
from Blogger to WordPress counts its posts anew. That texts are alike is no proof (`variorum merge` proposes).
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

from collation.near import Shingled
from collation.normalise import fingerprint
from flows.discovery import Listed, Listing
from flows.reading import HtmlView
from storage.archive import Archive
from storage.writer import KnownWork
from variorum.records import Known, Page, is_retired
from variorum.urls import host_of

_LEAST = 2  # posts of another number at an address that is known: one alone may have taken over the address
_TELL_ABSENCE = frozenset(("rest", "sitemap"))  # listers that tell all posts, old ones too


@dataclass(slots=True, eq=False)
class Entry:
    """One work to be looked at: as the listers tell of it, as the archive knows it, or both."""

    url: str
    listed: Listed | None
    known: KnownWork | None
    leads_to: KnownWork | None = None  #: the other work that its address leads to
    is_elsewhere: bool = False  #: what its address leads to is not this work

    @property
    def is_absent(self) -> bool:
        """Whether its address does not show it any more, but something else."""
        return self.is_elsewhere or self.same_as is not None

    @property
    def same_as(self) -> int | None:
        """The other work that its address leads to and that says the same."""
        return None if self.leads_to is None or self.is_elsewhere else self.leads_to.known.work_id

    @property
    def is_taken_down(self) -> bool:
        """Whether it was taken down for good: it is not even asked for."""
        head = self.known.known.head if self.known is not None else None
        return head is not None and head.kind == "takedown"

    def doubt_again(self) -> None:
        """Forget that the text of this visit may have been seen in doubt before: it is not to be confirmed."""
        if self.known is not None:
            self.known = replace(self.known, known=replace(self.known.known, pending_sha256=None))


def match(listing: Listing, known: Sequence[KnownWork]) -> list[Entry]:
    """Return what is to be looked at: known works that are listed, then those that are not, then new ones.

    Somebody has to look what became of a work that is listed nowhere. Where the listers tell of all posts, that is done
    before new ones are archived: its address may lead to one of them.
    """
    by_native = {item.known.native_id: item for item in known if item.known.native_id}
    addresses = _addresses(listing, known)
    entries: dict[int, Entry] = {}
    fresh: list[Entry] = []
    for listed in listing.works.values():
        item = by_native.get(listed.native_id or "") or addresses.get(_place(listed.url, addresses))
        if item is not None and listed.native_id and _number(item) not in (None, listed.native_id):
            item = None  # another post has taken over the address
        if item is None:
            fresh.append(Entry(listed.url, listed, None))
        elif item.known.work_id not in entries:
            entries[item.known.work_id] = Entry(listed.url, listed, item)
    missing = [
        Entry(item.url, None, item)
        for item in known
        if item.known.work_id not in entries and item.known.state != "gone"
    ]
    if listing.complete & _TELL_ABSENCE:
        return [*entries.values(), *missing, *fresh]
    return [*entries.values(), *fresh, *missing]


def counts_anew(listing: Listing, known: Sequence[KnownWork]) -> bool:
    """Return whether the platform's numbers are those of another platform: no post has kept both number and address."""
    addresses = _addresses(listing, known)
    agreed = differed = 0
    for listed in listing.works.values():
        item = addresses.get(_place(listed.url, addresses))
        number = _number(item) if item is not None else None
        if number is not None and listed.native_id is not None:
            agreed += number == listed.native_id
            differed += number != listed.native_id
    return not agreed and differed >= _LEAST


def leads_elsewhere(url: str, view: HtmlView) -> bool:
    """Return whether an address leads to a document at another path: another scheme or host is the same place."""
    return view.first.found and _path(view.first.url).rstrip("/") != _path(url).rstrip("/")


def is_same_post(known: Known, page: Page | None, archive: Archive) -> bool:
    """Return whether what an address leads to is the post that stood there: by number, else by title or text."""
    if page is None or known.head is None:
        return False
    if known.native_id is not None and page.native_id is not None and not is_retired(known.native_id):
        return known.native_id == page.native_id
    head = archive.version(known.head.version_id)
    titles = [fingerprint(title) for title in (head.title, page.title)]
    if head.title and titles[0] == titles[1]:
        return True
    return Shingled(head.text).likeness(Shingled(page.text)) is not None


def _number(item: KnownWork) -> str | None:
    native_id = item.known.native_id
    return None if native_id is None or is_retired(native_id) else native_id


def _addresses(listing: Listing, known: Sequence[KnownWork]) -> Mapping[str, KnownWork]:
    """Return works by their addresses, and by their paths where the whole blog is at another host now."""
    found = {url: item for item in known for url in (*item.aliases, item.url)}
    hosts = {host_of(url) for url in listing.works}
    if found and hosts and hosts.isdisjoint(map(host_of, found)):
        paths = Counter({(_path(url), item.known.work_id) for url, item in found.items()})
        works = Counter(path for path, _ in paths)
        found |= {_path(url): item for url, item in found.items() if works[_path(url)] == 1}
    return found


def _place(url: str, addresses: Mapping[str, KnownWork]) -> str:
    """Return under which key of *addresses* a listed address is looked up."""
    return url if url in addresses else _path(url)


def _path(url: str) -> str:
    return "/" + url.partition("://")[2].partition("/")[2]
