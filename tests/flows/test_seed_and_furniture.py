"""No form, share, like or related post remains in an article: neither in the seed nor on real WordPress pages."""

from __future__ import annotations

import importlib.util
import json
import os
import secrets
import urllib.request
from collections.abc import Callable, Iterator, Mapping
from pathlib import Path
from types import ModuleType
from typing import Any

import pytest

from extractors import document
from extractors.page import extract_page
from extractors.residue import clean
from tests.flows.truth import folded
from tests.lab import Lab
from variorum.records import Page
from variorum.times import utc_now

SEED = "seed000187"
SHORT = "short-one"  #: a post without a title, of 17 characters
FURNITURE = ("highlander", "verbum", "jetpack")
#: What shows that a page has this kind of furniture; without it a test would prove nothing. It is in the comment form,
#: so posts whose comments are closed lack it.
_SIGN = {"highlander": "highlander", "verbum": "verbum", "jetpack": "sharedaddy"}


@pytest.fixture(scope="module")
def bench() -> Path:
    """The folder of the texts and judges that lie beside the project."""
    return Path(os.environ["VARIORUM_BENCH"])


@pytest.fixture(scope="module")
def residue_hits(bench: Path) -> Callable[[str, str], list[str]]:
    """The judge: which phrases of widgets a text holds that its gold does not."""
    judge = _load(bench / "score.py")
    found: Callable[[str, str], list[str]] = judge.residue_hits
    assert found("A text.\nLeave a Reply", "A text.") != []
    return found


@pytest.fixture(scope="module")
def site() -> Iterator[Lab]:
    """A WordPress of this module's own."""
    with Lab(os.environ["VARIORUM_LAB"], f"furniture-{os.getpid()}-{secrets.token_hex(3)}") as lab:
        yield lab.start()


@pytest.mark.bench
def test_seed_comes_out_as_its_gold(bench: Path) -> None:
    with (bench / "residue" / "open.jsonl").open(encoding="utf-8") as lines:
        seed = json.loads(next(lines))
    assert seed["id"] == SEED
    assert clean(seed["raw"]).clean == seed["clean"]


@pytest.mark.bench
@pytest.mark.lab
@pytest.mark.slow
@pytest.mark.parametrize("kind", FURNITURE)
def test_no_furniture_remains_in_any_article(
    site: Lab, residue_hits: Callable[[str, str], list[str]], kind: str
) -> None:
    """Every page of every public post, by its HTML alone: no residue, and the text is the platform's own."""
    site.mutate("furniture", kind=kind)
    compared = 0
    for post in site.truth()["posts"]:
        if not post["public"] or post["password"]:
            continue
        for number, told in enumerate(post["page_texts"], 1):
            html, page = _page(post["url"] if number == 1 else f"{post['url']}{number}/")
            if (post["type"], post["comment_status"]) == ("post", "open"):
                assert _SIGN[kind] in html, f"{kind} is not on {page.url}"
            assert residue_hits(page.text, told) == [], page.url
            assert folded(page.text) == folded(told), page.url
            compared += 1
    assert compared > 30


@pytest.mark.lab
@pytest.mark.slow
@pytest.mark.parametrize("kind", FURNITURE)
def test_a_post_of_17_characters_is_all_there_is(site: Lab, kind: str) -> None:
    site.mutate("furniture", kind=kind)
    short = _post(site.truth(), SHORT)
    assert (len(short["text"]), short["title"]) == (17, "")
    _, page = _page(short["url"])
    assert (page.text, page.suspect) == (short["text"], False)


def _post(truth: Mapping[str, Any], slug: str) -> Mapping[str, Any]:
    found: Mapping[str, Any] = next(post for post in truth["posts"] if post["slug"] == slug)
    return found


def _page(url: str) -> tuple[str, Page]:
    """Return the HTML at an address of the lab, and what is extracted from it."""
    with urllib.request.urlopen(url, timeout=30) as answer:
        body, kind = answer.read(), answer.headers["Content-Type"]
    return body.decode(), extract_page(document.parse(body, url, kind), captured_at=utc_now())


def _load(path: Path) -> ModuleType:
    spec = importlib.util.spec_from_file_location(f"bench_{path.stem}", path)
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module
