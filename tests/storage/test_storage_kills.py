"""Four writers are killed at any moment, with both databases: nothing lost or doubled, no repair by hand.

VARIORUM_KILLS says how often; 24 otherwise.
"""

from __future__ import annotations

import multiprocessing
import os
import random
import signal
import time
from contextlib import suppress
from multiprocessing.process import BaseProcess
from pathlib import Path

from storage.archive import Archive
from storage.writer import Writer
from tests.conftest import Settle
from tests.postgres import Server
from tests.storage.made import HOME, exchange, update
from variorum.errors import StorageError

KILLS = int(os.environ.get("VARIORUM_KILLS", "24"))
SERVER_EVERY = 9  #: kills, after which the server under the writers is stopped, too
_FORK = multiprocessing.get_context("fork")  # modules are loaded: a kill falls into the writing


def write_on_and_on(folder: Path, name: str, told: Path) -> None:
    """Write posts one by one, and name each in a file once it was reported as stored; begin again after trouble."""
    number = 0
    with told.open("a") as out:
        while True:
            with suppress(StorageError), Writer.open(folder) as writer:
                source = writer.add_source(HOME)
                run = writer.begin_run(source.id, "ingest")
                while True:
                    post = f"{name}-{number}"
                    kept = writer.keep(run, source.id, [exchange(f"{HOME}{post}/", post.encode())])
                    said = update(
                        source.id,
                        text=f"text of {post}",
                        native_id=post,
                        url=f"{HOME}{post}/",
                        captures=[kept[0].capture_id],
                        visit_ids=(kept[0].id,),
                    )
                    writer.write(run, [said], extractor="variorum 0.1.0 0123456789abcdef")
                    print(post, file=out, flush=True)
                    number += 1


def kill_and_begin_anew(folder: Path, told: Path, server: Server | None) -> None:
    """Let four write, kill one after the other, and all in the end."""
    dice = random.Random(20261124)

    def begin(number: int) -> BaseProcess:
        process = _FORK.Process(target=write_on_and_on, args=(folder, f"p{number}", told))
        process.start()
        return process

    writers = [begin(number) for number in range(4)]
    for number in range(4, KILLS + 4):
        time.sleep(dice.uniform(0.0, 0.4))
        if server is not None and number % SERVER_EVERY == 0:
            server.stop(kill=dice.random() < 0.7)
            server.start()
        victim = dice.randrange(4)
        writers[victim].kill()
        writers[victim].join()
        assert writers[victim].exitcode == -signal.SIGKILL, "it wrote until then"
        writers[victim] = begin(number)
    for writer in writers:
        writer.kill()
        writer.join()


def test_kills_and_restarts_lose_nothing_that_was_reported(tmp_path: Path, settle: Settle) -> None:
    folder, told = settle(tmp_path / "archive"), tmp_path / "told"
    Archive.open(folder, create=True).close()
    kill_and_begin_anew(folder, told, settle.own_server)
    reported = told.read_text().split("\n")[:-1]
    with Archive.open(folder) as archive:
        held = [record["native_id"] for record in archive.records()]
        print(f"{KILLS} kills: {len(reported)} posts reported, {len(held)} held")
        assert len(reported) > KILLS
        assert set(reported) <= set(held)
        assert len(held) == len(set(held))
        assert archive.check(deep=True) == []
