"""What leaves the archive can be proved without it: heads, proofs, exports, and an authority's word on the day."""

from __future__ import annotations

import json
import shutil
import subprocess
import sys
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner, Result

from cli.main import variorum
from storage import batch
from storage.export import export_jsonl, export_proof
from storage.proof import merkle
from tests.cli.conftest import ROSES
from tests.conftest import Settle
from tests.storage.made import Blog
from tests.storage.test_storage_bitflips import verified
from variorum.errors import StorageError

ROOT = Path(__file__).parents[2]


@pytest.fixture
def archive(small_archive: Path, tmp_path: Path) -> Path:
    """A copy that may be written."""
    shutil.copytree(small_archive, tmp_path / "archive")
    return tmp_path / "archive"


def run(archive: Path, *args: str) -> Result:
    return CliRunner().invoke(variorum, ["--archive", str(archive), *args])


def verify(*args: str | Path) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, "-I", str(ROOT / "docs" / "verify_export.py"), *map(str, args)]
    return subprocess.run(command, capture_output=True, text=True, check=False)


def test_heads_and_proofs(archive: Path) -> None:
    assert "--seal pins them now" in run(archive, "log").output
    head = json.loads(run(archive, "log", "--seal", "--json").output)
    assert head["root"] in run(archive, "log").output
    proof = json.loads(run(archive, "log", "--prove", ROSES, "--version", "1", "--json").output)
    path = [bytes.fromhex(step) for step in proof["path"]]
    assert merkle.root_of(proof["seq"] - 1, head["size"], bytes.fromhex(proof["leaf"]), path).hex() == head["root"]
    assert run(archive, "check").exit_code == 0  # which is an event of its own
    later = json.loads(run(archive, "log", "--seal", "--json").output)
    stayed = json.loads(run(archive, "log", "--since", str(head["size"]), "--json").output)
    roots = bytes.fromhex(head["root"]), bytes.fromhex(later["root"])
    steps = [bytes.fromhex(step) for step in stayed["path"]]
    assert merkle.is_consistent(head["size"], later["size"], *roots, steps)
    chain = json.loads(run(archive, "provenance", ROSES, "--json").output)
    assert chain["log"]["root"] == later["root"]
    assert f"root {later['root']}" in run(archive, "provenance", ROSES).output


@pytest.mark.parametrize(
    ("args", "said"),
    [
        (["--seal", "--since", "1"], "at a time"),
        (["--version", "1"], "--version is for --prove"),
        (["--since", "2"], "not sealed at 2"),
        (["--prove", "https://nowhere.example/"], "nowhere.example"),
        (["--reply", "nowhere"], "cannot be read"),
    ],
)
def test_wrong_use_is_explained(archive: Path, args: list[str], said: str) -> None:
    result = run(archive, "log", *args)
    assert result.exit_code == 2
    assert said in result.output


def test_an_export_is_verified_without_the_archive(archive: Path, tmp_path: Path) -> None:
    export = tmp_path / "blog.jsonl"
    done = run(archive, "export", "--format", "jsonl", str(export), "--proof", "--json")
    head = json.loads(done.output)["head"]
    assert verify(export, f"{export}.proof").returncode == 0
    sound = verify(export, f"{export}.proof", head["root"])
    assert (sound.returncode, sound.stderr) == (0, "")
    assert ", 0 wrong" in sound.stdout
    assert verify(export, f"{export}.proof", "00" * 32).returncode == 1
    part = tmp_path / "part.jsonl"
    run(archive, "export", "--format", "jsonl", str(part), "--after", "5", "--proof")
    assert verify(part, f"{part}.proof", head["root"]).returncode == 0, "the newest head holds it already"
    shorter = tmp_path / "short.jsonl"
    shorter.write_text("".join(export.read_text(encoding="utf-8").splitlines(keepends=True)[:-1]), encoding="utf-8")
    assert "lines were taken away" in verify(shorter, f"{export}.proof").stdout
    assert run(archive, "export", "--format", "jsonl", "-", "--proof").exit_code == 2
    assert run(archive, "export", "--format", "warc", str(tmp_path / "w"), "--proof").exit_code == 2


def changed(record: dict[str, Any], name: str) -> dict[str, Any]:
    """Return a record that says something else in one field, deep in it where it holds an object."""
    value = record[name]
    if isinstance(value, dict) and value:
        return {**record, name: changed(value, sorted(value)[-1])}
    return {**record, name: "other" if value != "other" else "another"}


def test_whatever_is_changed_in_an_export_is_found(archive: Path, tmp_path: Path) -> None:
    export = tmp_path / "blog.jsonl"
    run(archive, "export", "--format", "jsonl", str(export), "--proof")
    lines = export.read_text(encoding="utf-8").splitlines()
    bad = tmp_path / "bad.jsonl"
    for name in sorted(record := json.loads(lines[0])):
        bad.write_text("\n".join([told(changed(record, name)), *lines[1:]]) + "\n", encoding="utf-8")
        assert not verified(bad, Path(f"{export}.proof")), name
    bad.write_text("\n".join(reversed(lines)) + "\n", encoding="utf-8")
    assert not verified(bad, Path(f"{export}.proof"))


def told(record: dict[str, Any]) -> str:
    return json.dumps(record, ensure_ascii=False, separators=(",", ":"))


def test_state_and_parent_are_proved_without_the_word_on_the_file(archive: Path, tmp_path: Path) -> None:
    """A proof from which the word on the file is taken: what the log tells of each work still holds."""
    export, proof = tmp_path / "blog.jsonl", tmp_path / "blog.jsonl.proof"
    run(archive, "export", "--format", "jsonl", str(export), "--proof")
    head, *proofs = proof.read_text(encoding="utf-8").splitlines()
    told_head = {name: value for name, value in json.loads(head).items() if name != "export"}
    plain = told({**told_head, "schema": "variorum-proof/1", "sealed_at": "2026-01-01T00:00:00.000000Z"})
    proof.write_text("\n".join([plain, *proofs]) + "\n", encoding="utf-8")
    assert verified(export, proof)
    lines = export.read_text(encoding="utf-8").splitlines()
    bad = tmp_path / "bad.jsonl"
    at, answer = next((at, record) for at, line in enumerate(lines) if (record := json.loads(line))["thread"])
    for other in (
        {"state": "missing"}, {"gone_at": "2026-01-09T00:00:00Z"}, {"native_id": "77"},
        *({"thread": {**answer["thread"], name: value}} for name, value in
          (("post_id", 99), ("parent_native_id", "77"), ("depth", 5))),
    ):  # fmt: skip
        bad.write_text("\n".join([*lines[:at], told(answer | other), *lines[at + 1 :]]) + "\n", encoding="utf-8")
        assert not verified(bad, proof), other
    own = [json.loads(line) for line in proofs]
    for item in own:
        item.pop("work", None)
    proof.write_text("\n".join([plain, *map(told, own)]) + "\n", encoding="utf-8")
    assert not verified(export, proof), "the last word on a work was kept back"


def test_an_archive_that_cannot_be_written_proves_each_record(
    archive: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    export = tmp_path / "blog.jsonl"
    assert run(archive, "log", "--seal").exit_code == 0

    def refuse(*_: object, **__: object) -> None:
        raise StorageError("this folder cannot be written")

    monkeypatch.setattr("storage.archive.Archive.writer", refuse)
    assert run(archive, "export", "--format", "jsonl", str(export), "--proof").exit_code == 0
    done = verify(export, f"{export}.proof")
    assert (done.returncode, "tells nothing of the file" in done.stdout) == (0, True)


def test_what_an_older_variorum_recorded_is_still_proved(
    tmp_path: Path, settle: Settle, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Events from before schema 0010 tell of a version what it says, and nothing of its work."""
    newer = batch.version_detail

    def older(row: Mapping[str, Any]) -> dict[str, Any]:
        return {name: value for name, value in newer(row).items() if name != "row"}

    blog = Blog(settle(tmp_path / "old"))
    monkeypatch.setattr(batch, "version_detail", older)
    monkeypatch.setattr(batch, "told_of_work", lambda *_: None)
    blog.post(text="It was here.")
    blog.comment("7", text="Hi")
    monkeypatch.undo()
    blog.writer.database.run("UPDATE work SET row_sum = NULL, seen_sum = NULL")
    blog.post("source", "It is here.", hours=1)
    assert blog.archive.check(deep=True) == []
    export = tmp_path / "blog.jsonl"
    export_jsonl(blog.archive, export)
    export_proof(blog.archive, export, tmp_path / "proof")
    assert verified(export, tmp_path / "proof")
    blog.close()


@pytest.mark.skipif(shutil.which("openssl") is None, reason="needs openssl")
def test_an_authority_stamps_the_head(archive: Path, tmp_path: Path) -> None:
    authority = tmp_path / "authority"
    authority.mkdir()
    (authority / "tsa.cnf").write_text(
        """[req]
distinguished_name = name
x509_extensions = ext
prompt = no
[name]
CN = A time-stamp authority for a test
[ext]
extendedKeyUsage = critical, timeStamping
[tsa]
default_tsa = one
[one]
serial = serial
digests = sha256
default_policy = 1.2.3.4.1
signer_digest = sha256
""",
        encoding="ascii",
    )

    def openssl(*args: str | Path) -> subprocess.CompletedProcess[str]:
        return subprocess.run(["openssl", *map(str, args)], cwd=authority, capture_output=True, text=True, check=False)

    made = openssl(
        *"req -new -x509 -newkey rsa:2048 -nodes -keyout key.pem -out cert.pem -days 2 -config tsa.cnf".split()
    )
    assert made.returncode == 0, made.stderr
    head = json.loads(run(archive, "log", "--seal", "--json").output)
    asked, answered = tmp_path / "head.tsq", tmp_path / "head.tsr"
    assert "curl" in run(archive, "log", "--query", str(asked)).output
    stamped = openssl(
        *"ts -reply -config tsa.cnf -signer cert.pem -inkey key.pem -queryfile".split(), asked, "-out", answered
    )
    assert stamped.returncode == 0, stamped.stderr
    kept = run(archive, "log", "--reply", str(answered))
    assert kept.exit_code == 0, kept.output
    checked = openssl(*"ts -verify -CAfile cert.pem -digest".split(), head["root"], "-in", answered)
    assert checked.returncode == 0, checked.stderr
    assert "kept" in run(archive, "log").output
    assert run(archive, "check").exit_code == 0

    run(archive, "log", "--seal")  # the check was an event: another head, another root
    other = run(archive, "log", "--reply", str(answered))
    assert (other.exit_code, "not about the root" in other.output) == (2, True)
    for broken in (b"", b"<html>busy</html>", answered.read_bytes()[:100], b"\x30\x05\x30\x03\x02\x01\x02"):
        answered.write_bytes(broken)
        refused = run(archive, "log", "--reply", str(answered))
        assert refused.exit_code == 2, refused.output
