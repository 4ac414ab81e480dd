"""Whether a new wording says the same as the old one, or something else under the same id.

A purpose or data category whose words change is either corrected (nobody needs advance notice) or is another one
(everybody does). When in doubt it is another one: the editor may reclassify, with a reason.
"""

import re
import unicodedata

from registry.snapshot import LocalText

CLOSE = 0.85
"""How much of the words must have stayed (twice the words in common, divided by the words of both) for a new wording
to be a correction. At this value one word in four may fall away, one in three may not."""

_SMALL_WORDS = """
    a an and are as at by for from in into is it its of on or our such that the their this to via we which with your
    als am an auf aus bei das dem den der des die durch ein eine einer für im in ist mit oder sowie und unser unsere von
    vom zu zum zur
    au aux ce ces d dans de des du en est et l la le les leur nos notre ou par pour que qui sur un une
    al alla che con da dal dei del della delle di e ed gli i il lo nel nella o per su un una uno
    al como con de del e el en es la las los o para por que se su sus u un una y
    a ao as com da das do dos e em na nos o os ou para por um uma
    bij de een en het in is met of op te tot uit van voor
    a i ili iz je kao koji na naš naše o od po radi s sa te u uz za
"""
"""Articles, conjunctions, prepositions: they come and go without changing what is meant."""

_LIMITING_WORDS = """
    not no never only without except excluding
    nicht kein keine keiner nie nur ohne außer
    pas sans seulement sauf uniquement
    non senza solo soltanto tranne
    sin sólo salvo excepto únicamente
    não sem só apenas exceto
    niet geen zonder alleen
    ne bez samo osim
"""
"""A word that limits what is done; with it gone, or new, the sentence means something else."""

_LIMITING = frozenset(_LIMITING_WORDS.casefold().split())
_SMALL = frozenset(_SMALL_WORDS.casefold().split()) - _LIMITING

_LETTER_AND_HYPHEN = re.compile(r"\b([^\W\d_])[-‐‑](?=\w)")
_SIGNS = r"\u3041-\u3096\u30a1-\u30fa\u30fc-\u30ff\u3400-\u9fff"  # kana and Han, written without spaces
_WORD = re.compile(rf"[{_SIGNS}]|[^\W_{_SIGNS}]+")


def same_meaning(before: LocalText, after: LocalText, language: str) -> bool:
    """Whether a localised text was only corrected, judged by the prevailing language, or by all it has in common."""
    if language in before and language in after:
        return is_correction(before[language], after[language])
    common = before.keys() & after.keys()
    return bool(common) and all(is_correction(before[tag], after[tag]) for tag in common)


def is_correction(before: str, after: str) -> bool:
    """Whether the new wording is the old one, give or take spelling, order, small words and a few that fell away.

    A new word of substance is never a correction: “contact data” and “contact data, health data” differ.
    """
    old, new = words(before), words(after)
    if "".join(old) == "".join(new):
        return True
    old_set, new_set = set(old) - _SMALL, set(new) - _SMALL
    if _LIMITING & set(old) != _LIMITING & set(new) or any(not _among(word, old_set) for word in new_set):
        return False
    kept = sum(_among(word, new_set) for word in old_set)
    return kept + len(new_set) >= CLOSE * (len(old_set) + len(new_set))


def words(text: str) -> list[str]:
    """The words without case, punctuation and compatibility forms; “e-mail” is one, each Han or kana sign is one."""
    folded = unicodedata.normalize("NFKC", text).replace("\u00ad", "").casefold()
    return _WORD.findall(_LETTER_AND_HYPHEN.sub(r"\1", folded))


def spoken(text: LocalText, language: str) -> str:
    """The text in the prevailing language, else in the first language it has."""
    return text.get(language) or next((text[tag] for tag in sorted(text) if text[tag]), "")


def _among(word: str, others: set[str]) -> bool:
    return word in others or any(_misspelt(word, other) for other in others)


def _misspelt(one: str, other: str) -> bool:
    """One slip of the pen, two in a long word, none at the first letter: “encrypted” is not “unencrypted”."""
    shorter = min(len(one), len(other))
    slips = 0 if shorter < 4 else 1 if shorter < 8 else 2
    if one[0] != other[0] or abs(len(one) - len(other)) > slips or not (one.isalpha() and other.isalpha()):
        return False
    return _slips(one, other) <= slips


def _slips(one: str, other: str) -> int:
    """Letters added, dropped, changed, or swapped with a neighbour (the optimal string alignment distance)."""
    previous: list[int] = []
    current = list(range(len(other) + 1))
    for i, letter in enumerate(one, 1):
        earlier, previous, current = previous, current, [i]
        for j, match in enumerate(other, 1):
            best = min(previous[j] + 1, current[j - 1] + 1, previous[j - 1] + (letter != match))
            if i > 1 and j > 1 and letter == other[j - 2] and one[i - 2] == match:
                best = min(best, earlier[j - 2] + 1)
            current.append(best)
    return current[-1]
