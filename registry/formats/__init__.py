"""The register as data files: JSON documents here, and one table of every format a register is served in.

The same document, day and language give the same bytes, now and in ten years.
"""

import json
from collections.abc import Callable, Mapping, Sequence
from dataclasses import asdict, dataclass
from datetime import date
from typing import Any

from registry import snapshot
from registry.chain import Link
from registry.formats import linked, markdown, sheet
from registry.snapshot import Document


@dataclass(frozen=True)
class Format:
    """One way to serve a register. `render(document, today, base_url=…, language=…)` gives the bytes."""

    media_type: str
    render: Callable[..., bytes]


@dataclass(frozen=True)
class HistoryItem:
    """A publication in the history: `published_at` as `clock.stamp` writes it, `changes` counted by kind."""

    number: int
    published_at: str
    note: str
    baseline: bool
    hash: str
    changes: Mapping[str, int]
    earliest_effective_on: date | None


def register_json(document: Document, today: date, *, base_url: str = "", language: str = "") -> bytes:
    """The register document, indented, in the order of the contract, each entry with its status on `today`.

    All languages are in it and no address, so `base_url` and `language` change nothing: they are taken because every
    format is called alike. Without `publication` and `status` the content is exactly the frozen document.
    """
    entries = [{**entry, "status": snapshot.status(entry, today)} for entry in document["entries"]]
    return _dump(_arranged({**document, "entries": entries}, _DOCUMENT))


def history_json(slug: str, publications: Sequence[HistoryItem], *, base_url: str) -> bytes:
    """The publications of a register, newest first, each with its permanent address."""
    newest_first = sorted(publications, key=lambda item: item.number, reverse=True)
    rows = [
        {
            "number": item.number,
            "published_at": item.published_at,
            "note": item.note,
            "baseline": item.baseline,
            "hash": item.hash,
            "changes": dict(sorted(item.changes.items())),
            "earliest_effective_on": item.earliest_effective_on.isoformat() if item.earliest_effective_on else None,
            "url": revision_url(base_url, slug, item.number),
        }
        for item in newest_first
    ]
    return _dump({"publications": rows})


def compare_json(before: int | None, after: int, changes: Sequence[Mapping[str, Any]]) -> bytes:
    """The typed changes between two publications by number; `before` is null when there is none before `after`."""
    return _dump({"from": before, "to": after, "changes": [_arranged(change, _CHANGE) for change in changes]})


def chain_json(slug: str, links: Sequence[Link]) -> bytes:
    """The hash chain of a register, first link first."""
    return _dump({"register": slug, "links": [asdict(link) for link in links]})


def revision_url(base_url: str, slug: str, number: int) -> str:
    """The permanent address of a publication."""
    return f"{base_url.rstrip('/')}/registers/{slug}/revisions/{number}"


FORMATS: Mapping[str, Format] = {
    "json": Format("application/json", register_json),
    "csv": Format("text/csv; charset=utf-8; header=present", sheet.register_csv),
    "jsonld": Format("application/ld+json", linked.register_jsonld),
    "md": Format("text/markdown; charset=utf-8; variant=GFM", markdown.register_markdown),
}
"""The data files of a register, by the ending of their address."""

register_csv = sheet.register_csv
register_jsonld = linked.register_jsonld
register_markdown = markdown.register_markdown


def _dump(value: Any) -> bytes:
    return (json.dumps(value, ensure_ascii=False, indent=2, allow_nan=False) + "\n").encode("utf-8", "replace")


# A shape gives the order of an object's keys and, where a value is made of objects itself, their shape.
_Shape = dict[str, Any]


def _arranged(value: Any, shape: _Shape | None) -> Any:
    """`value` with the keys of its objects in the order of `shape`, those it does not name after them by alphabet."""
    if isinstance(value, list):
        return [_arranged(item, shape) for item in value]
    if not isinstance(value, Mapping):
        return value
    known = shape or {}
    keys = [key for key in known if key in value] + sorted(key for key in value if key not in known)
    return {key: _arranged(value[key], known.get(key)) for key in keys}


def _keys(names: str, **shapes: _Shape) -> _Shape:
    return {name: shapes.get(name) for name in names.split()}


_CONTACT = _keys("role email url")
_TEXT_ROW = _keys("id text starts_on ends_on")
_LOCATION = _keys(
    "id activity place purposes mechanisms tia starts_on ends_on",
    place=_keys("code text countries"),
    mechanisms=_keys("id code module reference primary starts_on ends_on"),
)
_SUB_PROCESSOR = _keys(
    "id legal_name trading_name address country contact website affiliate parent lei own_list_url dpa_url",
    contact=_CONTACT,
)
_ENTRY = _keys(
    "id status starts_on ends_on role group replaces sub_processor purposes data_categories data_subjects applies_to "
    "exceptional_use description retention notes locations",
    sub_processor=_SUB_PROCESSOR,
    purposes=_TEXT_ROW,
    data_categories=_TEXT_ROW,
    locations=_LOCATION,
)
_DOCUMENT = _keys(
    "$schema register publisher publication entries transfer_impact_assessments notice_days objection_days",
    register=_keys("slug title intro timezone languages prevailing_language"),
    publisher=_keys("name address country website contact", contact=_CONTACT),
    publication=_keys("number published_at note baseline previous_hash hash"),
    entries=_ENTRY,
    transfer_impact_assessments=_keys(
        "id title destination tool module summary conclusion residual_risk assessed_on next_review_on assessor_role "
        "version"
    ),
)
_CHANGE = _keys("kind entry subject before after effective_on owes_notice reason", subject=_keys("type id name field"))
