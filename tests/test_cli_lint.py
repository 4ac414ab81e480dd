"""The command that says what is doubtful in a working copy."""

import pytest
from sqlalchemy import Engine

from registry import clock
from registry.settings import Settings
from registry.work import OPERATOR, begin
from tests.records import add_entry, add_register
from tests.typed import Run, answer, done, refused, runner


@pytest.fixture
def run(settings: Settings, engine: Engine) -> Run:
    with begin(engine, now=clock.now(), actor=OPERATOR) as work:
        register = add_register(work)
        add_entry(work, register, "Inside GmbH")
        add_entry(work, register, "Outside Inc.", locations=[{"place": {"code": "US"}, "mechanisms": []}])
    return runner(settings)


def test_every_finding_is_a_line_for_people(run: Run) -> None:
    said = done(run("lint", "--register", "general"))
    assert "warning: Outside Inc., locations.0.mechanisms: Not assessed: " in said
    assert "Inside GmbH" not in said
    assert said.endswith("1 finding on general.\n")


def test_programs_get_the_same_as_values(run: Run) -> None:
    (finding,) = answer(run("lint", "--register", "general", "--json"))
    assert (finding["rule"], finding["severity"]) == ("not-assessed", "warning")
    assert finding.keys() == {"rule", "severity", "entry", "field", "message", "source", "hint"}


def test_a_register_that_is_not_there_is_refused(run: Run) -> None:
    assert "nowhere" in refused(run("lint", "--register", "nowhere"))
