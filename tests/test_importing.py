"""A file into the working copy: what each row becomes, and what publications of one version after another change."""

import json
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner, Result
from sqlalchemy import Engine

from registry import drafting, importing, published, schemas
from registry.cli import commands
from registry.cli_import import import_command
from registry.console import Console
from registry.diff import Change
from registry.errors import Problem
from registry.formats import FORMATS
from registry.importing import ImportPlan, PlannedRow
from registry.intake import read
from registry.models import Register
from registry.settings import Settings
from registry.work import OPERATOR, Work, begin
from registry.working_copy import entries_of, entry_values
from tests.conftest import NOW
from tests.records import add_entry, add_register, entry_of, names, publish, values_of

SAMPLES = Path(__file__).parents[2] / "shared" / "samples"
HEADER = "| Vendor | Purpose | Data | Location |\n|---|---|---|---|\n"


def plan(work: Work, register: Register, text: str | bytes, **options: Any) -> ImportPlan:
    reading = read(text if isinstance(text, bytes) else text.encode())
    return importing.plan(
        work, register, reading, check=lambda values: schemas.load(schemas.EntrySchema(), values), **options
    )


def bring_in(work: Work, register: Register, text: str | bytes, **options: Any) -> ImportPlan:
    made = plan(work, register, text, **options)
    importing.apply(work, register, made)
    return made


def outcomes(made: ImportPlan) -> dict[str, str]:
    return {row.name: row.outcome for row in made.rows}


def working(work: Work, register: Register) -> list[str]:
    return names(entry_values(work, entries_of(work, register)))


def next_changes(work: Work, register: Register, text: str | bytes) -> list[tuple[str, str]]:
    """The changes of the publication that importing this version and publishing gives: kind and company."""
    bring_in(work, register, text)
    return kinds(published.changes(work, register, publish(work, register, override_reason="as they did")))


def kinds(changes: list[Change]) -> list[tuple[str, str]]:
    return sorted((change.kind, str(change.subject["name"])) for change in changes)


def test_rows_of_a_new_list_become_entries_in_its_order(work: Work) -> None:
    register = add_register(work)
    made = bring_in(
        work, register, f"## Third parties\n\n{HEADER}| Beta | Mail | Names | USA |\n| Acme | Calls | | EEA |\n"
    )
    assert outcomes(made) == {"Beta": "new", "Acme": "new"}
    assert working(work, register) == ["Beta", "Acme"]
    beta = values_of(work, entry_of(work, register, "Beta"))
    assert beta["group"] == {"en": "Third parties"}
    assert beta["locations"][0]["mechanisms"][0]["code"] == "NT-UNKNOWN"


def test_a_plan_changes_nothing_and_nothing_is_published(work: Work) -> None:
    register = add_register(work)
    plan(work, register, f"{HEADER}| Beta | Mail | Names | USA |\n")
    assert working(work, register) == []
    bring_in(work, register, f"{HEADER}| Beta | Mail | Names | USA |\n")
    assert published.latest(work, register) is None


def test_the_same_file_again_changes_nothing(work: Work) -> None:
    register, text = add_register(work), f"{HEADER}| Beta | Mail; calls | Names, cards | USA (calls), EU |\n"
    bring_in(work, register, text)
    before = entry_values(work, entries_of(work, register))
    made = bring_in(work, register, text)
    assert not made.changes_anything
    assert entry_values(work, entries_of(work, register)) == before


def test_what_the_file_does_not_name_goes_unless_it_only_adds(work: Work) -> None:
    register = add_register(work)
    add_entry(work, register, "Acme GmbH")
    text = f"{HEADER}| Beta | Mail | Names | USA |\n"
    assert [one["name"] for one in plan(work, register, text).removals] == ["Acme GmbH"]
    bring_in(work, register, text, only_add=True)
    assert working(work, register) == ["Acme GmbH", "Beta"]
    bring_in(work, register, text)
    assert working(work, register) == ["Beta"]


def test_an_entry_that_has_ended_is_left_alone_and_its_return_is_an_addition(work: Work) -> None:
    register = add_register(work)
    ended = add_entry(work, register, "Beta", ends_on="2026-01-31")
    made = bring_in(work, register, f"{HEADER}| Beta | Mail | Names | USA |\n")
    assert outcomes(made) == {"Beta": "new"}
    assert made.removals == []
    entries = entries_of(work, register)
    assert len(entries) == 2
    assert {row.sub_processor_id for row in entries} == {ended.sub_processor_id}


def test_an_end_that_is_set_already_stays(work: Work) -> None:
    register = add_register(work)
    add_entry(work, register, "Acme GmbH", ends_on="2026-12-31")
    made = bring_in(work, register, f"{HEADER}| Beta | Mail | Names | USA |\n")
    assert made.removals == []
    assert any("2026-12-31" in note for note in made.notes)


RENAMED = f"{HEADER}| Megasoft (Azul) | Hosting | Contact data | Germany |\n"


@pytest.mark.parametrize(
    ("options", "expected"),
    [
        ({"renames": "suggest"}, "renamed"),
        ({"renames": "none"}, "new"),
        (
            {"renames": "ask", "confirm": lambda old, new: (old, new) == ("Azul (Megasoft)", "Megasoft (Azul)")},
            "renamed",
        ),
        ({"renames": "ask", "confirm": lambda _old, _new: False}, "new"),
    ],
)
def test_renames_are_suggested_asked_or_left(work: Work, options: dict[str, Any], expected: str) -> None:
    register = add_register(work)
    add_entry(work, register, "Azul (Megasoft)")
    made = plan(work, register, RENAMED, **options)
    assert outcomes(made) == {"Megasoft (Azul)": expected}
    assert len(made.removals) == (1 if expected == "new" else 0)


def test_a_rename_is_published_as_one(work: Work) -> None:
    register = add_register(work)
    add_entry(work, register, "Azul (Megasoft)")
    publish(work, register, baseline=True)
    assert [kind for kind, _ in next_changes(work, register, RENAMED)] == ["subprocessor-renamed"]


def test_several_rows_of_one_company_share_its_record_and_clashes_are_said(work: Work) -> None:
    register = add_register(work)
    header = "| Company | Product | Purpose | Website |\n|---|---|---|---|\n"
    rows = "| Acme | A | Mail | https://acme.example |\n| Acme | B | Calls | https://other.example |\n"
    made = bring_in(work, register, header + rows)
    assert len({row.sub_processor_id for row in entries_of(work, register)}) == 1
    assert any("other.example" in note for note in made.rows[1].notes)


def test_a_fact_that_cannot_stand_is_left_out_and_said(work: Work) -> None:
    register = add_register(work)
    made = bring_in(work, register, "| Vendor | Purpose | LEI |\n|---|---|---|\n| Acme | Mail | not one |\n")
    assert values_of(work, entry_of(work, register, "Acme"))["sub_processor"]["lei"] == ""
    assert any("lei" in note for note in made.rows[0].notes)


def test_a_row_that_cannot_stand_is_skipped_and_said(work: Work) -> None:
    register = add_register(work)
    made = bring_in(work, register, f"{HEADER}| {'A' * 700} | Mail | | USA |\n| Beta | Mail | | USA |\n")
    assert [row.outcome for row in made.rows] == ["skipped", "new"]
    assert working(work, register) == ["Beta"]


def test_a_file_without_a_list_is_refused_rather_than_emptying_the_register(work: Work) -> None:
    register = add_register(work)
    add_entry(work, register, "Acme GmbH")
    with pytest.raises(Problem) as refused:
        plan(work, register, "Nothing to see here.")
    assert refused.value.key == "import-nothing-found"


def test_a_register_edited_meanwhile_is_not_overwritten(work: Work) -> None:
    register = add_register(work)
    entry = add_entry(work, register, "Acme GmbH")
    made = plan(work, register, f"{HEADER}| Acme GmbH | Mail | Names | USA |\n")
    drafting.save_entry(work, entry, schemas.load(schemas.EntrySchema(), values_of(work, entry)), version=None)
    with pytest.raises(Problem) as refused:
        importing.apply(work, register, made)
    assert refused.value.key == "edited-meanwhile"


@pytest.mark.parametrize("name", ["json", "csv"])
def test_an_export_imported_again_changes_nothing_and_an_edit_in_it_is_the_edit(work: Work, name: str) -> None:
    register = add_register(work)
    add_entry(work, register, "Acme GmbH")
    latest = publish(work, register, baseline=True)
    day = published.today(work, register)
    raw = FORMATS[name].render(latest.served(day), day, base_url="", language="en").decode("utf-8-sig")
    assert not bring_in(work, register, raw).changes_anything
    assert next_changes(work, register, raw.replace("Hosting", "Payment of bills")) == [
        ("purpose-added", "Acme GmbH"),
        ("purpose-removed", "Acme GmbH"),
    ]


OLD = "| Vendor | Data | Location |\n|---|---|---|\n"
FIRST = f"{OLD}| Acme | Names, Log files | USA, Europe |\n| Beta | Names | USA |\n| Gamma | Cards | USA |\n"
GAMMA = "| Gamma | Paying | Cards | USA |\n"
VERSIONS: list[tuple[str, list[tuple[str, str]]]] = [
    (
        f"{HEADER}| Acme | Hosting | Names Log files | USA, Europe |\n{GAMMA}",
        [("purpose-added", "Acme"), ("purpose-added", "Gamma"), ("subprocessor-removed", "Beta")],
    ),
    (
        f"{HEADER}| Acme | Hosting | Names Log files | USA, Europen Economic Area |\n{GAMMA}",
        [("location-added", "Acme"), ("location-removed", "Acme")],
    ),
    (
        f"{HEADER}| Acme | Hosting | Names Log files | USA, European Economic Area |\n{GAMMA}",
        [("text-corrected", "Acme")],
    ),
    (
        f"{HEADER}{GAMMA}| Acme | Hosting | Names, Log files | USA, European Economic Area |\n",
        [],
    ),
    (
        f"{HEADER}{GAMMA}| Acme | Hosting | Device data | USA, European Economic Area |\n",
        [("data-category-added", "Acme"), ("data-category-removed", "Acme"), ("data-category-removed", "Acme")],
    ),
    (
        f"{HEADER}{GAMMA}| Acme | Hosting | Device data | USA, European Economic Area |\n"
        "| Beta | Chat | Names | USA |\n",
        [("subprocessor-added", "Beta")],
    ),
]


def test_versions_one_after_another_give_only_the_changes_a_careful_person_would_name(work: Work) -> None:
    register = add_register(work)
    bring_in(work, register, FIRST)
    publish(work, register, baseline=True)
    for text, expected in VERSIONS:
        assert next_changes(work, register, text) == expected
    entries = entry_values(work, entries_of(work, register))
    assert names(entries) == ["Gamma", "Acme", "Beta"]


without_samples = pytest.mark.skipif(not SAMPLES.is_dir(), reason="the folder of real lists is not beside the project")


@without_samples
def test_ten_versions_of_a_real_list_give_only_true_changes(work: Work) -> None:
    files = sorted((SAMPLES / "history" / "tailscale").glob("*.md"))
    register = add_register(work)
    bring_in(work, register, files[0].read_bytes())
    publish(work, register, baseline=True)
    counted = []
    for file in files[1:]:
        found = [kind for kind, _ in next_changes(work, register, file.read_bytes())]
        counted.append({kind: found.count(kind) for kind in sorted(set(found))})
    assert counted[0] == {
        "data-category-added": 1,
        "data-category-removed": 2,
        "purpose-added": 8,
        "subprocessor-added": 1,
        "subprocessor-removed": 15,
    }
    assert counted[1:3] == [{"location-added": 3, "location-removed": 4}, {"text-corrected": 3}]
    assert counted[5:] == [
        {"subprocessor-added": 1},
        {"subprocessor-removed": 1},
        {"subprocessor-added": 1},
        {"subprocessor-added": 1},
    ]


@without_samples
@pytest.mark.parametrize("name", sorted(path.name for path in SAMPLES.glob("*.*") if path.name != "README.md"))
def test_every_real_list_goes_in_and_a_second_time_changes_nothing(work: Work, name: str) -> None:
    register = add_register(work)
    made = bring_in(work, register, (SAMPLES / name).read_bytes())
    assert not [row.name for row in made.rows if row.outcome == "skipped" and row.source != "" and not row.notes]
    assert not bring_in(work, register, (SAMPLES / name).read_bytes()).changes_anything


@pytest.fixture
def console(settings: Settings, engine: Engine) -> Console:
    console = Console(lambda _path: b"")
    console.__dict__.update(settings=settings, engine=engine)
    with begin(engine, now=NOW, actor=OPERATOR) as work:
        add_register(work)
    return console


def run(console: Console, *arguments: str, given: str | bytes | None = None) -> Result:
    commands.add_command(import_command)
    return CliRunner().invoke(commands, ["import", *arguments], input=given, obj=console)


def left(console: Console) -> list[str]:
    with console.work(write=False) as work:
        return working(work, published.register(work, "general"))


LIST = f"{HEADER}| Beta | Mail | Names | United Kingdom |\n"


def test_the_command_shows_what_happens_and_does_it_when_told(console: Console, tmp_path: Path) -> None:
    file = tmp_path / "list.md"
    file.write_text(LIST)
    shown = run(console, str(file), "--register", "general", "--dry-run")
    assert shown.exit_code == 0
    assert "+ Beta" in shown.output
    assert "GB United Kingdom: NT-UNKNOWN" in shown.output
    assert left(console) == []
    assert run(console, str(file), "--register", "general", "--yes").exit_code == 0
    assert left(console) == ["Beta"]
    assert "already" in run(console, str(file)).output


def test_standard_input_is_a_file_and_the_answer_may_be_json(console: Console) -> None:
    done = run(console, "-", "--register", "general", "--yes", "--json", given=LIST)
    assert done.exit_code == 0
    answer = json.loads(done.stdout)
    (row,) = answer["rows"]
    assert (row["source"], row["outcome"], row["name"]) == ("line 3", "new", "Beta")
    assert row["values"]["locations"][0]["place"]["code"] == "GB"
    with console.work(write=False) as work:
        (entry,) = entries_of(work, published.register(work, "general"))
    assert row["entry"] == entry.id
    assert answer["not_understood"] == []


def test_without_a_yes_nothing_happens(console: Console, tmp_path: Path) -> None:
    file = tmp_path / "list.md"
    file.write_text(LIST)
    assert run(console, str(file), given="n\n").exit_code == 0
    assert left(console) == []
    nobody = run(console, str(file), given="")
    assert nobody.exit_code == 1
    assert "--yes" in nobody.stderr
    assert run(console, str(file), given="y\n").exit_code == 0
    assert left(console) == ["Beta"]


def test_refusals_and_wrong_calls_have_their_status(console: Console, tmp_path: Path) -> None:
    junk = tmp_path / "junk.bin"
    junk.write_bytes(bytes(range(256)) * 8)
    assert run(console, str(junk), "--yes").exit_code == 1
    assert run(console, str(tmp_path / "missing.md")).exit_code == 2
    assert run(console, str(junk), "--register", "nowhere").exit_code == 1
    with console.work() as work:
        add_register(work, "second")
    assert "general, second" in run(console, str(junk), "--yes").stderr


def test_skipped_rows_show_in_the_answer(console: Console) -> None:
    text = f"{LIST}\n## Historical\n\n{HEADER}| Gamma | Mail | | USA |\n"
    answer = json.loads(run(console, "-", "--dry-run", "--json", given=text).stdout)
    assert [(row["name"], row["outcome"]) for row in answer["rows"]] == [("Beta", "new"), ("Gamma", "skipped")]


def test_a_row_says_all_that_the_contract_asks_of_it() -> None:
    shown = PlannedRow("line 1", "skipped", "Acme", None, ["why"]).as_json()
    assert set(shown) >= {"source", "outcome", "name", "entry", "notes"}
