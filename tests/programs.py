"""Where the programs of this machine are that tests use."""

import shutil
from pathlib import Path

_DEBIAN = Path("/usr/lib/postgresql")


def postgres_bin() -> Path | None:
    """The folder with initdb and postgres: on the PATH, or where Debian keeps them (the newest version)."""
    found = shutil.which("initdb")
    if found:
        return Path(found).resolve().parent
    versions = sorted(_DEBIAN.glob("*/bin/initdb"), key=lambda path: float(path.parts[-3]))
    return versions[-1].parent if versions else None


def chromium() -> str | None:
    """A Chromium or Chrome to drive."""
    names = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable")
    return next((found for name in names if (found := shutil.which(name))), None)
