"""How well a run reads its source, watched while it runs: pages that most likely were misread are not believed."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field, replace
from typing import Self

from collation.normalise import fingerprint, legible
from collation.quality import Looked, Measured, agreement, falls, mass_changes, measure
from flows.discovery import Listed
from flows.reading import HtmlView
from storage.quality import RunQuality
from storage.writer import Writer
from variorum.records import Known, Page

HOLD = 8  #: runs on end that are read worse than before, for which no changed text of theirs is believed


@dataclass(slots=True)
class Watch:
    """The pages that a run has read so far, and how well the runs before it read theirs."""

    past: list[Measured]
    drifting: int  #: runs on end, up to this one, that read the source worse than before
    looked: list[Looked] = field(default_factory=list)
    drift: str | None = None  #: in what it is worse than before; once said in a run it stays said
    holds: bool = False  #: a change is not believed at the second sight either

    @classmethod
    def of(cls, writer: Writer, source_id: int) -> Self:
        """Return the watch over a new run."""
        past, drifting = writer.past_quality(source_id)
        return cls([Measured(*run[:5]) for run in past], drifting)

    def look(self, seen: Iterable[tuple[HtmlView | None, Listed | None, Known | None]]) -> None:
        """Look at the pages of a batch; from then on, if they are read worse than before, they are doubtful.

        Args:
            seen: Of each work what was read, None where it was not fetched; what listers tell; what is known.
        """
        read = [(view, listed, known) for view, listed, known in seen if view is not None and view.page is not None]
        self.looked.extend(_looked(view, listed, known) for view, listed, known in read)
        fallen = falls(self.past, self.looked)
        if fallen:
            self.holds = self.drifting < HOLD
        self.drift = "; ".join(fallen or mass_changes(self.looked)) or self.drift
        if self.drift is not None:
            for view, _, _ in read:
                assert view.page is not None
                warning = f"its source is read worse than before: {self.drift}"
                view.page = replace(view.page, suspect=True, warnings=(*view.page.warnings, warning))

    def measured(self) -> RunQuality | None:
        """Return the row of the run, None where no page was read."""
        now = measure(self.looked)
        return RunQuality(*now, self.drift) if now is not None else None


def _looked(view: HtmlView, listed: Listed | None, known: Known | None) -> Looked:
    page = view.page
    assert page is not None
    if page.state == "protected":
        return Looked(1.0, is_empty=False)
    others = [other for other, _ in listed.pages if other.text and other.state == "open"] if listed else []
    other = next((told for told in others if told.witness == "rest"), others[0] if others else None)
    return Looked(
        score=page.score,
        is_empty=page.score == 0,
        agreement=agreement(page.text, other.text, is_part=other.partial) if other and not page.partial else None,
        is_changed=_is_changed(view, page, known) if other is None or other.partial else None,
    )


def _is_changed(view: HtmlView, page: Page, known: Known | None) -> bool | None:
    """Return whether a page shows another text than the last time; None where it was never read before."""
    before = next((item.fingerprint for item in known.witnesses if item.kind == "html"), "") if known else ""
    if not before:
        return None
    return not view.first.unchanged and fingerprint(legible(page.text)) != before
