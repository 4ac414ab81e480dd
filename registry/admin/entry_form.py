"""The entry form and the entry document: the same names and the same nesting, texts instead of values.

Values in the shape of the form hold nothing but texts: what was typed comes back as it was typed, whether it can be
saved or not. `SHAPE` is that shape; `schemas.EntrySchema` does the checking.
"""

import re
from collections.abc import Iterable, Iterator, Mapping
from functools import cache
from typing import Any

from registry import reference
from registry.admin import forms

Values = dict[str, Any]
Errors = dict[str, list[str]]

_TEXTS: dict[str, Any] = {}  # by language
_DATES = {"starts_on": "", "ends_on": ""}
_TEXT_ROW = {"id": "", "text": _TEXTS, **_DATES}
_MECHANISM = {"id": "", "code": "", "module": "", "reference": "", "primary": "", **_DATES}
_PLACE = {"code": "", "text": _TEXTS, "countries": ""}
_COMPANY = ("id", "legal_name", "trading_name", "address", "country", "website", "affiliate", "parent", "lei")
SHAPE: dict[str, Any] = {
    "id": "",
    "sub_processor": {
        **dict.fromkeys((*_COMPANY, "own_list_url", "dpa_url"), ""),
        "contact": {"role": "", "email": "", "url": ""},
    },
    **dict.fromkeys(("role", "replaces", "starts_on", "ends_on"), ""),
    **dict.fromkeys(("group", "description", "retention", "notes"), _TEXTS),
    "exceptional_use": {"used": "", "conditions": _TEXTS},
    "applies_to": [_TEXTS],
    "data_subjects": [_TEXTS],
    "purposes": [_TEXT_ROW],
    "data_categories": [_TEXT_ROW],
    "locations": [
        {"id": "", "activity": "", "place": _PLACE, "purposes": [""], "tia": "", "mechanisms": [_MECHANISM], **_DATES}
    ],
}
_SAYS_NOTHING = ("id", "activity", "primary")  # what a row has before anybody filled it in


def from_form(pairs: Iterable[tuple[str, str]]) -> Values:
    """What a form sent, in full shape: nothing it may send is left out, nothing it may not is kept."""
    return shaped(forms.nested(pairs, many=("purposes",)))


def shaped(values: Any) -> Values:
    """Values of whatever origin in full shape, with nothing in them that a form has not."""
    return dict(_shaped(values, SHAPE))


def from_entry(entry: Mapping[str, Any]) -> Values:
    """An entry of the record as its form shows it."""
    used = entry["exceptional_use"]
    values = shaped({**entry, "exceptional_use": used or {}})
    values["exceptional_use"]["used"] = "yes" if used is not None else ""
    for location, known in zip(values["locations"], entry["locations"], strict=True):
        names = [reference.place_name(code, "en") for code in known["place"]["countries"]]
        location["place"]["countries"] = ", ".join(names)
    return values


def new_entry(ids: Iterator[str], company: Mapping[str, Any] | None = None) -> Values:
    """The form of an entry nobody has filled in: one row of each kind, so that there is something to fill in."""
    values = shaped({"id": next(ids), "role": "sub-processor", "sub_processor": company or {}})
    for name in ("purposes", "data_categories", "locations"):
        values[name] = [new_row(name, ids, values)]
    return values


def new_row(path: str, ids: Iterator[str], values: Mapping[str, Any]) -> Any:
    """What a row added to the list at `path` (`purposes`, `locations.0.mechanisms`) begins with."""
    if path in ("purposes", "data_categories"):
        return _shaped({"id": next(ids)}, _TEXT_ROW)
    if path == "locations":
        first = _shaped({"id": next(ids), "primary": "yes"}, _MECHANISM)
        return _shaped({"id": next(ids), "activity": "processing", "mechanisms": [first]}, SHAPE["locations"][0])
    if path.endswith(".mechanisms"):
        return _shaped({"id": next(ids), "primary": "" if value_at(values, path) else "yes"}, _MECHANISM)
    return {}


def is_list(path: str) -> bool:
    """Whether the form has rows at this path that can be added to."""
    return bool(re.fullmatch(r"purposes|data_categories|applies_to|data_subjects|locations(\.\d+\.mechanisms)?", path))


def without_empty_rows(values: Values, kept: frozenset[str] = frozenset()) -> Values:
    """The values without rows nobody filled in; rows whose ids are `kept` (they are saved already) stay."""

    def full(rows: list[Any]) -> list[Any]:
        return [row for row in rows if row.get("id") in kept or says_something(row)]

    tidied = {**values, **{name: full(values[name]) for name, shape in SHAPE.items() if isinstance(shape, list)}}
    tidied["locations"] = [{**row, "mechanisms": full(row["mechanisms"])} for row in tidied["locations"]]
    return tidied


def says_something(value: Any) -> bool:
    """Whether anything has been filled in."""
    if isinstance(value, Mapping):
        return any(says_something(item) for name, item in value.items() if name not in _SAYS_NOTHING)
    return any(map(says_something, value)) if isinstance(value, list) else bool(value.strip())


def ids_of(values: Any) -> frozenset[str]:
    """The ids of all rows."""
    if isinstance(values, Mapping):
        own = frozenset([values["id"]]) if values.get("id") else frozenset()
        return own.union(*map(ids_of, values.values()))
    return frozenset().union(*map(ids_of, values)) if isinstance(values, list) else frozenset()


def tags(value: Values) -> list[str]:
    """The languages in which something is written, in order of appearance."""
    return list(dict.fromkeys(tag for texts in _localised(value, SHAPE) for tag, words in texts.items() if words))


def to_document(values: Mapping[str, Any]) -> Values:
    """What `schemas.EntrySchema` is given to check; unknown countries are left out, see `own_errors`."""
    used = values["exceptional_use"]
    document = {**values, "exceptional_use": {"conditions": used["conditions"]} if used["used"] else None}
    document["sub_processor"] = {**values["sub_processor"], "affiliate": values["sub_processor"]["affiliate"] == "yes"}
    document["locations"] = [_location(row) for row in values["locations"]]
    return document


def own_errors(values: Mapping[str, Any]) -> Errors:
    """What only a form can get wrong, by the names of its inputs."""
    wrong: Errors = {}
    for index, row in enumerate(values["locations"]):
        _codes, unknown = countries(row["place"]["countries"])
        if unknown:
            named = ", ".join(f"“{name}”" for name in unknown)
            wrong[f"locations.{index}.place.countries"] = [f"Not a country we know by this name: {named}."]
    used = values["exceptional_use"]
    if says_something(used["conditions"]) and not used["used"]:
        wrong["exceptional_use.used"] = ["Conditions are given below: tick this, or empty them."]
    return wrong


def by_input(fields: Mapping[str, list[str]], values: Mapping[str, Any]) -> Errors:
    """A Problem's fields by the names of inputs; what was left empty is asked for instead of quoted."""
    wrong: Errors = {}
    for path, messages in fields.items():
        empty = path.endswith(".code") and not value_at(values, path)
        wrong[path] = ["Choose one."] if empty else messages
    return wrong


def value_at(values: Any, path: str) -> Any:
    """The value an input's name leads to, or None."""
    for part in path.split("."):
        if isinstance(values, list) and part.isdecimal() and int(part) < len(values):
            values = values[int(part)]
        elif isinstance(values, Mapping):
            values = values.get(part)
        else:
            return None
    return values


def countries(line: str) -> tuple[list[str], list[str]]:
    """The codes of the countries named in a line, and the names that are none we know."""
    known = _countries_by_name()
    found, unknown = [], []
    for part in re.split(r"[,;\n]", line):
        name = " ".join(part.split())
        code = known.get(_folded(name))
        if name:
            found.append(code) if code else unknown.append(name)
    return [code for code in found if code], unknown


@cache
def _countries_by_name() -> dict[str, str]:
    named = {_folded(reference.place_name(code, "en")): code for code in reference.countries()}
    return named | {code.casefold(): code for code in reference.countries()}


def _folded(name: str) -> str:
    return name.casefold().replace("’", "'")


def _location(row: Mapping[str, Any]) -> Values:
    place = {**row["place"], "countries": countries(row["place"]["countries"])[0]}
    mechanisms = [
        {**one, "module": one["module"] or None, "primary": one["primary"] == "yes"} for one in row["mechanisms"]
    ]
    return {**row, "place": place, "mechanisms": mechanisms}


def _shaped(value: Any, shape: Any) -> Any:
    """A value forced into a shape: texts where it has texts, and empty where it has nothing."""
    if isinstance(shape, list):
        return [_shaped(one, shape[0]) for one in value] if isinstance(value, list) else []
    if not isinstance(shape, dict):
        return _as_text(value)
    given = value if isinstance(value, Mapping) else {}
    if not shape:
        return {str(tag): words for tag, words in given.items() if isinstance(words, str)}
    return {name: _shaped(given.get(name), inner) for name, inner in shape.items()}


def _as_text(value: Any) -> str:
    if value is None or value is False or isinstance(value, Mapping | list):
        return ""
    return "yes" if value is True else str(value)


def _localised(value: Any, shape: Any) -> Iterator[dict[str, str]]:
    if isinstance(shape, list):
        for one in value:
            yield from _localised(one, shape[0])
    elif isinstance(shape, dict) and not shape:
        yield value
    elif isinstance(shape, dict):
        for name, inner in shape.items():
            yield from _localised(value[name], inner)
