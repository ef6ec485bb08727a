"""Compare what is new in an archive with all that is in it: who says the same? Fetches nothing, changes no text."""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Collection, Iterable
from dataclasses import dataclass

from collation import near
from collation.kinship import places
from flows.discovery import Progress
from storage.archive import Archive
from storage.duplicates import Batch, Comparison, Text
from variorum.records import LikeLink

BATCH = 100  #: texts of one write transaction
_CACHED = 200  # texts held as shingles: the first holders of a common key are asked for again and again


@dataclass(slots=True)
class Compared:
    """What a comparison did."""

    texts: int = 0  #: that were compared with all others
    pairs: int = 0  #: that keys proposed
    links: int = 0  #: that were found to be alike
    common_keys: int = 0  #: keys of these texts that too many others have


def compare_new(folder: str, progress: Progress) -> Compared:
    """Compare all texts of posts that were not compared yet, and record which are alike.

    May be stopped at any time, and run by several processes at once: the next one goes on.

    Args:
        folder: The archive.
        progress: Called with the number of texts done.
    """
    with Archive.open(folder) as archive, archive.writer() as writer:
        comparison = writer.comparison(near.ALGORITHM, near.HOLDERS)
        comparison.begin()
        done, shingled = Compared(), _Shingled()
        while True:
            batch = comparison.next(BATCH)
            _compare(comparison, batch, done, shingled)
            progress("compare", done.texts, None)
            if len(batch.texts) < BATCH:
                break
        if done.texts:
            comparison.end(done.texts, done.links)
        return done


def _compare(comparison: Comparison, batch: Batch, done: Compared, shingled: _Shingled) -> None:
    keys = {text.work_id: near.keys(text.text) for text in batch.texts}
    comparison.keep_keys((text, keys[text.work_id], near.keys(text.before or "")) for text in batch.texts)
    wanted = {key for own in keys.values() for key in own}
    common, holders = comparison.common(wanted), comparison.holders_of(wanted)
    same = comparison.same_text([text.version_id for text in batch.texts if keys[text.work_id]])
    proposed = {
        text.work_id: {
            *near.candidates(text.work_id, keys[text.work_id], holders, common),
            *([same[text.version_id]] if text.version_id in same else []),
        }
        for text in batch.texts
    }
    shingled.prepare(comparison, batch.texts, {number for found in proposed.values() for number in found})
    links = [link for number, others in proposed.items() for link in shingled.links(number, others)]
    compared = shingled.versions([*keys, *(end for link in links for end in (link.low_id, link.high_id))])
    comparison.keep_links(batch, links, compared, places)
    done.texts += len(batch.texts)
    done.pairs += sum(map(len, proposed.values()))
    done.links += len({(link.low_id, link.high_id) for link in links})
    done.common_keys += sum(key in common for own in keys.values() for key in own)


class _Shingled:
    """Texts as shingles, by their works: those of the batch in hand, and those that were last compared with."""

    def __init__(self) -> None:
        self._texts: OrderedDict[int, tuple[Text, near.Shingled]] = OrderedDict()
        self._waiting: dict[int, Text] = {}

    def prepare(self, comparison: Comparison, texts: Iterable[Text], others: Collection[int]) -> None:
        """Let go of what was not used for long, read what is to be compared with *texts*."""
        while len(self._texts) > _CACHED:
            self._texts.popitem(last=False)
        own = {text.work_id: text for text in texts}
        self._waiting = {**comparison.texts(set(others) - own.keys()), **own}

    def versions(self, work_ids: Iterable[int]) -> dict[int, int]:
        """Return the versions whose texts are at hand."""
        return {number: self._waiting[number].version_id for number in work_ids if number in self._waiting}

    def links(self, number: int, others: Iterable[int]) -> list[LikeLink]:
        """Return the links between one text and those that are like it."""
        found = []
        for other in sorted(others):
            if other in self._waiting and (link := self._link(*sorted((number, other)))) is not None:
                found.append(link)
        return found

    def _link(self, low_id: int, high_id: int) -> LikeLink | None:
        low, high = self._of(low_id), self._of(high_id)
        like = low.likeness(high)
        if like is None:
            return None
        shorter = (low_id if low.is_shorter_than(high) else high_id) if like.kind == "excerpt" else None
        return LikeLink(low_id=low_id, high_id=high_id, shorter_id=shorter, **like._asdict())

    def _of(self, number: int) -> near.Shingled:
        text = self._waiting[number]
        found = self._texts.get(number)
        if found is None or found[0].version_id != text.version_id:
            found = (text, near.Shingled(text.text))
        self._texts[number] = found
        self._texts.move_to_end(number)
        return found[1]
