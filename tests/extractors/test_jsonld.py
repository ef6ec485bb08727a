"""JSON-LD as pages carry it: whole, nested, broken, hostile."""

import pytest

from extractors.jsonld import clean, read_nodes, types


def kinds(script: str) -> list[str]:
    return [kind for node in read_nodes(script) for kind in sorted(types(node))]


@pytest.mark.parametrize(
    "script",
    [
        '{"@type": "Article"}',
        '<!-- {"@type": "Article"} -->',
        '//<![CDATA[\n{"@type": "Article"}\n//]]>',
        '{"@type": "Article",}',
        '{"@type": ["Article"], "tags": ["a", "b",],};',
        '{"@type": "https://schema.org/Article"}',
        '{"@type": "schema:Article"}',
        '{"@type": "Article", "headline": "two\nlines"}',
        '[[{"@graph": [{"@type": "Article"}]}]]',
        '{"@type": "Article"} trailing words',
    ],
)
def test_reads_what_browsers_and_crawlers_read(script):
    assert kinds(script) == ["Article"]


def test_objects_in_a_row_are_a_list():
    assert kinds('{"@type": "WebSite"}\n{"@type": "Article"}') == ["WebSite", "Article"]


def test_other_peoples_words_and_other_pages_are_left_out():
    script = """{"@type": "Article", "comment": [{"@type": "Comment"}], "author": {"@type": "Person"},
        "itemListElement": [{"@type": "ListItem"}], "review": {"@type": "Review"}}"""
    assert kinds(script) == ["Article", "Person"]


@pytest.mark.parametrize("script", ["", "{", "nonsense", "null", "3", '"@type"', "[" * 100_000, '{"@type":' * 5_000])
def test_what_is_none_gives_nothing(script):
    assert kinds(script) == []


def test_many_nodes_end():
    assert len(kinds("[" + ",".join(['{"@type": "Product"}'] * 5_000) + "]")) == 500


def test_text_is_made_plain():
    assert clean(" Salt&nbsp;&amp; <b>sea</b>\n") == "Salt & sea"
    assert clean("Mes\u00adsen\u00adger") == "Messenger"
    assert clean(["no text"]) == ""
