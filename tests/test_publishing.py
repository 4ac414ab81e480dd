"""From working copy to publication: frozen, judged, chained, and never changed afterwards."""

import hashlib
from datetime import date, timedelta

import pytest
from sqlalchemy import text
from sqlalchemy.exc import DBAPIError
from sqlmodel import select

from registry import chain, drafting, published, publishing, snapshot
from registry.diff import Reclassification
from registry.errors import Problem
from registry.models import Event, LogEntry
from registry.work import Work
from tests.records import acting, add_entry, add_person, add_register, entry_of, publish, save, values_of


def test_publishing_makes_the_next_link_and_one_event(work: Work) -> None:
    register = add_register(work)
    add_entry(work, register, "Example Hosting GmbH")
    first = publish(work, register, note="The first list")
    add_entry(work, register, "Sample Analytics B.V.")
    second = publish(acting(work, None, at=work.now + timedelta(days=1)), register)

    assert (first.number, second.number) == (1, 2)
    assert first.previous_hash == "0" * 64
    assert second.previous_hash == first.hash
    assert first.document_sha256 == hashlib.sha256(first.raw).hexdigest()
    held = {one.number: snapshot.digest(one.raw) for one in (first, second)}
    assert chain.verify("general", [first.link, second.link], held) == []
    assert [event.publication_id for event in work.session.exec(select(Event))] == [first.id, second.id]
    assert first.note == "The first list"


def test_a_revision_is_what_was_proposed_whatever_is_edited_afterwards(work: Work) -> None:
    register = add_register(work)
    entry = add_entry(work, register, "Example Hosting GmbH")
    revision = publishing.propose(work, register)
    values = values_of(work, entry)
    values["notes"] = {"en": "written later"}
    save(work, entry, values)
    publication = publishing.publish(work, register, revision)
    assert publication.document["entries"][0]["notes"] == {}


def test_nothing_to_propose_is_said_so(work: Work) -> None:
    register = add_register(work)
    add_entry(work, register, "Example Hosting GmbH")
    publish(work, register)
    with pytest.raises(Problem, match="same as what is published"):
        publishing.propose(work, register)


def test_a_newer_proposal_takes_the_place_of_an_open_one(work: Work) -> None:
    register = add_register(work)
    add_entry(work, register, "Example Hosting GmbH")
    older = publishing.propose(work, register)
    add_entry(work, register, "Sample Analytics B.V.")
    newer = publishing.propose(work, register)
    waiting = publishing.open_revision(work, register)
    assert waiting is not None
    assert waiting.id == newer.id
    with pytest.raises(Problem, match="no longer waits"):
        publishing.publish(work, register, older)


def test_an_editor_cannot_publish_what_nobody_approved(work: Work) -> None:
    register = add_register(work)
    add_entry(work, register, "Example Hosting GmbH")
    edi = acting(work, add_person(work, "Edi", "editor"))
    revision = publishing.propose(edi, register)
    with pytest.raises(Problem, match="Nobody has approved"):
        publishing.publish(edi, register, revision)


def test_the_proposer_may_approve_only_while_nobody_else_could(work: Work) -> None:
    register = add_register(work)
    add_entry(work, register, "Example Hosting GmbH")
    edi = acting(work, add_person(work, "Edi", "editor"))
    first = publishing.propose(edi, register)
    publishing.approve(edi, register, first, proposer_may="auto")
    publishing.publish(edi, register, first)

    rena = acting(work, add_person(work, "Rena", "reviewer"))
    add_entry(work, register, "Sample Analytics B.V.")
    second = publishing.propose(edi, register)
    with pytest.raises(Problem, match="somebody else has to approve"):
        publishing.approve(edi, register, second, proposer_may="auto")
    with pytest.raises(Problem, match="somebody else has to approve"):
        publishing.approve(edi, register, second, proposer_may="no")
    publishing.approve(rena, register, second, comment="Good", proposer_may="auto")
    assert publishing.publish(edi, register, second).number == 2


def test_the_setting_may_let_a_proposer_approve(work: Work) -> None:
    register = add_register(work)
    add_entry(work, register, "Example Hosting GmbH")
    edi = acting(work, add_person(work, "Edi", "editor"))
    add_person(work, "Rena", "reviewer")
    revision = publishing.propose(edi, register)
    publishing.approve(edi, register, revision, proposer_may="yes")
    assert publishing.is_approved(work, revision)


def test_a_refusal_needs_a_reason_and_closes_the_proposal(work: Work) -> None:
    register = add_register(work)
    add_entry(work, register, "Example Hosting GmbH")
    revision = publishing.propose(work, register)
    with pytest.raises(Problem, match="Say why"):
        publishing.refuse(work, register, revision, comment=" ")
    publishing.refuse(work, register, revision, comment="The address is wrong.")
    assert publishing.open_revision(work, register) is None
    with pytest.raises(Problem, match="no longer waits"):
        publishing.approve(work, register, revision, proposer_may="yes")


def test_a_proposal_made_against_an_older_publication_is_not_published(work: Work) -> None:
    register = add_register(work)
    add_entry(work, register, "Example Hosting GmbH")
    publish(work, register)
    add_entry(work, register, "Sample Analytics B.V.")
    stale = publishing.propose(work, register)
    publishing.withdraw(work, register, stale)
    publish(work, register)
    with pytest.raises(Problem):
        publishing.publish(work, register, stale)


def test_a_baseline_and_mere_corrections_are_announced_to_nobody_unless_asked(work: Work) -> None:
    register = add_register(work)
    entry = add_entry(work, register, "Example Hosting GmbH", description={"en": "Hosts ours servers"})
    assert not publish(work, register, baseline=True).announced

    values = values_of(work, entry)
    values["description"] = {"en": "Hosts our servers"}
    save(work, entry, values)
    assert not publish(work, register).announced

    values["description"] = {"en": "Hosts our servers."}
    save(work, entry, values)
    assert publish(work, register, tell_corrections=True).announced

    add_entry(work, register, "Sample Analytics B.V.")
    assert publish(work, register).announced


def test_a_reclassification_is_kept_with_its_reason(work: Work) -> None:
    register = add_register(work)
    entry = add_entry(work, register, "Example Hosting GmbH")
    publish(work, register)
    values = values_of(work, entry)
    values["purposes"].append({"text": {"en": "Backup"}})
    save(work, entry, values)

    (change,) = publishing.pending(work, register).changes
    assert (change.kind, change.owes_notice) == ("purpose-added", True)
    said = Reclassification(key=change.key, kind="text-corrected", reason="Backup was part of hosting all along.")
    publication = publishing.publish(work, register, publishing.propose(work, register, reclassified=[said]))
    (told,) = published.changes(work, register, publication)
    assert (told.kind, told.owes_notice, told.reason) == ("text-corrected", False, said.reason)


def test_one_date_for_the_whole_change_set_dates_what_has_none(work: Work) -> None:
    register = add_register(work)
    add_entry(work, register, "Example Hosting GmbH")
    add_entry(work, register, "Old Mailer Ltd")
    publish(work, register)
    drafting.remove_entry(work, entry_of(work, register, "Old Mailer Ltd"))
    add_entry(work, register, "Sample Analytics B.V.")
    hosting = entry_of(work, register, "Example Hosting GmbH")
    values = values_of(work, hosting)
    values["locations"].append({"place": {"code": "SE"}, "mechanisms": [{"code": "NT-EEA"}]})
    save(work, hosting, values)

    revision = publishing.propose(work, register, effective_on=date(2026, 12, 22))
    publication = publishing.publish(work, register, revision)
    entries = {entry["sub_processor"]["legal_name"]: entry for entry in publication.document["entries"]}
    assert entries["Sample Analytics B.V."]["starts_on"] == "2026-12-22"
    assert entries["Old Mailer Ltd"]["ends_on"] == "2026-12-21"
    places = {row["place"]["code"]: row["starts_on"] for row in entries["Example Hosting GmbH"]["locations"]}
    assert places == {"DE": None, "SE": "2026-12-22"}
    changes = published.changes(work, register, publication)
    assert {change.kind for change in changes} == {"subprocessor-added", "subprocessor-removed", "location-added"}
    assert {change.effective_on for change in changes} == {date(2026, 12, 22)}


@pytest.mark.parametrize("table", ["revision", "review", "publication", "event", "log_entry"])
@pytest.mark.parametrize("statement", ["UPDATE {} SET id = id", "DELETE FROM {}"])
def test_the_database_itself_refuses_to_change_what_is_proof(work: Work, table: str, statement: str) -> None:
    register = add_register(work)
    add_entry(work, register, "Example Hosting GmbH")
    revision = publishing.propose(work, register)
    publishing.approve(work, register, revision, proposer_may="yes")
    publishing.publish(work, register, revision)
    work.session.commit()
    with pytest.raises(DBAPIError, match="append-only"):
        work.session.execute(text(statement.format(table)))


def test_the_log_says_who_did_what(work: Work) -> None:
    register = add_register(work)
    add_entry(work, register, "Example Hosting GmbH")
    edi = acting(work, add_person(work, "Edi", "editor"))
    publishing.propose(edi, register, note="For review")
    rows = [(row.actor, row.action) for row in work.session.exec(select(LogEntry))]
    assert ("operator", "register.added") in rows
    assert ("Edi", "revision.proposed") in rows


def test_one_date_cannot_exchange_the_company_of_an_entry(work: Work) -> None:
    register = add_register(work)
    entry = add_entry(work, register, "Old Mailer Ltd")
    publish(work, register)
    values = values_of(work, entry)
    values["sub_processor"] = {"legal_name": "New Mailer SAS"}
    save(work, entry, values)
    with pytest.raises(Problem, match="replaces the old one"):
        publishing.propose(work, register, effective_on=date(2026, 12, 22))
