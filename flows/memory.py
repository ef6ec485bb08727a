"""What one run knows of the template of its source, and what it learns for the runs after it.

A run reads by one profile from its beginning to its end. What it learns is put into use when it ends, and then all that
was read by the old profile is read again: so one run compares with another what both read alike.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from functools import partial
from typing import Any, Self

from extractors import memory, template
from extractors.fingerprint import Fingerprint, fingerprint
from extractors.profile import Sample, SiteProfile, sample
from storage.memory import SiteMemory, StoredProfile
from storage.writer import Writer


@dataclass(slots=True)
class Memory:
    """The profile that a run reads by, and the samples that it takes."""

    profile: SiteProfile | None
    _stored: StoredProfile | None
    _store: SiteMemory
    _held: set[str]
    _taken: dict[str, Sample] = field(default_factory=dict)

    @classmethod
    def of(cls, writer: Writer, source_id: int) -> Self:
        """Return what is known of a source; to be asked for once the run has begun."""
        store = writer.site_memory(source_id)
        stored = store.profile()
        profile = memory.unpack_profile(stored.pages, stored.lines) if stored else None
        return cls(profile, stored, store, store.urls())

    @property
    def rules(self) -> Fingerprint:
        """The rules and the profile together: what differs when this differs is no author's change."""
        return fingerprint(self._stored.revision if self._stored else None)

    def wants(self, url: str, *, unchanged: bool) -> bool:
        """Return whether a page is to be sampled: it is new, or it changed, and there is room for it."""
        return not unchanged if url in self._held else len(self._held) < memory.MOST

    def take(self, url: str, tree: Any) -> None:
        """Sample a page that no platform's rules were sure of: the tap of `extract_page`."""
        self._taken[url] = sample(template.lines_in(tree))

    def drop(self, url: str) -> None:
        """Let go of what was taken of an address: it showed no post."""
        self._taken.pop(url, None)

    def tap(self, url: str, *, unchanged: bool) -> partial[None] | None:
        """Return what `extract_page` is to be given to sample a page, None where that is not wanted."""
        return partial(self.take, url) if self.wants(url, unchanged=unchanged) else None

    def keep(self, run_id: int) -> None:
        """Write the samples that were taken since the last time."""
        packed = {url: memory.pack(one) for url, one in self._taken.items()}
        self._store.keep(run_id, packed, most=memory.MOST)
        self._held.update(packed)
        self._taken.clear()

    def learn(self, run_id: int) -> bool:
        """Look at the samples of all runs, once there are enough that are new.

        Returns:
            Whether another profile is in use now: all that the old one had a hand in is to be read again.
        """
        if not memory.is_due(*self._store.held()):
            return False
        found = memory.renewed(self.profile, map(memory.unpack, self._store.samples()))
        if found is None:
            return False
        lines = memory.pack_profile(found)
        if not self._store.keep_profile(run_id, self._stored, found.revision, found.pages, lines):
            return False
        self._stored, self.profile = self._store.profile(), found
        return True
