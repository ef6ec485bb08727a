"""Feed made-up and mutated pages to the extractor and the cleaner, and say what breaks.

    python benchmarks/fuzz.py [--first N] [--count N] [--pages FOLDER] [--limit SECONDS] [--keep FOLDER] [--digest]

Page number N is the same in every run and process, as long as FOLDER (`*.html`, recorded elsewhere: nothing of it is
copied) holds the same. Several processes share the work by ranges of numbers. What breaks a promise is told with its
number and kept as a file; the run goes on, and ends with 1. `--digest` prints one digest of all records instead of
the time they took: it must be the same whatever PYTHONHASHSEED is, and in whatever order the pages come (--shuffle).
"""

from __future__ import annotations

import argparse
import faulthandler
import hashlib
import pickle
import random
import resource
import sys
import time
import unicodedata
from collections.abc import Callable, Sequence
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, NamedTuple

from extractors.document import parse
from extractors.page import extract_page
from extractors.residue import clean
from variorum.records import Page

AT = datetime(2026, 11, 24, tzinfo=UTC)
_HANGS = 20  #: times the limit after which a page is given up, and the run with it
_AGAIN = 8  #: of so many pages one is read twice: nothing may be left over from the first time
_LARGEST = 400_000  #: characters of a mutated page; benchmarks/giants.py has larger ones


class Case(NamedTuple):
    """One page as it would come over the wire."""

    body: bytes
    url: str
    content_type: str | None


# ------------------------------------------------------------------------------------------------ made-up pages
_SENTENCES = (
    "The harbour master wrote on that grey morning that nothing would sail.",
    "Nobody asked her why, and so the boats lay at the quay until noon.",
    "Er hat es den Leuten am Kai dreimal gesagt, und keiner hat zugehört.",
    "Le bateau n’est jamais arrivé, disait-il, et la lettre non plus.",
    "このあたりの港は朝が早い。船はもう出てしまった。",
    "كتب مدير الميناء في ذلك الصباح الرمادي أن شيئا لن يبحر.",
    "Корабль ушёл без нас, и никто не заметил этого до вечера.",
    "“Quoted,” she said — then: 1. one; 2. two… (three)",
    "No.",
)
_NAMES = ("Ann Weber", "Bob", "山田", "سارة", "Élodie d’Arc", "admin", "x" * 70, "Ann\u200bNull", "<b>Bo</b>", "")
_DATES = (
    "May 3, 2024", "2024-05-03T10:00:00+02:00", "3. Mai 2024 um 10:00", "2024年5月3日", "٣ مايو ٢٠٢٤", "03/04/2019",
    "31 February 2020", "0000-00-00T00:00:00Z", "9999-12-31T23:59:59-14:00", "3 hours ago", "99:99", "May 3, 20244",
)  # fmt: skip
_HEADS = (
    "<title>{t} | The Quay</title>",
    "<meta charset=utf-8><title>{t}</title><meta property=og:title content='{t}'><meta name=author content='{n}'>",
    "<base href='/blog/'><link rel=canonical href='/seven/'><meta property='article:published_time' content='{d}'>",
    '<script type="application/ld+json">{{"@type":"BlogPosting","headline":"{t}","author":{{"name":"{n}"}},'
    '"datePublished":"{d}"}}</script>',
    '<script type="application/ld+json">[[{{"@graph":[{{"@type":["Person",7,null],"author":[[]]}}]}}, {{"@type":',
    "<meta name=generator content='WordPress 6.1'><link rel=shortlink href='/?p=7'><title>{t}",
    "<meta name=generator content=blogger><meta http-equiv=content-type content='text/html; charset=shift_jis'>",
    "",
)
_BODIES = (
    "<article id=post-7 class=hentry><h1 class=entry-title>{t}</h1><div class=entry-content>{b}</div></article>",
    "<main class=wp-block-group><h1 class=wp-block-post-title>{t}</h1><div class='entry-content "
    "wp-block-post-content'>{b}</div></main>",
    "<div class='post hentry'><h3 class=post-title>{t}</h3><div class=post-body>{b}</div></div>",
    "<h1>{t}</h1><div class=main>{b}</div>",
    "<table><tr><td>menu<td><h2>{t}</h2>{b}</table>",
    "<section><h2>{t}</h2>{b}</section><section class=entry-body>{b}</section>",
    "<form action=/x.aspx><div itemprop=articleBody>{b}</div></form>",
    "{b}",
)
_PIECES = (
    "<p>{s}</p>", "<p>{s} {s} {s}</p>", "{s}<br><br>{s}", "<ul><li>{s}<li>{s}</ul>", "<ol start=9><li>{s}</ol>",
    "<blockquote><p>{s}</p><cite>{n}</cite></blockquote>", "<pre><code>x  = 1\n\n  y</code></pre>", "<h2>{s}</h2>",
    "<table><tr><th>a<th>b<tr><td>{s}<td>|</table>", "<figure><img src=/a.png alt='{n}'><figcaption>{s}</figure>",
    "<a href='//b.example/{n}'>{s}</a>", "<div class='sharedaddy sd-sharing'>Share this: Twitter</div>",
    "<div id=jp-post-flair><div class=jp-relatedposts>Related</div></div>", "<p>&nbsp;&#0;&#x110000;&bogus;</p>",
    "<svg><title>x</title><p>{s}</svg>", "<template><p>{s}</template>", "<!-- {s} -->", "<b><i>{s}</b> {s}</i>",
    "<p style='display:none'>{s}</p>", "<div class=comment-count>3 comments</div>", "<time datetime='{d}'>{d}</time>",
    "<span class=author>{n}</span>", "<noscript><p>{s}</noscript>", "<p>Posted by {n} at {d}</p>", "<hr>",
)  # fmt: skip
_ONE_COMMENT = (
    "<li id=comment-{i} class='comment depth-1'><cite class=fn>{n}</cite> <a href='#comment-{i}'>{d}</a><div "
    "class=comment-content>{b}</div>{r}</li>",
    "<div class=comment id=c{i}><span class=author>{n}</span> <span class=date>{d}</span>{b}{r}</div>",
    "<dt class=comment-author id=c{i}><a>{n}</a> said...</dt><dd class=comment-body>{b}</dd><dd>{d}</dd>",
    "<div><b>{n}</b> <i>{d}</i><p>{b}</p></div>{r}",
    "<div class=comment><div class=comment-content>{b}</div><p class=comment-footer>Posted by: {n} | {d}</p></div>",
    "<article itemscope itemtype='http://schema.org/Comment'><p itemprop=text>{b}</p></article>",
    "<p>{b}</p><p class=posted>Posted by: {n} at {d}</p>",
)
_THREADS = (
    "<div id=comments class=comments-area><h2>{i} thoughts</h2><ol class=comment-list>{c}</ol><div id=respond><form>"
    "<textarea></textarea></form></div></div>",
    "<div id=comments><dl>{c}</dl></div>",
    "<div class=comments>{c}</div>",
    "<div class=wp-block-comments><ol class=wp-block-comment-template>{c}</ol><a class='page-numbers' "
    "href='comment-page-2/#comments'>2</a></div>",
    "<div id=disqus_thread></div>{c}",
    "<aside class=widget>{c}</aside>",
    "{c}",
)


def made(choose: random.Random) -> str:
    """Return a page as blogs have it, of parts that need not fit together."""
    words = {"n": choose.choice(_NAMES), "d": choose.choice(_DATES), "t": choose.choice(_SENTENCES)}
    head = "".join(part.format(**words) for part in choose.sample(_HEADS, choose.randint(0, 3)))
    body = choose.choice(_BODIES).format(t=words["t"], b=_prose(choose, choose.randint(0, 14)))
    thread = choose.choice(_THREADS).format(i=choose.randint(0, 5000), c=_comments(choose, choose.randint(0, 9), 3))
    around = [f"<nav>{_prose(choose, 1)}</nav>", f"<footer>© 2024 {_prose(choose, 1)}</footer>", body, thread]
    if choose.random() < 0.2:
        choose.shuffle(around)
    marks = choose.choice(("", " class='single postid-7'", " class='home blog'", " class='page page-id-7'"))
    return f"<!doctype html><html lang=en><head>{head}</head><body{marks}>{''.join(around)}</body></html>"


def _prose(choose: random.Random, count: int) -> str:
    pieces = (choose.choice(_PIECES) for _ in range(count))
    return "\n".join(
        piece.format(s=choose.choice(_SENTENCES), n=choose.choice(_NAMES), d=choose.choice(_DATES)) for piece in pieces
    )


def _comments(choose: random.Random, count: int, depth: int) -> str:
    shape = choose.choice(_ONE_COMMENT)
    parts = []
    for _ in range(count):
        deeper = depth and choose.random() < 0.3
        replies = f"<ul class=children>{_comments(choose, choose.randint(1, 2), depth - 1)}</ul>" if deeper else ""
        text = _prose(choose, choose.randint(0, 2))
        parts.append(
            shape.format(i=choose.randint(1, 99), n=choose.choice(_NAMES), d=choose.choice(_DATES), b=text, r=replies)
        )
    return "".join(parts)


# ------------------------------------------------------------------------------------------------ mutations
_TOKENS = (
    "<", ">", "</", "/>", "<!--", "-->", "<![CDATA[", "]]>", "&", "&#", "&amp;amp;", "'", '"', "\x00", "\x0b", "\x1f",
    "\ufffe", "\ufeff", "\u200b", "\u2028", "\u0301", "\u202e", "\U0001f469\u200d\U0001f680", "\r", "\r\n", "\t",
    "\xa0", "</body>", "</html>", "<body>", "<html>", "<head>", "</div>", "</p>", "</td>", "</table>", "</li>",
    "<div>", "<p>", "<table>", "<tr>", "<td>", "<li>", "<ul>", "<dl><dt>", "<form>", "<select><option>", "<textarea>",
    "<script>", "<style>", "<title>", "<plaintext>", "<xmp>", "<iframe>", "<frameset>", "<svg>", "<base href=",
    "<img src=data:,x>", "<a href='http://[::1'>", "<a href='javascript:x'>", "<a href=http://a.example:99999/>",
    "<time datetime='9999999999-01-01'>", "<h1>", "<blockquote>", "<pre>", " class=comment", " id=comments",
    " class=entry-content", " id=comment-99999999999999999999", "<?xml version='1.0' encoding='utf-16'?>",
    "<meta charset=utf-7>", "<meta charset=big5>", "Leave a Reply", "Posted by Ann at May 3, 2024 10:00", "1. 2. 3.",
    "Share this:", "© 2024 All rights reserved", "%s", "{}", "\\", "9" * 400, "-" * 300, "a" * 3000, "<b " * 60,
)  # fmt: skip
_CHARSETS = ("utf-8", "utf-16", "utf-16-le", "cp1252", "shift_jis", "gb18030", "koi8-r", "iso-8859-6", "latin-1")
_TYPES = (
    None,
    "text/html",
    "text/html; charset=utf-8",
    "text/html; charset=latin-1",
    "text/html;charset=x;charset=",
    "",
)
_URLS = (
    "https://blog.example/a-post/", "https://blog.example/", "http://a.example/2024/13/45/x/?p=7&cpage=2#comment-9",
    "http://[::1]/", "https://日本.example/ä?q=%ff", "https://blog.example/7/comment-page-2/",
)  # fmt: skip


def _span(choose: random.Random, text: str, longest: int = 2000) -> tuple[int, int]:
    start = choose.randint(0, len(text))
    return start, min(len(text), start + choose.randint(0, longest))


def _cut(choose: random.Random, text: str) -> str:
    start, end = _span(choose, text)
    return text[:start] + text[end:]


def _broken_off(choose: random.Random, text: str) -> str:
    return text[: choose.randint(0, len(text))]


def _repeated(choose: random.Random, text: str) -> str:
    start, end = _span(choose, text, 400)
    return text[:end] + text[start:end] * choose.choice((1, 2, 30, 300)) + text[end:]


def _moved(choose: random.Random, text: str) -> str:
    start, end = _span(choose, text)
    rest = text[:start] + text[end:]
    at = choose.randint(0, len(rest))
    return rest[:at] + text[start:end] + rest[at:]


def _inserted(choose: random.Random, text: str) -> str:
    at = choose.randint(0, len(text))
    return text[:at] + choose.choice(_TOKENS) * choose.choice((1, 1, 1, 2, 40, 400)) + text[at:]


def _without_ends(choose: random.Random, text: str) -> str:
    tag = choose.choice(("div", "p", "li", "ul", "td", "a", "b", "span", "article"))
    return text.replace(f"</{tag}>", "", choose.randint(1, 50))


def _renamed(choose: random.Random, text: str) -> str:
    names = ("comment", "entry-content", "widget", "children", "hentry", "fn", "share", "x", "div", "li", "p", "span")
    return text.replace(choose.choice(names), choose.choice(names), choose.choice((1, 5, 1000)))


def _lettered(choose: random.Random, text: str) -> str:
    letters = choose.choice(("あ", "ا", "ß", "e\u0301", "\U0001d4b3", "  ", "\u3000", "İ", "ﬁ"))
    return text.replace(choose.choice("aeinst "), letters)


def _wrapped(choose: random.Random, text: str) -> str:
    tag = choose.choice(("<div>", "<b>", "<ul><li>", "<table><tr><td>", "<blockquote>", "<div class=comment id=c1>"))
    return tag * choose.choice((1, 3, 300, 3000)) + text


_MUTATIONS: tuple[Callable[[random.Random, str], str], ...] = (
    _cut, _broken_off, _repeated, _moved, _inserted, _inserted, _without_ends, _renamed, _lettered, _wrapped,
)  # fmt: skip


def case(number: int, recorded: Sequence[str] = ()) -> Case:
    """Return page *number*: made up, or one of the *recorded* ones, changed up to eight times.

    Args:
        number: The same number gives the same page.
        recorded: Sources of whole pages.
    """
    choose = random.Random(number)
    text = choose.choice(recorded) if recorded and choose.random() < 0.6 else made(choose)
    for _ in range(choose.choice((0, 1, 1, 2, 3, 5, 8))):
        text = choose.choice(_MUTATIONS)(choose, text)[:_LARGEST]
    body = text.encode(choose.choice(_CHARSETS) if choose.random() < 0.2 else "utf-8", "replace")
    if choose.random() < 0.1:
        bits = bytearray(body)
        for _ in range(choose.randint(1, 20)):
            if bits:
                bits[choose.randrange(len(bits))] = choose.randrange(256)
        body = bytes(bits)
    return Case(body, choose.choice(_URLS), choose.choice(_TYPES))


# ------------------------------------------------------------------------------------------------ promises
def read(one: Case) -> Page:
    """Return what is extracted from a page."""
    return extract_page(parse(one.body, one.url, one.content_type), captured_at=AT)


def record(page: Page) -> bytes:
    """Return all that was extracted, as bytes that are the same for the same record."""
    return repr(page).encode("utf-8", "backslashreplace")


def broken(page: Page) -> list[str]:
    """Return which promises of `variorum.records` and of `clean` a page breaks."""
    comments = page.thread.comments if page.thread else ()
    texts = [page.title, page.text, page.markdown, *(c.text for c in comments), *(c.author for c in comments)]
    texts += [person.name for person in page.authors]
    found = []
    if any(unicodedata.normalize("NFC", text) != text for text in texts):
        found.append("a text is not NFC")
    if any(ord(letter) < 32 and letter not in "\n\t" for text in texts for letter in text):
        found.append("a text holds a control character")
    if any(not line.strip() for text in (page.text, *(c.text for c in comments)) for line in text.split("\n") if text):
        found.append("a line is blank")
    if any("\n" in text for text in (page.title, *(c.author for c in comments))):
        found.append("a title or a name has two lines")
    times = [page.published, page.modified, *(c.published for c in comments)]
    if any(at is not None and at.utcoffset() is None for at in times):
        found.append("a time has no zone")
    if [c.position for c in comments] != sorted(c.position for c in comments):
        found.append("comments are out of order")
    if any(c.parent_id is not None and c.parent_id == c.native_id for c in comments):
        found.append("a comment answers itself")
    links = [*(link.url for link in (*page.links, *page.images)), *(c.author_url or "http:" for c in comments)]
    if any(not url.startswith(("http:", "https:")) for url in links):
        found.append("a link is no absolute address of the web")
    try:
        pickle.loads(pickle.dumps(page))
    except Exception as error:  # noqa: BLE001 - whatever it is, it is the finding
        found.append(f"it cannot be pickled: {error}")
    return found + _broken_by_clean(page.text)


def _broken_by_clean(text: str) -> list[str]:
    cleaned = clean(text)
    pieces, at = [], 0
    for gone in cleaned.removed:
        if gone.start is None or gone.end is None or gone.start < at or text[gone.start : gone.end] != gone.text:
            return ["what clean removed is not where it says"]
        pieces.append(text[at : gone.start])
        at = gone.end
    found = [] if "".join(pieces) + text[at:] == cleaned.clean else ["what clean kept and removed is not the text"]
    if clean(cleaned.clean).clean != cleaned.clean:
        found.append("to clean twice is not to clean once")
    return found


class Verdict(NamedTuple):
    """How one page ended."""

    problems: tuple[str, ...]
    seconds: float  #: of CPU, the extraction and the cleaning
    record: bytes


def judge(one: Case, *, limit: float, again: bool = False) -> Verdict:
    """Read one page and say what it broke.

    Args:
        one: The page.
        limit: Seconds of CPU that it may take.
        again: Whether to read it twice and compare.
    """
    started = time.process_time()
    try:
        page = read(one)
        spent = time.process_time() - started
        problems = broken(page)
        told = record(page)
        if again and record(read(one)) != told:
            problems.append("read again it says something else")
    except Exception as error:  # noqa: BLE001 - whatever it is, it is the finding
        place = error.__traceback__
        while place is not None and place.tb_next is not None:
            place = place.tb_next
        where = f" in {Path(place.tb_frame.f_code.co_filename).name}:{place.tb_lineno}" if place is not None else ""
        return Verdict((f"{type(error).__name__}: {error}{where}",), time.process_time() - started, b"")
    if spent > limit:
        problems.append(f"it took {spent:.1f} s")
    return Verdict(tuple(problems), spent, told)


def main() -> None:
    """Run what the command line asks for."""
    wanted = _arguments()
    recorded = (
        [path.read_text("utf-8", "replace") for path in sorted(wanted.pages.rglob("*.html"))] if wanted.pages else []
    )
    numbers = list(range(wanted.first, wanted.first + wanted.count))
    if wanted.shuffle is not None:
        random.Random(wanted.shuffle).shuffle(numbers)
    slowest, failed, spent, digests = (0.0, -1), 0, 0.0, {}
    for number in numbers:
        faulthandler.dump_traceback_later(wanted.limit * _HANGS, exit=True)
        one = case(number, recorded)
        verdict = judge(one, limit=wanted.limit, again=number % _AGAIN == 0)
        faulthandler.cancel_dump_traceback_later()
        slowest = max(slowest, (verdict.seconds, number))
        spent += verdict.seconds
        if wanted.digest:
            digests[number] = hashlib.sha256(verdict.record).digest()
        for problem in verdict.problems:
            failed += 1
            print(f"{number}: {problem}", flush=True)
            if wanted.keep:
                wanted.keep.mkdir(parents=True, exist_ok=True)
                (wanted.keep / f"{number}.html").write_bytes(one.body)
    if wanted.digest:
        print(hashlib.sha256(b"".join(digests[number] for number in sorted(digests))).hexdigest())
    else:
        peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 1024
        print(
            f"{wanted.count} pages from {wanted.first}: {failed} problems, {spent:.0f} s of CPU, slowest "
            f"{slowest[0]:.2f} s (page {slowest[1]}), {peak} MB at most"
        )
    sys.exit(bool(failed))


def _arguments() -> Any:
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("--first", type=int, default=0, help="number of the first page")
    parser.add_argument("--count", type=int, default=1000)
    parser.add_argument("--pages", type=Path, help="folder of recorded pages to mutate, too")
    parser.add_argument("--limit", type=float, default=5.0, help="seconds of CPU that a page may take")
    parser.add_argument("--keep", type=Path, help="folder for the pages that break a promise")
    parser.add_argument("--shuffle", type=int, help="seed of the order in which the pages come")
    parser.add_argument("--digest", action="store_true", help="print one digest of all records")
    return parser.parse_args()


if __name__ == "__main__":
    main()
