"""What stands above the title in a body goes, whatever it says, unless it may be the author's."""

from __future__ import annotations

import pytest

from extractors.document import parse_text
from extractors.masthead import cut_above
from extractors.text import render

URL = "https://blog.example/post"
TITLE = "The tram to Quay Street"
PROSE = "<p>" + "The tram ran for three years, and nobody who drove it ever saw Quay Street by day. " * 3 + "</p>"


def cut(markup, title=TITLE):
    tree = parse_text(f"<body>{markup}</body>", URL).tree
    return cut_above(render(tree.find("body"), URL), title)


@pytest.mark.parametrize(
    ("above", "said"),
    [
        ("<p>Last updated at 11:00</p>", ["Last updated at 11:00"]),
        ("<div>المدينة</div><p>港の話</p>", ["المدينة", "港の話"]),
        (f"<p><a href='/'>Home</a></p><p>{TITLE}</p>", ["Home", TITLE]),  # a breadcrumb says the title, too
    ],
)
def test_short_lines_above_the_heading_go(above, said):
    kept, removed = cut(f"{above}<h1><a href='/post'>{TITLE}!</a></h1>{PROSE}")
    assert kept.text.split("\n")[0] == f"{TITLE}!"
    assert kept.markdown.startswith(f"# [{TITLE}!](")
    assert [(one.kind, one.text) for one in removed] == [("other", "\n".join(said))]
    assert cut_above(kept, TITLE) == (kept, ())


def test_a_picture_above_the_title_stays():
    kept, removed = cut(f"<p><img src='/pier.jpg' alt='The pier'></p><p>Harbour</p><h2>{TITLE}</h2>{PROSE}")
    assert [one.text for one in removed] == ["Harbour"]
    assert kept.markdown.startswith(f"![The pier](https://blog.example/pier.jpg)\n\n## {TITLE}\n")
    assert [image.url for image in kept.images] == ["https://blog.example/pier.jpg"]


@pytest.mark.parametrize(
    "markup",
    [
        pytest.param(f"<p>Line one,<br>line two,<br>{TITLE},<br>line three.</p>", id="refrain"),
        pytest.param(f"{PROSE}<h2>{TITLE}</h2>{PROSE}", id="prose-above"),
        pytest.param(f"<p>Harbour</p>{PROSE}", id="no-title"),
        pytest.param(f"<h1>{TITLE}</h1>{PROSE}", id="nothing-above"),
        pytest.param("<p>line</p>" * 13 + f"<h1>{TITLE}</h1>{PROSE}", id="far-below"),
        pytest.param("", id="empty"),
    ],
)
def test_what_may_be_the_authors_stays(markup):
    assert cut(markup)[1] == ()


def test_a_short_title_tells_nothing():
    assert cut(f"<p>Harbour</p><h1>Tram</h1>{PROSE}", "Tram")[1] == ()
