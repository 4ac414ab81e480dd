"""The register as JSON-LD: stable names, the mechanisms at their destinations, and nothing empty."""

import json
from typing import Any

from registry import formats
from tests.documents import BASE, TODAY, rich, served


def test_jsonld_names_the_register_the_companies_and_the_mechanisms_of_each_destination() -> None:
    raw = formats.register_jsonld(served(), TODAY, base_url=BASE + "/", language="en")
    data = json.loads(raw)
    assert data["@id"] == f"{BASE}/registers/general/revisions/3"
    assert data["dct:replaces"] == {"@id": f"{BASE}/registers/general/revisions/2"}
    hosting, analytics, support = data["dpv:hasProcess"]
    assert hosting["@id"] == f"{BASE}/registers/general#entry-e-example-hosting-gmbh"
    assert "dpv:hasDataImporter" not in hosting
    assert "dpv:CrossBorderTransfer" not in json.dumps(hosting)
    assert hosting["dpv:hasLocation"][0]["@type"] == ["dpv:ProcessingLocation"]
    importer = analytics["dpv:hasDataImporter"]
    assert importer["@id"] == f"{BASE}/#sub-processor-sp-sample-analytics-bv"
    assert importer["@type"] == ["dpv:DataSubProcessor", "schema:Organization"]
    assert importer["dpv:hasCountry"] == {"@id": "loc:NL"}
    states, chosen = analytics["dpv:hasLocation"]
    assert states["@type"] == ["dpv:ProcessingLocation", "dpv:ThirdCountry"]
    assert states["dpv:hasLegalBasis"] == [{"@id": "gdpr:A45-3"}, {"@id": "gdpr:A46-2-c"}]
    assert states["dpv:hasLegalMeasure"][0]["schema:identifier"] == "EU-46-2-C"
    assert chosen["dpv:hasCountry"] == [{"@id": "loc:DE"}, {"@id": "loc:IE"}]
    assert analytics["dpv:hasImpactAssessment"][0]["@type"] == "dpv:DataTransferImpactAssessment"
    assert support["dpv:hasRecipient"]["@type"] == ["dpv:DataProcessor", "schema:Organization"]


def test_jsonld_uses_only_prefixes_it_declares_and_states_nothing_empty() -> None:
    data = json.loads(formats.register_jsonld(served(), TODAY, base_url=BASE, language="en"))
    declared = {key for key in data["@context"] if ":" not in key}

    def walk(value: Any) -> None:
        assert value not in (None, "", [], {})
        if isinstance(value, list):
            for item in value:
                walk(item)
        if isinstance(value, dict):
            for key, item in value.items():
                assert key.startswith("@") or key.split(":")[0] in declared
                walk(item)

    walk({key: value for key, value in data.items() if key != "@context"})


def test_a_frozen_document_is_linked_data_about_the_register_itself() -> None:
    data = json.loads(formats.register_jsonld(rich(), TODAY, base_url=BASE, language="en"))
    assert data["@id"] == f"{BASE}/registers/general"
    assert "schema:version" not in data
