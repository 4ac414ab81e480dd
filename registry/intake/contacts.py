"""Address blocks and contact cells: what of them is an address, an e-mail, a web address, a country, a role."""

import re
from dataclasses import dataclass

from registry.intake.places import read_places
from registry.intake.shapes import Cell

_EMAIL = re.compile(r"[A-Za-z0-9._%+-]{1,64}@[A-Za-z0-9-]{1,63}(?:\.[A-Za-z0-9-]{1,63}){0,6}\.[A-Za-z]{2,}")
_URL = re.compile(r"https?://[^\s<>()\"']+")
_OWN_LIST = re.compile(r"sub[- ]?(?:sub[- ]?)?processors?|unterauftrag|sous-traitant", re.IGNORECASE)
_DPA = re.compile(
    r"dpa\b|data-?process|dataprocess|processing-(?:agreement|addendum|terms)|processorterms|auftragsverarbeitung|/avv",
    re.IGNORECASE,
)


@dataclass(frozen=True)
class Contact:
    address: str = ""
    country: str = ""
    email: str = ""
    url: str = ""
    role: str = ""
    notes: tuple[str, ...] = ()


def read_contact(cell: Cell) -> Contact:
    """What a contact or address cell holds. Several e-mail addresses: the first is taken, the others are noted."""
    emails = [link.url.removeprefix("mailto:") for link in cell.links if link.url.startswith("mailto:")]
    emails = list(dict.fromkeys([*_EMAIL.findall(cell.text), *emails]))
    urls = [link.url for link in cell.links if link.url.startswith("http")] or _URL.findall(cell.text)
    lines = [_URL.sub("", _EMAIL.sub("", line)).strip(" ,;:-") for line in cell.text.split("\n")]
    lines = [line for line in lines if line and line.casefold() not in ("email", "e-mail", "mail", "contact", "url")]
    is_address = len(lines) > 1 or any(re.search(r"\d", line) for line in lines)
    address = ", ".join(lines) if is_address else ""
    notes = (f"Further contacts: {', '.join(emails[1:])}.",) if len(emails) > 1 else ()
    role = "" if is_address else ", ".join(lines)
    return Contact(address, country_of(address), emails[0] if emails else "", urls[0] if urls else "", role, notes)


def country_of(address: str) -> str:
    """The country an address ends with, by its last words that name one; empty when none does."""
    parts = [part for part in re.split(r"[,\n]", address) if part.strip()]
    for start in range(len(parts) - 1, max(-1, len(parts) - 4), -1):
        place = read_places(" ".join(parts[start].split()))
        codes = [each.code for each in place.found if len(each.code) == 2]
        if place.understood and codes:
            return codes[-1]
    return ""


def kind_of_link(url: str, text: str) -> str:
    """What a link leads to, by its address and the words around it: "own_list_url", "dpa_url" or "website"."""
    if _OWN_LIST.search(url) or _OWN_LIST.search(text):
        return "own_list_url"
    return "dpa_url" if _DPA.search(url) or _DPA.search(text) else "website"
