"""Reading the admin forms. The name of an input is the path of its value, so that a form has the shape of the document.

`locations.0.place.code` becomes `{"locations": [{"place": {"code": …}}]}`: the same path under which a Problem and
the linter speak of it. Checking is the schemas' work, not ours.
"""

from collections.abc import Iterable, Mapping, Sequence
from functools import cache
from typing import Any

from registry import reference, text

_ROW_ACTS = ("add", "remove", "up", "down")
_DEEPEST = 16  # no form of ours nests its names so deep


def nested(pairs: Iterable[tuple[str, str]], many: Sequence[str] = ()) -> dict[str, Any]:
    """The values of a form, nested by their dotted names; rows in the order of their numbers, gaps closed.

    Names whose last part is in `many` may be repeated and give lists. Of other names sent twice the last one counts,
    so a hidden input before a box can say what an empty box means.
    """
    tree: dict[str, Any] = {}
    for name, value in pairs:
        *path, last = name.split(".")
        if len(path) > _DEEPEST:
            continue
        node: Any = tree
        for part in path:
            node = node.setdefault(part, {})
            if not isinstance(node, dict):
                break
        else:
            if last not in many:
                node[last] = value
            elif isinstance(listed := node.setdefault(last, []), list):
                listed.append(value)
    return {name: _rows_as_lists(value) for name, value in tree.items()}


def shaped(values: Mapping[str, Any], like: Mapping[str, Any]) -> dict[str, Any]:
    """The values of a form in the shape of an example: what was not sent is empty, what we did not ask for is dropped.

    In the example "" stands for a text, {} for texts by language, and anything else for boxes within boxes.
    """
    out: dict[str, Any] = {}
    for name, example in like.items():
        given = values.get(name)
        if not isinstance(example, Mapping):
            out[name] = given if isinstance(given, str) else ""
        elif not isinstance(given, Mapping):
            out[name] = shaped({}, example)
        else:
            out[name] = shaped(given, example or dict.fromkeys(given, ""))
    return out


def row_act(do: str) -> tuple[str, str] | None:
    """The act on a row that a button asked for and the path it names: `("remove", "purposes.0")`."""
    act, _, path = do.partition(":")
    return (act, path) if act in _ROW_ACTS and path else None


def apply_row_act(values: dict[str, Any], do: str, new: Any) -> str:
    """Add, remove or move a row in the values of a form that is not saved yet; returns the path to go on at.

    `new` is what an added row holds. A path that names nothing changes nothing.
    """
    asked = row_act(do)
    if asked is None:
        return ""
    act, path = asked
    if act == "add":
        rows = _list_at(values, path, make=True)
        if rows is None:
            return ""
        rows.append(new)
        return f"{path}.{len(rows) - 1}"
    where, _, number = path.rpartition(".")
    rows = _list_at(values, where)
    if rows is None or not number.isdecimal() or int(number) >= len(rows):
        return ""
    return f"{where}.{_move(rows, int(number), act)}" if act != "remove" else _remove(rows, int(number), where)


def languages(tags: Sequence[str], prevailing: str) -> list[tuple[str, str]]:
    """Tag and name of a register's languages for the form macros, the prevailing one first and marked."""
    ordered = sorted(tags, key=lambda tag: tag != prevailing)
    several = len(ordered) > 1
    return [
        (tag, text.language_name(tag) + (" (prevails)" if several and tag == prevailing else "")) for tag in ordered
    ]


@cache
def countries() -> tuple[tuple[str, str], ...]:
    """Every country as (code, English name), by name, for the form macros."""
    named = [(code, reference.place_name(code, "en")) for code in reference.countries()]
    return tuple(sorted(named, key=lambda pair: pair[1]))


def _rows_as_lists(value: Any) -> Any:
    if not isinstance(value, dict):
        return value
    inner = {name: _rows_as_lists(item) for name, item in value.items()}
    if inner and all(name.isascii() and name.isdecimal() and len(name) < 8 for name in inner):
        return [inner[name] for name in sorted(inner, key=int)]
    return inner


def _list_at(values: Any, path: str, *, make: bool = False) -> list[Any] | None:
    node = values
    *before, last = path.split(".")
    for part in before:
        node = _step(node, part)
    if make and isinstance(node, dict):
        node.setdefault(last, [])
    found = _step(node, last)
    return found if isinstance(found, list) else None


def _step(node: Any, part: str) -> Any:
    if isinstance(node, dict):
        return node.get(part)
    if isinstance(node, list) and part.isdecimal() and int(part) < len(node):
        return node[int(part)]
    return None


def _move(rows: list[Any], number: int, act: str) -> int:
    to = min(max(number + (-1 if act == "up" else 1), 0), len(rows) - 1)
    rows.insert(to, rows.pop(number))
    return to


def _remove(rows: list[Any], number: int, where: str) -> str:
    rows.pop(number)
    return f"{where}.{min(number, len(rows) - 1)}" if rows else where
