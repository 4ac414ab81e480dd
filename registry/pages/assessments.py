"""Transfer impact assessments as the public page shows them: a summary, never the annex."""

from dataclasses import dataclass
from gettext import NullTranslations

from registry import reference, snapshot
from registry.pages.words import Reader, Words
from registry.snapshot import Assessment, Document
from registry.wording import phrases


@dataclass(frozen=True)
class AssessmentView:
    """A published assessment. `overdue`: the day on which it should have been looked at again has passed."""

    id: str
    title: Words
    destination: str
    tool: str
    companies: tuple[str, ...]
    summary: Words
    conclusion: str
    residual_risk: str
    assessed: str
    next_review: str
    overdue: bool
    assessor_role: str
    version: str


def assessment_views(document: Document, reader: Reader) -> tuple[AssessmentView, ...]:
    """The assessments of a document, each with the companies whose locations lean on it."""
    used: dict[str, dict[str, None]] = {}
    for entry in document["entries"]:
        if snapshot.status(entry, reader.today) == "ended":
            continue
        for location in phrases.current(entry["locations"], reader.today):
            used.setdefault(location["tia"] or "", {})[entry["sub_processor"]["legal_name"]] = None
    return tuple(
        _view(item, tuple(used.get(item["id"], ())), reader) for item in document["transfer_impact_assessments"]
    )


def _view(item: Assessment, companies: tuple[str, ...], reader: Reader) -> AssessmentView:
    review = item["next_review_on"] or ""
    return AssessmentView(
        id=item["id"],
        title=reader.words(item["title"]) or Words(item["id"]),
        destination=phrases.country(item["destination"], reader.voice),
        tool=reference.plain_words(item["tool"], item["module"], reader.interface) if item["tool"] else "",
        companies=companies,
        summary=reader.words(item["summary"]),
        conclusion=_conclusion(item["conclusion"], reader.translator),
        residual_risk=item["residual_risk"],
        assessed=reader.day(item["assessed_on"]),
        next_review=reader.day(review),
        overdue=bool(review) and review < reader.today.isoformat(),
        assessor_role=item["assessor_role"],
        version=item["version"],
    )


def _conclusion(code: str, translator: NullTranslations) -> str:
    """The outcome in words (EDPB Recommendations 01/2020, steps 3 to 5); an unknown code stays as it is."""
    _ = translator.gettext
    names = {
        "": _("Not stated"),
        "equivalent": _("Protection is essentially equivalent"),
        "equivalent-with-measures": _("Protection is essentially equivalent with supplementary measures"),
        "suspend": _("The transfer has to be suspended"),
    }
    return names.get(code, code)
