"""JSON and YAML: every list of records in the file is a table, wherever it stands; HTML inside values is undone."""

import json
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import islice
from typing import Any

import yaml

from registry.intake.markup import from_markdown
from registry.intake.shapes import Cell, Heading, Link, Pages, Paragraph, Row, Table
from registry.text import clean

_DEEPEST = 60
# A file that names one value over and over (a "billion laughs") is walked only so far.
_MOST_NODES = 1_000_000
_MOST_ALIASES = 1_000
_MOST_WORDS = 100_000
_TITLES = ("title", "heading", "group", "name", "label", "region", "category", "section")


def read_json(text: str) -> Pages:
    """Tables of a JSON text, or of one JSON value per line."""
    try:
        return _walk(json.loads(text, strict=False))
    except RecursionError:
        return _refused("The JSON is nested too deeply to be a list of sub-processors.")
    except ValueError as error:
        lines = [line for line in text.split("\n") if line.strip()]
        try:
            return _walk([json.loads(line, strict=False) for line in lines]) if len(lines) > 1 else _bad(error, "JSON")
        except (ValueError, RecursionError):
            return _bad(error, "JSON")


def read_yaml(text: str) -> Pages:
    """Tables of a YAML text. Only plain data is built, never objects; aliases and depth are limited."""
    try:
        trouble = _unsafe(text)
        if trouble:
            return _refused(trouble)
        loaded = list(yaml.load_all(text, Loader=_Plain))
    except (yaml.YAMLError, ValueError, TypeError, RecursionError, OverflowError, AttributeError, KeyError) as error:
        return _bad(error, "YAML")
    return _walk(loaded[0] if len(loaded) == 1 else loaded)


class _Plain(getattr(yaml, "CSafeLoader", yaml.SafeLoader)):  # type: ignore[misc]
    """The safe loader, with dates left as the words that stand in the file."""


_Plain.yaml_implicit_resolvers = {
    first: [(tag, pattern) for tag, pattern in resolvers if tag not in ("tag:yaml.org,2002:timestamp",)]
    for first, resolvers in yaml.SafeLoader.yaml_implicit_resolvers.items()
}


def _unsafe(text: str) -> str:
    """Why a text is not loaded. Counted on the event stream: the loader itself recurses, in C, without a limit."""
    depth = aliases = 0
    for event in yaml.parse(text, Loader=_Plain):
        if isinstance(event, yaml.CollectionStartEvent):
            depth += 1
        elif isinstance(event, yaml.CollectionEndEvent):
            depth -= 1
        elif isinstance(event, yaml.AliasEvent):
            aliases += 1
        if depth > _DEEPEST:
            return "The YAML is nested too deeply to be a list of sub-processors."
        if aliases > _MOST_ALIASES:
            return "The YAML refers to itself so often that it is not read."
    return ""


def _bad(error: Exception, name: str) -> Pages:
    return _refused(f"The file is no valid {name}: {' '.join(str(error).split())[:300]}")


def _refused(why: str) -> Pages:
    return Pages(troubles=[{"source": "the file", "text": "", "why": why}])


def _walk(root: Any) -> Pages:
    """Visits each container once (so aliases cost nothing) and takes lists of records as tables."""
    pages = Pages()
    waiting: list[tuple[str, Any]] = [("", root)]
    seen: set[int] = set()
    scalars: list[str] = []
    for _ in range(_MOST_NODES):
        if not waiting:
            break
        path, node = waiting.pop()
        if isinstance(node, _Title):
            pages.blocks.append(Heading(path, 2, node.text))
            continue
        if not isinstance(node, dict | list):
            scalars += [f"{path}: {_words(node)}" if path else _words(node)] if _words(node) else []
            continue
        if id(node) in seen or path.count(".") + path.count("[") > _DEEPEST:
            continue
        seen.add(id(node))
        records = _records(node, path)
        if records:
            pages.blocks.append(_table(path, records))
        else:
            waiting += reversed(list(_children(path, node)))
    if scalars:
        pages.blocks.append(Paragraph("values outside any list", "; ".join(scalars[:50])))
    return pages


@dataclass(frozen=True)
class _Title:
    """The words by which a mapping calls the lists inside it."""

    text: str


def _words(value: Any) -> str:
    return "" if value is None else clean(" ".join(str(value).split())[:200])


def _children(path: str, node: Any) -> Iterator[tuple[str, Any]]:
    if isinstance(node, dict):
        title = next((node[key] for key in _TITLES if isinstance(node.get(key), str)), "")
        if title and any(_is_list_of_records(value) for value in node.values()):
            yield path, _Title(_words(title))
        for key, value in node.items():
            yield (f"{path}.{key}" if path else str(key)), value
    else:
        for number, value in enumerate(node, 1):
            yield f"{path}[{number}]", value


def _records(node: Any, path: str) -> list[tuple[str, dict[str, Any]]]:
    """The records of a list of mappings, or of a mapping from names to mappings with like keys."""
    if isinstance(node, list) and node and all(isinstance(each, dict) for each in node):
        if any(_is_list_of_records(value) and len(value) > 1 for each in node for value in each.values()):
            return []
        return [(f"{path}[{number}]", each) for number, each in enumerate(node, 1)]
    if not (isinstance(node, dict) and len(node) > 1 and all(isinstance(value, dict) for value in node.values())):
        return []
    keys = [frozenset(map(str, value)) for value in node.values()]
    shared = frozenset.intersection(*keys)
    if not shared or any(isinstance(value, dict) for each in node.values() for value in each.values()):
        return []
    return [(f"{path}.{name}" if path else str(name), {"name": name, **each}) for name, each in node.items()]


def _is_list_of_records(value: Any) -> bool:
    return isinstance(value, list) and bool(value) and all(isinstance(each, dict) for each in value)


def _table(path: str, records: list[tuple[str, dict[str, Any]]]) -> Table:
    keys = list(dict.fromkeys(str(key) for _, record in records for key in record))
    path = clean(path)
    where = path or "the list"
    header = Row(where, tuple(Cell(clean(key)) for key in keys))
    rows = []
    for source, record in records:
        by_key = {str(key): value for key, value in record.items()}
        rows.append(
            Row(clean(source) if path else f"item {source.strip('[]')}", tuple(_cell(by_key.get(key)) for key in keys))
        )
    return Table(where, header, tuple(rows), key=path.rpartition(".")[2].partition("[")[0])


def _cell(value: Any) -> Cell:
    lines: list[str] = []
    links: list[Link] = []
    for raw in _lines(value):
        cell = from_markdown(raw)
        lines.append(cell.text)
        links += cell.links
        if sum(map(len, lines)) > _MOST_WORDS:
            break
    return Cell("\n".join(line for line in lines if line), tuple(dict.fromkeys(links)))


def _lines(value: Any, depth: int = 0) -> Iterator[str]:
    """A value as lines: a list one per member, a mapping as "key: value"."""
    if value is None or depth > 6:
        return
    if isinstance(value, dict):
        for key, inner in value.items():
            yield f"{key}: {', '.join(islice(_lines(inner, depth + 1), 1_000))}"
    elif isinstance(value, list):
        for inner in value:
            yield from _lines(inner, depth + 1)
    elif isinstance(value, bool):
        yield "yes" if value else "no"
    elif str(value).strip():
        yield str(value)
