"""Bytes to text and the format they are in. Any byte sequence gives a text; what had to be guessed is said."""

import codecs
import json
import re
from dataclasses import dataclass
from typing import Literal, get_args

from registry.text import clean

Format = Literal["markdown", "html", "csv", "json", "yaml"]
FORMATS: tuple[str, ...] = get_args(Format)

_ENDINGS: dict[str, Format] = {
    "md": "markdown",
    "markdown": "markdown",
    "mdx": "markdown",
    "html": "html",
    "htm": "html",
    "xhtml": "html",
    "csv": "csv",
    "tsv": "csv",
    "json": "json",
    "jsonl": "json",
    "ndjson": "json",
    "yaml": "yaml",
    "yml": "yaml",
}
_MARKS = (
    (codecs.BOM_UTF8, "utf-8"),
    (codecs.BOM_UTF32_LE, "utf-32-le"),
    (codecs.BOM_UTF32_BE, "utf-32-be"),
    (codecs.BOM_UTF16_LE, "utf-16-le"),
    (codecs.BOM_UTF16_BE, "utf-16-be"),
)
_RULE = re.compile(r"^[ \t]*\|?[ \t]*:?-{2,}:?[ \t]*(\|[ \t]*:?-{2,}:?[ \t]*)+\|?[ \t]*$", re.MULTILINE)
_TAG = re.compile(r"<(!doctype|html|head|body|table|tbody|thead|tr|ul|ol|h[1-6]|div|section|article)\b", re.IGNORECASE)
_MARKED = re.compile(r"\]\(|^\s*[-*] (?:\*\*|__)", re.MULTILINE)
_TABLE = re.compile(r"<(?:table|ul)\b", re.IGNORECASE)
_MARKDOWN = re.compile(r"^(#{1,6} |[*+] |\d+\. |:::|```)|\]\(\S+\)|\*\*\S", re.MULTILINE)
_YAML = re.compile(r"^\s*(- )*[\w\"'/ -]{1,60}:(\s|$)|^\s*- ")
_SAMPLE = 200_000


@dataclass(frozen=True)
class Decoded:
    """`note` is empty when the bytes were plain UTF-8, else one sentence on what had to be guessed."""

    text: str
    note: str = ""


def decode(data: bytes) -> Decoded:
    """The text of a file: UTF-8, UTF-16 or UTF-32 by its mark or its pattern, else Windows-1252.

    Control characters and lone surrogates go, line ends become line feeds. Never raises.
    """
    for mark, encoding in _MARKS:
        if data.startswith(mark):
            return _tidy(data[len(mark) :].decode(encoding, "replace"), encoding)
    wide = _wide(data)
    if wide:
        return _tidy(data.decode(wide, "replace"), wide)
    try:
        return _tidy(data.decode("utf-8"), "utf-8")
    except UnicodeDecodeError:
        return _tidy(data.decode("cp1252", "replace"), "cp1252")


def detect(text: str, name: str = "") -> Format:
    """The format of a text, by the ending of the file's name, else by what it looks like."""
    ending = name.rpartition(".")[2].lower() if "." in name else ""
    known = _ENDINGS.get(ending)
    if known:
        return known
    return _looks_like(text[:_SAMPLE])


def _wide(data: bytes) -> str | None:
    """UTF-16 without a mark: every other byte of western text is zero."""
    head = data[:2000]
    if len(head) < 8 or head.count(0) < len(head) // 4:
        return None
    even, odd = head[0::2].count(0), head[1::2].count(0)
    if odd > 3 * even:
        return "utf-16-le"
    return "utf-16-be" if even > 3 * odd else None


def _tidy(text: str, encoding: str) -> Decoded:
    notes = []
    if encoding == "cp1252":
        notes.append("The file is not UTF-8; it was read as Windows-1252.")
    if "\ufffd" in text:
        notes.append("Some bytes are no characters in the file's encoding; each shows as \ufffd.")
    if "\0" in text:
        notes.append("The file holds NUL characters; they were left out.")
    return Decoded(clean(text), " ".join(notes))


def _looks_like(text: str) -> Format:
    start = text.lstrip()
    checks: tuple[tuple[Format, bool], ...] = (
        ("json", start[:1] in ("{", "[") and _is_json(start)),
        ("html", start.startswith("<") and bool(_TAG.search(start[:5000]))),
        ("markdown", bool(_RULE.search(text))),
        ("html", bool(_TABLE.search(text))),
        ("markdown", start.startswith("---\n") and "\n---" in start[4:]),
        ("yaml", _is_yaml(text)),
        ("csv", _is_delimited(start)),
    )
    return next((form for form, fits in checks if fits), "markdown")


def _is_json(start: str) -> bool:
    if len(start) >= _SAMPLE - 10:
        return bool(re.match(r'[\[{]\s*["\[{\]}]', start))
    try:
        json.loads(start)
    except (ValueError, RecursionError):
        return bool(re.match(r'(\{\s*"[^"\n]*"\s*:|\[\s*\{\s*"[^"\n]*"\s*:)', start))
    return True


def _is_yaml(text: str) -> bool:
    """Nearly every line is `key: value` or a dash."""
    lines = [line for line in text.split("\n") if line.strip() and not line.lstrip().startswith("#")][:400]
    keyed = [line for line in lines if _YAML.match(line)]
    return (
        len(keyed) >= max(2, len(lines) * 2 // 3)
        and any(":" in line for line in keyed)
        and not _MARKED.search(text[:5000])
    )


def _is_delimited(text: str) -> bool:
    lines = [line for line in text.split("\n")[:20] if line.strip()]
    if len(lines) < 2 or _MARKDOWN.search(text[:2000]):
        return False
    for mark in ("\t", ";", ",", "|"):
        first = lines[0].count(mark)
        if first and sum(line.count(mark) >= first for line in lines) >= max(2, len(lines) * 2 // 3):
            return True
    return False
