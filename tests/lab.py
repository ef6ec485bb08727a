"""Drives the platform lab: real blog software on loopback, beside the project, never part of it.

`VARIORUM_LAB` names the folder that holds `lab.py`. Sites are kept under `VARIORUM_LAB_HOME`, where the lab wants them.
"""

import json
import os
import shutil
import subprocess
import sys
from pathlib import Path
from typing import Any


class Lab:
    """One site of the lab. A context manager: it stops the site, by its process id, and drops its folder."""

    def __init__(self, folder: str | Path, name: str, kind: str = "wordpress") -> None:
        """Name a site; nothing is started yet.

        Args:
            folder: Folder of `lab.py`.
            name: Name of the site: letters, digits, - and _. Sites of one name exclude one another.
            kind: wordpress, mezzanine, isso or hostile.
        """
        self.script = Path(folder).resolve() / "lab.py"
        self.name = name
        self.kind = kind
        self.url = ""  #: home page, once started
        self.info: dict[str, Any] = {}  #: what the lab says of the site: url, database, access_log, …

    def start(self, **options: object) -> "Lab":
        """Start the site afresh with options of `lab.py start`, e.g. theme="twentytwentyone", locale="de_DE"."""
        flags = [part for key, value in options.items() for part in (f"--{key.replace('_', '-')}", str(value))]
        fresh = [] if self.kind == "hostile" else ["--fresh"]
        self.info = self._call("start", self.kind, "--name", self.name, *fresh, *flags)
        self.url = self.info["url"]
        return self

    def mutate(self, action: str, **values: object) -> Any:
        """Change the site; actions and their keys stand in the lab's README."""
        pairs = [f"{key}={value if isinstance(value, str) else json.dumps(value)}" for key, value in values.items()]
        return self._call(self._verb, self.name, "mutate", action, *pairs)

    def truth(self, **values: object) -> dict[str, Any]:
        """Return what the blog itself holds: posts, comments, and all their public states so far."""
        found: dict[str, Any] = self._call(self._verb, self.name, "truth", *[f"{k}={v}" for k, v in values.items()])
        return found

    def requests(self) -> list[dict[str, Any]]:
        """Return the requests that the site has answered, in order: time, path, status, user agent, validators."""
        log = Path(self.info["access_log"])
        return [json.loads(line) for line in log.read_text().splitlines()] if log.exists() else []

    def stop(self) -> None:
        """End the site and drop its folder. A site that was never started is let be."""
        if self.info:
            self._call("stop", self.name)
            shutil.rmtree(_home() / "sites" / self.name, ignore_errors=True)
            self.info = {}

    def __enter__(self) -> "Lab":
        return self

    def __exit__(self, *_: object) -> None:
        self.stop()

    @property
    def _verb(self) -> str:
        return "wp" if self.kind == "wordpress" else self.kind

    def _call(self, *args: str) -> Any:
        done = subprocess.run([sys.executable, self.script, *args], capture_output=True, text=True, check=False)
        if done.returncode:
            raise RuntimeError(f"lab.py {' '.join(args)} ended with {done.returncode}: {done.stderr.strip()[-2000:]}")
        return json.loads(done.stdout)


def _home() -> Path:
    return Path(os.environ.get("VARIORUM_LAB_HOME", "~/.cache/variorum-lab")).expanduser()
