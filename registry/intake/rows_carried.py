"""Rows of an entry and rows of a file matched: purposes and data categories by words, locations by place."""

from collections.abc import Mapping, Sequence
from copy import deepcopy
from typing import Any

from registry import reference
from registry.diff.rewording import is_correction, words
from registry.ids import new_id
from registry.intake.entries import Candidate

Row = dict[str, Any]
Values = Mapping[str, Any]
_UNKNOWN = "X-UNKNOWN"
# A general mechanism, and the more exact ones an editor may have put in its place.
_MORE_EXACT = {"EU-46-2-C": "EU-SCC-", "EU-46-2-B": "EU-BCR-", "EU-45": "EU-45-"}


def same_words(one: Mapping[str, str], other: Mapping[str, str]) -> bool:
    """Whether two localised texts have the same words in a language that both have."""
    return any(words(one[tag]) == words(other[tag]) for tag in one.keys() & other.keys())


def carry_rows(before: Sequence[Row], said: Sequence[Row], language: str, today: str, notes: list[str]) -> list[Row]:
    """Text rows as the file says them, with the ids they had: by the same words, else as corrections of them.

    A row that has ended stays; so does one whose end is set already. Rows that a lost comma joined are still two.
    """
    ended, left = _ended(before, today)
    texts = [row["text"].get(language, "") for row in said]
    known: dict[int, list[Row]] = {}
    for test in (_equal, is_correction):
        for number, text in enumerate(texts):
            found = None if number in known else next((row for row in left if _says(row, text, language, test)), None)
            if found:
                known[number] = [_reworded(found, said[number]["text"], language, notes)]
                left.remove(found)
    for number, text in enumerate(texts):
        joined = [] if number in known else _joined(left, text, language)
        if joined:
            known[number] = joined
            left = [row for row in left if row not in joined]
            notes.append(f"“{text}” was read as {len(joined)} texts that stood apart so far; nothing changes.")
    made = [known.get(number) or [_new(row)] for number, row in enumerate(said)]
    kept = [row for row in left if row["ends_on"]]
    return [*(row for rows in made for row in rows), *kept, *ended]


def carry_locations(
    before: Sequence[Row], candidate: Candidate, purposes: Sequence[Row], language: str, today: str
) -> list[Row]:
    """Locations as the file says them, with the ids, assessments and corrections of those that stand already."""
    ended, left = _ended(before, today)
    said = candidate.values["locations"]
    known: dict[int, Row] = {}
    for test in (_same_location, _same_place, _same_place_words):
        for number, row in enumerate(said):
            found = None if number in known else next((old for old in left if test(old, row)), None)
            if found:
                known[number] = found
                left.remove(found)
    made = []
    for number, row in enumerate(said):
        limited = [one["id"] for one in purposes if one["text"].get(language) in row["purposes"]]
        old = known.get(number)
        made.append(
            _location(old, row, limited, candidate)
            if old
            else {**_new(row), "purposes": limited, "mechanisms": [_new(each) for each in row["mechanisms"]]}
        )
    return [*made, *(row for row in left if row["ends_on"]), *ended]


def _ended(before: Sequence[Row], today: str) -> tuple[list[Row], list[Row]]:
    ended = [row for row in before if row["ends_on"] and row["ends_on"] < today]
    return ended, [row for row in before if row not in ended]


def _new(row: Row) -> Row:
    return {**deepcopy(row), "id": new_id()}


def _equal(before: str, after: str) -> bool:
    return words(before) == words(after)


def _says(row: Row, text: str, language: str, test: Any) -> bool:
    return language in row["text"] and bool(test(row["text"][language], text))


def _reworded(row: Row, said: Mapping[str, str], language: str, notes: list[str]) -> Row:
    """The row with the file's wording. Other languages stay, and somebody has to look at them."""
    others = sorted(row["text"].keys() - said.keys())
    if others and row["text"][language] != said[language]:
        stay = f"its translations ({', '.join(others)}) stay as they were"
        notes.append(f"“{said[language][:80]}” was reworded; {stay}.")
    return {**row, "text": {**row["text"], **said}}


def _joined(left: Sequence[Row], text: str, language: str) -> list[Row]:
    """Rows whose words, one after the other, are this text: what one is when a comma got lost."""
    rest = words(text)
    found: list[Row] = []
    while rest:
        others = [row for row in left if row not in found and _of(row, language)]
        fitting = next((row for row in others if rest[: len(_of(row, language))] == _of(row, language)), None)
        if fitting is None:
            return []
        found.append(fitting)
        rest = rest[len(_of(fitting, language)) :]
    return found if len(found) > 1 else []


def _of(row: Row, language: str) -> list[str]:
    return words(row["text"].get(language, ""))


def _same_location(old: Row, row: Row) -> bool:
    return _same_place(old, row) and _same_place_words(old, row)


def _same_place(old: Row, row: Row) -> bool:
    return bool(old["place"]["code"] == row["place"]["code"])


def _same_place_words(old: Row, row: Row) -> bool:
    """The words are those that stood there: another code then is an editor's correction."""
    return same_words(old["place"]["text"], row["place"]["text"])


def _location(old: Row, row: Row, limited: list[str], candidate: Candidate) -> Row:
    """A location that stands already, with the file's words; what only an editor can know stays."""
    mechanisms = _mechanisms(old["mechanisms"], row["mechanisms"], stated=candidate.stated_mechanisms)
    if candidate.exact:
        return {**row, "id": old["id"], "tia": old["tia"], "purposes": limited, "mechanisms": mechanisms}
    same = _same_place_words(old, row)
    understood_at_last = old["place"]["code"] == _UNKNOWN != row["place"]["code"]
    return {
        **old,
        "activity": old["activity"] if row["activity"] == "processing" or same else row["activity"],
        "place": {
            "code": row["place"]["code"] if understood_at_last else old["place"]["code"],
            "text": {**old["place"]["text"], **_words_worth_keeping(old, row)},
            "countries": old["place"]["countries"] or row["place"]["countries"],
        },
        "purposes": old["purposes"] if same else limited,
        "mechanisms": mechanisms,
    }


def _words_worth_keeping(old: Row, row: Row) -> dict[str, str]:
    """The file's words for a place, but not the bare name of a country where no words stood so far."""
    code = row["place"]["code"]
    bare = {tag: words(text) == words(reference.place_name(code, tag)) for tag, text in row["place"]["text"].items()}
    return {tag: text for tag, text in row["place"]["text"].items() if tag in old["place"]["text"] or not bare[tag]}


def _mechanisms(before: Sequence[Row], said: Sequence[Row], *, stated: bool) -> list[Row]:
    """The mechanisms the file states, with their ids. What it does not state is no reason to forget one."""
    if before and not (stated and said):
        return list(before)
    left = list(before)
    made = []
    for row in said:
        fitting = (old for old in left if old["code"] == row["code"] and old["module"] == row["module"])
        exact = _MORE_EXACT.get(row["code"], "\0")
        found = next(fitting, None) or next((old for old in left if old["code"].startswith(exact)), None)
        if found:
            left.remove(found)
        made.append({**found, "primary": row["primary"]} if found else _new(row))
    return made
