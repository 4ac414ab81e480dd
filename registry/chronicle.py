"""What every publication of a register changed, in the reader's words: for history, feeds and "what changed".

A publication never changes, so its row is made once per language and remembered.
"""

from collections.abc import Iterable, Sequence

from registry import published, wording
from registry.diff.kinds import Change
from registry.feeds import Item
from registry.formats import revision_url
from registry.models import Publication, Register
from registry.pages.history import HistoryRow, history_row
from registry.pages.words import Reader
from registry.published import Published
from registry.work import Work

_KEPT_MOST = 2048
_kept: dict[tuple[str, str, str, str], HistoryRow] = {}


def rows(work: Work, register: Register, heads: Iterable[Publication], reader: Reader) -> list[HistoryRow]:
    """What each of these publications changed, in the same order (newest first reads every document but once)."""
    found = []
    held: Published | None = None
    for head in heads:
        row = _kept.get(_key(head, reader))
        if row is None:
            after = held if held and held.id == head.id else published.numbered(work, register, head.number)
            held = published.numbered(work, register, head.number - 1) if head.number > 1 else None
            row = _row(work, register, held, after, reader)
            _remember(_key(head, reader), row)
        found.append(row)
    return found


def item(work: Work, register: Register, head: Publication, reader: Reader, *, base_url: str) -> Item:
    """A publication as an item of a feed, with everything it changed.

    A baseline, and the first publication, announce nothing: they say that the list is there, and from when.
    """
    row = rows(work, register, [head], reader)[0]
    changes: Sequence[Change] = ()
    sections: Sequence[wording.Section] = ()
    if head.number > 1 and not head.baseline:
        before, after = _pair(work, register, head)
        changes = published.compare(before, after)
        known = wording.Known.of(before.document, after.document)
        sections = wording.describe((change.as_json() for change in changes), reader.voice, known=known)
    url = revision_url(base_url, register.slug, head.number)
    return Item(
        id=url,
        url=url,
        title=row.title,
        published=head.published_at,
        register=register.slug,
        number=head.number,
        hash=head.hash,
        sections=sections,
        changes=[change.as_json() for change in changes],
        note=head.note,
    )


def _row(work: Work, register: Register, before: Published | None, after: Published, reader: Reader) -> HistoryRow:
    changes = published.compare(before, after) if before else published.changes(work, register, after)
    return history_row(
        after.link,
        after.document,
        reader,
        before=before.document if before else None,
        changes=changes,
        note=after.note,
        baseline=after.baseline,
    )


def _remember(key: tuple[str, str, str, str], row: HistoryRow) -> None:
    if len(_kept) >= _KEPT_MOST:
        _kept.clear()
    _kept[key] = row


def _pair(work: Work, register: Register, head: Publication) -> tuple[Published, Published]:
    return published.numbered(work, register, head.number - 1), published.numbered(work, register, head.number)


def _key(head: Publication, reader: Reader) -> tuple[str, str, str, str]:
    return head.id, head.hash, reader.interface, reader.reading
