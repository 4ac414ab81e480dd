"""Two people saved one form: what both changed is laid side by side, what only one changed is kept, nothing is lost.

A form carries what it began with (`base`), so that the three can be compared. Values may come from a form (texts)
or from the record; they are compared by what a form would show of them.
"""

import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

_NOTHING: Any = object()  # there is no such value; None is one


@dataclass(frozen=True)
class Difference:
    """One place where the two saves differ. `path` is the name of the input; `both` says that both changed it."""

    path: str
    label: str
    mine: str
    theirs: str
    both: bool


@dataclass
class Merged:
    """The values to fill the form with: mine where both changed a thing, theirs where only they did."""

    values: dict[str, Any]
    differences: list[Difference] = field(default_factory=list)

    @property
    def contested(self) -> list[Difference]:
        return [one for one in self.differences if one.both]

    @property
    def taken(self) -> list[Difference]:
        return [one for one in self.differences if not one.both]


def merge(
    base: Mapping[str, Any] | None, mine: Mapping[str, Any], theirs: Mapping[str, Any], labels: Mapping[str, str]
) -> Merged:
    """Bring my unsaved values and their saved ones together.

    Rows of lists are recognised by their `id`. `labels` names parts of paths for people, such as `legal_name`.
    """
    merging = _Merging(labels)
    values = merging.both(_NOTHING if base is None else dict(base), dict(mine), dict(theirs), "")
    return Merged(values, merging.found)


def packed(values: Mapping[str, Any]) -> str:
    """What a form began with, for its hidden input `base`."""
    return json.dumps(values, ensure_ascii=False, separators=(",", ":"), default=str)


def unpacked(text: str) -> dict[str, Any] | None:
    """The values behind `packed`'s text; None when it is none of ours."""
    try:
        values = json.loads(text)
    except (ValueError, RecursionError):
        return None
    return values if isinstance(values, dict) else None


class _Merging:
    def __init__(self, labels: Mapping[str, str]) -> None:
        self.labels = labels
        self.found: list[Difference] = []

    def both(self, base: Any, mine: Any, theirs: Any, path: str) -> Any:
        if _plain(mine) == _plain(theirs):
            return mine
        if isinstance(mine, dict) and isinstance(theirs, dict):
            return self._dicts(base if isinstance(base, dict) else _NOTHING, mine, theirs, path)
        if _are_rows(mine, theirs):
            return self._rows(base if isinstance(base, list) else _NOTHING, mine or [], theirs or [], path)
        return self._one(base, mine, theirs, path)

    def _one(self, base: Any, mine: Any, theirs: Any, path: str) -> Any:
        known = base is not _NOTHING
        if known and _plain(theirs) == _plain(base):
            return mine
        taken = known and _plain(mine) == _plain(base)
        self._note(path, mine, theirs, both=not taken)
        return theirs if taken else mine

    def _dicts(self, base: Any, mine: dict[str, Any], theirs: dict[str, Any], path: str) -> dict[str, Any]:
        merged = {}
        for name in [*mine, *(name for name in theirs if name not in mine)]:
            before = _NOTHING if base is _NOTHING else base.get(name)
            here = f"{path}.{name}" if path else name
            merged[name] = self.both(before, mine.get(name), theirs.get(name), here)
        return merged

    def _rows(self, base: Any, mine: list[Any], theirs: list[Any], path: str) -> list[Any]:
        before = {} if base is _NOTHING else _by_id(base)
        saved, kept = _by_id(theirs), _by_id(mine)
        merged: list[Any] = []
        for row in mine:
            here = f"{path}.{len(merged)}"
            other = saved.get(row.get("id") or "")
            if other is not None:
                merged.append(self.both(before.get(row["id"], _NOTHING), row, other, here))
            elif row.get("id") in before and _plain(row) == _plain(before[row["id"]]):
                self._note(here, row, None, both=False)  # they took it away, I had not touched it
            else:
                if row.get("id") in before:
                    self._note(here, row, None, both=True)
                merged.append(row)
        for row in theirs:
            known = before.get(row["id"]) if row.get("id") else None
            if row.get("id") in kept or (known is not None and _plain(row) == _plain(known)):
                continue
            self._note(f"{path}.{len(merged)}", None, row, both=known is not None)
            merged.append(row)
        return merged

    def _note(self, path: str, mine: Any, theirs: Any, *, both: bool) -> None:
        self.found.append(Difference(path, self._label(path), _words(mine), _words(theirs), both))

    def _label(self, path: str) -> str:
        parts = [
            str(int(part) + 1) if part.isdecimal() else self.labels.get(part, part.replace("_", " "))
            for part in path.split(".")
        ]
        words = " ".join(part for part in parts if part)
        return words[:1].upper() + words[1:]


def _are_rows(*lists: Any) -> bool:
    """Whether these are lists of rows that have ids (a row that is new in a form has none yet)."""
    rows = [row for rows in lists for row in rows or ()] if all(isinstance(one or [], list) for one in lists) else []
    return all(isinstance(row, dict) for row in rows) and any(row.get("id") for row in rows)


def _by_id(rows: list[Any]) -> dict[str, Any]:
    return {row["id"]: row for row in rows if isinstance(row, dict) and row.get("id")}


def _plain(value: Any) -> Any:
    """A value as a form would send it back; what is empty is as good as not there."""
    if isinstance(value, Mapping):
        inner = {name: _plain(item) for name, item in value.items()}
        return {name: item for name, item in inner.items() if item} or ""
    if isinstance(value, list | tuple):
        return [_plain(item) for item in value] or ""
    if isinstance(value, bool) or value is None:
        return "yes" if value else ""
    return "\n".join(str(value).strip().splitlines())


def _words(value: Any) -> str:
    """A value for reading."""
    if isinstance(value, Mapping):
        inner = [(name, _words(item)) for name, item in value.items() if name not in ("id", "version")]
        return "\n".join(f"{name.replace('_', ' ')}: {words}" for name, words in inner if words)
    if isinstance(value, list | tuple):
        return "\n".join(words for words in map(_words, value) if words)
    return str(_plain(value))
