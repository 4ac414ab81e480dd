"""What is made once and given out many times: a small memory of finished pages and files, within one process.

Safe because whatever is kept is made from publications, which never change, and its key names them and all else it
depends on. Nothing is ever wrong in it; it is only forgotten, the longest unused first.
"""

from collections import OrderedDict
from collections.abc import Callable, Hashable
from threading import Lock


class Kept:
    """Finished bytes by key, at most `most` bytes in all."""

    def __init__(self, most: int = 12 * 1024 * 1024) -> None:
        self._most = most
        self._size = 0
        self._held: OrderedDict[Hashable, bytes] = OrderedDict()
        self._lock = Lock()

    def get(self, key: Hashable, make: Callable[[], bytes]) -> bytes:
        """What is kept under the key, made now if there is nothing; two threads may make it at once, alike."""
        with self._lock:
            if key in self._held:
                self._held.move_to_end(key)
                return self._held[key]
        made = make()
        with self._lock:
            self._forget(key)
            if len(made) <= self._most:
                self._held[key] = made
                self._size += len(made)
            while self._size > self._most:
                self._forget(next(iter(self._held)))
        return made

    def _forget(self, key: Hashable) -> None:
        self._size -= len(self._held.pop(key, b""))
