"""W3C PROV: the `prov` package reads what we tell, tells it again, and it is the same."""

from __future__ import annotations

import json
from datetime import datetime
from typing import Any

import pytest

from storage.provenance import prov_json, render
from tests.storage.made import HOME, Blog, comment, exchange, update

prov = pytest.importorskip("prov.model")


@pytest.fixture
def told(blog: Blog) -> Blog:
    """Versions of all kinds: read from one capture, from two, from none; revised; gone; a title hard to spell."""
    page, feed, edited, missing = blog.keep(
        exchange(f"{HOME}hello/", b"page " * 200),
        exchange(f"{HOME}feed/", b"<rss/>" * 20, role="feed"),
        exchange(f"{HOME}hello/", b"edited " * 200, hours=1),
        exchange(f"{HOME}hello/", b"no", status=404, hours=3),
    )
    both: dict[str, Any] = {"captures": [page.capture_id, feed.capture_id], "visit_ids": (page.id, feed.id)}
    blog.write(
        update(blog.source_id, text="One", title='A "title" — \u65e5\u672c <b> \u0645\u0631\u062d\u0628\u0627', **both),
        comment(blog.source_id, "7", text="Hi", **both),
        update(blog.source_id, text="From nowhere", native_id="2", url=f"{HOME}two/"),
    )
    blog.post("source", "Two", hours=1, captures=[edited.capture_id], visit_ids=(edited.id,))
    blog.post("gone", hours=3, reason="404", visit_ids=(missing.id,))
    return blog


def test_prov_json_is_read_back_equal(told: Blog) -> None:
    for record in told.archive.records():
        text = render(told.archive.provenance(record["version_id"]), "prov-json")
        document = prov.ProvDocument.deserialize(content=text, format="json")
        again = document.serialize(format="json")
        assert prov.ProvDocument.deserialize(content=again, format="json") == document
        assert plain(json.loads(again)) == plain(json.loads(text))


def test_documents_of_all_versions_are_one(told: Blog) -> None:
    """What two versions tell of the same capture or visit does not contradict itself."""
    whole = prov.ProvDocument()
    for record in told.archive.records():
        text = render(told.archive.provenance(record["version_id"]), "prov-json")
        whole.update(prov.ProvDocument.deserialize(content=text, format="json"))
    names = [str(entity.identifier) for entity in whole.unified().get_records(prov.ProvEntity)]
    assert sorted(names) == sorted(set(names))
    assert {f"variorum:version/{record['version_id']}" for record in told.archive.records()} <= set(names)


def test_a_type_is_a_name_and_no_text(told: Blog) -> None:
    document = prov.ProvDocument.deserialize(content=json.dumps(prov_json(told.archive.provenance(1))), format="json")
    types = {str(kind) for record in document.get_records(prov.ProvElement) for kind in record.get_asserted_types()}
    assert types == {"schema:BlogPosting", "variorum:Capture", "variorum:Extraction", "variorum:Visit",
                     "prov:SoftwareAgent"}  # fmt: skip


def plain(value: Any) -> Any:
    """Return PROV-JSON without what may be spelt in two ways: names of blank nodes, zones, types of literals."""
    if isinstance(value, dict) and set(value) == {"$", "type"}:
        return int(value["$"]) if value["type"] in ("xsd:int", "xsd:integer") else value["$"]
    if isinstance(value, dict):
        items = {name: plain(told) for name, told in value.items()}
        if items and all(name.startswith("_:") for name in items):
            return sorted(items.values(), key=lambda told: json.dumps(told, sort_keys=True, default=str))
        return items
    if isinstance(value, str) and value[:2] == "20" and "T" in value:
        return datetime.fromisoformat(value)
    return value
