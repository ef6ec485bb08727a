"""How well a run reads its source, while it runs: so that nothing is believed of pages that most likely were misread."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field, replace
from typing import Self

from collation.normalise import fingerprint
from collation.quality import Looked, Measured, agreement, drift, measure
from flows.discovery import Listed
from flows.reading import HtmlView
from storage.quality import RunQuality
from storage.writer import Writer
from variorum.records import Known, Page


@dataclass(slots=True)
class Watch:
    """The pages that a run has read so far, and how well the runs before it read theirs."""

    past: list[Measured]
    looked: list[Looked] = field(default_factory=list)
    drift: str | None = None  #: in what it is worse than before; once said in a run it stays said

    @classmethod
    def of(cls, writer: Writer, source_id: int) -> Self:
        """Return the watch over a new run."""
        return cls([Measured(*run[:5]) for run in writer.past_quality(source_id)])

    def look(self, seen: Iterable[tuple[HtmlView | None, Listed | None, Known | None]]) -> None:
        """Look at the pages of a batch; from then on, if they are read worse than before, they are doubtful.

        Args:
            seen: Of each work what was read, None where it was not fetched; what listers tell; what is known.
        """
        read = [(view, listed, known) for view, listed, known in seen if view is not None and view.page is not None]
        self.looked.extend(_looked(view.page, listed, known) for view, listed, known in read if view.page is not None)
        self.drift = self.drift or drift(self.past, self.looked)
        if self.drift is not None:
            for view, _, _ in read:
                assert view.page is not None
                warning = f"its source is read worse than before: {self.drift}"
                view.page = replace(view.page, suspect=True, warnings=(*view.page.warnings, warning))

    def measured(self) -> RunQuality | None:
        """Return the row of the run, None where no page was read."""
        now = measure(self.looked)
        return RunQuality(*now, self.drift) if now is not None else None


def _looked(page: Page, listed: Listed | None, known: Known | None) -> Looked:
    if page.state == "protected":
        return Looked(1.0, is_empty=False)
    before = next((item.fingerprint for item in known.witnesses if item.kind == "html"), "") if known else ""
    return Looked(
        score=page.score,
        is_empty=page.score == 0,
        agreement=_agreement(page, listed),
        is_changed=fingerprint(page.text) != before if before else None,
    )


def _agreement(page: Page, listed: Listed | None) -> float | None:
    """Return how much the best other witness agrees with a page; None where there is none, or it has but a part."""
    told = [other for other, _ in listed.pages if other.text and other.state == "open"] if listed else []
    best = next((other for other in told if other.witness == "rest"), told[0] if told else None)
    if best is None or page.partial:
        return None
    return agreement(page.text, best.text, is_part=best.partial)
