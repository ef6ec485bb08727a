import pytest

from extractors.dates import parse_date, read_date
from extractors.months import MONTHS
from variorum.times import to_rfc3339


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("2026-01-02T03:04:05+02:00", "2026-01-02T01:04:05Z"),
        ("2026-01-02T03:04:05", "2026-01-02T03:04:05Z"),
        (" 2026-01-02T23:04:05-14:30 ", "2026-01-03T13:34:05Z"),
        ("2026-01-02T03:04:05Z", "2026-01-02T03:04:05Z"),
        ("٢٠٢٦-٠١-٠٢T03:04:05Z", "2026-01-02T03:04:05Z"),
        ("2026-01-02", "2026-01-02T00:00:00Z"),
        ("Mon, 16 Nov 2026 22:39:07 +0100", "2026-11-16T21:39:07Z"),
        ("November 16, 2026 at 10:39 pm", "2026-11-16T22:39:00Z"),
        ("16. März 2026 um 22:39 Uhr", "2026-03-16T22:39:00Z"),
        ("16 de março de 2026", "2026-03-16T00:00:00Z"),
        ("le 3 août 2026", "2026-08-03T00:00:00Z"),
        ("2026年11月16日 9:05", "2026-11-16T09:05:00Z"),
        ("16 ноября 2026", "2026-11-16T00:00:00Z"),
        ("١٦ نوفمبر ٢٠٢٦", "2026-11-16T00:00:00Z"),
        ("16.11.2026", "2026-11-16T00:00:00Z"),
        ("11/16/2026", "2026-11-16T00:00:00Z"),
    ],
)
def test_reads(text: str, expected: str) -> None:
    found = parse_date(text)
    assert found is not None
    assert to_rfc3339(found) == expected


@pytest.mark.parametrize(
    "form", ["17 {} 2025", "17. {} 2025", "on 17-{}-2025", "17 de {} de 2025", "17th of {}, 2025", "{} 17, 2025"]
)
def test_reads_every_name_of_a_month_in_every_form(form: str) -> None:
    """A day before a month was lost where its name begins as "of" does in some language: "17 December"."""
    read = {name: read_date(form.format(name)) for name in MONTHS}
    assert {name: found and found.on.month for name, found in read.items()} == MONTHS


@pytest.mark.parametrize("text", ["", "yesterday", "5 years, 10 months ago", "2026-13-45", "99:99"])
def test_what_is_no_date_is_none(text: str) -> None:
    assert parse_date(text) is None


@pytest.mark.parametrize("text", ["9999-12-31", "0001-01-01T00:00:00", "0001-01-01T00:00:00Z"])
def test_what_software_writes_for_no_date_is_none(text: str) -> None:
    assert parse_date(text) is None
