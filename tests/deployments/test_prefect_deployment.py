"""prefect.yaml, tried: a real server and a real worker on the loopback run the deployed flow to its end."""

from __future__ import annotations

import os
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from demo import recording, server
from storage.archive import Archive

ROOT = Path(__file__).parents[2]
DEADLINE_S = 120.0


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


@contextmanager
def running(*args: str, env: dict[str, str], log: Path) -> Iterator[subprocess.Popen[bytes]]:
    """Run a Prefect command as long as the context lasts; it and its children are a process group of their own."""
    with log.open("wb") as out:
        process = subprocess.Popen(
            [sys.executable, "-m", "prefect", *args], cwd=ROOT, env=env, stdout=out, stderr=subprocess.STDOUT
        )
        try:
            yield process
        finally:
            process.terminate()
            try:
                process.wait(30)
            except subprocess.TimeoutExpired:
                process.kill()
                process.wait()


def prefect(*args: str, env: dict[str, str]) -> str:
    done = subprocess.run(
        [sys.executable, "-m", "prefect", "--no-prompt", *args],
        cwd=ROOT,
        env=env,
        capture_output=True,
        text=True,
        timeout=DEADLINE_S,
        check=False,
    )
    assert done.returncode == 0, f"prefect {' '.join(args)}\n{done.stdout}{done.stderr}"
    return done.stdout + done.stderr


def wait_for(url: str, process: subprocess.Popen[bytes], log: Path) -> None:
    until = time.monotonic() + DEADLINE_S
    while time.monotonic() < until:
        assert process.poll() is None, log.read_text()
        try:
            urllib.request.urlopen(url, timeout=2).close()
        except (urllib.error.URLError, OSError):
            time.sleep(0.3)
        else:
            return
    pytest.fail(f"no answer from {url}: {log.read_text()}")


@pytest.mark.slow
def test_a_deployed_ingest_runs_to_its_end_under_a_worker(tmp_path: Path) -> None:
    port = free_port()
    env = {key: value for key, value in os.environ.items() if not key.startswith(("PREFECT_", "VARIORUM_"))}
    env |= {
        "PREFECT_HOME": str(tmp_path / "prefect"),
        "PREFECT_API_URL": f"http://127.0.0.1:{port}/api",
        "PREFECT_SERVER_ANALYTICS_ENABLED": "false",
        "DO_NOT_TRACK": "1",
        "PREFECT_WORKER_QUERY_SECONDS": "1",
        "VARIORUM_ROOT": str(ROOT),
        "VARIORUM_ARCHIVE": str(tmp_path / "archive"),
    }
    logs = tmp_path / "server.log", tmp_path / "worker.log"
    with (
        server.serve(recording.read()) as blog,
        running("server", "start", "--host", "127.0.0.1", "--port", str(port), env=env, log=logs[0]) as api,
    ):
        env["VARIORUM_SOURCE"] = blog.url
        wait_for(f"http://127.0.0.1:{port}/api/health", api, logs[0])
        prefect("work-pool", "create", "variorum", "--type", "process", env=env)
        prefect("automation", "create", "--from-file", "deployments/killed-runs.yaml", env=env)
        prefect("deploy", "--prefect-file", "deployments/prefect.yaml", "--name", "ingest", env=env)
        shown = prefect("deployment", "inspect", "ingest-blog/ingest", env=env)
        assert "17 */6 * * *" in shown
        assert blog.url in shown
        with running("worker", "start", "--pool", "variorum", "--type", "process", env=env, log=logs[1]):
            # --watch ends with an error unless the run completes
            prefect("deployment", "run", "ingest-blog/ingest", "--watch", "--watch-interval", "1", env=env)
        artifacts = prefect("artifact", "ls", env=env)
    assert "ingest-" in artifacts
    with Archive.open(str(tmp_path / "archive")) as archive:
        (source,) = archive.sources()
        assert source.last_ingest_at is not None
        assert sum(work.state == "open" for work in archive.works(source.id, work_type="post")) > 5
