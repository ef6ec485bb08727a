"""From what a person types to a source or a work: any spelling of any address, a short name, a number."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from difflib import get_close_matches

from storage.engines.database import Database, Row, marks
from storage.reading import WORK_COLUMNS, WORK_TABLES, source_of, work_of
from storage.rows import Work
from variorum.errors import UsageError
from variorum.records import Source
from variorum.urls import canonical_url, host_of

_COMMENT_MARK = re.compile(r"#(?P<mark>[^#\s]*?(?P<number>\d+))$")
_COMMENT_PAGE = re.compile(r"/comment-page-\d+/?$")
_MOST_NEAR = 5_000  # addresses of one host that near matches are sought among
_REAL = "SELECT work_id FROM work_url WHERE url IN ({}) ORDER BY last_seen DESC, work_id DESC LIMIT 1"


def spellings(key: str) -> list[str]:
    """Return the canonical addresses that *key* may mean, the likeliest first; none if it looks like no address.

    As it stands, then with the other scheme, with or without the slash at the end and the `www.`.
    """
    key = key.strip()
    if "://" in key:
        given = [key]
    elif re.match(r"[^\s/?#]+(\.[^\s/?#.]+|:\d+)(/|\?|#|$)", key) or key.startswith("localhost"):
        given = [f"https://{key}", f"http://{key}"]
    else:
        return []
    found: dict[str, None] = {}
    bases = [url for text in given if (url := canonical_url(text)) is not None]
    for url in bases:
        found.setdefault(url)
    for url in bases:
        scheme, _, rest = url.partition("://")
        for name in (scheme, "http" if scheme == "https" else "https"):
            for body in _variants(rest):
                found.setdefault(f"{name}://{body}")
    return list(found)


def _variants(rest: str) -> Iterator[str]:
    """Yield host and path with and without a slash at the end and a www. in front."""
    path, mark, query = rest.partition("?")
    slashed = [path, path[:-1] if path.endswith("/") and path.count("/") > 1 else path.rstrip("/") + "/"]
    for body in slashed:
        for host in (body, body.removeprefix("www.") if body.startswith("www.") else f"www.{body}"):
            yield host + mark + query


def find_source(database: Database, key: str | int) -> Source:
    """Return the source of that id, slug or address.

    Raises:
        UsageError: There is none; the message names those that are near.
    """
    text = str(key).strip()
    row = database.one("SELECT * FROM source WHERE slug = :slug", slug=text)
    if row is None and text.isdecimal():
        row = database.one("SELECT * FROM source WHERE id = :id", id=int(text))
    if row is None:
        row = source_at(database, spellings(text))
    if row is not None:
        return source_of(row)
    known = database.all("SELECT slug, url FROM source ORDER BY slug")
    if not known:
        raise UsageError(
            f"there is no source {text!r}: none is watched yet; add one with: variorum add https://some.blog"
        )
    names = {name: item["slug"] for item in known for name in (item["slug"], item["url"], host_of(item["url"]))}
    near = list(dict.fromkeys(names[name] for name in get_close_matches(text, list(names), n=5, cutoff=0.5)))
    raise UsageError(
        f"there is no source {text!r}; "
        + (f"near it: {', '.join(near)}" if near else f"watched: {', '.join(item['slug'] for item in known[:5])}")
        + ". List all with: variorum sources"
    )


def source_at(database: Database, urls: Sequence[str]) -> Row | None:
    """Return the row of the source that is at one of these canonical addresses, or was; None if none is."""
    for url in urls:
        row = database.one("SELECT * FROM source WHERE url = :url", url=url)
        if row is None:
            moved = database.all("SELECT * FROM source WHERE settings LIKE '%\"home\":%' ORDER BY id")
            row = next((item for item in moved if source_of(item).home == url), None)
        if row is not None:
            return row
    return None


def find_work(database: Database, key: str) -> Work:
    """Return the work of that id ("12" or "w12") or address: any it ever had, in any spelling.

    The permalink of a comment ("…#comment-12") gives the comment.

    Raises:
        UsageError: There is none; the message names those that are near.
    """
    text = key.strip()
    number = re.fullmatch(r"w?(\d{1,18})", text)
    work_id = int(number[1]) if number else _by_address(database, text)
    work = work_by_id(database, work_id) if work_id is not None else None
    if work is None:
        raise UsageError(_unknown(database, text))
    return work


def work_by_id(database: Database, work_id: int) -> Work | None:
    """Return a work, None if there is none of that number."""
    row = database.one(f"SELECT {WORK_COLUMNS} FROM {WORK_TABLES} WHERE w.id = :id", id=work_id)
    return work_of(row) if row is not None else None


def _by_address(database: Database, text: str) -> int | None:
    urls = spellings(text)
    mark = _COMMENT_MARK.search(text)
    if mark is not None and (found := _comment_at(database, urls, mark)) is not None:
        return found
    if mark is not None and "comment" in mark["mark"]:
        return None  # the post would be the answer to another question
    return _post_at(database, urls)


def _post_at(database: Database, urls: Sequence[str]) -> int | None:
    for url in urls:
        row = database.one(_REAL.format(":url"), url=url)
        if row is not None:
            return int(row["work_id"])
    return None


def _comment_at(database: Database, urls: Sequence[str], mark: re.Match[str]) -> int | None:
    """Return the comment of a permalink: by its post and number; by its number alone where only one has it."""
    ids = [mark["number"], mark["mark"]]
    names, values = marks("n", ids)
    bare = [_COMMENT_PAGE.sub("/", url) for url in urls]
    post_id = _post_at(database, list(dict.fromkeys([*urls, *bare])))
    if post_id is not None:
        row = database.one(
            f"SELECT id FROM work WHERE post_id = :post AND native_id IN ({names})", post=post_id, **values
        )
        if row is not None:
            return int(row["id"])
    hosts = {host_of(url).removeprefix("www.") for url in urls}
    sources = [
        row["id"]
        for row in database.all("SELECT id, url FROM source")
        if host_of(row["url"]).removeprefix("www.") in hosts
    ]
    if not sources:
        return None
    holes, wanted = marks("s", sources)
    rows = database.all(
        f"""SELECT id FROM work WHERE source_id IN ({holes}) AND work_type = 'comment' AND native_id IN ({names})
            LIMIT 2""",
        **wanted,
        **values,
    )
    return int(rows[0]["id"]) if len(rows) == 1 else None


def _unknown(database: Database, text: str) -> str:
    urls = spellings(text)
    if not urls:
        return f"there is no work {text!r}: give an address as in a browser, or the number that `variorum works` shows"
    near: list[str] = []
    for url in urls:
        home = "/".join(url.split("/", 3)[:3])
        rows = database.all(
            "SELECT url FROM work_url WHERE url >= :low AND url < :high LIMIT :most",
            low=f"{home}/",
            high=f"{home}0",  # "0" comes after "/"
            most=_MOST_NEAR,
        )
        near = get_close_matches(url, [row["url"] for row in rows], n=3, cutoff=0.6) or [row["url"] for row in rows[:3]]
        if near:
            break
    if not near:
        return f"the archive holds nothing of {text}: bring it in with: variorum ingest {text}"
    return f"the archive holds no work at {text}; near it: {', '.join(near)}"
