"""Settings: one frozen object, read once from the environment."""

import os
from dataclasses import dataclass

from variorum import __version__

HOME_PAGE = "https://pypi.org/project/variorum/"


@dataclass(frozen=True, slots=True, kw_only=True)
class Settings:
    """What an operator may set. Every field has a variable `VARIORUM_<FIELD>` in the environment."""

    archive: str = "archive"  #: folder of the archive (SQLite and WARC files)
    contact: str = ""  #: mail address or page of whoever runs the archive; goes into the User-Agent
    gap_s: float = 1.0  #: least seconds between the starts of two requests to one host; none on the loopback
    timeout_s: float = 60.0  #: most seconds for one exchange
    max_body_bytes: int = 10_000_000  #: most bytes of a decoded body
    allow_private: str = ""  #: address ranges inside the house that may be fetched, e.g. "10.0.0.0/8,192.168.1.5/32"

    @property
    def user_agent(self) -> str:
        """Return the User-Agent: product, version, and where to complain."""
        return f"variorum/{__version__} (+{self.contact or HOME_PAGE})"

    @classmethod
    def from_environment(cls) -> "Settings":
        """Read the settings from `VARIORUM_*`."""
        names = cls.__dataclass_fields__
        found = {name: os.environ[key] for name in names if (key := f"VARIORUM_{name.upper()}") in os.environ}
        kinds = {"gap_s": float, "timeout_s": float, "max_body_bytes": int}
        return cls(**{name: kinds.get(name, str)(value) for name, value in found.items()})
