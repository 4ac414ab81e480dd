"""Which row of a file is which entry of the register: by the identity of the name, then by what the entry says.

Two spellings of one name are one company. Another name is a rename only when name and content are both alike; that is a
suggestion, which a person confirms.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from difflib import SequenceMatcher
from typing import Any

from registry.diff.rewording import words
from registry.intake.companies import name_key
from registry.intake.entries import Candidate
from registry.intake.headers import plain

_ALIKE_NAMES = 0.72
_ALIKE_CONTENT = 0.5
# Beyond this many names on both sides nobody checks suggestions, and comparing all with all takes minutes.
_MOST_SUGGESTIONS = 400

Values = Mapping[str, Any]


@dataclass
class Pairs:
    """`same`: entry of each candidate by the candidate's place; `renamed`: pairs that look like renames, likewise."""

    same: dict[int, Values] = field(default_factory=dict)
    renamed: dict[int, Values] = field(default_factory=dict)


def pair(entries: Sequence[Values], candidates: Sequence[Candidate]) -> Pairs:
    """Pairs of entries (values with ids) and candidates. What is in no pair is new, or gone."""
    pairs = Pairs()
    left = {str(entry["id"]): entry for entry in entries}
    for keys in (_exact_keys, _name_keys):
        _by_key(left, candidates, pairs, keys)
    free = [number for number in range(len(candidates)) if number not in pairs.same]
    if left and free and len(left) * len(free) <= _MOST_SUGGESTIONS**2:
        _suggest(left, candidates, free, pairs)
    return pairs


def same_name(one: str, other: str) -> bool:
    """Whether two spellings differ in nothing but case, accents, punctuation and spaces."""
    return plain(one).replace(" ", "") == plain(other).replace(" ", "")


def alike(one: Values, other: Values) -> float:
    """How much of what two entries say is the same: words in common by all words of both; 0 to 1."""
    left, right = _content(one), _content(other)
    return len(left & right) / len(left | right) if left | right else 1.0


def _exact_keys(values: Values) -> list[tuple[str, ...]]:
    return [(plain(values["sub_processor"]["legal_name"]).replace(" ", ""),)]


def _name_keys(values: Values) -> list[tuple[str, ...]]:
    company = values["sub_processor"]
    return [name_key(name) for name in (company["legal_name"], company["trading_name"]) if name]


def _by_key(left: dict[str, Values], candidates: Sequence[Candidate], pairs: Pairs, keys: Any) -> None:
    """Entries and candidates that share a key, the most alike first."""
    waiting: dict[tuple[str, ...], list[str]] = {}
    for entry_id, entry in left.items():
        for key in keys(entry):
            waiting.setdefault(key, []).append(entry_id)
    rated: list[tuple[float, int, str]] = []
    for number, candidate in enumerate(candidates):
        if number not in pairs.same:
            known = {entry_id for key in keys(candidate.values) for entry_id in waiting.get(key, [])}
            rated += [(-_fit(left[entry_id], candidate.values), number, entry_id) for entry_id in sorted(known)]
    for _, number, entry_id in sorted(rated):
        if number not in pairs.same and entry_id in left:
            pairs.same[number] = left.pop(entry_id)


def _fit(entry: Values, values: Values) -> float:
    """How well two rows of one company go together: the products they apply to count most, then heading and words."""
    scope = {frozenset(words(" ".join(text.values()))) for text in entry["applies_to"]}
    other = {frozenset(words(" ".join(text.values()))) for text in values["applies_to"]}
    heading = set(entry["group"].values()) == set(values["group"].values())
    return 2.0 * (scope == other) + 0.5 * heading + alike(entry, values)


def _suggest(left: dict[str, Values], candidates: Sequence[Candidate], free: list[int], pairs: Pairs) -> None:
    rated: list[tuple[float, int, str]] = []
    for number in free:
        for entry_id, entry in left.items():
            name = _name_likeness(entry, candidates[number].values)
            content = alike(entry, candidates[number].values)
            if name >= _ALIKE_NAMES and content >= _ALIKE_CONTENT:
                rated.append((-(name + content), number, entry_id))
    taken: set[str] = set()
    for _, number, entry_id in sorted(rated):
        if number not in pairs.renamed and entry_id not in taken:
            pairs.renamed[number] = left[entry_id]
            taken.add(entry_id)


def _name_likeness(entry: Values, values: Values) -> float:
    """1 when one name is part of the other or its initials; else how alike the letters are."""
    best = 0.0
    for one in _name_keys(entry):
        for other in _name_keys(values):
            short, long = sorted((one, other), key=len)
            contained = set(short) <= set(long) and any(len(word) > 2 for word in short)
            letters = SequenceMatcher(None, " ".join(one), " ".join(other)).ratio()
            best = max(best, 1.0 if contained else letters)
    names = (entry["sub_processor"]["legal_name"], values["sub_processor"]["legal_name"])
    return 1.0 if _initials(*names) or _initials(*reversed(names)) else best


def _initials(short: str, long: str) -> bool:
    letters = "".join(word[0] for word in long.split() if word[0].isalnum()).casefold()
    return len(letters) > 1 and short.casefold().replace(".", "") == letters


def _content(values: Values) -> set[str]:
    texts = [row["text"] for name in ("purposes", "data_categories") for row in values[name]]
    texts += [*values["applies_to"], *values["data_subjects"], values["description"]]
    said = {word for text in texts for wording in text.values() for word in words(wording)}
    return said | {row["place"]["code"] for row in values["locations"]}
