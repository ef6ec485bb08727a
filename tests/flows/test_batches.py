"""In what order a batch is fetched and read, and what an ingest leaves behind in its process."""

import gc
from collections import Counter

from flows import steps
from flows.steps import BATCH
from tests.flows.blog import Blog
from variorum.settings import Settings


def test_each_page_is_asked_for_once_and_the_progress_ends_at_the_last(tmp_path):
    with Blog(BATCH + 5) as blog:
        told = []
        report = steps.ingest(str(tmp_path / "a"), blog.url, Settings(), progress=lambda *said: told.append(said))
        asked = Counter(path for path, _ in blog.answers if path.startswith("/2026/"))
        pages = {post.path for post in blog.posts}
    assert {path: asked[path] for path in pages} == dict.fromkeys(pages, 1)
    counted = [done for phase, done, _ in told if phase == "archiving"]
    assert counted == list(range(1, BATCH + 6))
    assert report.posts == {"first": BATCH + 5}


def test_a_batch_is_fetched_before_its_first_page_is_read(tmp_path, monkeypatch):
    order = []
    read = steps.read_post
    monkeypatch.setattr("flows.steps.fetch_ahead", lambda url, visitor: order.append(("fetch", url)))
    monkeypatch.setattr("flows.steps.read_post", lambda url, *a, **k: order.append(("read", url)) or read(url, *a, **k))
    with Blog(3) as blog:
        steps.ingest(str(tmp_path / "a"), blog.url, Settings())
    assert [what for what, _ in order] == ["fetch"] * 3 + ["read"] * 3


def test_the_process_looks_for_cycles_as_often_as_before_once_an_ingest_has_ended(tmp_path):
    before = gc.get_threshold()
    during = []
    with Blog(2) as blog:
        steps.ingest(
            str(tmp_path / "a"), blog.url, Settings(), progress=lambda *_: during.append(gc.get_threshold()[0])
        )
    assert gc.get_threshold() == before
    assert min(during) > before[0]
