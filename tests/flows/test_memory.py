"""What repeats on the pages of a source is learnt by its ingests, and never passes for its author's work."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Iterator
from html import escape
from pathlib import Path

import pytest

from flows import memory as memories
from flows import steps
from flows.steps import Ingest, ingest, reextract
from storage.archive import Archive
from storage.rows import Version
from tests.flows.blog import Blog, Post
from variorum.settings import Settings

SETTINGS = Settings()
ROOT = Path(__file__).parents[2]
NAMES = "Alva Brage Cilla Didrik Ebba Folke Greta Hugo Idun Joel Karin Leif Moa Nils".split()
ADVERT = "Kaffet i hamnen smakar bättre när någon annan kokar det, och vi kokar det varje dag till klockan sex."
SIGN_OFF = "Tills vi ses igen på bryggan önskar jag er god vind, torra strumpor och en varm kopp te i kajutan."


#: Of two themes: what each prints below every post.
ADVERTS = (
    ADVERT,
    "Te säljer vi också, och det kommer med båten från Göteborg varannan onsdag om vinden tillåter det.",
    "Bullarna bakar Agneta själv, och den som kommer sist får de som blev lite för mörka i kanten.",
)
OTHER_ADVERTS = (
    "Segelmakaren på norra kajen lappar allt från spinnakrar till regnrockar medan kunden väntar på en pall.",
    "Den som lämnar in ett segel före midsommar får en gratis påse till det och ett vänligt ord på vägen.",
    "Stängt är det bara när det blåser för lite, för då är segelmakaren själv ute och väntar på vinden.",
)


def theme(post: Post, text: str, *, adverts: tuple[str, ...] = ADVERTS) -> str:
    """Return a page of a theme whose class names say nothing."""
    shown = "".join(f"<p>{advert}</p>" for advert in adverts)
    return (
        f"<!doctype html><html lang='sv'><head><title>{post.title}</title></head><body><div class='x1'>"
        f"<div class='x2'><h1>{post.title}</h1>{text}<p>{SIGN_OFF}</p></div><div class='x3'>{shown}</div>"
        "</div></body></html>"
    )


def diary(number: int, names: list[str]) -> Post:
    """Return a post of a few paragraphs."""
    one, two = names[number % len(names)], names[(number + 1) % len(names)]
    said = (
        f"I går seglade {one} och {two} ut ur hamnen medan dimman låg kvar över skären och måsarna sov.",
        f"Vid middagstid hade {one} fått tre makrillar, men {two} påstod att den största slank ur nätet igen.",
        f"På kvällen skrev {two} upp alltihop i loggboken, och {one} fick lova att aldrig berätta hur det gick till.",
    )
    return Post(number, f"{one} och {two}", ["".join(f"<p>{escape(line)}</p>" for line in said)])


@pytest.fixture
def blog() -> Iterator[Blog]:
    with Blog() as made:
        made.is_wordpress = False
        made.offers = {"sitemap"}
        made.posts = [diary(number, NAMES) for number in range(1, 11)]
        made.theme = theme
        yield made


def run(folder: Path, blog: Blog, **asked: bool) -> dict[str, int]:
    return dict(ingest(str(folder), blog.url, SETTINGS, **asked).posts)


def heads(folder: Path) -> list[Version]:
    with Archive.open(folder) as archive:
        found = [archive.version_at(work.id) for work in archive.works(work_type="post")]
    return [version for version in found if version is not None]


def profiles(folder: Path) -> list[str]:
    with Archive.open(folder) as archive:
        rows = archive.database.all("SELECT revision FROM site_profile ORDER BY id")
        assert archive.check(deep=True) == []
    return [row["revision"] for row in rows]


def kinds(folder: Path) -> list[str]:
    with Archive.open(folder) as archive:
        return [record["kind"] for record in archive.records()]


def test_the_first_ingest_learns_and_the_next_ones_change_nothing(blog: Blog, tmp_path: Path) -> None:
    assert run(tmp_path, blog) == {"first": 10, "technical": 10}
    for version in heads(tmp_path):
        assert ADVERT not in version.text
        assert SIGN_OFF in version.text
        cuts = version.meta["removed"]
        assert isinstance(cuts, list)
        assert any(cut["rule"] == "profile/1/block" and ADVERT in cut["text"] for cut in cuts)
    before = kinds(tmp_path)
    assert run(tmp_path, blog) == run(tmp_path, blog, full=True) == {"same": 10}
    assert kinds(tmp_path) == before
    assert len(profiles(tmp_path)) == 1


def test_few_pages_teach_nothing(blog: Blog, tmp_path: Path) -> None:
    del blog.posts[7:]
    assert run(tmp_path, blog) == {"first": 7}
    assert profiles(tmp_path) == []
    assert all(ADVERT in version.text for version in heads(tmp_path))
    blog.posts.append(diary(8, NAMES))
    assert run(tmp_path, blog) == {"same": 7, "first": 1, "technical": 8}


def test_an_edit_is_told_from_what_the_profile_takes(blog: Blog, tmp_path: Path) -> None:
    run(tmp_path, blog)
    blog.post(3).pages[0] += "<p>Rättelse: det var fyra makrillar, och ingen av dem var särskilt stor, säger Folke.</p>"
    assert run(tmp_path, blog) == {"same": 9, "source": 1}


def test_posts_that_come_change_the_profile_by_doublings(blog: Blog, tmp_path: Path) -> None:
    run(tmp_path, blog)
    for number in range(11, 20):
        blog.posts.append(diary(number, [name + "a" for name in NAMES]))
        assert run(tmp_path, blog) == {"same": number - 1, "first": 1}
    assert len(profiles(tmp_path)) == 1
    blog.posts.append(diary(20, [name + "a" for name in NAMES]))
    assert run(tmp_path, blog) == {"same": 19, "first": 1}  # the new one knows the same lines: it is no other
    assert len(set(profiles(tmp_path))) == 1


def test_a_post_that_is_missing_while_a_profile_comes_is_the_same_when_it_is_back(blog: Blog, tmp_path: Path) -> None:
    del blog.posts[7:]
    run(tmp_path, blog)
    lost = blog.posts.pop(3)
    blog.also_mapped = [lost.path]
    blog.posts.append(diary(8, NAMES))
    assert run(tmp_path, blog) == {"same": 6, "missing": 1, "first": 1, "technical": 8}
    blog.posts.append(lost)
    assert run(tmp_path, blog) == {"same": 8}


def test_another_template_is_learnt_too_and_makes_no_version(blog: Blog, tmp_path: Path) -> None:
    run(tmp_path, blog)
    before = kinds(tmp_path)
    blog.theme = lambda post, text: theme(post, text, adverts=OTHER_ADVERTS)
    assert run(tmp_path, blog) == {"suspect": 10}
    assert len(set(profiles(tmp_path))) == 2
    assert run(tmp_path, blog) == run(tmp_path, blog, full=True) == {"same": 10}
    assert kinds(tmp_path) == before
    assert not any(advert in version.text for version in heads(tmp_path) for advert in OTHER_ADVERTS)


def test_two_ingests_at_once_do_not_change_the_rules_of_each_other(blog: Blog, tmp_path: Path) -> None:
    folder = str(tmp_path)
    with Ingest(folder, blog.url, SETTINGS) as one, Ingest(folder, blog.url, SETTINGS) as two:
        for job in (one, two):
            job.discover()
        for job in (one, two):
            for batch in job.batches():
                job.ingest(batch)
        assert one.finish().posts == {"first": 10}  # the other one still reads without a profile
        assert profiles(tmp_path) == []
        assert two.finish().posts == {"first": 10, "technical": 10}
    assert len(profiles(tmp_path)) == 1
    assert run(tmp_path, blog) == {"same": 10}


def test_a_run_that_dies_between_profile_and_texts_is_made_good(
    blog: Blog, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def die(*_: object, **__: object) -> None:
        raise KeyboardInterrupt

    monkeypatch.setattr(steps, "reextract_source", die)
    with pytest.raises(KeyboardInterrupt):
        run(tmp_path, blog)
    monkeypatch.undo()
    assert len(profiles(tmp_path)) == 1
    assert all(ADVERT in version.text for version in heads(tmp_path))
    assert run(tmp_path, blog) == {"technical": 10, "same": 10}
    assert set(kinds(tmp_path)) == {"first", "technical"}
    assert run(tmp_path, blog) == {"same": 10}


def test_a_run_that_dies_before_its_samples_are_kept_is_made_good(
    blog: Blog, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def die(*_: object, **__: object) -> None:
        raise RuntimeError

    monkeypatch.setattr(memories.Memory, "keep", die)
    with pytest.raises(RuntimeError):
        run(tmp_path, blog)
    monkeypatch.undo()
    assert run(tmp_path, blog) == {"same": 10, "technical": 10}


def test_reextract_reads_by_the_profile(blog: Blog, tmp_path: Path) -> None:
    run(tmp_path, blog)
    slug = heads(tmp_path) and next(iter(reextract(str(tmp_path), None, SETTINGS)))
    assert reextract(str(tmp_path), slug, SETTINGS, jobs=2)[slug].posts == {"same": 10}
    with Archive.open(tmp_path) as archive:
        told = list(archive.records())[-1]["extraction"]
    assert told["profile"] == profiles(tmp_path)[0]
    assert len(told["config_sha256"]) == 64
    assert run(tmp_path, blog) == {"same": 10}


def test_a_page_that_a_platform_s_rules_read_is_neither_sampled_nor_cut(tmp_path: Path) -> None:
    with Blog(12) as blog:
        assert run(tmp_path, blog) == {"first": 12}
        assert profiles(tmp_path) == []
        with Archive.open(tmp_path) as archive:
            assert archive.database.all("SELECT url FROM page_sample") == []


def test_the_profile_is_the_same_whatever_the_hash_seed(blog: Blog, tmp_path: Path) -> None:
    code = "import sys; from flows.steps import ingest, Settings; ingest(sys.argv[1], sys.argv[2], Settings())"
    for seed in "12":
        command = [sys.executable, "-c", code, str(tmp_path / seed), blog.url]
        subprocess.run(command, cwd=ROOT, check=True, env={**os.environ, "PYTHONHASHSEED": seed})
    assert profiles(tmp_path / "1") == profiles(tmp_path / "2") != []
