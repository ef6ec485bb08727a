"""Which characters the bytes of a page are: a ladder of evidence, the surest first (measured on 1,214 real pages).

BOM → valid UTF-8 → HTTP header → meta within 8 KB → XML declaration → UTF-8 with few bad sequences → a detector →
Windows-1252. Labels mean what the WHATWG Encoding Standard says that they mean: iso-8859-1 is Windows-1252, and a page
whose meta says UTF-16 is none (it could not have been read so far).
"""

from __future__ import annotations

import codecs
import re
from typing import NamedTuple

_WHATWG = {
    "iso-8859-1": "cp1252", "latin1": "cp1252", "latin-1": "cp1252", "l1": "cp1252", "ascii": "cp1252",
    "us-ascii": "cp1252", "windows-1252": "cp1252", "x-cp1252": "cp1252", "iso8859-1": "cp1252", "iso_8859-1": "cp1252",
    "gb2312": "gb18030", "gbk": "gb18030", "gb_2312-80": "gb18030", "x-gbk": "gb18030", "chinese": "gb18030",
    "shift_jis": "cp932", "shift-jis": "cp932", "sjis": "cp932", "x-sjis": "cp932", "windows-31j": "cp932",
    "ms_kanji": "cp932", "euc-kr": "cp949", "ks_c_5601-1987": "cp949", "korean": "cp949", "windows-949": "cp949",
    "iso-8859-9": "cp1254", "latin5": "cp1254", "iso-8859-11": "cp874", "tis-620": "cp874", "windows-874": "cp874",
    "big5": "big5hkscs", "x-x-big5": "big5hkscs", "utf8": "utf-8", "unicode-1-1-utf-8": "utf-8",
    "iso-8859-8-i": "iso-8859-8", "x-mac-roman": "mac-roman",
    "macintosh": "mac-roman", "x-mac-cyrillic": "mac-cyrillic",
    "utf-16": "utf-16-le", "unicode": "utf-16-le",
}  # fmt: skip
#: The codecs that the standard knows, by Python's names. Python's others are not for pages: idna raises, utf-7 hides.
_CODECS = frozenset(
    "utf-8 ibm866 cp866 iso8859-2 iso8859-3 iso8859-4 iso8859-5 iso8859-6 iso8859-7 iso8859-8 iso8859-10 iso8859-13 "
    "iso8859-14 iso8859-15 iso8859-16 koi8-r koi8-u mac-roman mac-cyrillic cp874 cp1250 cp1251 cp1252 cp1253 cp1254 "
    "cp1255 cp1256 cp1257 cp1258 gb18030 big5hkscs euc_jp iso2022_jp cp932 cp949 utf-16-le utf-16-be".split()
)
_META = re.compile(rb"""<meta[^>]+charset\s*=\s*["']?\s*([A-Za-z0-9_.:-]+)""", re.I)
_XML = re.compile(rb"""^\s*<\?xml[^>]+encoding\s*=\s*["']([A-Za-z0-9_.:-]+)["']""", re.I)
_HEADER = re.compile(r"""charset\s*=\s*["']?\s*([A-Za-z0-9_.:-]+)""", re.I)
_BAD_SHARE = 0.001  #: of characters that may fail under a declared character set
_BAD_UTF8_SHARE = 0.2  #: of non-ASCII characters that may fail where nothing else fits
_BAD_DECLARED_SHARE = 0.6  #: the same, where the page is declared to be UTF-8: half of it was pasted from elsewhere


class Decoded(NamedTuple):
    """A decoded document."""

    text: str
    label: str  #: Python's name of the codec
    rule: str  #: bom, utf-8, header, meta, xml, mostly-utf-8, detected, fallback
    replacements: int  #: characters that could not be read and became U+FFFD
    source: bytes | None = None  #: the text in UTF-8 where the document was that, and nothing else


def decode(body: bytes, content_type: str | None = None) -> Decoded:
    """Decode the bytes of a text document.

    Args:
        body: Without content coding.
        content_type: Value of the Content-Type header, if there was one.
    """
    for mark, label in (
        (codecs.BOM_UTF8, "utf-8"),
        (codecs.BOM_UTF16_LE, "utf-16-le"),
        (codecs.BOM_UTF16_BE, "utf-16-be"),
    ):
        if body.startswith(mark):
            return _replacing(body[len(mark) :], label, "bom")
    try:
        text = body.decode("utf-8")
    except UnicodeDecodeError:
        pass
    else:
        if not text.isascii() or not _declared(body, content_type):
            return Decoded(text, "utf-8", "utf-8", 0, body)
    declared = _declared(body, content_type)
    for label, rule in declared:
        found = _replacing(body, label, rule)
        if found.replacements <= _BAD_SHARE * max(len(found.text), 1):
            return found
    found = _replacing(body, "utf-8", "mostly-utf-8")
    foreign = sum(char > "\x7f" for char in found.text)
    share = _BAD_DECLARED_SHARE if any(label == "utf-8" for label, _ in declared) else _BAD_UTF8_SHARE
    if found.replacements <= share * foreign:  # by chance, other encodings hardly ever make valid sequences
        return found
    return _detected(body)


def _declared(body: bytes, content_type: str | None) -> list[tuple[str, str]]:
    found = []
    if content_type and (match := _HEADER.search(content_type)):
        found.append((match.group(1), "header"))
    if meta := _META.search(body[:8192]):
        found.append((meta.group(1).decode(), "meta"))
    if xml := _XML.search(body[:512]):
        found.append((xml.group(1).decode(), "xml"))
    return [
        (label, rule)
        for name, rule in found
        if (label := _codec(name)) and not (label.startswith("utf-16") and (rule != "header" or b"\0" not in body))
    ]


def _codec(name: str) -> str | None:
    label = _WHATWG.get(name.lower(), name.lower())
    try:
        codec = codecs.lookup(label).name
    except LookupError:
        return None
    return codec if codec in _CODECS else None


def _replacing(body: bytes, label: str, rule: str) -> Decoded:
    text = body.decode(label, "replace")
    own = body.count(b"\xef\xbf\xbd") if label == "utf-8" else 0  # that the page itself holds
    return Decoded(text, label, rule, text.count("\ufffd") - own)


def _detected(body: bytes) -> Decoded:
    import cchardet  # faust-cchardet: only the few pages that come this far pay for its import

    guess = cchardet.detect(body[:200_000]).get("encoding")
    label = _codec(guess) if guess else None
    if label:
        return _replacing(body, label, "detected")
    return _replacing(body, "cp1252", "fallback")
