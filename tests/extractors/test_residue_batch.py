import json

import pytest

from extractors.residue import clean
from extractors.residue.batch import clean_batch

TEXT = (
    "A title\n\nA first paragraph that is long enough to be taken for running text by anybody who reads it with care, "
    "and then some.\n\nLeave a Reply\n\nConnecting to %s"
)


def lines(path):
    return [json.loads(line) for line in path.read_text(encoding="utf-8").splitlines()]


def test_answers_in_order_with_errors_in_their_place(tmp_path):
    source, target = tmp_path / "in.jsonl", tmp_path / "out.jsonl"
    asked = [
        json.dumps({"id": "a", "raw": TEXT}),
        "no json",
        "",
        '{"id": 7}',
        "[1]",
        json.dumps({"id": "ب", "raw": ""}),
    ]
    source.write_bytes("\n".join(asked).encode() + b'\n\xff\n{"id": "z", "raw": "\\ud800"}')
    assert clean_batch(source, target) == (3, 4)
    answers = lines(target)
    assert [answer["id"] for answer in answers] == ["a", None, 7, None, "ب", None, "z"]
    assert ["error" in answer for answer in answers] == [False, True, True, True, False, True, False]
    assert answers[1]["error"].startswith("line 2 ")
    cleaned = clean(TEXT)
    assert answers[0]["clean"] == cleaned.clean == TEXT.partition("\n\nLeave")[0]
    assert answers[0]["removed"] == [
        {"start": r.start, "end": r.end, "kind": r.kind, "rule": r.rule} for r in cleaned.removed
    ]
    assert answers[0]["comments"] == []


def test_standard_output(tmp_path, capsys):
    source = tmp_path / "in.jsonl"
    source.write_text(json.dumps({"id": 1, "raw": "日本語"}))
    assert clean_batch(source, None) == (1, 0)
    assert json.loads(capsys.readouterr().out)["clean"] == "日本語"


def test_empty_and_missing(tmp_path):
    (tmp_path / "in.jsonl").touch()
    assert clean_batch(tmp_path / "in.jsonl", tmp_path / "out.jsonl") == (0, 0)
    assert (tmp_path / "out.jsonl").read_text() == ""
    with pytest.raises(FileNotFoundError):
        clean_batch(tmp_path / "none.jsonl", None)
