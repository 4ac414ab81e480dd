"""A set of changes in a few words, for the subject of a mail, the title of a feed item and a line of the history."""

from collections import Counter
from collections.abc import Iterable, Sequence
from datetime import date

from registry import text
from registry.diff.kinds import KINDS, QUIET_KINDS
from registry.wording.headlines import ChangeFields
from registry.wording.phrases import Voice

_MOST_NAMED = 3


def title(changes: Sequence[ChangeFields], to: Voice) -> str:
    """A set of changes in a few words: "2 additions from 22 December 2026, 1 correction".

    The date is the first on which any of the changes that are told takes effect; quiet changes have none.
    """
    loud = [change for change in changes if change["kind"] not in QUIET_KINDS]
    quiet = [change for change in changes if change["kind"] in QUIET_KINDS]
    if not changes:
        return to.translator.gettext("No changes")
    parts = []
    if loud:
        day = date.fromisoformat(min(change["effective_on"] for change in loud))
        words = {"changes": _counted(loud, to), "day": text.format_date(day, to.language)}
        parts.append(to.translator.gettext("%(changes)s from %(day)s") % words)
    if quiet:
        parts.append(_counted(quiet, to))
    return ", ".join(parts)


def kind_name(kind: str, to: Voice) -> str:
    """A kind of change as a reader knows it; an unknown one stays as it is."""
    _ = to.translator.gettext
    names = {
        "subprocessor-added": _("Sub-processor added"),
        "subprocessor-replaced": _("Sub-processor replaced"),
        "subprocessor-removed": _("Sub-processor removed"),
        "subprocessor-renamed": _("Sub-processor renamed"),
        "location-added": _("Location added"),
        "location-removed": _("Location removed"),
        "purpose-added": _("Purpose added"),
        "purpose-removed": _("Purpose removed"),
        "data-category-added": _("Data category added"),
        "data-category-removed": _("Data category removed"),
        "scope-changed": _("Scope changed"),
        "mechanism-changed": _("Transfer mechanism changed"),
        "role-changed": _("Role changed"),
        "planned-change-moved": _("Planned change moved"),
        "planned-change-withdrawn": _("Planned change withdrawn"),
        "contact-changed": _("Address or contact changed"),
        "tia-updated": _("Transfer impact assessment updated"),
        "text-corrected": _("Correction"),
        "reordered": _("Order changed"),
    }
    return names.get(kind, kind)


def number_of(kind: str, num: int, to: Voice) -> str:
    """So many changes of a kind: "2 additions", "1 removed purpose"."""
    ngettext = to.translator.ngettext
    words = {
        "subprocessor-added": ngettext("%(num)d addition", "%(num)d additions", num),
        "subprocessor-replaced": ngettext("%(num)d replacement", "%(num)d replacements", num),
        "subprocessor-removed": ngettext("%(num)d removal", "%(num)d removals", num),
        "subprocessor-renamed": ngettext("%(num)d new name", "%(num)d new names", num),
        "location-added": ngettext("%(num)d new location", "%(num)d new locations", num),
        "location-removed": ngettext("%(num)d removed location", "%(num)d removed locations", num),
        "purpose-added": ngettext("%(num)d new purpose", "%(num)d new purposes", num),
        "purpose-removed": ngettext("%(num)d removed purpose", "%(num)d removed purposes", num),
        "data-category-added": ngettext("%(num)d new data category", "%(num)d new data categories", num),
        "data-category-removed": ngettext("%(num)d removed data category", "%(num)d removed data categories", num),
        "scope-changed": ngettext("%(num)d change of scope", "%(num)d changes of scope", num),
        "mechanism-changed": ngettext("%(num)d other transfer mechanism", "%(num)d other transfer mechanisms", num),
        "role-changed": ngettext("%(num)d change of role", "%(num)d changes of role", num),
        "planned-change-moved": ngettext("%(num)d moved plan", "%(num)d moved plans", num),
        "planned-change-withdrawn": ngettext("%(num)d withdrawn plan", "%(num)d withdrawn plans", num),
        "contact-changed": ngettext("%(num)d change of contact details", "%(num)d changes of contact details", num),
        "tia-updated": ngettext(
            "%(num)d updated transfer impact assessment", "%(num)d updated transfer impact assessments", num
        ),
        "text-corrected": ngettext("%(num)d correction", "%(num)d corrections", num),
        "reordered": ngettext("%(num)d change of order", "%(num)d changes of order", num),
    }
    other = ngettext("%(num)d other change", "%(num)d other changes", num)
    return words.get(kind, other) % {"num": num}


def _counted(changes: Iterable[ChangeFields], to: Voice) -> str:
    """How many there are of each kind, the gravest first; after three kinds only how many more changes."""
    counted = Counter(change["kind"] for change in changes)
    ordered = sorted(counted, key=lambda kind: KINDS.index(kind) if kind in KINDS else len(KINDS))
    parts = [number_of(kind, counted[kind], to) for kind in ordered[:_MOST_NAMED]]
    more = sum(counted[kind] for kind in ordered[_MOST_NAMED:])
    if more:
        parts.append(to.translator.ngettext("%(num)d more change", "%(num)d more changes", more) % {"num": more})
    return ", ".join(parts)
