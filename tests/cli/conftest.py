"""A small archive of a made-up blog: two ingests, edits, comments in a tree, tombstones, three scripts."""

from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from collation.normalise import fingerprint, text_sha256
from storage.archive import Archive
from storage.writer import Writer
from variorum.records import Content, Decision, Exchange, VersionKind, Visit, Witness, WorkType, WorkUpdate

FIRST_AT = datetime(2026, 3, 1, 9, 30, 5, 250_000, tzinfo=UTC)
SECOND_AT = FIRST_AT + timedelta(days=7)
HOME = "https://garden.example/"
ROSES, CHERRY, DATES = HOME + "roses/", HOME + "sakura/", HOME + "tamr/"

OLD_ROSES = "The roses are late this year.\nFrost took the first buds in April.\nWe wait."
NEW_ROSES = "The roses are early this year.\nFrost took the first buds in April.\nWe wait no longer."
CHERRY_TEXT = "桜の庭は静かです。\n花びらが池に落ちました。"
DATES_TEXT = "نخلة التمر في الحديقة القديمة.\nنزرعها في الربيع."


def exchange(url: str, at: datetime, body: bytes, role: str = "page", status: int = 200) -> Exchange:
    """Return an exchange as a fetcher would make it."""
    head = f"HTTP/1.1 {status} X\r\nContent-Type: text/html; charset=utf-8\r\nContent-Length: {len(body)}\r\n\r\n"
    return Exchange(
        url=url,
        role=role,
        requested_at=at,
        duration_s=0.02,
        request=f"GET {url.removeprefix(HOME[:-1])} HTTP/1.1\r\nHost: garden.example\r\n\r\n".encode(),
        response=head.encode() + body,
        status=status,
        headers=(("Content-Type", "text/html; charset=utf-8"), ("Content-Length", str(len(body)))),
        body=body,
        address="192.0.2.1",
    )


def content(title: str, text: str, **meta: object) -> Content:
    """Return what a version says."""
    return Content(
        title=title,
        text=text,
        markdown=f"# {title}\n\n{text}" if title else text,
        text_sha256=text_sha256(text),
        fingerprint=fingerprint(text),
        meta=meta,
    )


def update(
    visit: Visit,
    kind: VersionKind,
    said: Content | None,
    *,
    source_id: int,
    native_id: str,
    url: str,
    work_type: WorkType = "post",
    work_id: int | None = None,
    reason: str | None = None,
    post: str | None = None,
    parent: str | None = None,
    depth: int = 0,
    position: int = 0,
    comments: Mapping[str, object] | None = None,
    aliases: tuple[tuple[str, str], ...] = (),
) -> WorkUpdate:
    """Return what one visit says of one work."""
    witness = Witness(
        kind="html",
        capture_ids=(visit.capture_id,) if visit.capture_id else (),
        extractor="wordpress/1",
        text_sha256=said.text_sha256 if said else text_sha256(""),
        fingerprint=said.fingerprint if said else "",
    )
    return WorkUpdate(
        source_id=source_id,
        work_id=work_id,
        work_type=work_type,
        native_id=native_id,
        url=url,
        observed_at=visit.exchange.requested_at,
        decision=Decision(kind=kind, content=said, witnesses=(witness,), reason=reason),
        visit_ids=(visit.id,),
        post_native_id=post,
        parent_native_id=parent,
        depth=depth,
        position=position,
        comments=comments,
        aliases=aliases,
        state="gone" if kind == "gone" else "open",
    )


def build(folder: Path) -> None:
    """Make the archive in *folder*."""
    with Archive.open(folder, create=True) as archive, archive.writer() as writer:
        source = writer.add_source(HOME, name="The Garden", platform="wordpress", every_s=21600)
        _first_ingest(writer, source.id)
        _second_ingest(writer, source.id)


def _first_ingest(writer: Writer, source_id: int) -> None:
    run = writer.begin_run(source_id, "ingest")
    pages = [exchange(url, FIRST_AT, f"<p>{url} one".encode()) for url in (ROSES, CHERRY, DATES)]
    roses, cherry, dates = writer.keep(run, source_id, pages)
    ada = {"authors": [{"name": "Ada Gärtner", "url": None}], "published": "2026-02-20T08:00:00Z"}

    def comment(
        native: str, text: str, author: str, position: int, parent: str | None = None, depth: int = 0
    ) -> WorkUpdate:
        said = content("", text, author=author, published=f"2026-02-2{position + 1}T10:00:00Z", kind="comment")
        return update(
            roses, "first", said, source_id=source_id, native_id=native, url=f"{ROSES}#comment-{native}",
            work_type="comment", post="11", parent=parent, depth=depth, position=position,
        )  # fmt: skip

    writer.write(
        run,
        [
            update(
                roses, "first", content("Roses", OLD_ROSES, lang="en", tags=["roses"], **ada), source_id=source_id,
                native_id="11", url=ROSES, comments={"seen": 3, "claimed": 3, "complete": True},
                aliases=((HOME + "?p=11", "redirect"),),
            ),
            comment("101", "Mine froze too.", "Bert", 0),
            comment("102", "Cover them \x1b[2Jin March.", "Ada Gärtner", 1, parent="101", depth=1),
            comment("103", "庭が好きです。", "花子", 2),
            update(cherry, "first", content("桜の庭", CHERRY_TEXT, lang="ja"), source_id=source_id,
                   native_id="12", url=CHERRY),
            update(dates, "first", content("نخلة", DATES_TEXT, lang="ar"), source_id=source_id,
                   native_id="13", url=DATES),
        ],
        extractor="variorum-rules 0.1.0 abc",
    )  # fmt: skip
    writer.end_run(run, None)


def _second_ingest(writer: Writer, source_id: int) -> None:
    run = writer.begin_run(source_id, "ingest")
    roses, dates = writer.keep(
        run,
        source_id,
        [
            exchange(ROSES, SECOND_AT, b"<p>roses two"),
            exchange(DATES, SECOND_AT, b"<p>nothing here", status=404),
        ],
    )
    known = {item.known.native_id: item.known.work_id for item in writer.known_posts(source_id)}
    replies = {item.native_id: item.work_id for item in writer.known_comments([known["11"]])}
    new = content(
        "Roses, again", NEW_ROSES, lang="en", tags=["roses", "frost"],
        authors=[{"name": "Ada Gärtner", "url": None}], published="2026-02-20T08:00:00Z",
    )  # fmt: skip
    writer.write(
        run,
        [
            update(roses, "source", new, source_id=source_id, native_id="11", url=ROSES, work_id=known["11"],
                   comments={"seen": 2, "claimed": 5, "complete": False}),
            update(roses, "gone", None, source_id=source_id, native_id="101", url=f"{ROSES}#comment-101",
                   work_type="comment", work_id=replies["101"], reason="it is not in its thread any more"),
            update(dates, "gone", None, source_id=source_id, native_id="13", url=DATES, work_id=known["13"],
                   reason="the server answers 404 and it is listed no more"),
        ],
        extractor="variorum-rules 0.1.0 abc",
    )  # fmt: skip
    writer.end_run(run, None)


@pytest.fixture(scope="session")
def small_archive(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The archive; read it only."""
    folder = tmp_path_factory.mktemp("small") / "archive"
    build(folder)
    return folder
