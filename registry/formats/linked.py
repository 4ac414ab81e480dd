"""The register as linked data: JSON-LD with the terms of the W3C Data Privacy Vocabulary, DPV 2.3.

What DPV has no word for (activity support, clause modules, dates of a row) is said with schema.org and Dublin Core.
"""

import json
from collections.abc import Iterable
from datetime import date
from typing import Any

from registry import reference, snapshot
from registry.snapshot import Assessment, Contact, Document, Entry, LocalText, Location, Mechanism, SubProcessor

_CONTEXT = {
    "dpv": "https://w3id.org/dpv#",
    "gdpr": "https://w3id.org/dpv/legal/eu/gdpr#",
    "loc": "https://w3id.org/dpv/loc#",
    "dct": "http://purl.org/dc/terms/",
    "schema": "https://schema.org/",
    "xsd": "http://www.w3.org/2001/XMLSchema#",
    "dct:issued": {"@type": "xsd:dateTime"},
    "dct:available": {"@type": "xsd:date"},
    "schema:validFrom": {"@type": "xsd:date"},
    "schema:validThrough": {"@type": "xsd:date"},
}

_GDPR_TERMS = "https://w3id.org/dpv/legal/eu/gdpr#"

_ROLES = {
    "sub-processor": ("dpv:DataSubProcessor", "dpv:hasDataProcessor"),
    "processor": ("dpv:DataProcessor", "dpv:hasDataProcessor"),
    "independent-controller": ("dpv:DataController", "dpv:hasRecipientDataController"),
}

_PROCESSING = {
    "storage": "dpv:Store",
    "backup": "dpv:Store",
    "remote-access": "dpv:Access",
    "support": "dpv:Consult",
    "transit": "dpv:Transmit",
    "processing": "dpv:Use",
}

_AREAS = {"X-EEA": "loc:EEA", "X-EU": "loc:EU"}


def register_jsonld(document: Document, today: date, *, base_url: str, language: str = "") -> bytes:
    """The register as it stands on `today`, in every language it has; `@id`s are addresses under `base_url`.

    What has ended is left out. `language` changes nothing: it is taken because every format is called alike.
    """
    names = _Names(base_url.rstrip("/"), document["register"]["slug"])
    held = [entry for entry in document["entries"] if snapshot.status(entry, today) != "ended"]
    assessments = {item["id"]: item for item in document["transfer_impact_assessments"]}
    dataset = {
        "@context": _CONTEXT,
        **_dataset(document, names),
        "dpv:hasDataProcessor": _publisher(document, names),
        "dpv:hasProcess": [_process(entry, names, assessments, today) for entry in held],
    }
    return (json.dumps(_filled(dataset), ensure_ascii=False, indent=2) + "\n").encode("utf-8", "replace")


class _Names:
    """The `@id`s. A sub-processor and the publisher are the same thing in every register, so they stand at the root."""

    def __init__(self, base: str, slug: str) -> None:
        self.publisher = f"{base}/#publisher"
        self.register = f"{base}/registers/{slug}"
        self._base = base

    def revision(self, number: int) -> str:
        return f"{self.register}/revisions/{number}"

    def entry(self, entry: Entry) -> str:
        return f"{self.register}#entry-{entry['id']}"

    def company(self, company: SubProcessor) -> str:
        return f"{self._base}/#sub-processor-{company['id']}"

    def assessment(self, identifier: str) -> str:
        return f"{self.register}#assessment-{identifier}"


def _dataset(document: Document, names: _Names) -> dict[str, Any]:
    head, publication = document["register"], document.get("publication")
    types = ["schema:Dataset", "dpv:DataProcessingRecord"]
    described = {"schema:name": _texts(head["title"]), "schema:description": _texts(head["intro"])}
    if publication is None:
        return {"@id": names.register, "@type": types, **described}
    number = publication["number"]
    return {
        "@id": names.revision(number),
        "@type": types,
        **described,
        "schema:version": str(number),
        "schema:identifier": f"sha256:{publication['hash']}",
        "dct:issued": publication["published_at"],
        "dct:isVersionOf": {"@id": names.register},
        "dct:replaces": {"@id": names.revision(number - 1)} if number > 1 else None,
    }


def _publisher(document: Document, names: _Names) -> dict[str, Any]:
    publisher = document["publisher"]
    return {
        "@id": names.publisher,
        "@type": ["dpv:DataProcessor", "schema:Organization"],
        "dpv:hasName": publisher["name"],
        "dpv:hasAddress": publisher["address"],
        "dpv:hasContact": _contact(publisher["contact"]),
        "dpv:hasCountry": _place(publisher["country"]),
        "schema:url": publisher["website"],
    }


def _process(entry: Entry, names: _Names, assessments: dict[str, Assessment], today: date) -> dict[str, Any]:
    kind, relation = _ROLES.get(entry["role"], _ROLES["sub-processor"])
    locations = [row for row in entry["locations"] if snapshot.status(row, today) != "ended"]
    abroad = any(not _inside(row) for row in locations)
    company = _company(entry["sub_processor"], kind, names)
    used = [assessments[row["tia"]] for row in locations if row["tia"] in assessments]
    return {
        "@id": names.entry(entry),
        "@type": "dpv:Process",
        **_validity(entry),
        "schema:description": _texts(entry["description"]),
        "dpv:hasPurpose": [_named("dpv:Purpose", row) for row in _held(entry["purposes"], today)],
        "dpv:hasPersonalData": [_named("dpv:PersonalData", row) for row in _held(entry["data_categories"], today)],
        "dpv:hasDataSubject": [
            {"@type": "dpv:DataSubject", "schema:name": _texts(words)} for words in entry["data_subjects"]
        ],
        "dpv:hasProcessing": _processing(locations, abroad=abroad),
        relation: {"@id": names.company(entry["sub_processor"])},
        "dpv:hasDataExporter": {"@id": names.publisher} if abroad else None,
        "dpv:hasDataImporter" if abroad else "dpv:hasRecipient": company,
        "dpv:hasLocation": [_location(row, names, today) for row in locations],
        "dpv:hasImpactAssessment": [_assessment(item, names) for item in _unique(used)],
    }


def _company(company: SubProcessor, kind: str, names: _Names) -> dict[str, Any]:
    return {
        "@id": names.company(company),
        "@type": [kind, "schema:Organization"],
        "dpv:hasName": company["trading_name"] or company["legal_name"],
        "schema:legalName": company["legal_name"],
        "dpv:hasAddress": company["address"],
        "dpv:hasContact": _contact(company["contact"]),
        "dpv:hasCountry": _place(company["country"]),
        "schema:leiCode": company["lei"],
        "schema:parentOrganization": {"schema:name": company["parent"]} if company["parent"] else None,
        "schema:url": company["website"],
    }


def _location(row: Location, names: _Names, today: date) -> dict[str, Any]:
    """One location with its own mechanisms: they belong to the destination, not to the vendor."""
    held = [item for item in row["mechanisms"] if snapshot.status(item, today) != "ended"]
    kind = "dpv:StorageLocation" if row["activity"] in ("storage", "backup") else "dpv:ProcessingLocation"
    return {
        "@type": [kind] if _inside(row) else [kind, "dpv:ThirdCountry"],
        **_validity(row),
        "schema:name": _texts(row["place"]["text"]),
        "schema:additionalType": row["activity"],
        "dpv:hasCountry": _countries(row),
        "dpv:hasLegalBasis": _legal_bases(held),
        "dpv:hasLegalMeasure": [_measure(item) for item in held if _is_instrument(item)],
        "dpv:hasImpactAssessment": {"@id": names.assessment(row["tia"])} if row["tia"] else None,
    }


def _countries(row: Location) -> list[dict[str, str] | None]:
    codes = dict.fromkeys([row["place"]["code"], *row["place"]["countries"]])
    return [_place(code) for code in codes]


def _place(code: str) -> dict[str, str] | None:
    """A country of DPV's location list; our own codes have no term there, except the two unions."""
    if code in _AREAS:
        return {"@id": _AREAS[code]}
    return {"@id": f"loc:{code}"} if code and not code.startswith("X-") else None


def _processing(locations: Iterable[Location], *, abroad: bool) -> list[dict[str, str]]:
    terms = [_PROCESSING.get(row["activity"], "dpv:Processing") for row in locations]
    if abroad:
        terms.append("dpv:CrossBorderTransfer")
    return [{"@id": term} for term in dict.fromkeys(terms)]


def _legal_bases(rows: Iterable[Mechanism]) -> list[dict[str, str]]:
    """The GDPR articles of the mechanisms as DPV names them; other laws have no terms there."""
    iris = (reference.mechanism(row["code"]).iri for row in rows if reference.is_mechanism(row["code"]))
    return [{"@id": iri.replace(_GDPR_TERMS, "gdpr:")} for iri in dict.fromkeys(iris) if iri]


def _is_instrument(row: Mechanism) -> bool:
    return reference.kind(row["code"]) == "safeguard"


def _measure(row: Mechanism) -> dict[str, Any]:
    clauses = row["code"] == "EU-46-2-C" or row["code"].startswith("EU-SCC-")
    words = reference.plain_words(row["code"], row["module"], "en")
    return {
        "@type": ["dpv:SubProcessorAgreement", "gdpr:SCCByCommission"] if clauses else "gdpr:DataTransferTool",
        "schema:identifier": row["code"],
        "schema:name": f"{words}, {row['reference']}" if row["reference"] else words,
        **_validity(row),
    }


def _assessment(item: Assessment, names: _Names) -> dict[str, Any]:
    return {
        "@id": names.assessment(item["id"]),
        "@type": "dpv:DataTransferImpactAssessment",
        "schema:name": _texts(item["title"]),
        "schema:description": _texts(item["summary"]),
        "schema:version": item["version"],
        "dct:available": item["assessed_on"],
    }


def _inside(row: Location) -> bool:
    return reference.in_eea(row["place"]["code"], row["place"]["countries"])


def _held(rows: Iterable[Any], today: date) -> list[Any]:
    return [row for row in rows if snapshot.status(row, today) != "ended"]


def _named(kind: str, row: Any) -> dict[str, Any]:
    return {"@type": kind, "schema:name": _texts(row["text"]), **_validity(row)}


def _validity(row: Any) -> dict[str, str | None]:
    return {"schema:validFrom": row["starts_on"], "schema:validThrough": row["ends_on"]}


def _texts(words: LocalText) -> list[dict[str, str]]:
    return [{"@value": words[tag], "@language": tag} for tag in sorted(words) if words[tag]]


def _contact(contact: Contact) -> list[str]:
    return [item for item in (f"mailto:{contact['email']}" if contact["email"] else "", contact["url"]) if item]


def _unique(items: Iterable[Assessment]) -> list[Assessment]:
    return list({item["id"]: item for item in items}.values())


def _filled(value: Any) -> Any:
    """`value` without what is empty: in linked data, what is not stated is not written."""
    if isinstance(value, list):
        return [_filled(item) for item in value if item not in (None, "", [], {})]
    if isinstance(value, dict):
        filled = {key: _filled(item) for key, item in value.items()}
        return {key: item for key, item in filled.items() if item not in (None, "", [], {})}
    return value
