"""Pages of a real WordPress, recorded and trimmed, beside what is to be read from them.

A pair is made anew by running this file with the address of a page and a name: the JSON is then to be read by a person.
"""

from __future__ import annotations

import json
import re
import sys
import urllib.request
from dataclasses import asdict
from datetime import UTC, datetime
from pathlib import Path

import pytest

from extractors import wordpress
from extractors.document import parse_text
from variorum.records import Page
from variorum.times import to_rfc3339

GOLDEN = Path(__file__).parent / "golden" / "wordpress"
URL = re.compile(r"<!-- recorded from (\S+) -->")


def told(page: Page) -> dict[str, object]:
    """Return what a page says, ready for JSON."""
    return json.loads(json.dumps(asdict(page), default=to_rfc3339, ensure_ascii=False))  # type: ignore[no-any-return]


@pytest.mark.parametrize("page", sorted(GOLDEN.glob("*.html")), ids=lambda path: path.stem)
def test_golden_page(page: Path) -> None:
    source = page.read_text(encoding="utf-8")
    match = URL.search(source)
    assert match is not None
    found = wordpress.extract(parse_text(source, match.group(1)))
    assert found is not None
    assert told(found) == json.loads(page.with_suffix(".json").read_text(encoding="utf-8"))


def test_there_are_pairs_of_every_kind_of_theme() -> None:
    assert {path.stem.partition("-")[0] for path in GOLDEN.glob("*.html")} >= {"classic", "legacy", "block"}


def test_page_of_another_kind_is_none() -> None:
    assert wordpress.extract(parse_text("<html><body><p>Words</p></body></html>", "http://a.blog/")) is None


def test_article_of_another_post_is_not_taken() -> None:
    source = (
        '<body class="single postid-7"><article id="post-9"><div class="entry-content"><p>A teaser.</p></div></article>'
        '<article id="post-7"><div class="entry-content"><p>The post.</p></div></article></body>'
    )
    page = wordpress.extract(parse_text(source, "http://a.blog/seven/"))
    assert page is not None
    assert (page.native_id, page.text) == ("7", "The post.")


def test_image_of_a_post_is_no_post() -> None:
    source = '<body class="attachment single postid-8"><div class="entry-content"><p>x</p></div></body>'
    page = wordpress.extract(parse_text(source, "http://a.blog/seven/picture/"))
    assert page is not None and page.work_type == "other"


LINKS = '<div class="page-links"><a href="%s">1</a> <a href="%s">3</a></div>'


@pytest.mark.parametrize(
    ("url", "links", "permalink"),
    [
        ("http://a.blog/essay/2/", ("/essay/", "/essay/3/"), "http://a.blog/essay/"),
        ("http://a.blog/essay/3/", ("/essay/2/", "/essay/2/"), "http://a.blog/essay/"),  # next and previous only
        ("http://a.blog/05/1984/", ("/05/1984/2/", "/05/1984/3/"), "http://a.blog/05/1984/"),  # a slug in digits
        ("http://a.blog/05/1984/2/", ("/05/1984/", "/05/1984/3/"), "http://a.blog/05/1984/"),
        ("http://a.blog/seven/comment-page-2/", ("/", "/"), "http://a.blog/seven/"),
        ("http://a.blog/seven/comment-page-2", ("/", "/"), "http://a.blog/seven"),
        ("http://a.blog/?p=7&cpage=2", ("/", "/"), "http://a.blog/?p=7"),
    ],
)
def test_permalink_is_that_of_the_first_page(url: str, links: tuple[str, str], permalink: str) -> None:
    body = '<body class="single postid-7"><article id="post-7"><div class="entry-content"><p>x</p>'
    page = wordpress.extract(parse_text(body + LINKS % links + "</div></article></body>", url))
    assert page is not None and page.url == permalink


def test_what_plugins_put_into_a_comment_is_no_word_of_it() -> None:
    source = """<body class="single postid-7"><article id="post-7"><div class="entry-content"><p>x</p></div></article>
    <div id="comments"><ol class="comment-list"><li class="comment" id="comment-3"><div class="comment-author">
    <cite class="fn">Ann</cite></div><div class="comment-content"><p>Words.</p>
    <p class="comment-likes">Loading…</p></div></li></ol></div></body>"""
    page = wordpress.extract(parse_text(source, "http://a.blog/seven/"))
    assert page is not None and page.thread is not None
    assert [comment.text for comment in page.thread.comments] == ["Words."]


def test_words_between_and_behind_answers_are_of_the_comment_around_them() -> None:
    def comment(number: int, *inside: str) -> str:
        name = f"<b class=fn>Reader {number}</b>"
        head = f"<div class=comment-author>{name}</div>" if number != 1 else ""
        return f"<li class=comment id=comment-{number}>{head}{''.join(inside)}</li>"

    def said(words: str) -> str:
        return f"<div class=comment-content><p>{words}</p></div>"

    inner = f"<ul>{comment(3, said('three'))}</ul>"
    answers = f"<ul class=children>{comment(2, said('two'), inner)}{comment(4)}</ul>"
    behind = "<div class=comment-author><b class=fn>Ann</b></div><time datetime='2019-03-04T10:00:00+02:00'></time>"
    thread = comment(1, answers, behind, said("one")) + comment(5, said("five"))
    source = (
        "<body class='single postid-12'><div id=post-12><div class=entry-content><p>Salt.</p></div></div>"
        f"<div id=comments><ol>{thread}</ol></div></body>"
    )
    page = wordpress.extract(parse_text(source, "http://a.blog/salt/"))
    assert page is not None
    assert page.thread is not None
    found = [(one.native_id, one.author, one.text, one.parent_id, one.depth) for one in page.thread.comments]
    assert found == [
        ("1", "Ann", "one", None, 0),
        ("2", "Reader 2", "two", "1", 1),
        ("3", "Reader 3", "three", "2", 2),
        ("4", "Reader 4", "", "1", 1),
        ("5", "Reader 5", "five", None, 0),
    ]
    assert page.thread.comments[0].published == datetime(2019, 3, 4, 8, tzinfo=UTC)
    assert page.thread.comments[4].published is None


def record(url: str, name: str) -> None:
    """Record one page: style, script and drawings are left out."""
    with urllib.request.urlopen(url, timeout=30) as answer:
        source = answer.read().decode("utf-8")
    source = re.sub(r"(?is)<(style|script|svg)\b.*?</\1>", "", source)
    source = re.sub(r"\n\s*\n+", "\n", source) + f"<!-- recorded from {url} -->\n"
    GOLDEN.mkdir(parents=True, exist_ok=True)
    (GOLDEN / f"{name}.html").write_text(source, encoding="utf-8")
    page = wordpress.extract(parse_text(source, url))
    assert page is not None
    (GOLDEN / f"{name}.json").write_text(json.dumps(told(page), ensure_ascii=False, indent=1) + "\n", encoding="utf-8")


if __name__ == "__main__":
    record(*sys.argv[1:3])


def test_comment_that_stands_twice_is_one() -> None:
    item = '<li id="comment-7" class="comment"><div class="comment-body"><p>Words.</p></div>{}</li>'
    source = (
        '<body class="single postid-7"><article id="post-7"><div class="entry-content"><p>The post.</p></div></article>'
        f'<div id="comments"><ol class="commentlist">{item.format(item.format(""))}</ol></div></body>'
    )
    page = wordpress.extract(parse_text(source, "http://a.blog/seven/"))
    assert page is not None and page.thread is not None
    assert [(comment.native_id, comment.parent_id) for comment in page.thread.comments] == [("7", None)]
