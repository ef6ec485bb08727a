"""Records the sample blog anew from the lab's WordPress: `python -m demo.record LAB`, LAB the folder of lab.py.

Two rounds: the blog as it is seeded, and after `CHANGES`. Which addresses are recorded is found by letting
`variorum ingest` loose on the real blog and reading its access log: whatever variorum has asked for in either round is
fetched once more in each, this time over a bare socket, so that no client stands between the blog and the recording.
"""

from __future__ import annotations

import json
import socket
import subprocess
import sys
import tempfile
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any

from demo.recording import SAMPLE, split, write
from variorum.times import to_rfc3339, utc_now

PORT = 18765  #: the sample is served there too, where it is free
NAME = "variorum-sample"
EDITED = "the-night-the-lights-went-out-at-the-north-pier"
EDITED_PATH = f"/2020/07/28/{EDITED}/"
START = ("--posts", "12", "--hot", "12", "--theme", "twentytwentyone")
#: What happens between the rounds: action and key=value of `lab.py wp NAME mutate`.
#: A story: a reader says that the bell rang for an hour; the author takes the nine hundred out and deletes the comment.
CHANGES = (
    ("edit-post", f"post={EDITED}", "find=rang for 947 minutes", "put=rang for 94 minutes"),
    ("delete-comment", "comment=18"),
    ("add-comment", f"post={EDITED}", "author=Ruth Alderney", "text=Ninety-four minutes sounds more like it."),
    ("edit-comment", "comment=24", "text=Small correction: the tram was number 50, not 508, and it was always late."),
    (
        "retitle",
        "post=what-the-harbour-ledger-of-1933-still-tells-us",
        "title=What the harbour ledger of 1934 tells us",
    ),
    ("trash-post", "post=nobody-answered"),
    ("theme", "theme=twentytwentytwo"),
)


def main(lab: str) -> None:
    """Record both rounds into `sample.warc.gz`."""
    site = _lab(lab, "start", "wordpress", "--fresh", "--name", NAME, "--port", str(PORT), *START)
    try:
        with tempfile.TemporaryDirectory() as archive:
            _ingest(archive, site["url"])
            first = _asked(site)
            rounds = [(to_rfc3339(utc_now().replace(microsecond=0)), _fetch_all(site["url"], first))]
            for change in CHANGES:
                _lab(lab, "wp", NAME, "mutate", *change)
            _ingest(archive, site["url"])
            both = _asked(site)
            rounds.append((to_rfc3339(utc_now().replace(microsecond=0)), _fetch_all(site["url"], both)))
    finally:
        _lab(lab, "stop", NAME)
    write(SAMPLE, split(site["url"])[0], rounds)
    print(f"{SAMPLE}: {SAMPLE.stat().st_size} bytes, {len(rounds[0][1])} + {len(rounds[1][1])} answers")


def _lab(lab: str, *args: str) -> Any:
    done = subprocess.run([sys.executable, Path(lab) / "lab.py", *args], check=True, stdout=subprocess.PIPE)
    return json.loads(done.stdout)


def _ingest(archive: str, url: str) -> None:
    subprocess.run([sys.executable, "-m", "cli.main", "--archive", archive, "ingest", url], check=True)


def _asked(site: Mapping[str, Any]) -> list[str]:
    """Return all targets that variorum has asked the blog for so far, each once."""
    lines = map(json.loads, Path(site["access_log"]).read_text(encoding="utf-8").splitlines())
    return sorted({line["uri"] for line in lines if "variorum" in line["ua"]})


def _fetch_all(url: str, targets: Iterable[str]) -> dict[str, bytes]:
    return {target: _fetch(url, target) for target in targets}


def _fetch(url: str, target: str) -> bytes:
    """Return the whole response as it came over the wire; the server ends it by closing."""
    host, port = split(url)[0].rpartition("/")[2].split(":")
    with socket.create_connection((host, int(port)), timeout=60) as connection:
        connection.sendall(f"GET {target} HTTP/1.1\r\nHost: {host}:{port}\r\nConnection: close\r\n\r\n".encode())
        return b"".join(iter(lambda: connection.recv(65536), b""))


if __name__ == "__main__":
    main(*sys.argv[1:])
