"""Publishing, exporting and verifying from the command line."""

import csv
import io
import json
import sqlite3
from contextlib import closing
from datetime import UTC, datetime, timedelta

import jsonschema
import pytest
from sqlalchemy import Engine

from registry import clock, facts, published
from registry.work import OPERATOR, begin
from tests.records import add_entry, entry_of, save, values_of
from tests.standing import complaints
from tests.typed import Run, answer, done, kinds, refused


@pytest.fixture
def general(run: Run, engine: Engine) -> Run:
    """With a register of one entry, published as a baseline, and one more entry in the working copy."""
    done(run("register", "add", "general", "--title", "Sub-processors", "--timezone", "Europe/Zagreb"))
    enter(engine, "Example Hosting GmbH")
    done(run("publish", "--register", "general", "--note", "As it stands", "--baseline"))
    enter(engine, "Sample Analytics B.V.")
    return run


def enter(engine: Engine, name: str) -> None:
    with begin(engine, now=clock.now(), actor=OPERATOR) as work:
        add_entry(work, published.register(work, "general"), name)


# Proposing and publishing


def test_the_first_list_can_be_published_as_a_baseline_that_tells_nobody(run: Run, engine: Engine) -> None:
    done(run("register", "add", "general", "--title", "Sub-processors"))
    enter(engine, "Example Hosting GmbH")
    sent = answer(run("publish", "--register", "general", "--note", "As it stands", "--baseline", "--json"))
    assert (sent["number"], sent["baseline"], sent["announced"]) == (1, True, False)
    assert sent["previous_hash"] == "0" * 64
    assert sent["note"] == "As it stands"


def test_what_is_added_afterwards_is_published_and_told(general: Run) -> None:
    sent = answer(general("publish", "--register", "general", "--note", "Analytics", "--json"))
    assert (sent["number"], sent["baseline"], sent["announced"]) == (2, False, True)
    assert kinds(sent["changes"]) == ["subprocessor-added"]


def test_publishing_in_words_says_what_changed_and_who_is_told(general: Run) -> None:
    said = done(general("publish", "--register", "general"))
    assert said == "Published revision 2 of general: 1 subprocessor-added. Subscribers will be told.\n"


def test_a_proposal_waits_and_is_what_gets_published(general: Run, engine: Engine) -> None:
    proposed = answer(general("propose", "--register", "general", "--note", "Analytics", "--json"))
    assert kinds(proposed["changes"]) == ["subprocessor-added"]
    enter(engine, "Placeholder Voice Inc.")
    sent = answer(general("publish", "--register", "general", "--json"))
    assert len(sent["changes"]) == 1
    assert sent["note"] == "Analytics"
    with begin(engine, now=clock.now(), actor=OPERATOR, write=False) as work:
        assert published.head(work, published.register(work, "general")).document_sha256 == proposed["document_sha256"]


def test_publishing_what_is_published_already_is_refused(general: Run) -> None:
    done(general("publish", "--register", "general"))
    assert "same as what is published" in refused(general("publish", "--register", "general"))
    assert "same as what is published" in refused(general("propose", "--register", "general"))


def test_a_day_can_be_given_to_the_whole_change(general: Run) -> None:
    starts = (datetime.now(UTC) + timedelta(days=40)).date().isoformat()
    sent = answer(general("publish", "--register", "general", "--effective-on", starts, "--json"))
    assert [change["effective_on"] for change in sent["changes"]] == [starts]
    entries = answer(general("export", "--register", "general"))["entries"]
    assert [(entry["status"], entry["starts_on"]) for entry in entries] == [("in-effect", None), ("announced", starts)]


@pytest.mark.parametrize("day", ["0001-01-01", "9999-12-31"])
def test_a_day_nobody_can_mean_is_refused(general: Run, day: str) -> None:
    assert "effective_on" in refused(general("propose", "--register", "general", "--effective-on", day))


def test_a_day_given_when_publishing_replaces_the_waiting_proposal(general: Run) -> None:
    starts = (datetime.now(UTC) + timedelta(days=40)).date().isoformat()
    done(general("propose", "--register", "general"))
    sent = answer(general("publish", "--register", "general", "--effective-on", starts, "--json"))
    assert [change["effective_on"] for change in sent["changes"]] == [starts]


def test_a_mere_correction_is_published_and_mailed_only_when_asked(general: Run, engine: Engine) -> None:
    done(general("publish", "--register", "general"))
    for words, more, announced in (("Hosting.", [], False), ("Hosting..", ["--tell-corrections"], True)):
        with begin(engine, now=clock.now(), actor=OPERATOR) as work:
            entry = entry_of(work, published.register(work, "general"), "Example Hosting GmbH")
            values = values_of(work, entry)
            values["purposes"][0]["text"]["en"] = words
            save(work, entry, values)
        sent = answer(general("publish", "--register", "general", "--json", *more))
        assert (kinds(sent["changes"]), sent["announced"]) == (["text-corrected"], announced)


def test_the_reason_for_not_waiting_is_kept(general: Run, engine: Engine) -> None:
    done(general("publish", "--register", "general", "--override", "The old one is bankrupt."))
    with begin(engine, now=clock.now(), actor=OPERATOR, write=False) as work:
        latest = published.latest(work, published.register(work, "general"))
        assert latest is not None
        assert latest.override_reason == "The old one is bankrupt."


@pytest.mark.parametrize(
    "line", ["propose --register no", "publish --register no", "export --register no", "verify no"]
)
def test_a_register_nobody_knows_is_refused(run: Run, line: str) -> None:
    assert "“no”" in refused(run(*line.split()))


# Exporting


def test_the_exported_json_keeps_to_the_schema(general: Run) -> None:
    schema = json.loads((facts.DATA / "register-1.schema.json").read_text(encoding="utf-8"))
    done(general("publish", "--register", "general"))
    for arguments, entries in (([], 2), (["--revision", "1"], 1)):
        sent = answer(general("export", "--register", "general", "--format", "json", *arguments))
        jsonschema.Draft202012Validator(schema).validate(sent)
        assert len(sent["entries"]) == entries


def test_the_other_formats_name_every_entry(general: Run) -> None:
    done(general("publish", "--register", "general"))

    def sent(form: str) -> str:
        return done(general("export", "--register", "general", "--format", form))

    rows = list(csv.DictReader(io.StringIO(sent("csv").removeprefix("\ufeff"))))
    assert [row["legal_name"] for row in rows] == ["Example Hosting GmbH", "Sample Analytics B.V."]
    assert "Sample Analytics B.V." in json.dumps(json.loads(sent("jsonld")), ensure_ascii=False)
    assert sent("md").startswith("# Sub-processors\n")
    assert "Sample Analytics B.V." in sent("md")
    assert complaints(sent("html")) == []
    assert "Sample Analytics B.V." in sent("html")


def test_an_earlier_revision_is_exported_as_it_stood(general: Run) -> None:
    done(general("publish", "--register", "general"))
    for form in ("json", "csv", "jsonld", "md", "html"):
        sent = done(general("export", "--register", "general", "--revision", "1", "--format", form))
        assert "Example Hosting GmbH" in sent
        assert "Sample Analytics" not in sent


def test_an_export_speaks_the_language_asked_for(general: Run) -> None:
    german = done(general("export", "--register", "general", "--format", "html", "--language", "de"))
    assert '<html lang="de">' in german
    assert "Deutschland" in done(general("export", "--register", "general", "--format", "md", "--language", "de"))


@pytest.mark.parametrize("number", ["0", "7", "-1", "99999999999999999999"])
@pytest.mark.parametrize("form", ["json", "html"])
def test_a_revision_that_is_not_there_is_refused(general: Run, number: str, form: str) -> None:
    options = ["--revision", number, "--format", form]
    assert "no revision" in refused(general("export", "--register", "general", *options))


@pytest.mark.parametrize("form", ["json", "csv"])
def test_an_exported_file_comes_back_without_a_change(general: Run, form: str) -> None:
    done(general("publish", "--register", "general"))
    exported = done(general("export", "--register", "general", "--format", form))
    options = ["--register", "general", "--format", form, "--json", "--dry-run"]
    back = general("import", "-", *options, stdin=exported)
    assert back.exit_code == 0
    assert back.stderr == "The working copy is as the file says already.\n"
    assert [row["outcome"] for row in json.loads(back.stdout)["rows"]] == ["matched", "matched"]


def test_nothing_is_exported_before_the_first_publication(run: Run) -> None:
    done(run("register", "add", "general", "--title", "Sub-processors"))
    for form in ("json", "html"):
        refused(run("export", "--register", "general", "--format", form))


# Verifying


def test_a_chain_that_holds_is_said_to_hold(general: Run) -> None:
    done(general("publish", "--register", "general"))
    assert done(general("verify", "general")) == "The chain of general holds: 2 publications.\n"
    assert answer(general("verify", "general", "--json")) == {"register": "general", "publications": 2, "problems": []}


TAMPERING = {
    "a byte of a document": (
        "revision",
        "UPDATE revision SET document = CAST(replace(CAST(document AS TEXT), 'Hosting GmbH', 'Hosting AG') AS BLOB)"
        " WHERE base_number = 0",
        "Publication 1: its document is not the one that was published.",
    ),
    "the date of a publication": (
        "publication",
        "UPDATE publication SET published_at = '2020-01-01 00:00:00.000000' WHERE number = 1",
        "Publication 1: its hash does not fit its content.",
    ),
    "a publication in the middle": (
        "publication",
        "DELETE FROM publication WHERE number = 1",
        "Publication 2: it does not follow the link before it.",
    ),
    "a digest made to fit": (
        "publication",
        "UPDATE publication SET document_sha256 = lower(hex(randomblob(32))) WHERE number = 2",
        "Publication 2: its hash does not fit its content.",
    ),
}


@pytest.mark.parametrize("backend", ["sqlite"])
@pytest.mark.parametrize("what", list(TAMPERING))
def test_whoever_rewrites_the_past_is_found_out(general: Run, engine: Engine, what: str, backend: str) -> None:
    """As somebody would who has the database file: drop what guards the table, then change it."""
    done(general("publish", "--register", "general"))
    table, statement, problem = TAMPERING[what]
    with closing(sqlite3.connect(str(engine.url.database))) as connection:
        for act in ("update", "delete"):
            connection.execute(f"DROP TRIGGER {table}_refuses_{act}")
        assert connection.execute(statement).rowcount == 1
        connection.commit()
    said = general("verify", "general")
    assert (said.exit_code, problem in said.stdout.splitlines()) == (1, True)
    told = general("verify", "general", "--json")
    assert (told.exit_code, problem in json.loads(told.stdout)["problems"]) == (1, True)
