"""A row of a file carried into the entry it is: what the file says goes in, ids and everything else stay.

Ids are kept wherever a row is the same one, also when a typo in it was corrected: so a file read again gives no change,
and a corrected one gives exactly the correction.
"""

from collections.abc import Mapping, Sequence
from copy import deepcopy
from typing import Any

from registry.ids import new_id
from registry.intake.entries import Candidate
from registry.intake.rows_carried import carry_locations, carry_rows, same_words

_TEXTS = ("description", "retention", "notes")
_LISTS = ("data_subjects", "applies_to")
_FACTS = ("trading_name", "address", "country", "website", "own_list_url", "dpa_url", "lei")

Values = Mapping[str, Any]


def fresh(candidate: Candidate) -> dict[str, Any]:
    """The values of a new entry: the candidate's, with ids for every row."""
    values = deepcopy(candidate.values)
    values["id"] = new_id()
    values["sub_processor"]["id"] = ""
    language = candidate.language
    values["purposes"] = carry_rows([], values["purposes"], language, "", [])
    values["data_categories"] = carry_rows([], values["data_categories"], language, "", [])
    values["locations"] = carry_locations([], candidate, values["purposes"], language, "")
    return values


def carried(entry: Values, candidate: Candidate, today: str, notes: list[str]) -> dict[str, Any]:
    """The entry's values with what the file says. Fields the file has no column for keep what they hold."""
    values = deepcopy(dict(entry))
    said, given, language = candidate.values, candidate.given, candidate.language
    values["sub_processor"] = _company(values["sub_processor"], candidate)
    if "purposes" in given and said["purposes"]:
        values["purposes"] = carry_rows(values["purposes"], said["purposes"], language, today, notes)
    if "data_categories" in given:
        values["data_categories"] = carry_rows(
            values["data_categories"], said["data_categories"], language, today, notes
        )
    if "locations" in given and said["locations"]:
        values["locations"] = carry_locations(values["locations"], candidate, values["purposes"], language, today)
    for name in _LISTS:
        if name in given:
            values[name] = _texts(values[name], said[name])
    for name in (*_TEXTS, "group"):
        if name in given:
            values[name] = _text(values[name], said[name], language)
    if "role" in given:
        values["role"] = said["role"]
    if "exceptional_use" in given or (said["exceptional_use"] and not values["exceptional_use"]):
        values["exceptional_use"] = said["exceptional_use"]
    for name in ("starts_on", "ends_on"):
        values[name] = said[name] or values[name]
    _drop_lost_purposes(values)
    return values


def differences(before: Values, after: Values) -> list[str]:
    """The names of the fields that a file changed in an entry."""
    fields = [name for name in after if name != "sub_processor" and before.get(name) != after[name]]
    company = [name for name, value in after["sub_processor"].items() if before["sub_processor"].get(name) != value]
    return [*company, *fields]


def _company(company: Values, candidate: Candidate) -> dict[str, Any]:
    """The company's facts: a filled cell replaces, an empty one says nothing; a guessed fact fills only a gap."""
    said = candidate.values["sub_processor"]
    result = {**company, "legal_name": said["legal_name"]}
    for name in _FACTS:
        if said[name] and (name in candidate.given or not company[name]):
            result[name] = said[name]
    stated = {"contact", "address"} & candidate.given
    result["contact"] = {
        name: said["contact"][name] if said["contact"][name] and (stated or not value) else value
        for name, value in company["contact"].items()
    }
    result["affiliate"] = (
        said["affiliate"] if "affiliate" in candidate.given else company["affiliate"] or said["affiliate"]
    )
    return result


def _text(before: dict[str, str], said: dict[str, str], language: str) -> dict[str, str]:
    """A localised text with the file's words in its language; translations stay."""
    if not said:
        return {tag: words for tag, words in before.items() if tag != language}
    return {**before, **said}


def _texts(before: Sequence[dict[str, str]], said: Sequence[dict[str, str]]) -> list[dict[str, str]]:
    """Texts in the file's order; one that stands already keeps its translations. The same set stays as it is."""
    known = [next((text for text in before if same_words(text, one)), None) for one in said]
    if len(before) == len(said) and all(known):
        return list(before)
    return [{**(old or {}), **one} for old, one in zip(known, said, strict=True)]


def _drop_lost_purposes(values: dict[str, Any]) -> None:
    ids = {row["id"] for row in values["purposes"]}
    for location in values["locations"]:
        location["purposes"] = [purpose for purpose in location["purposes"] if purpose in ids]
