"""What is doubtful in a register document, as a careful colleague would say it. Pure: a document in, findings out.

Each rule looks at one entry and gives findings at the paths under which the admin form has its inputs.
"""

from collections.abc import Iterator, Sequence
from dataclasses import asdict, dataclass
from datetime import date
from typing import Literal

from registry import reference
from registry.snapshot import Document, Entry, Location, Mechanism, status

Severity = Literal["blocking", "warning", "note"]

_FROM_AFAR = ("remote-access", "support")
_GDPR_44 = "GDPR art. 44"
_GUIDELINES = "EDPB Guidelines 05/2021"


@dataclass(frozen=True)
class Finding:
    """`entry` is an entry's id, `field` the path of the value in it (`locations.0.mechanisms.0.code`), `source` the
    article or guideline the rule comes from."""

    rule: str
    severity: Severity
    entry: str
    field: str
    message: str
    source: str
    hint: str = ""

    def as_json(self) -> dict[str, str]:
        """The finding as every machine reads it."""
        return asdict(self)


def lint(document: Document, today: date) -> list[Finding]:
    """The findings on a document on a civil date of its register's zone, in the order of its entries."""
    return [finding for entry in document["entries"] for finding in lint_entry(entry, today)]


def lint_entry(entry: Entry, today: date) -> list[Finding]:
    """The findings on one entry. What has ended by `today` is the past, and no longer judged."""
    if status(entry, today) == "ended":
        return []
    places = [(f"locations.{index}", row) for index, row in enumerate(entry["locations"])]
    held = [(path, row) for path, row in places if status(row, today) != "ended"]
    found = []
    for path, row in held:
        mechanisms = [(f"{path}.mechanisms.{index}.code", one) for index, one in enumerate(row["mechanisms"])]
        mechanisms = [(where, one) for where, one in mechanisms if status(one, today) != "ended"]
        others = [other for _path, other in held if other is not row]
        found += [
            *_not_assessed(entry, path, row, mechanisms),
            *_no_transfer(entry, row, others, mechanisms),
            *_without_module(entry, mechanisms),
        ]
    return found


_Mechanisms = Sequence[tuple[str, Mechanism]]


def _not_assessed(entry: Entry, path: str, row: Location, mechanisms: _Mechanisms) -> Iterator[Finding]:
    """A place outside the EEA for which nobody has said why the transfer is lawful."""
    if _inside(row) or any(reference.kind(one["code"]) != "unknown" for _where, one in mechanisms):
        return
    where = mechanisms[0][0] if mechanisms else f"{path}.mechanisms"
    message = f"Not assessed: it is not said which rule a transfer to {_name(row)} relies on."
    hint = "Choose a transfer mechanism; clauses of module 3, processor to processor, are the usual one."
    yield Finding("not-assessed", "warning", entry["id"], where, message, "GDPR art. 44, 46", hint)


def _no_transfer(entry: Entry, row: Location, others: Sequence[Location], mechanisms: _Mechanisms) -> Iterator[Finding]:
    """ "No transfer" said of a place that is one, or of data that is looked at from one."""
    for where, one in mechanisms:
        if reference.kind(one["code"]) != "none":
            continue
        if not _inside(row):
            message = (
                f"“No transfer to a third country” cannot hold for {_name(row)}: it is not certain to be in the EEA."
            )
            hint = "Choose the mechanism the transfer relies on, or name the countries if all are in the EEA."
            yield Finding("no-transfer-outside", "warning", entry["id"], where, message, _GDPR_44, hint)
            continue
        afar = [other for other in others if _reaches(other, row)]
        if afar:
            message = (
                f"This data is also reached from {_name(afar[0])}. Remote access from a third country is a transfer."
            )
            hint = "State the mechanism at that place and leave it out here, where data only rests."
            yield Finding("no-transfer-access", "warning", entry["id"], where, message, _GUIDELINES, hint)


def _without_module(entry: Entry, mechanisms: _Mechanisms) -> Iterator[Finding]:
    """Clauses that exist in several modules, without saying which."""
    for where, one in mechanisms:
        modules = reference.load().mechanisms[one["code"]].modules if reference.is_mechanism(one["code"]) else ()
        if len(modules) > 1 and one["module"] not in modules:
            field = where.removesuffix("code") + "module"
            message = "These clauses come in modules, and it is not said which one was signed."
            hint = "Module 3, processor to processor, is the usual one."
            source = "Implementing Decision (EU) 2021/914"
            yield Finding("module-missing", "warning", entry["id"], field, message, source, hint)


def _reaches(other: Location, row: Location) -> bool:
    """Whether somebody at `other`, outside the EEA, gets at what is at `row` for a purpose they share."""
    shared = not other["purposes"] or not row["purposes"] or set(other["purposes"]) & set(row["purposes"])
    return other["activity"] in _FROM_AFAR and not _inside(other) and bool(shared)


def _inside(row: Location) -> bool:
    return reference.in_eea(row["place"]["code"], row["place"]["countries"])


def _name(row: Location) -> str:
    code = row["place"]["code"]
    return reference.place_name(code, "en") if code != "X-UNKNOWN" else "a place that is not known"
