"""The register as Markdown (CommonMark with tables, as GitHub shows it): one table per group, fit to be pasted."""

import re
from collections.abc import Iterable
from datetime import date

from registry import clock, snapshot, text
from registry.snapshot import Document, Entry
from registry.wording import phrases
from registry.wording.phrases import Voice

# Every sign that can mean something within a line, HTML included, and the signs that can only at its beginning.
_MARKUP = re.compile(r"[\\`*_\[\]|~$]")
_BLOCK_START = re.compile(r"^(\s*)([#+\-=]|\d{1,9}(?=[.)]))")
_HTML = str.maketrans({"&": "&amp;", "<": "&lt;", ">": "&gt;"})


def register_markdown(document: Document, today: date, *, base_url: str, language: str) -> bytes:
    """The register as it stands on `today`, in `language`. What has ended is left out; what is announced says when."""
    register = document["register"]
    to = phrases.voice(language, register["prevailing_language"])
    held = [entry for entry in document["entries"] if snapshot.status(entry, today) != "ended"]
    blocks = [f"# {escaped(phrases.local(register['title'], to))}", *_paragraphs(register["intro"], to)]
    for heading, entries in _grouped(held, to).items():
        blocks.append(f"## {escaped(heading)}" if heading else "")
        blocks.append(_table(entries, to, today))
    if not held:
        blocks.append(to.translator.gettext("There is no entry in this register."))
    blocks.append(_source(document, to, base_url))
    return ("\n\n".join(block for block in blocks if block) + "\n").encode("utf-8", "replace")


def escaped(words: str) -> str:
    """A text on one line in which nothing is markup: not for Markdown, not for a table, not for HTML."""
    line = " ".join(text.clean(words).split())
    line = _MARKUP.sub(lambda found: f"\\{found[0]}", line).translate(_HTML)
    return _BLOCK_START.sub(_stopped, line)


def _stopped(found: re.Match[str]) -> str:
    """What would begin a heading, a list or a rule, with a backslash where Markdown wants it."""
    return f"{found[1]}\\{found[2]}" if not found[2].isdigit() else f"{found[1]}{found[2]}\\"


def _paragraphs(words: dict[str, str], to: Voice) -> list[str]:
    full = text.pick(words, to.language, to.prevailing).value
    return [escaped(part) for part in re.split(r"\n\s*\n", text.clean(full)) if part.strip()]


def _grouped(entries: Iterable[Entry], to: Voice) -> dict[str, list[Entry]]:
    """Entries by heading; both stay in the order of the register."""
    groups: dict[str, list[Entry]] = {}
    for entry in entries:
        groups.setdefault(phrases.local(entry["group"], to), []).append(entry)
    return groups


def _table(entries: Iterable[Entry], to: Voice, today: date) -> str:
    _ = to.translator.gettext
    header = [
        _("Sub-processor"),
        _("Purposes"),
        _("Locations and transfer mechanisms"),
        _("Data categories"),
        _("Address and contact"),
    ]
    lines = [header, ["---"] * len(header), *(_cells(entry, to, today) for entry in entries)]
    return "\n".join(f"| {' | '.join(cells)} |" for cells in lines)


def _cells(entry: Entry, to: Voice, today: date) -> list[str]:
    company = entry["sub_processor"]
    name = [f"**{escaped(phrases.company(company))}**", escaped(phrases.dates(entry, to, today))]
    if entry["role"] != "sub-processor":
        name.append(escaped(phrases.role(entry["role"], to)))
    if entry["exceptional_use"] is not None:
        name.append(escaped(phrases.exceptional_use(entry, to)))
    locations = phrases.current(entry["locations"], today)
    return [
        "<br>".join(part for part in name if part),
        _lines(phrases.rows(entry["purposes"], to, today)),
        _lines([phrases.location(row, entry["purposes"], to, today) for row in locations]),
        _lines(phrases.rows(entry["data_categories"], to, today)),
        _lines([phrases.address(company, to), phrases.contact(company["contact"])]),
    ]


def _lines(pieces: Iterable[str]) -> str:
    return "<br>".join(escaped(piece) for piece in pieces if piece)


def _source(document: Document, to: Voice, base_url: str) -> str:
    """Where this comes from: the address, and the publication with its hash when there is one."""
    address = f"{base_url.rstrip('/')}/registers/{document['register']['slug']}"
    publication = document.get("publication")
    if publication is None:
        return f"<{address}>"
    instant = clock.parse_stamp(publication["published_at"])
    words = to.translator.gettext("Publication %(number)s of %(instant)s, hash %(hash)s") % {
        "number": publication["number"],
        "instant": text.format_instant(instant, document["register"]["timezone"], to.language),
        "hash": publication["hash"],
    }
    return f"{escaped(words)}: <{address}/revisions/{publication['number']}>"
