"""Every block of a source has a fate, and nothing of the source is lost on the way."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path

import pytest

from extractors.document import parse, parse_text
from extractors.explain import Piece, explain_page, explain_text
from extractors.page import extract_page
from extractors.residue import clean

GOLDEN = Path(__file__).parent / "golden" / "wordpress"
PLAIN = "A title\n\nWords of the author, a good deal of them, in one line.\n\nLeave a Reply\nName *\nEmail *\nWebsite\n"


def explained(path: Path) -> list[Piece]:
    body = path.read_bytes()
    document = parse(body, "http://127.0.0.1/a/", "text/html; charset=utf-8")
    page = extract_page(document, captured_at=datetime(2026, 1, 1, tzinfo=UTC))
    return list(explain_page(parse_text(document.text, document.url), page))


@pytest.mark.parametrize("path", sorted(GOLDEN.glob("*-pings.html")), ids=lambda path: path.stem)
def test_a_page_shows_what_was_kept_and_what_was_said(path: Path) -> None:
    fates = {piece.fate for piece in explained(path)}
    assert fates >= {"title", "kept", "comment", "left"}
    assert all(piece.rule for piece in explained(path) if piece.fate == "removed")


def test_scripts_are_no_blocks_and_a_short_block_must_be_a_line_of_its_own() -> None:
    source = "<body><script>var kept</script><p>kept</p><p>ke</p><style>p {}</style><div>left <b>out</b></div>"
    page = extract_page(parse_text(source, "http://127.0.0.1/"), captured_at=datetime(2026, 1, 1, tzinfo=UTC))
    assert [piece.text for piece in explain_page(parse_text(source, "http://127.0.0.1/"), page)] == [
        "kept",
        "ke",
        "left out",
    ]


def test_a_plain_text_is_whole_again_when_its_pieces_are_joined() -> None:
    pieces = list(explain_text(PLAIN, clean(PLAIN).removed))
    assert "".join(piece.text for piece in pieces) == PLAIN
    assert [piece.fate for piece in pieces][:2] == ["kept", "removed"]
    assert pieces[1].rule.startswith("comment_form: ")


def test_nothing_is_nothing() -> None:
    assert list(explain_text("", ())) == []
    page = extract_page(parse_text("", "http://127.0.0.1/"), captured_at=datetime(2026, 1, 1, tzinfo=UTC))
    assert list(explain_page(parse_text("", "http://127.0.0.1/"), page)) == []
