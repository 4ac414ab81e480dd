"""The standing checks of a page: what every page of ours keeps, whoever wrote it. Gives complaints, not exceptions."""

from collections import Counter
from collections.abc import Iterator
from itertools import pairwise
from urllib.parse import urlsplit

import html5lib
from bs4 import BeautifulSoup, Tag
from html5lib.html5parser import ParseError

_LOADS = {"script": "src", "img": "src", "iframe": "src", "source": "src", "embed": "src", "object": "data"}
_LOADING_LINKS = {"stylesheet", "icon", "preload", "modulepreload", "preconnect", "dns-prefetch", "manifest"}
_NEEDS_NO_LABEL = {"hidden", "submit", "button", "reset", "image"}
_REFERENCES = ("for", "aria-labelledby", "aria-describedby", "aria-controls", "aria-errormessage", "list", "form")


def complaints(page: str) -> list[str]:
    """Everything that is wrong with a page, in words."""
    soup = BeautifulSoup(page, "html5lib")
    checks = (_markup(page), _frame(soup), _ids(soup), _labels(soup), _headings(soup), _origins(soup), _inline(soup))
    return [complaint for check in checks for complaint in check]


def _markup(page: str) -> Iterator[str]:
    try:
        html5lib.HTMLParser(strict=True).parse(page)
    except ParseError as error:
        yield f"not valid HTML: {error}"


def _frame(soup: BeautifulSoup) -> Iterator[str]:
    root = soup.find("html")
    if not isinstance(root, Tag) or not root.get("lang"):
        yield "no language on html"
    if not (soup.title and soup.title.get_text(strip=True)):
        yield "no title"
    if len(soup.find_all("main")) != 1:
        yield "not exactly one main"
    if soup.find("meta", attrs={"name": "viewport"}) is None:
        yield "no viewport"


def _ids(soup: BeautifulSoup) -> Iterator[str]:
    ids = Counter(str(one["id"]) for one in soup.find_all(id=True))
    yield from (f"id {name} is used {count} times" for name, count in ids.items() if count > 1)
    for attribute in _REFERENCES:
        for one in soup.find_all(attrs={attribute: True}):
            wanted = " ".join(one.get_attribute_list(attribute)).split()
            yield from (f"{attribute} names the missing id {name}" for name in wanted if name not in ids)
    for link in soup.find_all("a", href=True):
        target = str(link["href"])
        if target.startswith("#") and len(target) > 1 and target[1:] not in ids:
            yield f"a link leads to the missing id {target}"


def _labels(soup: BeautifulSoup) -> Iterator[str]:
    labelled = {label.get("for") for label in soup.find_all("label")}
    for control in soup.find_all(["input", "select", "textarea"]):
        if control.get("type") in _NEEDS_NO_LABEL:
            continue
        named = control.get("aria-label") or control.get("aria-labelledby")
        if not (control.get("id") in labelled or control.find_parent("label") or named):
            yield f"no label for {control.get('name') or control}"
    for one in soup.find_all(["button", "a", "summary", "legend", "th", "label"]):
        if not (one.get_text(strip=True) or one.get("aria-label") or one.find("img", alt=True)):
            yield f"an empty {one.name}: {one}"
    yield from (f"no alt on {one.get('src')}" for one in soup.find_all("img") if one.get("alt") is None)


def _headings(soup: BeautifulSoup) -> Iterator[str]:
    levels = [int(one.name[1]) for one in soup.find_all(["h1", "h2", "h3", "h4", "h5", "h6"])]
    if levels.count(1) != 1:
        yield f"{levels.count(1)} first-level headings"
    for before, after in pairwise(levels):
        if after > before + 1:
            yield f"a heading of level {after} follows one of level {before}"


def _origins(soup: BeautifulSoup) -> Iterator[str]:
    """Nothing is loaded from anybody else: that would tell them of our visitors."""
    loaded = [
        str(one[attribute]) for name, attribute in _LOADS.items() for one in soup.find_all(name) if one.get(attribute)
    ]
    for link in soup.find_all("link", href=True):
        if _LOADING_LINKS & set(link.get_attribute_list("rel")):
            loaded.append(str(link["href"]))
    loaded += [str(form["action"]) for form in soup.find_all("form", action=True)]
    yield from (f"{url} is loaded from elsewhere" for url in loaded if urlsplit(url).netloc)
    if soup.find(srcset=True):
        yield "srcset is not used here"


def _inline(soup: BeautifulSoup) -> Iterator[str]:
    """The content security policy refuses inline scripts and styles; a page must not count on them."""
    yield from ("an inline script" for one in soup.find_all("script") if not one.get("src") and one.get("type") is None)
    yield from ("a style element" for _ in soup.find_all("style"))
    for one in soup.find_all(True):
        for attribute in one.attrs:
            if attribute == "style" or attribute.startswith("on"):
                yield f"an inline {attribute} on {one.name}"
