"""Which works a source has: every lister is asked that it offers, and what each says of a work is put side by side.

Order of trust: the platform's REST interface, its feeds, its sitemaps; where none of these can be read to its end, the
links of the home page and its older pages. Each is enough alone. What none of them can know:

- a feed holds posts only, no static pages, and without paging the newest alone;
- a sitemap tells addresses, nothing else: what a theme does not print (author and date of a static page) stays unknown;
- links lead to what the home page and its older pages show, in a menu or as a post.

So a work that a lister does not show is never gone for that alone (flows/collating.py).
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from functools import partial
from typing import TypeVar
from urllib.parse import parse_qs

from extractors import feeds, links, rest, site, sitemaps
from flows.visiting import Seen, Visitor
from variorum.errors import ExtractError
from variorum.records import Comment, Page, Source, WitnessKind
from variorum.urls import canonical_url, host_of, same_site

MOST_FEED_PAGES = 1_000
MOST_SITEMAPS = 500
_INDEX_FROM = 5  #: posts below an address, from which on it is taken for their list
_MOST_BARREN = 3  #: index pages without a new link, one after another
MOST_INDEX_PAGES = 1_000  #: pages of the home page's own list, where no lister is offered
REFUSALS = (401, 403, 404, 410)  #: a lister that is not offered; its absence is an answer, no failure
_SITEMAP_GUESSES = ("/wp-sitemap.xml", "/sitemap_index.xml", "/sitemap.xml")
_LISTING_PARTS = frozenset("tag tags category categories author authors archive archives page feed search".split())

T = TypeVar("T")
Progress = Callable[[str, int, int | None], None]


@dataclass(slots=True)
class Listed:
    """A post or page as the listers tell of it, before its own page was fetched."""

    url: str
    native_id: str | None = None
    listers: set[str] = field(default_factory=set)  #: rest, feed, sitemap, links
    pages: list[tuple[Page, Seen]] = field(default_factory=list)  #: what REST and feeds say of it
    comments: list[tuple[Comment, WitnessKind, Seen]] = field(
        default_factory=list
    )  #: comment, kind of witness, document
    claimed: int | None = None  #: comments, as a feed counts them


@dataclass(slots=True)
class Listing:
    """All that the listers told on one visit."""

    works: dict[str, Listed] = field(default_factory=dict)  #: by canonical URL
    complete: set[str] = field(
        default_factory=set
    )  #: listers that were read to their end: rest, rest-comments, feed, sitemap
    warnings: list[str] = field(default_factory=list)
    documents: list[Seen] = field(default_factory=list)

    def at(self, url: str, native_id: str | None = None) -> Listed:
        """Return the entry for an address, making it if need be."""
        listed = self.works.get(url)
        if listed is None and native_id is not None:
            listed = next((work for work in self._by_native(native_id)), None)
        if listed is None:
            listed = self.works[url] = Listed(url)
        if listed.native_id is None and native_id is not None:
            listed.native_id = native_id
            self._natives[native_id] = listed
        return listed

    _natives: dict[str, Listed] = field(default_factory=dict)

    def _by_native(self, native_id: str) -> Iterator[Listed]:
        if native_id in self._natives:
            yield self._natives[native_id]

    def of_post(self, native_id: str | None, url: str | None) -> Listed | None:
        """Return the entry of the post that a comment belongs to, None if no lister told of it."""
        return self._natives.get(native_id or "") or self.works.get(url or "")


def discover(source: Source, visitor: Visitor, progress: Progress) -> tuple[site.Site | None, Listing]:
    """Ask all listers of *source*.

    Returns:
        What the home page says of the site (None when it could not be read), and the listing.
    """
    listing = Listing()
    progress("looking for posts", 0, None)
    home = visitor.see(source.home, "home")
    listing.documents.append(home)
    found = site.recognise(home.parse(), home.exchange.headers) if home.found else None
    place = home.url if home.found else source.home
    if found is None:
        why = home.exchange.error or f"the server answers {home.status}"
        asked = "the listers known from before are" if source.settings.get("feeds") else "sitemaps alone are"
        listing.warnings.append(f"the home page cannot be read ({why}); {asked} asked")
    elif not same_site(place, source.home):
        listing.warnings.append(f"{source.home} leads to {place}: what is there is archived")
    roots = _first(found and found.rest_root, source.settings.get("rest_root"))
    if roots:
        _list_rest(roots, visitor, listing, progress)
    _list_feeds(source, found, visitor, listing, progress)
    shapes = {_shape(url) for url in listing.works}
    _list_sitemaps(source, place, shapes, visitor, listing, progress)
    _leave_out_indexes(listing)
    if home.found and not listing.complete & {"rest", "feed", "sitemap"}:
        _list_links(home, shapes, visitor, listing, progress)
    if not listing.works and found is not None:
        listing.warnings.append(f"no post was found at {place}: is this the home page of a blog?")
    return found, listing


def _addresses(value: object) -> list[str]:
    return [str(url) for url in value] if isinstance(value, list | tuple) else []


def _leave_out_indexes(listing: Listing) -> None:
    """Leave out what only a sitemap lists and many posts stand below, such as /blog/: a list of posts is no post."""
    above: Counter[str] = Counter()
    for url in listing.works:
        parts = url.rstrip("/").split("/")
        above.update("/".join(parts[:depth]) for depth in range(4, len(parts)))
    for url, listed in list(listing.works.items()):
        if listed.listers <= {"sitemap", "links"} and above[url.rstrip("/")] >= _INDEX_FROM:
            del listing.works[url]
            listing.warnings.append(f"{url} was left out: {above[url.rstrip('/')]} posts stand below it, it lists them")


def _first(*values: object) -> str | None:
    return next((str(value) for value in values if value), None)


# ------------------------------------------------------------------------------------------------ WordPress REST
def _list_rest(root: str, visitor: Visitor, listing: Listing, progress: Progress) -> None:
    refused: dict[str, list[str]] = {}
    for kind in ("posts", "pages"):
        for found in _rest_pages(partial(rest.posts_url, root, kind=kind), rest.read_posts, kind, visitor, listing):
            if isinstance(found, str):
                refused.setdefault(found, []).append(kind)
                break
            seen, pages = found
            for page in pages:
                listed = listing.at(page.url, page.native_id)
                listed.listers.add("rest")
                listed.pages.append((page, seen))
            progress("listing posts", len(listing.works), None)
    if not refused:
        listing.complete.add("rest")
    number = 0
    for told in _rest_pages(partial(rest.comments_url, root), rest.read_comments, "comments", visitor, listing):
        if isinstance(told, str):
            refused.setdefault(told, []).append("comments")
            break
        seen, comments = told
        for comment in comments:
            post = listing.of_post(comment.post_id, None)
            if post is not None:
                post.comments.append((comment, "rest", seen))
            number += 1
        progress("listing comments", number, None)
    if not refused:
        listing.complete.add("rest-comments")
    for reason, kinds in refused.items():
        told = ", ".join(kinds)
        listing.warnings.append(f"the blog's REST interface tells no {told} ({reason}): other listers and pages do")


def _rest_pages(
    url_of: Callable[[int], str],
    read: Callable[[bytes, str], tuple[T, ...]],
    kind: str,
    visitor: Visitor,
    listing: Listing,
) -> Iterator[tuple[Seen, tuple[T, ...]] | str]:
    """Yield the documents of one REST listing with what they list; in the end why it could not be read whole."""
    number, total = 1, 1
    while number <= total:
        seen = visitor.see(url_of(number), f"rest-{kind}", expect=(400, *REFUSALS))
        listing.documents.append(seen)
        try:
            if not seen.found:
                raise ExtractError(seen.exchange.error or f"the server answers {seen.status}")
            items = read(seen.body, seen.url)
        except ExtractError as error:
            yield str(error)
            return
        total = max(total, rest.total_pages(seen.exchange.headers) or number)
        yield seen, items
        visitor.let_go(seen)
        number += 1


# ------------------------------------------------------------------------------------------------ feeds
def _list_feeds(
    source: Source, found: site.Site | None, visitor: Visitor, listing: Listing, progress: Progress
) -> None:
    addresses = list(found.feeds if found else ()) or _addresses(source.settings.get("feeds"))
    follow = "rest" not in listing.complete  # where REST listed all, a feed's first page shows what is new
    for address in dict.fromkeys(addresses):
        _read_feed(address, visitor, listing, follow=follow, progress=progress)
    comment_feed = _first(found and found.comment_feed, source.settings.get("comment_feed"))
    if comment_feed:
        _read_feed(comment_feed, visitor, listing, follow=False, progress=progress)


def _read_feed(address: str, visitor: Visitor, listing: Listing, *, follow: bool, progress: Progress) -> None:
    """Read a feed, and with *follow* its older pages. It is read to its end where a page after the first has no more.

    Where there is no older page, nothing says that its first holds all: the newest ten are the rule.
    """
    url: str | None = address
    seen_ids: set[str] = set()
    for _ in range(MOST_FEED_PAGES):
        if url is None:
            return
        seen = visitor.see(url, "feed", expect=REFUSALS)
        listing.documents.append(seen)
        if not seen.found:
            if url == address and seen.status in REFUSALS:
                listing.warnings.append(f"the feed {url} is not to be had: the server answers {seen.status}")
            elif seen.status in (404, 410):
                listing.complete.add("feed")
            return
        try:
            feed = feeds.read_feed(seen.body, seen.url)
        except ExtractError as error:
            listing.warnings.append(f"{url} is no feed that can be read: {error}")
            return
        visitor.let_go(seen)
        fresh = {page.native_id or page.url for page in feed.pages} - seen_ids
        for page in feed.pages:
            listed = listing.at(page.url, page.native_id)
            listed.listers.add("feed")
            listed.pages.append((page, seen))
            if page.thread is not None and page.thread.claimed is not None:
                listed.claimed = page.thread.claimed
        for comment in feed.comments:
            post = listing.of_post(comment.post_id, comment.post_url)
            if post is not None:
                post.comments.append((comment, "feed", seen))
        progress("reading feeds", len(listing.works), None)
        if follow and url != address and not (fresh and feed.next_page):
            listing.complete.add("feed")
        if not follow or not fresh:
            return
        seen_ids |= fresh
        url = feed.next_page
    listing.warnings.append(f"{address}: stopped after {MOST_FEED_PAGES} pages")


# ------------------------------------------------------------------------------------------------ sitemaps
def _list_sitemaps(
    source: Source,
    place: str,
    shapes: set[tuple[str, ...]],
    visitor: Visitor,
    listing: Listing,
    progress: Progress,
) -> None:
    """Read the sitemaps of the host: where the blog is only a part of it, what stands below its home is taken.

    And what looks as the posts do that others list, for their addresses need not begin with that of the home page.
    """
    folders = (_folder(source.home), _folder(place))
    queue = _addresses(source.settings.get("sitemaps")) or _find_sitemaps(place, visitor)
    asked: set[str] = set()
    whole = bool(queue)
    while queue and len(asked) < MOST_SITEMAPS:
        url = queue.pop(0)
        if url in asked or _is_listing_map(url):
            continue
        asked.add(url)
        seen = visitor.see(url, "sitemap", expect=(404, 410))
        listing.documents.append(seen)
        if not seen.found:
            whole = False
            continue
        try:
            found = sitemaps.read_sitemap(seen.body, seen.url)
        except ExtractError as error:
            listing.warnings.append(f"{url} is no sitemap that can be read: {error}")
            whole = False
            continue
        queue.extend(found.children)
        for address, _lastmod in found.urls:
            link = canonical_url(address)
            if link is None or not same_site(link, place) or not _may_be_post(link, place):
                continue
            if link.startswith(folders) or _shape(link) in shapes:
                listing.at(link).listers.add("sitemap")
        progress("reading sitemaps", len(listing.works), None)
    if queue:
        listing.warnings.append(f"{len(queue)} sitemaps were left unread: the limit is {MOST_SITEMAPS} a run")
        whole = False
    if whole:
        listing.complete.add("sitemap")


def _folder(home: str) -> str:
    """Return what the addresses of a blog's posts begin with: its home page, or the folder that holds it."""
    head, _, name = home.partition("?")[0].rpartition("/")
    return f"{head}/" if "." in name or not name else f"{head}/{name}/"


def _find_sitemaps(place: str, visitor: Visitor) -> list[str]:
    """Return the sitemaps that robots.txt names, or the first usual place where one is."""
    home = "/".join(place.split("/", 3)[:3])
    named = []
    for line in visitor.robots.get(host_of(place), "").splitlines():
        key, _, value = line.partition(":")
        if key.strip().lower() == "sitemap" and (url := canonical_url(value, base=home + "/")):
            named.append(url)
    if named:
        return named
    for path in _SITEMAP_GUESSES:
        seen = visitor.see(home + path, "sitemap", expect=REFUSALS)
        if seen.found:
            return [seen.url]
        if (seen.exchange.error or "").startswith("refused by robots.txt"):
            visitor.forgive(home + path)  # nobody has said that one is there
    return []


def _is_listing_map(url: str) -> bool:
    """WordPress splits its map by kind; taxonomies and users list no works."""
    name = url.rsplit("/", 1)[-1]
    return name.startswith(
        ("wp-sitemap-taxonomies-", "wp-sitemap-users-", "category-sitemap", "post_tag-sitemap", "author-sitemap")
    )


def _may_be_post(url: str, home: str) -> bool:
    path = url.split("://", 1)[1].partition("/")[2].partition("?")[0].strip("/")
    return (
        bool(path or "?" in url)
        and url.rstrip("/") != home.rstrip("/")
        and not (set(path.split("/")[:-1]) & _LISTING_PARTS or path.split("/")[0] in _LISTING_PARTS)
    )


# ------------------------------------------------------------------------------------------------ links
def _list_links(
    home: Seen, shapes: set[tuple[str, ...]], visitor: Visitor, listing: Listing, progress: Progress
) -> None:
    """Where nothing lists all posts: the links of the home page and of its older pages.

    Where a feed shows how the addresses of posts look, only links that look so are followed. Older pages that show
    no new link, one after another, are a calendar, or a list that never ends.
    """
    queue, asked = [home], {home.url}
    told, met, barren = len(listing.works), set[str](), 0
    for _ in range(MOST_INDEX_PAGES):
        if not queue or barren >= _MOST_BARREN:
            break
        page = queue.pop(0)
        found = links.read_links(page.parse())
        barren = 0 if set(found.posts) - met else barren + 1
        met.update(found.posts)
        for url in found.posts:
            if same_site(url, home.url) and _may_be_post(url, home.url) and (not shapes or _shape(url) in shapes):
                listing.at(url).listers.add("links")
        for url in found.older:
            if url not in asked and host_of(url) == host_of(home.url):
                asked.add(url)
                seen = visitor.see(url, "index", expect=(404,))
                listing.documents.append(seen)
                if seen.found:
                    queue.append(seen)
        progress("following links", len(listing.works), None)
    if queue and barren < _MOST_BARREN:
        listing.warnings.append(f"stopped after {MOST_INDEX_PAGES} index pages")
    if listing.works and not told:
        listing.warnings.append("no REST, feed or sitemap: posts were found by links alone, some may be missing")


def _shape(url: str) -> tuple[str, ...]:
    """Return how an address is built: the parts of its path, numbers told from words, and the name of the first.

    The name counts where more follows: /blog/a-post and /about/us differ in it.
    """
    path, _, query = url.split("://", 1)[1].partition("/")[2].partition("?")
    parts = [re.sub(r"\d+", "9", part) if part.isdecimal() else "a" for part in path.strip("/").split("/")]
    first = path.strip("/").split("/")[0]
    return (first if len(parts) > 1 and not first.isdecimal() else "", *parts, *sorted(parse_qs(query)))
