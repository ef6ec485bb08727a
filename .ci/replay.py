"""Ask pywb for captured posts, compare what it shows with what is archived: `replay.py ARCHIVE COLLECTION_URL`."""

import json
import re
import subprocess
import sys
import time
import unicodedata
import urllib.error
import urllib.request
from html.parser import HTMLParser

LEAST = 10  #: posts that must have been compared


class Shown(HTMLParser):
    """The text of a page, scripts and styles left out."""

    def __init__(self, page: str) -> None:
        super().__init__()
        self.parts: list[str] = []
        self.hidden = 0
        self.feed(page)

    def handle_starttag(self, tag: str, attrs: object) -> None:
        self.hidden += tag in ("script", "style")

    def handle_endtag(self, tag: str) -> None:
        self.hidden -= tag in ("script", "style")

    def handle_data(self, data: str) -> None:
        if not self.hidden:
            self.parts.append(data)


def letters(text: str) -> str:
    """Return the letters and digits of a text: blanks and markup between them are not what is judged."""
    return re.sub(r"[\W_]+", "", unicodedata.normalize("NFC", text))


def replayed(collection: str, url: str, captured_at: str) -> str:
    """Return the page as pywb replays it, untouched (`id_`), nearest to a time; waits for pywb to be up."""
    stamp = re.sub(r"\D", "", captured_at)[:14]
    for _ in range(60):
        try:
            with urllib.request.urlopen(f"{collection}/{stamp}id_/{url}", timeout=30) as answer:
                return answer.read().decode("utf-8", "replace")
        except urllib.error.HTTPError:
            raise
        except OSError:
            time.sleep(0.5)
    raise SystemExit("pywb does not answer")


def main(archive: str, collection: str) -> None:
    """Compare every version of a post or page that was read from a page of its own."""
    export = [sys.executable, "-m", "cli.main", "--archive", archive, "export", "--format", "jsonl", "-"]
    lines = subprocess.run(export, check=True, stdout=subprocess.PIPE, encoding="utf-8").stdout.splitlines()
    held = missing = 0
    for record in map(json.loads, lines):
        if record["work_type"] == "comment" or record["kind"] == "gone" or not record["text"]:
            continue
        shown = letters("".join(Shown(replayed(collection, record["url"], record["captured_at"])).parts))
        lost = [line for line in record["text"].splitlines() if letters(line) not in shown]
        held += not lost
        missing += bool(lost)
        for line in lost:
            print(f"{record['url']} of {record['captured_at']}: pywb does not show {line[:80]!r}")
    print(f"pywb: {held} captures replay and hold the archived text, {missing} do not")
    if missing or held < LEAST:
        raise SystemExit(f"at least {LEAST} must, and all that were asked for")


if __name__ == "__main__":
    main(*sys.argv[1:])
