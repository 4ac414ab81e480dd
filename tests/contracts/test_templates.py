"""Every template parses, is used, and says nothing it should not."""

import re
from pathlib import Path

import pytest
from jinja2 import Environment, FileSystemLoader, nodes

ROOT = Path(__file__).parents[2]
TEMPLATES = sorted(path.relative_to(ROOT / "templates") for path in (ROOT / "templates").rglob("*") if path.is_file())
SOURCES = [*ROOT.glob("registry/**/*.py"), *ROOT.glob("notifications/**/*.py"), *ROOT.glob("templates/**/*.*")]


ENVIRONMENT = Environment(
    loader=FileSystemLoader([ROOT / "templates", ROOT / "templates" / "email"]),
    extensions=["jinja2.ext.i18n"],
    autoescape=True,
)


@pytest.mark.parametrize("name", [path.as_posix() for path in TEMPLATES])
def test_a_template_parses_and_what_it_uses_is_there(name: str) -> None:
    tree = ENVIRONMENT.parse((ROOT / "templates" / name).read_text("utf-8"), name)
    for used in tree.find_all((nodes.Extends, nodes.Include, nodes.Import, nodes.FromImport)):
        if isinstance(used.template, nodes.Const):  # type: ignore[attr-defined]
            assert ENVIRONMENT.loader.get_source(ENVIRONMENT, used.template.value)  # type: ignore[attr-defined, union-attr]


def test_every_template_is_used() -> None:
    """By its name, or as one of the parts of a message in templates/email and templates/chat."""
    text = "\n".join(path.read_text("utf-8") for path in SOURCES)
    names = [path.as_posix() for path in TEMPLATES if path.parts[0] not in ("email", "chat")]
    assert [name for name in names if f'"{name}"' not in text and f"'{name}'" not in text] == []


def test_no_template_marks_text_safe() -> None:
    """Markup made elsewhere arrives as Markup; a template that says `safe` trusts what it cannot see."""
    marked = [
        path
        for path in TEMPLATES
        if re.search(r"\|\s*safe\b|autoescape false", (ROOT / "templates" / path).read_text("utf-8"))
    ]
    assert [path.as_posix() for path in marked if path.suffix != ".txt"] == []
