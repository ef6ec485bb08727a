"""The ladder of evidence for a page's characters, rung by rung, and labels that lie."""

import codecs

import pytest
from hypothesis import given
from hypothesis import strategies as st

from extractors.charset import decode

GERMAN = "Die Fähre fuhr über die Höhe, süß und größer als früher. "
JAPANESE = "日本語の天気の記録は、港の帳簿に残されている。"
RUSSIAN = "Паром ушёл на девять минут позже, потому что кто-то привязал велосипед. "


@pytest.mark.parametrize(
    ("body", "content_type", "label", "rule"),
    [
        (codecs.BOM_UTF8 + GERMAN.encode(), "text/html; charset=iso-8859-1", "utf-8", "bom"),
        (codecs.BOM_UTF16_LE + GERMAN.encode("utf-16-le"), None, "utf-16-le", "bom"),
        (codecs.BOM_UTF16_BE + GERMAN.encode("utf-16-be"), None, "utf-16-be", "bom"),
        (GERMAN.encode(), "text/html; charset=iso-8859-1", "utf-8", "utf-8"),
        (GERMAN.encode("cp1252"), "text/html; charset=ISO-8859-1", "cp1252", "header"),
        (GERMAN.encode("utf-16-le"), "text/html; charset=utf-16", "utf-16-le", "header"),
        (b'<meta charset="Shift_JIS">' + JAPANESE.encode("cp932"), None, "cp932", "meta"),
        (b"<!--" + b"x" * 4000 + b"-->" + b"<meta charset=koi8-r>" + RUSSIAN.encode("koi8-r"), None, "koi8-r", "meta"),
        (b'<?xml version="1.0" encoding="euc-jp"?>' + JAPANESE.encode("euc_jp"), None, "euc_jp", "xml"),
        (GERMAN.encode() * 9 + b"\xe4", None, "utf-8", "mostly-utf-8"),
        (RUSSIAN.encode("cp1251") * 9, "text/html; charset=utf-8", "cp1251", "detected"),
        (JAPANESE.encode("euc_jp") * 9, "text/html; charset=utf-8", "euc_jp", "detected"),
        (b"<p>plain</p>", None, "utf-8", "utf-8"),
        (b"", None, "utf-8", "utf-8"),
    ],
)
def test_each_rung(body: bytes, content_type: str | None, label: str, rule: str) -> None:
    found = decode(body, content_type)
    assert (found.label, found.rule) == (label, rule)
    if rule != "mostly-utf-8":
        bare = body.removeprefix(codecs.BOM_UTF8).removeprefix(codecs.BOM_UTF16_LE).removeprefix(codecs.BOM_UTF16_BE)
        assert found.text == bare.decode(label)


@pytest.mark.parametrize(
    "name", "idna undefined punycode utf-7 unicode_escape utf-32 utf-16 unicode hex klingon-8 x-user-defined".split()
)
@pytest.mark.parametrize("header", [True, False])
def test_label_that_no_page_may_have_is_not_believed(name: str, header: bool) -> None:
    """Python knows more codecs than browsers; some raise, some lose the text, utf-16 turns ASCII into Chinese."""
    body = b"<p>hello</p>" if header else f'<meta charset="{name}"><p>hello</p>'.encode()
    found = decode(body, f"text/html; charset={name}" if header else None)
    assert found.text == body.decode()
    assert found.replacements == 0


def test_foreign_bytes_in_a_utf8_page_spoil_themselves_only() -> None:
    body = b"<p>F\xc3\xa4hre, sp\xc3\xa4ter</p><p>H\xf6he, gr\xfcn, s\xfc\xdf</p>"
    found = decode(body + "<p>größer, süßer</p>".encode(), "text/html; charset=utf-8")
    assert "Fähre, später" in found.text and "größer" in found.text
    assert (found.rule, found.replacements) == ("mostly-utf-8", 4)


def test_replacements_that_the_page_itself_holds_are_not_counted() -> None:
    assert decode("a \ufffd ä".encode()).replacements == 0
    assert decode("a \ufffd ä".encode() * 99 + b"\xe4").replacements == 1


def test_mojibake_is_left_as_it_was_served() -> None:
    assert decode("spÃ¤ter".encode()).text == "spÃ¤ter"


@given(st.binary(max_size=300), st.sampled_from([None, "text/html; charset=utf-8", "charset=big5", 'charset="', "é"]))
def test_never_fails(body: bytes, content_type: str | None) -> None:
    found = decode(body, content_type)
    assert found.replacements >= 0
    assert found.rule in {"bom", "utf-8", "header", "meta", "xml", "mostly-utf-8", "detected", "fallback"}
