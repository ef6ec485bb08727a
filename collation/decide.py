"""What is to be recorded after a visit: the rules of history (docs/architecture.md, DESIGN §3).

Like is compared with like: what REST says now with what REST said before, HTML with HTML. So a listing that is
switched off for a day, a new theme, or a witness that joins makes no version.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import replace

from collation.reconcile import RANK, Reconciled
from variorum.records import WORDLESS, Decision, Known, KnownText, Witness, WitnessKind

SHARP_DROP = 0.2  #: a text that falls below this share of its length is not believed at first sight
SHARP_DROP_FROM = 400  #: characters; shorter texts may shrink as they like
VIEWS_UNTIL_GONE = 2  #: complete views without it (DESIGN §3.5)

#: UTF-8 read as Latin-1 or Windows-1252 (Latin, Cyrillic, Arabic letters; quotation marks; kana and Han), or lost.
#: What French and German quotation marks may follow is left out.
_MOJIBAKE = re.compile(
    "[ÂÃÐÑØÙÚ][\u0080-\u00bf\u0152-\u0192\u02c6\u02dc\u2013-\u203a\u20ac\u2122]|â€."
    "|[ã-é](?:[\u0080-\u009f\u00a1-\u00aa\u00ac-\u00ba\u00bc-\u00bf\u0152-\u0192†‡‰‚„•™€]){2}|\ufffd+"
)


def decide(known: Known | None, seen: Reconciled) -> Decision:
    """Return what to record of a work that was seen.

    Args:
        known: What the archive holds of it, None for a new work.
        seen: What all witnesses of this visit say.
    """
    if known is not None and known.head is not None and known.head.kind == "takedown":
        return Decision(kind="same", witnesses=known.witnesses, reason="it was taken down: nothing of it is archived")
    witnesses = _merged(known.witnesses if known else (), seen.witnesses)
    if seen.state == "protected":
        if known is not None and known.head is not None and known.head.kind != "gone":
            return Decision(kind="gone", witnesses=witnesses, reason="a password is asked for")
        return Decision(kind="same", witnesses=witnesses, reason="a password is asked for")
    if known is None or known.head is None:
        return Decision(kind="first", content=seen.content, witnesses=seen.witnesses)
    if known.state in ("gone", "protected") or known.head.kind == "gone":
        twin = _twin(known, seen, skip_head=False)
        return Decision(kind="restored", content=seen.content, witnesses=seen.witnesses, same_text_as=twin)
    if _same_text(known, seen):
        return _decide_same_text(known, seen, witnesses)
    return _decide_changed(known, seen, witnesses)


def _merged(before: tuple[Witness, ...], now: tuple[Witness, ...]) -> tuple[Witness, ...]:
    """Return the last word of every kind of witness; one without text (a summary) keeps the text told before."""
    words: dict[WitnessKind, Witness] = {witness.kind: witness for witness in before}
    for witness in now:
        old = words.get(witness.kind)
        if not witness.fingerprint and old is not None and old.fingerprint:
            continue
        words[witness.kind] = witness
    return tuple(words[kind] for kind in sorted(words, key=RANK.__getitem__))


def _shared(known: Known, seen: Reconciled) -> list[tuple[Witness, Witness]]:
    """Return (before, now) of the kinds of witness that spoke both times with a text, best first."""
    before = {witness.kind: witness for witness in known.witnesses if witness.fingerprint}
    now = sorted((witness for witness in seen.witnesses if witness.fingerprint), key=lambda w: RANK[w.kind])
    return [(before[witness.kind], witness) for witness in now if witness.kind in before]


def _same_text(known: Known, seen: Reconciled) -> bool:
    shared = _shared(known, seen)
    assert known.head is not None
    if shared and shared[0][0].fingerprint == shared[0][1].fingerprint:
        return True
    return known.head.fingerprint == seen.content.fingerprint  # another witness told the change before


def _decide_same_text(known: Known, seen: Reconciled, witnesses: tuple[Witness, ...]) -> Decision:
    shared = _shared(known, seen)
    changed = _changed_fields(known, seen)
    if changed:
        witnesses = _outdated(witnesses, seen, fields=changed)
        return Decision(kind="metadata", content=seen.content, witnesses=witnesses, reason=", ".join(changed))
    if shared and shared[0][0].text_sha256 != shared[0][1].text_sha256:
        return Decision(kind="format", witnesses=witnesses)
    if any(before.fingerprint != now.fingerprint for before, now in shared[1:]):
        return Decision(kind="boilerplate", witnesses=witnesses)
    return Decision(kind="same", witnesses=witnesses)


def _changed_fields(known: Known, seen: Reconciled) -> list[str]:
    """Return the fields whose value changed in the words of the best witness that told them both times."""
    before = {witness.kind: witness.meta for witness in known.witnesses}
    changed: list[str] = []
    decided: set[str] = set()
    for witness in sorted(seen.witnesses, key=lambda w: RANK[w.kind]):
        old: Mapping[str, str] = before.get(witness.kind, {})
        for name, digest in witness.meta.items():
            if name in old and name not in decided:
                decided.add(name)
                if old[name] != digest:
                    changed.append(name)
    return sorted(changed)


def _decide_changed(known: Known, seen: Reconciled, witnesses: tuple[Witness, ...]) -> Decision:
    assert known.head is not None
    content = seen.content
    if _is_damaged(content.text):
        reason = "the characters are broken"
        if _is_known_mended(content.text, known.head):
            return Decision(kind="encoding", witnesses=known.witnesses, reason=reason)
        if known.pending_sha256 != content.text_sha256:
            return Decision(
                kind="encoding", witnesses=known.witnesses, reason=reason, pending_sha256=content.text_sha256
            )
    twin = _twin(known, seen, skip_head=True)
    if twin is not None:
        witnesses = _outdated(witnesses, seen, fields=_changed_fields(known, seen), text=True)
        return Decision(kind="flap", content=content, witnesses=witnesses, same_text_as=twin)
    doubt = _doubt(known, seen)
    if doubt and known.pending_sha256 != content.text_sha256:
        return Decision(kind="suspect", witnesses=known.witnesses, reason=doubt, pending_sha256=content.text_sha256)
    witnesses = _outdated(witnesses, seen, fields=_changed_fields(known, seen), text=True)
    return Decision(kind="source", content=content, witnesses=witnesses)


def _outdated(
    witnesses: tuple[Witness, ...], seen: Reconciled, *, fields: list[str], text: bool = False
) -> tuple[Witness, ...]:
    """Return the witnesses with what those who were not heard this time said of changed things struck out.

    Else the change that one witness tells today would be told once more by the other tomorrow.
    """
    heard = {witness.kind for witness in seen.witnesses}
    return tuple(
        witness
        if witness.kind in heard
        else replace(
            witness,
            fingerprint="" if text else witness.fingerprint,
            text_sha256="" if text else witness.text_sha256,
            meta={name: digest for name, digest in witness.meta.items() if name not in fields},
        )
        for witness in witnesses
    )


def _doubt(known: Known, seen: Reconciled) -> str | None:
    """Return why a change is not believed at first sight, None if it is."""
    assert known.head is not None
    if not _shared(known, seen):
        return "another kind of witness tells another text"
    if len([witness for witness in seen.witnesses if witness.fingerprint == seen.content.fingerprint]) > 1:
        return None  # two witnesses agree
    if any(witness.kind == "rest" for witness in seen.witnesses):
        return None  # the platform itself says so
    if seen.suspect:
        return "the extraction is in doubt"
    length = len(seen.content.text)
    if known.head.text_len > SHARP_DROP_FROM and length < SHARP_DROP * known.head.text_len:
        return f"the text fell from {known.head.text_len} to {length} characters"
    return None


def _is_damaged(text: str) -> bool:
    """Return whether a text holds traces of a wrong character set: several, so that an article about them passes."""
    return len(_MOJIBAKE.findall(text)) > max(3, len(text) // 200)


def _is_known_mended(text: str, head: KnownText) -> bool:
    """Return whether a damaged text has the length of the known one once its characters are mended.

    Then it is that text, read wrongly. Otherwise the known text may have been as damaged, and somebody has edited it.
    """
    mended = len(_MOJIBAKE.sub("x", text))
    return 2 * abs(mended - head.text_len) < len(text) - mended


def _twin(known: Known, seen: Reconciled, *, skip_head: bool) -> int | None:
    """Return the newest version that had the very text, None if there is none."""
    assert known.head is not None
    older: tuple[KnownText, ...] = known.older if skip_head else (known.head, *known.older)
    texts = (text for text in older if text.kind != "gone")
    return next((text.version_id for text in texts if text.fingerprint == seen.content.fingerprint), None)


def decide_absent(known: Known, *, reason: str, views: int, definite: bool = False) -> Decision:
    """Return what to record of a work that was looked for and not found.

    Args:
        known: The work.
        reason: For people: how its absence showed.
        views: Complete views without it that this visit adds, each independent of the others.
        definite: The server says itself that it is gone (410).
    """
    if known.state == "gone" or known.head is None or known.head.kind in WORDLESS:
        return Decision(kind="same", witnesses=known.witnesses, reason=reason)
    absences = known.absences + views
    if definite or absences >= VIEWS_UNTIL_GONE:
        return Decision(kind="gone", witnesses=known.witnesses, reason=reason, absences=absences)
    return Decision(kind="missing", witnesses=known.witnesses, reason=reason, absences=absences)


def decide_technical(known: Known, again: Reconciled) -> Decision:
    """Return what to record when the head's own captures are extracted by new rules: the difference is ours.

    Args:
        known: The work, with a head.
        again: What the same captures say by the rules of today.
    """
    assert known.head is not None
    if known.head.kind in WORDLESS:
        return Decision(kind="same", witnesses=known.witnesses)
    before = {witness.kind: witness.meta for witness in known.witnesses}
    moved = any(before.get(witness.kind, witness.meta) != witness.meta for witness in again.witnesses)
    if known.head.text_sha256 == again.content.text_sha256 and not moved:
        return Decision(kind="same", witnesses=again.witnesses)
    return Decision(kind="technical", content=again.content, witnesses=again.witnesses)
