"""The known names in a cell that holds places, longest first, with how deep in brackets each of them stands."""

import re
from dataclasses import dataclass

from registry import reference
from registry.intake.place_names import TOKEN, Name, dictionary, fold

AND = frozenset(
    {"and", "or", "und", "oder", "et", "ou", "y", "o", "e", "i", "ili", "en", "a", "sowie", "as", "og", "och"}
)
BREAK = re.compile(r"[,;/|+\n、，；·・]")
_CODE = re.compile(r"[A-Z]{2}\Z")
_OLD_CODES = {"UK": "GB", "EL": "GR"}


@dataclass(frozen=True)
class Match:
    """A known name: where it stands in the text (`start`, `end`) and which words it is (`first` to `last`)."""

    name: Name
    start: int
    end: int
    depth: int
    first: int
    last: int


class Scan:
    """The words of a cell with their depth in brackets, and every known name among them, longest first."""

    def __init__(self, text: str) -> None:
        self.text = text
        self.known = dictionary()
        self.notes: list[str] = []
        levels = depths(text)
        self.tokens = [(match[0], fold(match[0]), match.start(), match.end()) for match in TOKEN.finditer(text)]
        self.depths = [levels[start] for _, _, start, _ in self.tokens]
        self.all_lower = text == text.lower()
        self.matches = self._find()
        self.matches = sorted([*self.matches, *self._misspelt()], key=lambda match: match.start)

    def _find(self) -> list[Match]:
        matches: list[Match] = []
        at = 0
        while at < len(self.tokens):
            found = self._at(at)
            if found:
                matches.append(found)
                at = found.last
            at += 1
        return [*matches, *self._codes(matches)] if len(matches) < 40 else matches

    def _at(self, at: int) -> Match | None:
        longest = self.known.longest.get(self.tokens[at][1], 0)
        for length in range(min(longest, len(self.tokens) - at), 0, -1):
            words = self.tokens[at : at + length]
            name = self.known.names.get(tuple(word[1] for word in words))
            if name and self.depths[at] == self.depths[at + length - 1] and self._written_as_name(name, words[0][0]):
                return Match(name, words[0][2], words[-1][3], self.depths[at], at, at + length - 1)
        head, hyphen, _ = self.tokens[at][0].partition("-")
        name = self.known.names.get((fold(head),)) if hyphen else None
        if (
            name
            and name.capitals
            and head.isupper()
            and not any(char.isupper() for char in self.tokens[at][0][len(head) :])
        ):
            return Match(name, self.tokens[at][2], self.tokens[at][3], self.depths[at], at, at)
        return None

    def _written_as_name(self, name: Name, first: str) -> bool:
        if name.capitals:
            return first.isupper() or (self.all_lower and self._only_names())
        return (
            name.kind in ("area", "region")
            or self.all_lower
            or first[0] != first[0].lower()
            or first[0] == first[0].upper()
        )

    def _only_names(self) -> bool:
        """ "usa" and "us, eu" are places when that is all a cell says; in a sentence "us" is a pronoun."""
        return all((folded,) in self.known.names or folded in AND for _, folded, _, _ in self.tokens[:9])

    def _codes(self, matches: list[Match]) -> list[Match]:
        """Two-letter codes that stand alone between separators: "DE", "US, IE"."""
        taken = self._taken(matches)
        found = []
        for at, (word, _, start, end) in enumerate(self.tokens):
            code = _OLD_CODES.get(word, word)
            if at in taken or not _CODE.match(word) or code not in reference.countries() or self.depths[at]:
                continue
            before = next((match for match in matches if match.last == at - 1), None)
            alone = self._alone(at)
            if alone and not (before and before.name.code == "US" and before.name.kind == "part"):
                found.append(Match(Name(code, "country"), start, end, 0, at, at))
        return found

    def _alone(self, at: int) -> bool:
        before, after = self.gap(at - 1, at), self.gap(at, at + 1)
        left = bool(BREAK.search(before)) or self.tokens[at - 1][1] in AND
        return left and (bool(BREAK.search(after)) or "(" in after or self.tokens[at + 1][1] in AND)

    def _misspelt(self) -> list[Match]:
        """Segments without a known name that nearly are one."""
        found = []
        for first, last in self.segments():
            words = self.words(first, last)
            near = self.known.closest(words)
            if near:
                found.append(Match(near[1], self.tokens[first][2], self.tokens[last][3], 0, first, last))
                self.notes.append(f"“{words}” was read as “{near[0].title()}”.")
        return found

    def segments(self) -> list[tuple[int, int]]:
        """Stretches of words outside brackets, between separators, that no match touches (first and last word)."""
        taken = self._taken(self.matches)
        runs: list[tuple[int, int]] = []
        run: list[int] = []
        for at, (_, folded, start, _) in enumerate(self.tokens):
            gap = self.text[self.tokens[at - 1][3] : start] if at else ""
            if run and (BREAK.search(gap) or folded in AND or self.depths[at] or at in taken):
                runs.append((run[0], run[-1]))
                run = []
            if not self.depths[at] and at not in taken and folded not in AND:
                run.append(at)
        return [*runs, (run[0], run[-1])] if run else runs

    def gap(self, before: int, after: int) -> str:
        """What stands between two words; a separator at either end of the text."""
        if before < 0 or after >= len(self.tokens):
            return ","
        return self.text[self.tokens[before][3] : self.tokens[after][2]]

    def words(self, first: int, last: int) -> str:
        return self.text[self.tokens[first][2] : self.tokens[last][3]]

    def _taken(self, matches: list[Match]) -> set[int]:
        return {place for match in matches for place in range(match.first, match.last + 1)}


def depths(text: str) -> list[int]:
    """How deep in brackets each character stands. A bracket that never closes holds nothing."""
    closing = text.count(")") + text.count("]")
    depth, levels = 0, []
    for char in text:
        if char in ")]" and depth:
            depth -= 1
            closing -= 1
        levels.append(depth)
        if char in "([" and closing > depth:
            depth += 1
    return levels
