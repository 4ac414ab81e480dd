"""Golden files: bytes that must stay what they are, because readers outside keep or check them.

After a change that is meant, write them anew with `UPDATE_GOLDEN=1 .venv/bin/pytest tests/test_chain.py …`, and read
the difference before it is committed.
"""

import os
from pathlib import Path

FOLDER = Path(__file__).parent / "golden"


def expected(name: str, actual: bytes) -> bytes:
    """What `tests/golden/<name>` holds; with UPDATE_GOLDEN=1 it is first replaced by `actual`."""
    path = FOLDER / name
    if os.environ.get("UPDATE_GOLDEN") == "1":
        path.write_bytes(actual)
    return path.read_bytes()
