"""Before `make test`: see to PostgreSQL and Chromium, or say in one line each what will not run without them.

Runs on the standard library alone. Installs with apt-get only as root on a Debian system, and only what is missing.
"""

import os
import shutil
import subprocess
import sys
from pathlib import Path

from programs import chromium, postgres_bin

NEEDED = {
    "postgresql": (postgres_bin, "tests on PostgreSQL are skipped: initdb was not found"),
    "chromium": (chromium, "tests in a browser are skipped: no Chromium or Chrome was found"),
}


def main() -> None:
    """Install what is missing when we may; otherwise explain, and let the tests skip."""
    missing = [package for package, (find, _) in NEEDED.items() if find() is None]
    if missing and _may_install():
        _install(missing)
    for package, (find, consequence) in NEEDED.items():
        if find() is None:
            print(f"Not run: {consequence} (Debian package {package}).", file=sys.stderr)


def _may_install() -> bool:
    return os.geteuid() == 0 and Path("/etc/debian_version").exists() and shutil.which("apt-get") is not None


def _install(packages: list[str]) -> None:
    print(f"Installing {' and '.join(packages)} with apt-get …", flush=True)
    environment = {**os.environ, "DEBIAN_FRONTEND": "noninteractive"}
    for command in (["update"], ["install", "--yes", "--no-install-recommends", *packages]):
        done = subprocess.run(
            ["apt-get", "--quiet", *command], env=environment, capture_output=True, text=True, check=False
        )
        if done.returncode:
            print(f"apt-get {command[0]} failed: {done.stderr.strip()[-300:]}", file=sys.stderr)


if __name__ == "__main__":
    main()
