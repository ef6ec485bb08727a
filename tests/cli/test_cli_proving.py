"""What leaves the archive can be proved without it: heads, proofs, exports, and an authority's word on the day."""

from __future__ import annotations

import json
import random
import shutil
import subprocess
import sys
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from cli.main import variorum
from storage.proof import merkle
from tests.cli.conftest import ROSES

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


#: Of a record, what its keeper may say anew at every export: numbers of the archive, and what goes on moving.
MOVING = frozenset(
    "native_id version_id previous_version_id same_text_as source_id source state first_seen last_seen superseded_at "
    "recorded_at gone_at aliases fetch extraction derived_from thread comments dup access takedown".split()
)


def test_whatever_is_changed_in_an_export_is_found(archive: Path, tmp_path: Path) -> None:
    export = tmp_path / "blog.jsonl"
    run(archive, "export", "--format", "jsonl", str(export), "--proof")
    lines = export.read_text(encoding="utf-8").splitlines()
    record = json.loads(lines[0])
    bad = tmp_path / "bad.jsonl"
    for name in sorted(set(record) - MOVING):
        if name == "capture":
            other: object = record["capture"] | {"sha256": "0" * 64}
        else:
            other = "other" if record[name] != "other" else "another"
        bad.write_text("\n".join([json.dumps(record | {name: other}), *lines[1:]]) + "\n", encoding="utf-8")
        assert verify(bad, f"{export}.proof").returncode == 1, name
    proof = Path(f"{export}.proof").read_text(encoding="utf-8")
    spoilt = tmp_path / "spoilt.proof"
    chance = random.Random(4)
    for at in chance.sample([at for at, char in enumerate(proof) if char in "0123456789abcdef"], 40):
        turned = "a" if proof[at] != "a" else "b"
        if '"sealed_at"' in proof[max(0, at - 60) : at] and at < proof.index("\n"):
            continue  # when it was sealed is the keeper's word; an authority's time stamp proves it
        spoilt.write_text(proof[:at] + turned + proof[at + 1 :], encoding="utf-8")
        done = verify(export, spoilt)
        assert done.returncode == 1, proof[at - 40 : at + 40]


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
