"""When a thread may be called whole, so that what it does not show is gone."""

from __future__ import annotations

from datetime import UTC, datetime
from types import SimpleNamespace
from typing import Any

from flows.reading import read_post
from flows.visiting import Seen
from variorum.records import Exchange

AT = datetime(2026, 3, 1, tzinfo=UTC)
ASKED, FOUND = "http://a.example/post", "https://a.example/post"
PAGE = """<html><body><h1>A post</h1><div class="entry-content"><p>{words}</p></div><div id="comments">
<h3>{claimed} comments</h3><ol class="commentlist"><li class="comment" id="comment-{number}"><cite class="fn">Ann</cite>
<div class="comment-text">No.</div></li></ol>{more}</div></body></html>"""


class Pages:
    """A visitor that finds what it was told, at the address that it was told."""

    def __init__(self, **pages: str) -> None:
        self.pages = pages

    def see(self, url: str, role: str, *, expect: tuple[int, ...] = ()) -> Seen:
        body = self.pages[role].encode()
        end = FOUND if url == ASKED else url
        exchange = Exchange(url=end, role=role, requested_at=AT, duration_s=0.0, status=200, body=body)
        return Seen(exchange, body, end, "text/html; charset=utf-8", unchanged=False)


def read(pages: Pages) -> Any:
    memory: Any = SimpleNamespace(profile=None, tap=lambda url, unchanged: None)
    visitor: Any = pages
    return read_post(ASKED, visitor, memory)


def shown(number: int, claimed: int, more: str = "") -> str:
    return PAGE.format(number=number, claimed=claimed, more=more, words="What the author wrote. " * 20)


def test_a_redirect_makes_no_thread_whole_that_claims_more_than_it_shows() -> None:
    view = read(Pages(page=shown(1, 9)))
    assert (view.thread_seen, view.thread_complete) == (True, False)
    assert read(Pages(page=shown(1, 1))).thread_complete


def test_a_thread_is_whole_once_its_other_pages_were_read() -> None:
    more = "<a href='/post?commentPage=2'>Newer comments</a>"
    view = read(Pages(page=shown(1, 2, more), thread=shown(2, 2)))
    assert view.thread_complete
    assert [comment.native_id for comment, _ in view.comments] == ["1", "2"]
