"""Mail templates to text: subject, text part and HTML part of a message in one language."""

import re
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import Any

from jinja2 import Environment, FileSystemLoader, StrictUndefined, select_autoescape

from registry import text

TEMPLATES = Path(__file__).parent.parent / "templates" / "email"

_BLANK_LINES = re.compile(r"\n{3,}")


@dataclass(frozen=True)
class Rendered:
    """A message in words; subject is one line."""

    subject: str
    text: str
    html: str

    def replaced(self, values: dict[str, str]) -> "Rendered":
        """The same message with marks replaced, in the texts but not in the subject."""
        plain, html = self.text, self.html
        for mark, value in values.items():
            plain, html = plain.replace(mark, value), html.replace(mark, value)
        return Rendered(self.subject, plain, html)


def render(message: str, language: str, values: dict[str, Any]) -> Rendered:
    """The templates of `message` (a folder of templates/email) with these values, worded in `language`."""
    environment = _environment(language)
    subject, plain, html = (
        environment.get_template(f"{message}/{part}").render({**values, "language": language})
        for part in ("subject.txt", "body.txt", "body.html")
    )
    return Rendered(" ".join(text.clean(subject).split()), _tidy(plain), html.strip() + "\n")


@lru_cache(maxsize=32)
def _environment(language: str) -> Environment:
    environment = Environment(
        loader=FileSystemLoader(TEMPLATES),
        autoescape=select_autoescape(["html"]),
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
        extensions=["jinja2.ext.i18n"],
    )
    environment.install_gettext_translations(text.translator(language), newstyle=True)  # type: ignore[attr-defined]
    return environment


def _tidy(plain: str) -> str:
    lines = "\n".join(line.rstrip() for line in text.clean(plain).splitlines())
    return _BLANK_LINES.sub("\n\n", lines).strip() + "\n"
