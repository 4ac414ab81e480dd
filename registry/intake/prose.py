"""What of a file is no list: said in short, section by section, so that nothing is dropped silently."""

from dataclasses import dataclass, field

from registry.intake.companies import companies_in
from registry.intake.shapes import Bullets, Paragraph

_FIRST_WORDS = 160


@dataclass
class Prose:
    """Gathers what was passed over under one heading after the other."""

    heading: str = ""
    paragraphs: list[Paragraph] = field(default_factory=list)
    told: list[dict[str, str]] = field(default_factory=list)

    def under(self, heading: str) -> None:
        """A new heading begins; what stood under the last one is summed up."""
        self.close()
        self.heading = heading

    def add(self, block: Paragraph | Bullets) -> None:
        if isinstance(block, Paragraph):
            self.paragraphs.append(block)
        else:
            self.paragraphs += [Paragraph(item.source, item.cell.line) for item in block.items]

    def close(self) -> None:
        if self.paragraphs:
            self.told.append(_sum_up(self.heading, self.paragraphs))
        self.paragraphs = []


def _sum_up(heading: str, paragraphs: list[Paragraph]) -> dict[str, str]:
    count = "one paragraph" if len(paragraphs) == 1 else f"{len(paragraphs)} paragraphs"
    why = (
        f"Prose under “{heading}”, {count}: read it for what belongs in the record." if heading else f"Prose, {count}."
    )
    named = list(dict.fromkeys(name for paragraph in paragraphs for name in companies_in(paragraph.text)))
    if named:
        why += f" It names {', '.join(named[:8])}."
    first = paragraphs[0].text
    text = first if len(first) <= _FIRST_WORDS else f"{first[:_FIRST_WORDS].rsplit(' ', 1)[0]} …"
    where = paragraphs[0].source
    if len(paragraphs) > 1 and paragraphs[-1].source != where:
        where = f"{where} to {paragraphs[-1].source}"
    return {"source": where, "text": text, "why": why}
