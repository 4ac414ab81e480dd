"""From bytes to candidates: decode, find the lists, and turn their rows into entries."""

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field, replace

from registry.intake import headers, lists, words
from registry.intake.columns import Layout, Record, lay_out
from registry.intake.decoding import decode, detect
from registry.intake.delimited import read_delimited
from registry.intake.entries import Candidate, candidates
from registry.intake.entry_places import Context
from registry.intake.html_reader import read_html
from registry.intake.markdown_reader import read_markdown
from registry.intake.merging import merged
from registry.intake.own import own_candidates
from registry.intake.places import read_places
from registry.intake.prose import Prose
from registry.intake.shapes import Block, Bullets, Cell, Heading, Pages, Paragraph, Table
from registry.intake.structured import read_json, read_yaml

_NUMBERING = re.compile(r"^(?:\d+(?:\.\d+)*[.)]?|[A-Za-z][.)]|[IVX]+\.)\s+")
_PLACE_MEANINGS = frozenset({"place", "storage_place", "access_place"})
_LIST = {"de": "Liste", "fr": "Liste", "it": "Lista", "es": "Lista", "pt": "Lista", "nl": "Lijst", "hr": "Popis"}
Progress = Callable[[int, int], None]


@dataclass
class Reading:
    """Everything a file held. `skipped`: {source, name, why}; `not_understood`: {source, text, why}."""

    candidates: list[Candidate] = field(default_factory=list)
    not_understood: list[dict[str, str]] = field(default_factory=list)
    skipped: list[dict[str, str]] = field(default_factory=list)
    notes: list[str] = field(default_factory=list)
    format: str = ""
    language: str = "en"


@dataclass
class _Found:
    """One list of the file with what stands around it, before its rows are turned into entries."""

    source: str
    records: list[Record]
    context: Context
    heading: str


def read(
    data: bytes,
    *,
    name: str = "",
    format: str | None = None,
    language: str = "en",
    languages: Sequence[str] = (),
    progress: Progress | None = None,
) -> Reading:
    """The candidates in a file. Texts are stored under the file's own language when it is one of `languages`, else
    under `language`. `progress` is told (rows done, rows there are) now and then. Never raises.
    """
    decoded = decode(data)
    form = format or detect(decoded.text, name)
    own = own_candidates(form, decoded.text, language)
    if own is not None:
        return Reading(own, notes=[decoded.note] if decoded.note else [], format=form, language=language)
    pages = _READERS[form](decoded.text)
    reading = Reading(not_understood=pages.troubles, notes=[decoded.note] if decoded.note else [], format=form)
    finder = _Finder(reading)
    for block in pages.blocks:
        finder.take(block)
    finder.close()
    reading.language = _language(finder.headers, language, languages, reading)
    _build(_with_groups(finder.found, reading), reading, progress)
    return reading


_READERS: dict[str, Callable[[str], Pages]] = {
    "markdown": read_markdown,
    "html": read_html,
    "csv": read_delimited,
    "json": read_json,
    "yaml": read_yaml,
}


class _Finder:
    """Walks the blocks, keeps track of headings, and takes out the lists."""

    def __init__(self, reading: Reading) -> None:
        self.reading = reading
        self.found: list[_Found] = []
        self.headers: list[str] = []
        self.prose = Prose()
        self.path: list[Heading] = []
        self.intro = ""
        self.without_mechanisms: list[str] = []

    def take(self, block: Block) -> None:
        if isinstance(block, Heading):
            while self.path and self.path[-1].level >= block.level:
                self.path.pop()
            self.path.append(block)
            self.prose.under(block.text)
            self.intro = ""
        elif isinstance(block, Paragraph):
            self.prose.add(block)
            self.intro = block.text
        elif isinstance(block, Table):
            self._table(block)
            self.intro = ""
        else:
            self._bullets(block)
            self.intro = ""

    def close(self) -> None:
        self.prose.close()
        self.reading.not_understood += self.prose.told
        if self.without_mechanisms:
            where = ", ".join(self.without_mechanisms[:20])
            why = "No column for transfer mechanisms; every place outside the EEA is recorded as not assessed."
            self.reading.notes.append(f"{where}: {why}")

    def _table(self, table: Table) -> None:
        layout = lay_out(table)
        if layout is None:
            shown = table.header or (table.rows[0] if table.rows else None)
            text = " | ".join(cell.line for cell in shown.cells) if shown else ""
            why = f"A table of {len(table.rows)} rows without a column that names companies."
            self.reading.not_understood.append({"source": table.source, "text": text[:300], "why": why})
            return
        self.headers += layout.headers
        self._report(table, layout)
        context = self._context(layout.meanings)
        if not context.group and table.key and not headers.meanings(table.key):
            context = replace(context, group=table.key.replace("_", " ").strip())
        self.found.append(_Found(table.source, layout.records, context, self._heading()))

    def _report(self, table: Table, layout: Layout) -> None:
        self.reading.notes += [f"{table.source}: {note}" for note in layout.notes]
        for where in layout.repeated_headers:
            self.reading.skipped.append({"source": where, "name": "", "why": "The header of the table again."})
        for header, values in layout.unknown_columns.items():
            why = "No field of the record fits this column; its words stand in the notes of each row."
            shown = "; ".join(list(dict.fromkeys(values))[:3])[:200]
            self.reading.not_understood.append(
                {"source": f"{table.source}, column “{header}”", "text": shown, "why": why}
            )
        if "mechanism" not in layout.meanings and layout.records and self._status() != "historical":
            self.without_mechanisms.append(table.source)

    def _bullets(self, bullets: Bullets) -> None:
        status = self._status()
        if status == "out_of_scope":
            for item in bullets.items:
                why = f"The list calls it out of scope: {item.cell.line[:200]}"
                self.reading.skipped.append({"source": item.source, "name": lists.name_of(item), "why": why})
            return
        records = lists.records(bullets, self._heading(), self.intro, alone=not self.found)
        if not records:
            self.prose.add(bullets)
            return
        meanings = frozenset(meaning for record in records for meaning in record.cells)
        if "mechanism" not in meanings:
            self.without_mechanisms.append(bullets.source)
        self.found.append(_Found(bullets.source, records, self._context(meanings), self._heading()))

    def _heading(self) -> str:
        return self.path[-1].text if self.path else ""

    def _status(self) -> str:
        for heading in reversed(self.path):
            for status in ("out_of_scope", "planned", "historical"):
                if words.has(heading.text, status):
                    return status
        return ""

    def _context(self, meanings: frozenset[str]) -> Context:
        heading = _NUMBERING.sub("", self._heading())
        place, place_from = self._place(heading)
        return Context(
            group=heading,
            status=self._status(),
            place=place,
            place_from=place_from,
            affiliates=any(words.has(each.text, "affiliates") for each in self.path[-1:]),
            meanings=meanings,
        )

    def _place(self, heading: str) -> tuple[str, str]:
        """The place that the sentence or the heading above gives to a whole list."""
        located = words.has(self.intro, "located")
        if located:
            after = re.split(re.escape(located.split()[-1]), self.intro, flags=re.IGNORECASE)[-1]
            where = re.sub(r"^\s*the\s+", "", after.strip(" :.")).strip()
            if where and read_places(where).understood and not read_places(where).notes:
                return where, "sentence"
        whole = heading and len(heading.split()) <= 6 and read_places(heading)
        if whole and whole.understood and whole.found and not whole.notes:
            return heading, "heading"
        return "", ""


def _language(seen: list[str], language: str, languages: Sequence[str], reading: Reading) -> str:
    """The language to store texts under. English words are also used in lists of other languages, so it needs most."""
    votes = headers.languages(seen)
    if not votes:
        return language
    most = max(votes.values())
    best = [tag for tag, count in votes.items() if count == most]
    if language.partition("-")[0] in best or language in best:
        return language
    found = best[0]
    known = next((tag for tag in languages if tag.partition("-")[0] == found), "")
    if not known:
        reading.notes.append(
            f"The list looks like “{found}”, no language of the register; its words are stored as “{language}”."
        )
    return known or language


def _with_groups(found: list[_Found], reading: Reading) -> list[_Found]:
    """Lists that no heading tells apart get names: by their place where they have one, else by number."""
    shown = [one for one in found if one.context.status not in ("historical", "out_of_scope") and one.records]
    result = []
    for one in found:
        alike = [other for other in shown if other.context.group == one.context.group]
        if len(alike) > 1 and one in alike:
            number = alike.index(one) + 1
            places = [other.context.place for other in alike]
            if all(places) and len(set(places)) == len(places):
                group = one.context.place
            elif one.context.group:
                group = f"{one.context.group} ({number})"
            else:
                group = f"{_LIST.get(reading.language, 'List')} {number}"
            reading.notes.append(f"{one.source}: no heading tells this list from the others; it is called “{group}”.")
            one = replace(one, context=replace(one.context, group=group))  # noqa: PLW2901 - the renamed one goes on
        result.append(one)
    return result


def _build(found: list[_Found], reading: Reading, progress: Progress | None) -> None:
    total = sum(len(one.records) for one in found)
    done = 0
    for one in found:
        context = replace(one.context, language=reading.language)
        built: list[Candidate] = []
        last: Record | None = None
        for record in one.records:
            done += 1
            if progress and done % 200 == 0:
                progress(done, total)
            last = _named_like(record, last, reading)
            if last is None:
                continue
            if context.status == "historical":
                reading.skipped.append(_historical(last, one.heading))
            else:
                built += candidates(last, context)
        reading.candidates += merged(built)
    if progress:
        progress(total, total)


def _named_like(record: Record, last: Record | None, reading: Reading) -> Record | None:
    """The record, with the name of the one above where its own cell is empty."""
    if "name" in record.cells and record.cells["name"].line:
        return record
    if last is None or len(record.cells) + len(record.unknown) < 2:
        text = " | ".join([cell.line for cell in record.cells.values()] + list(record.unknown.values()))
        reading.not_understood.append({"source": record.source, "text": text[:300], "why": "The row names no company."})
        return None
    reading.notes.append(f"{record.source}: no name; taken as more about “{last.cells['name'].line}”, the row above.")
    return Record(record.source, {**record.cells, "name": last.cells["name"]}, record.unknown, record.section)


def _historical(record: Record, heading: str) -> dict[str, str]:
    said = [f"{meaning}: {cell.line[:200]}" for meaning, cell in record.cells.items() if meaning != "name"]
    said += [f"{header}: {text[:200]}" for header, text in record.unknown.items()]
    why = f"It stands under “{heading}”, among those no longer used. {' '.join(said)}".strip()
    return {"source": record.source, "name": record.cells.get("name", Cell()).line, "why": why}
