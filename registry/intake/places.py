"""Words for places to codes, keeping the words. What is only half understood is said, and nothing is thrown away.

"Europe, USA (TTS, STT) KSA (cloud services)" is three places, two of them for some purposes only;
"Frankfurt, Germany (EU)" is one, and so is "Ireland (eu-west-1)".
"""

import re
from dataclasses import dataclass, field
from functools import lru_cache

from registry import reference
from registry.intake.place_names import TOKEN, Dictionary, fold
from registry.intake.place_scan import BREAK, Match, Scan, depths

_LONGEST = 4_000
_EDGES = " ,;/|+&-–、，；·・"
_CONJUNCTION = re.compile(r"^(?:and|or|und|oder|et|ou|y|e|i|ili|en|og|och)\s+", re.IGNORECASE)
_FLAG_A = 0x1F1E6
_FLAG = re.compile("[\U0001f1e6-\U0001f1ff]{2}")
_WITH_MEMBERS = frozenset({"X-EU", "X-EEA", "X-EUROPE", "X-UNKNOWN"})
_WIDE_OPEN = frozenset({"X-EDGE", "X-GLOBAL"})


@dataclass(frozen=True)
class Place:
    """One place of a cell: its code, the company's own words, and what brackets after it limit it to."""

    code: str
    words: str
    countries: tuple[str, ...] = ()
    activity: str = ""
    limits: tuple[str, ...] = ()
    """Words in brackets that stand in the purpose as well: the purposes this place is limited to."""


@dataclass(frozen=True)
class Places:
    found: tuple[Place, ...]
    notes: tuple[str, ...] = ()
    understood: bool = True


@dataclass
class _Draft:
    """A place being put together: the match that makes it, its stretch of the cell, what stands in its brackets."""

    head: Match
    start: int
    end: int
    inner: list[Match] = field(default_factory=list)


@lru_cache(maxsize=8192)
def read_places(text: str, purpose: str = "") -> Places:
    """The places a cell names, in order. `purpose` decides whether brackets limit a place to some purposes.

    A cell that says nothing we know is one place X-UNKNOWN with its words.
    """
    text = text.strip()[:_LONGEST]
    if not text:
        return Places(())
    scan = Scan(text)
    if not scan.matches:
        return _by_flags(text) or _no_match(text, scan)
    if any(match.name.code == "X-CUSTOMER" for match in scan.matches):
        return Places((Place("X-CUSTOMER", _one_line(text), _choice(scan)),))
    drafts = _drafts(scan)
    notes = [*scan.notes, *_left_over(scan, drafts)]
    found: list[Place] = []
    for draft in drafts:
        found += _finish(draft, scan, purpose, notes)
    if len(drafts) == 1 and len({place.code for place in found}) == 1:
        found = [Place(found[0].code, _one_line(text), found[0].countries, found[0].activity, found[0].limits)]
    if any(place.code == "X-UNKNOWN" for place in found):
        notes.append("An area is named that has no code; its countries have to be listed.")
    if any(place.code == "GE" for place in found):
        notes.append("“Georgia” was taken as the country; the US state has the same name.")
    return Places(tuple(_without_doubles(found)), tuple(dict.fromkeys(notes)))


def _drafts(scan: Scan) -> list[_Draft]:
    """Places in order: each match outside brackets makes one, unless it only says more about the one before."""
    outside = [match for match in scan.matches if match.depth == 0]
    inside = [match for match in scan.matches if match.depth]
    if not outside:
        return [_Draft(match, match.start, match.end) for match in inside]
    drafts: list[_Draft] = []
    for match in sorted(outside, key=lambda each: each.start):
        if drafts and _belongs(scan, drafts[-1], match):
            drafts[-1].end = match.end
            if drafts[-1].head.name.kind in ("part", "region") or match.name.code == "US":
                drafts[-1].head = match if match.name.kind == "country" else drafts[-1].head
            continue
        drafts.append(_Draft(match, match.start, match.end))
    for number, draft in enumerate(drafts):
        draft.start = 0 if not number else drafts[number - 1].end
        stop = drafts[number + 1].head.start if number + 1 < len(drafts) else len(scan.text)
        draft.end = stop if stop == len(scan.text) else _cut(scan, draft.head.end, stop, draft.end)
        draft.inner = [match for match in inside if draft.head.start <= match.start < stop]
    return drafts


def _belongs(scan: Scan, draft: _Draft, match: Match) -> bool:
    """Whether a match is the same place again: city and country, "Texas, USA", an edge network's priorities."""
    between = scan.text[draft.end : match.start]
    head, name = draft.head.name, match.name
    if head.code in _WIDE_OPEN and not re.search(r"[,;\n]", between):
        return True
    if {head.code, name.code} == {"GE", "US"} and "Georgia" in scan.text and "," in between:
        # The state, beside another word for the United States.
        return True
    if head.code == name.code:
        return head.kind != "country" or name.kind != "country" or not BREAK.search(between)
    same_country = name.kind == "area" and reference.in_eea(head.code) and name.code in ("X-EU", "X-EEA", "X-EUROPE")
    return same_country and not re.search(r"[;\n]|\band\b|\bund\b", between) and head.kind != "area"


def _cut(scan: Scan, head_end: int, stop: int, at_least: int) -> int:
    """Where one place's words end and the next one's begin: at the first separator outside brackets."""
    levels = depths(scan.text)
    for place in range(max(head_end, at_least), stop):
        if levels[place] == 0 and (BREAK.match(scan.text[place]) or (scan.text[place - 1] == ")" and place > head_end)):
            return place
    return max(head_end, at_least)


def _left_over(scan: Scan, drafts: list[_Draft]) -> list[str]:
    """A note on what outside brackets is neither a place nor a town before its country nor a word around places."""
    if any(draft.head.name.code in _WIDE_OPEN for draft in drafts):
        return []
    odd = []
    for first, last in scan.segments():
        words = [scan.tokens[at] for at in range(first, last + 1)]
        strange = [word for word in words if word[1] not in scan.known.filler and not word[1].isdigit()]
        apart = bool(BREAK.search(scan.gap(first - 1, first)) and BREAK.search(scan.gap(last, last + 1)))
        beside = any(first - 1 == match.last or match.first == last + 1 for match in scan.matches)
        if strange and (apart or not beside) and not (len(strange) <= 3 and _is_town(scan, first, last)):
            odd.append(f"“{scan.words(first, last)}”")
    return [f"Kept in the words of the place, but not understood: {', '.join(odd)}."] if odd else []


def _is_town(scan: Scan, first: int, last: int) -> bool:
    """A name before its country: "Naaldwijk, Netherlands"."""
    country = any(match.first == last + 1 and match.name.kind == "country" for match in scan.matches)
    return country and scan.gap(last, last + 1).strip() == "," and scan.tokens[first][0][:1].isupper()


def _choice(scan: Scan) -> tuple[str, ...]:
    """The countries a customer may choose from, areas expanded as far as they have members."""
    found: list[str] = []
    for other in scan.matches:
        members = {"X-EU": reference.eu(), "X-EEA": reference.eea()}.get(other.name.code, ())
        found += sorted(members) if other.name.code.startswith("X-") else [other.name.code]
    return tuple(dict.fromkeys(found))


def _finish(draft: _Draft, scan: Scan, purpose: str, notes: list[str]) -> list[Place]:
    """The place or places of a draft: what stands in brackets may be more exact, or limit, or add one."""
    words = _one_line(scan.text[draft.start : draft.end]).strip(_EDGES).lstrip(".")
    words = _CONJUNCTION.sub("", words.strip())
    head = draft.head.name
    inner = [
        match.name for match in draft.inner if not match.name.code.startswith("X-") and match.name.kind != "region"
    ]
    codes = list(dict.fromkeys(name.code for name in inner))
    if head.code in _WITH_MEMBERS and codes:
        return [Place(code, words) for code in codes]
    if head.kind == "region" and codes and head.code not in codes:
        region = scan.text[draft.head.start : draft.head.end]
        where = reference.place_name(head.code, "en")
        notes.append(f"“{region}” usually is {where}, but the text says {reference.place_name(codes[0], 'en')}.")
        return [Place(code, words) for code in codes]
    activity, limits = _brackets(words, purpose, scan.known)
    countries: tuple[str, ...] = tuple(codes) if head.code in _WIDE_OPEN else ()
    places = [Place(head.code, words, countries, activity, limits)]
    others = [code for code in codes if code != head.code] if not countries else []
    if others:
        notes.append(f"Places in brackets in “{words}” were taken as further places.")
    return places + [Place(code, words) for code in others]


def _brackets(words: str, purpose: str, known: Dictionary) -> tuple[str, tuple[str, ...]]:
    """The activity, or the purposes, that brackets limit a place to; only words that stand in the purpose count."""
    inside = re.search(r"\(([^()]*)\)", words)
    if not inside:
        return "", ()
    key = " ".join(fold(match[0]) for match in TOKEN.finditer(inside[1]))
    activity = known.activities.get(key, "")
    items = [item.strip() for item in re.split(r"[,;/]|\band\b|\bund\b", inside[1]) if item.strip()]
    named = bool(items) and all(re.search(rf"(?<!\w){re.escape(item)}(?!\w)", purpose, re.IGNORECASE) for item in items)
    return activity, tuple(items) if named else ()


def _by_flags(text: str) -> Places | None:
    """Places told by nothing but flags: two regional indicator symbols are a country's code (Unicode, UTS 51)."""
    flags = ["".join(chr(ord(char) - _FLAG_A + ord("A")) for char in flag) for flag in _FLAG.findall(text)]
    codes = [code for code in dict.fromkeys(flags) if code in reference.countries()]
    return Places(tuple(Place(code, _one_line(text)) for code in codes)) if codes else None


def _no_match(text: str, scan: Scan) -> Places:
    words = _one_line(text)
    if any(folded in scan.known.open_words for _, folded, _, _ in scan.tokens):
        return Places((Place("X-UNKNOWN", words),), (f"The list leaves the place open: “{words[:120]}”.",))
    return Places((Place("X-UNKNOWN", words),), (f"No place was recognised in “{words[:120]}”.",), understood=False)


def _without_doubles(places: list[Place]) -> list[Place]:
    """The same place named twice for the same things is one, with the words of both."""
    kept: dict[tuple[str, str, tuple[str, ...]], Place] = {}
    for place in places:
        key = (place.code, place.activity, place.limits)
        first = kept.get(key)
        if first and place.words not in first.words:
            kept[key] = Place(
                first.code, f"{first.words}, {place.words}", first.countries, first.activity, first.limits
            )
        elif not first:
            kept[key] = place
    return list(kept.values())


def _one_line(text: str) -> str:
    return " ".join(text.split())
