"""Where the rows of an archive are: in a SQLite file in its folder, or in a PostgreSQL database that its folder names.

Bytes always lie in the folder. Which database goes with them is said once, when the archive is made, by
VARIORUM_DATABASE (the option --database sets it); DIR/database.url keeps it, without a password.
"""

from __future__ import annotations

import os
from pathlib import Path
from urllib.parse import urlsplit

from variorum.errors import StorageError, UsageError

VARIABLE = "VARIORUM_DATABASE"
SQLITE = "variorum.sqlite"
KEPT = "database.url"
_SECRETS = ("password", "sslpassword")


def address_of(folder: Path) -> Path | str:
    """Return the address of the database of the archive in *folder*, or of the one that would be made there.

    Raises:
        UsageError: Another database is asked for than the one that goes with the folder, or it is no address.
        StorageError: The folder cannot be read.
    """
    asked = os.environ.get(VARIABLE)
    kept = kept_address(folder)
    if asked and kept is None and (folder / SQLITE).exists():
        raise UsageError(
            f"{folder} is an archive with its rows in its own {SQLITE}, not in {without_password(asked)}: leave out "
            f"--database and {VARIABLE}, name another folder, or take the rows there: variorum move URL"
        )
    if asked and kept is not None and without_password(asked) != kept:
        raise UsageError(
            f"the rows of {folder} are in {kept}, not in {without_password(asked)}: leave out --database and "
            f"{VARIABLE}; if that server has moved, change {folder / KEPT}"
        )
    return asked or kept or folder / SQLITE


def kept_address(folder: Path) -> str | None:
    """Return the address that the folder of an archive names; None where rows are in SQLite, or nothing is made yet."""
    try:
        text = (folder / KEPT).read_text(encoding="utf-8").strip()
    except (FileNotFoundError, NotADirectoryError):
        return None
    except (OSError, UnicodeDecodeError) as error:
        raise StorageError(f"{folder / KEPT} cannot be read: {error}") from error
    try:
        return without_password(text)
    except UsageError as error:
        raise StorageError(f"{folder / KEPT} does not say where the rows are: {error}") from error


def keep_address(folder: Path, address: str) -> bool:
    """Write down which database goes with a folder; return False if somebody else just did.

    Raises:
        OSError: It cannot be written.
    """
    draft = folder / f".{KEPT}.{os.getpid()}"
    try:
        with draft.open("w", encoding="utf-8") as file:
            file.write(without_password(address) + "\n")
            file.flush()
            os.fsync(file.fileno())
        os.link(draft, folder / KEPT)  # whole or not there, and never over another's
    except FileExistsError:
        return False
    finally:
        draft.unlink(missing_ok=True)
    return True


def without_password(address: str) -> str:
    """Return an address of PostgreSQL as it may be kept and printed.

    Raises:
        UsageError: It is none, or none that can be taken apart for certain. The message does not show it.
    """
    scheme, mark, rest = address.partition("://")
    if scheme not in ("postgresql", "postgres") or not mark:
        raise UsageError("a database is named by its address: postgresql://user@host:5432/database")
    try:
        host = urlsplit(address).netloc
    except ValueError:
        host = ""
    if rest.count("@") != host.count("@") or host.count("@") > 1 or "#" in rest:
        raise UsageError(
            "write @ : / ? # within user, password and options of a database's address as %40 %3A %2F %3F %23"
        )
    user, at, host = host.rpartition("@")
    tail = rest.partition("@")[2] if at else rest
    body, query, options = tail.partition("?")
    told = [option for option in options.split("&") if option and option.partition("=")[0] not in _SECRETS]
    return f"postgresql://{user.partition(':')[0]}{at}{body}" + (query + "&".join(told) if told else "")
