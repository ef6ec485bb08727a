"""`doctor`: what is wrong with an installation, and what to do about it."""

from __future__ import annotations

import os
import platform
import shutil
import sys
import tempfile
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from importlib import metadata
from pathlib import Path
from typing import Literal

import click

from cli.options import as_json, settings
from cli.output import print_json, say, size
from cli.trouble import FAILED
from variorum.errors import VariorumError

State = Literal["ok", "warn", "fail"]
STYLES: Mapping[State, str] = {"ok": "green", "warn": "yellow", "fail": "bold red"}

SAFE_SQLITE = (3, 51, 3)  #: older ones may corrupt an archive when a checkpoint meets a WAL reset
LEAST_PYTHON = (3, 11)
LOW_DISK_BYTES, TOO_LOW_DISK_BYTES = 2_000_000_000, 200_000_000
LEAST_OPEN_FILES = 256
PROXIES = ("http_proxy", "https_proxy", "all_proxy", "HTTP_PROXY", "HTTPS_PROXY", "ALL_PROXY")


@dataclass(frozen=True, slots=True)
class Diagnosis:
    """What one look at the installation found."""

    state: State
    what: str
    found: str
    advice: str = ""


@click.command()
@as_json
@click.pass_context
def doctor(ctx: click.Context, json_: bool) -> None:
    """Say what is wrong with this installation, and what to do: Python, packages, database, disk, archive, settings.

    Exit code 1 if something must be mended; a warning alone is 0.

    \b
    Example:
      variorum doctor
    """
    failed = False
    for diagnosis in diagnose(ctx.obj):
        failed = failed or diagnosis.state == "fail"
        if json_:
            print_json(diagnosis)
            continue
        say((f"{diagnosis.state:<5}", STYLES[diagnosis.state]), f"{diagnosis.what}: {diagnosis.found}")
        if diagnosis.advice:
            say(("      → ", "dim"), diagnosis.advice)
    if failed:
        ctx.exit(FAILED)


def diagnose(archive: str, now: Callable[[], datetime] = lambda: datetime.now(UTC)) -> Iterator[Diagnosis]:
    """Look at everything that an archive rests on."""
    yield python(sys.version_info[:3])
    yield from packages()
    folder = Path(archive)
    yield database(folder)
    yield from place(folder)
    yield content(folder)
    yield from environment(archive)
    yield clock(now(), folder)
    yield open_files()


def python(version: tuple[int, ...]) -> Diagnosis:
    """Judge the version of Python."""
    found = ".".join(map(str, version))
    if version < LEAST_PYTHON:
        return Diagnosis("fail", "Python", found, "variorum needs Python 3.11 or newer: make venv PYTHONS=python3.11")
    return Diagnosis("ok", "Python", f"{found} on {platform.system()} {platform.machine()}")


# ------------------------------------------------------------------------------------------------ packages
def packages(requires: list[str] | None = None) -> Iterator[Diagnosis]:
    """Judge each package that variorum asks for: is it there, is its version within the range.

    Args:
        requires: Requirements as in package metadata; those of the installed variorum otherwise.
    """
    try:
        from packaging.requirements import Requirement
    except ImportError:
        yield Diagnosis("fail", "packages", "packaging is not installed, no range can be judged", "make venv")
        return
    try:
        texts = requires if requires is not None else (metadata.requires("variorum") or [])
    except metadata.PackageNotFoundError:
        yield Diagnosis("fail", "packages", "variorum itself is not installed", "make venv")
        return
    fine = 0
    for requirement in map(Requirement, texts):
        if requirement.marker is not None and not requirement.marker.evaluate({"extra": ""}):
            continue
        try:
            version = metadata.version(requirement.name)
        except metadata.PackageNotFoundError:
            yield Diagnosis("fail", requirement.name, "not installed", f"{_why(requirement.name)}make venv")
            continue
        if not requirement.specifier.contains(version, prereleases=True):
            advice = f"{_why(requirement.name)}make venv installs what was tested"
            yield Diagnosis("fail", requirement.name, f"{version}, wanted {requirement.specifier}", advice)
            continue
        fine += 1
    yield Diagnosis("ok", "packages", f"{fine} present, each within its range")


#: packages whose absence or wrong version shows far from its cause
_REASONS = {
    "fastapi": "Prefect refuses to deploy with a newer one; ",
    "lxml-html-clean": "trafilatura cannot be imported without it; ",
    "greenlet": "SQLAlchemy no longer brings it, and Prefect cannot open its database without it; ",
    "trafilatura": "it is part of the extractor's fingerprint: another release makes other texts; ",
    "pysqlite3": "it brings a SQLite without the WAL-reset bug; ",
}


def _why(name: str) -> str:
    return _REASONS.get(name.lower().replace("_", "-"), "")


# ------------------------------------------------------------------------------------------------ storage
def database(folder: Path) -> Diagnosis:
    """Judge the engine that holds the rows of the archive, or of the one that would be made."""
    from storage.engines.place import address_of

    try:
        address = address_of(folder)
        if isinstance(address, Path):
            return sqlite()
        from storage.engines.postgres import condition

        return judge_postgres(*condition(address))
    except VariorumError as error:
        return Diagnosis("fail", "PostgreSQL", str(error))


def judge_postgres(place: str, settings: Mapping[str, str]) -> Diagnosis:
    """Judge a server by its settings: it must not promise what is not on its disk."""
    found = f"{settings['server_version']} at {place}"
    if careless := [name for name in ("fsync", "full_page_writes") if settings[name] == "off"]:
        advice = "a power cut may destroy the database: set it to on in postgresql.conf"
        return Diagnosis("fail", "PostgreSQL", f"{found}, {' and '.join(careless)} off", advice)
    if settings["data_checksums"] == "off":
        advice = "a flipped bit on its disk is found by `variorum check --deep` alone: pg_checksums --enable"
        return Diagnosis("warn", "PostgreSQL", f"{found}, no checksums", advice)
    return Diagnosis("ok", "PostgreSQL", found)


def sqlite() -> Diagnosis:
    """Judge the SQLite that the archive is written with."""
    from storage.engines.sqlite import sqlite_version

    version, driver = sqlite_version()
    return judge_sqlite(tuple(int(part) for part in version.split(".")), driver)


def judge_sqlite(version: tuple[int, ...], driver: str) -> Diagnosis:
    """Judge a version of SQLite: before 3.51.3 a database in WAL mode may be corrupted (the WAL-reset bug)."""
    found = f"{'.'.join(map(str, version))} by {driver}"
    if tuple(version) >= SAFE_SQLITE:
        return Diagnosis("ok", "SQLite", found)
    advice = (
        "before 3.51.3 a rare race between two writers can corrupt the archive (WAL-reset bug): install pysqlite3 "
        "where it has a wheel, or never let two processes write at once, and run `variorum check` after a crash"
    )
    return Diagnosis("warn", "SQLite", found, advice)


def place(folder: Path) -> Iterator[Diagnosis]:
    """Judge the folder of the archive, or the one that it would be made in: writable, room on the disk."""
    if folder.exists() and not folder.is_dir():
        yield Diagnosis("fail", "archive", f"{folder} is a file", "name a folder with --archive or VARIORUM_ARCHIVE")
        return
    ground = next(path for path in (folder.absolute(), *folder.absolute().parents) if path.is_dir())
    try:
        with tempfile.TemporaryFile(dir=ground):
            yield Diagnosis("ok", "folder", f"{folder.absolute()} can be written")
    except OSError as error:
        advice = f"let {_user()} write there, or name another folder with --archive or VARIORUM_ARCHIVE"
        yield Diagnosis("fail", "folder", f"{ground} cannot be written: {error.strerror}", advice)
    yield judge_disk(shutil.disk_usage(ground).free)


def judge_disk(free: int) -> Diagnosis:
    """Judge how many bytes are free."""
    advice = "a blog takes some 30 kB a page: make room, or name a folder on another disk with --archive"
    if free < TOO_LOW_DISK_BYTES:
        return Diagnosis("fail", "disk", f"{size(free)} free", advice)
    if free < LOW_DISK_BYTES:
        return Diagnosis("warn", "disk", f"{size(free)} free", advice)
    return Diagnosis("ok", "disk", f"{size(free)} free")


def _user() -> str:
    return f"user {os.geteuid()}" if hasattr(os, "geteuid") else "yourself"


def content(folder: Path) -> Diagnosis:
    """Judge whether the archive opens and its schema is the one that this variorum knows."""
    if not folder.is_dir() or not any(folder.iterdir()):
        return Diagnosis("ok", "archive", f"none in {folder} yet", "variorum ingest https://some.blog makes one")
    from storage.archive import Archive

    try:
        with Archive.open(str(folder)) as archive:
            sources = len(list(archive.sources()))
    except VariorumError as error:
        return Diagnosis("fail", "archive", str(error))
    return Diagnosis("ok", "archive", f"opens, {sources} watched")


# ------------------------------------------------------------------------------------------------ surroundings
def environment(archive: str) -> Iterator[Diagnosis]:
    """Judge the settings and variables that change how pages are fetched."""
    try:
        found = settings(archive)
    except VariorumError as error:
        yield Diagnosis("fail", "settings", str(error))
        return
    if found.contact:
        yield Diagnosis("ok", "contact", found.contact)
    else:
        advice = (
            "set VARIORUM_CONTACT to your mail address or a page about your archive: it goes into the User-Agent, and "
            "a blogger who can ask you does not have to block you"
        )
        yield Diagnosis("warn", "contact", "not set", advice)
    proxies = [name for name in PROXIES if os.environ.get(name)]
    if proxies:
        advice = "variorum connects directly, because it checks the address that it connects to; unset them if unsure"
        yield Diagnosis("warn", "proxy", f"{', '.join(proxies)} set, and ignored", advice)
    else:
        yield Diagnosis("ok", "proxy", "none set")


def clock(now: datetime, folder: Path) -> Diagnosis:
    """Judge the clock: every version rests on it. It cannot be before this code, nor before what the archive holds."""
    newest = max((path.stat().st_mtime for path in _dated(folder)), default=0.0)
    newest_at = datetime.fromtimestamp(newest, UTC)
    if now < newest_at.replace(microsecond=0):
        found = f"{now:%Y-%m-%d %H:%M:%S} UTC, but a file of {newest_at:%Y-%m-%d %H:%M:%S} is there already"
        return Diagnosis("fail", "clock", found, "set the clock (timedatectl, ntp): times of versions would be wrong")
    return Diagnosis("ok", "clock", f"{now:%Y-%m-%d %H:%M:%S} UTC")


def _dated(folder: Path) -> Iterator[Path]:
    yield Path(__file__)
    if folder.is_dir():
        yield from (path for path in folder.iterdir() if path.is_file())


def open_files() -> Diagnosis:
    """Judge how many files this process may have open."""
    try:
        import resource
    except ImportError:
        return Diagnosis("ok", "open files", "no limit known on this system")
    soft, _ = resource.getrlimit(resource.RLIMIT_NOFILE)
    if soft != resource.RLIM_INFINITY and soft < LEAST_OPEN_FILES:
        return Diagnosis("warn", "open files", f"{soft} at most", "ulimit -n 1024 before variorum is started")
    return Diagnosis("ok", "open files", "no limit" if soft == resource.RLIM_INFINITY else f"{soft} at most")
