"""One post as its readers see it: its page, its further pages, and every page of its thread."""

from __future__ import annotations

from collections import deque
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field, replace

from collation.reconcile import join_pages
from extractors import feeds
from extractors import page as pages
from flows.memory import Memory
from flows.visiting import Seen, Visitor
from variorum.errors import ExtractError
from variorum.records import Comment, Page

MOST_THREAD_PAGES = 2_000
MOST_POST_PAGES = 500
_NO_POST = (404, 410)  #: statuses of an address that shows a post no more
BLOCK_THEME = "wp-site-blocks"  #: in the source of every page of one


@dataclass(slots=True)
class HtmlView:
    """What the HTML of one post told."""

    url: str  #: as asked for
    memory: Memory
    documents: list[Seen] = field(default_factory=list)  #: first the post's own page
    page: Page | None = None  #: the post, its parts joined; None if no post was there
    page_documents: list[Seen] = field(default_factory=list)  #: those that the text was read from
    comments: list[tuple[Comment, Seen]] = field(default_factory=list)
    pings: list[tuple[Comment, Seen]] = field(default_factory=list)  #: what the post's own comment feed tells of pings
    thread_seen: bool = False  #: the page shows a thread, be it an empty one
    thread_complete: bool = False  #: every comment page was read
    is_cut: bool = False  #: a page of the post could not be read
    warnings: list[str] = field(default_factory=list)

    @property
    def first(self) -> Seen:
        """The answer to the post's own address."""
        return self.documents[0]


def fetch_ahead(url: str, visitor: Visitor) -> None:
    """Fetch the page that `read_post` begins with before its turn."""
    visitor.look_ahead(url, "page", expect=_NO_POST)


def read_post(
    url: str, visitor: Visitor, memory: Memory, *, read_before: Sequence[int] = (), whole_elsewhere: bool = False
) -> HtmlView:
    """Fetch and extract a post with all its pages and its whole thread.

    Args:
        url: Address of the post.
        visitor: Fetches.
        memory: What is known of the site's template; it learns from the post's own page.
        read_before: The captures, page by page, that its text was read from last time.
        whole_elsewhere: REST tells its whole text, so pages that its theme does not link to need not be sought.
    """
    view = HtmlView(url, memory)
    first = visitor.see(url, "page", expect=_NO_POST)
    view.documents.append(first)
    if not first.found:
        return view
    document = first.parse()
    links_pages = BLOCK_THEME not in document.text
    tap = memory.tap(url, unchanged=first.unchanged)
    page = pages.extract_page(document, captured_at=first.exchange.requested_at, profile=memory.profile, tap=tap)
    if page.work_type == "other":
        memory.drop(url)
        return view
    parts = [(page, first)]
    if page.next_pages or page.platform != "wordpress" or page.state == "protected":
        parts.extend(_linked_pages(page, visitor, view))
    elif len(read_before) > 1 or not (links_pages or whole_elsewhere or _was_read(first, visitor, read_before)):
        parts.extend(_sought_pages(page, first, visitor, view))
    view.page = join_pages([part for part, _ in parts]) if len(parts) > 1 else page
    if view.is_cut:
        view.page = replace(view.page, partial=True, suspect=True)
    view.page_documents = [seen for _, seen in parts]
    _read_thread(parts, visitor, view)
    _read_pings(visitor, view)
    return view


def _extract(seen: Seen, view: HtmlView) -> Page:
    return pages.extract_page(seen.parse(), captured_at=seen.exchange.requested_at, profile=view.memory.profile)


def _was_read(first: Seen, visitor: Visitor, read_before: Sequence[int]) -> bool:
    """Return whether the page holds the very bytes that its text was read from before.

    Unchanged since the visit before is not enough: that may be of a run that died before it read the page.
    """
    last = visitor.validators.get(first.exchange.url)
    return first.unchanged and last is not None and last.capture_id in read_before


def _linked_pages(page: Page, visitor: Visitor, view: HtmlView) -> Iterator[tuple[Page, Seen]]:
    queue, asked = deque(page.next_pages), {view.url, page.url}
    while queue:
        url = queue.popleft()
        if url in asked:
            continue
        if len(asked) > MOST_POST_PAGES:
            view.warnings.append(f"{view.url}: stopped after {MOST_POST_PAGES} pages of the post")
            return
        asked.add(url)
        seen = visitor.see(url, "page")
        view.documents.append(seen)
        if not seen.found:
            view.warnings.append(f"{view.url}: its page {url} cannot be read; the text is not whole")
            view.is_cut = True
            continue
        part = _extract(seen, view)
        queue.extend(part.next_pages)
        if part.work_type != "other" and part.text:
            yield part, seen


def _sought_pages(page: Page, first: Seen, visitor: Visitor, view: HtmlView) -> Iterator[tuple[Page, Seen]]:
    """Ask for /2/, /3/ … where the theme names no further page, until there is none.

    Block themes print no links to the pages that <!--nextpage--> makes, and feeds hold the first alone. Past the last
    page WordPress leads back to the post, or shows one of its pages once more.
    """
    texts = {page.text}
    for number in range(2, MOST_POST_PAGES + 1):
        url = f"{page.url}&page={number}" if "?" in page.url else f"{page.url.rstrip('/')}/{number}/"
        seen = visitor.see(url, "page", expect=_NO_POST)
        if seen.status in _NO_POST or seen.url in (first.url, page.url, view.url):
            return
        view.documents.append(seen)
        if not seen.found:
            view.warnings.append(f"{view.url}: its page {url} cannot be read; the text may not be whole")
            view.is_cut = True
            return
        part = _extract(seen, view)
        if part.work_type == "other" or part.native_id != page.native_id or not part.text or part.text in texts:
            return
        texts.add(part.text)
        yield part, seen
    view.warnings.append(f"{view.url}: stopped after {MOST_POST_PAGES} pages of the post")


def _read_thread(parts: list[tuple[Page, Seen]], visitor: Visitor, view: HtmlView) -> None:
    """Collect the comments of all comment pages; the first page of the post shows one of them."""
    page, first = parts[0]
    if page.thread is None:
        return
    view.thread_seen = True
    whole = True
    asked = {view.url, first.url}
    own = len(asked)
    queue = deque(page.thread.other_pages)
    _take(page, first, view)
    while queue:
        url = queue.popleft()
        if url in asked:
            continue
        if len(asked) > MOST_THREAD_PAGES:
            view.warnings.append(
                f"{view.url}: stopped after {MOST_THREAD_PAGES} comment pages; the thread is incomplete"
            )
            whole = False
            break
        asked.add(url)
        seen = visitor.see(url, "thread")
        view.documents.append(seen)
        if not seen.found:
            whole = False
            continue
        part = _extract(seen, view)
        if part.thread is None:
            whole = False
            continue
        queue.extend(part.thread.other_pages)
        _take(part, seen, view)
    view.thread_complete = whole and (page.thread.complete or len(asked) > own)


def _read_pings(visitor: Visitor, view: HtmlView) -> None:
    """Ask the post's own comment feed for pings: REST hides them, classic themes show neither their text nor date."""
    bare = {comment.native_id for comment, _ in view.comments if comment.kind != "comment" and not comment.published}
    if not bare or view.page is None or view.page.platform != "wordpress":
        return
    seen = visitor.see(f"{view.page.url.rstrip('/')}/feed/", "feed", expect=(404,))
    view.documents.append(seen)
    try:
        comments = feeds.read_feed(seen.body, seen.url).comments if seen.found else ()
    except ExtractError as error:
        view.warnings.append(f"{seen.url} is no feed that can be read: {error}")
        return
    view.pings.extend((comment, seen) for comment in comments if comment.native_id in bare)


def _take(page: Page, seen: Seen, view: HtmlView) -> None:
    if page.thread is not None:
        view.comments.extend((comment, seen) for comment in page.thread.comments)
