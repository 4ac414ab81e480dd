"""Forms as a browser would send them: what stands in a page's inputs, to be changed and sent back."""

from bs4 import BeautifulSoup, Tag


class FilledForm(dict[str, list[str]]):
    """The inputs of a form by name; a name may be sent several times."""

    def put(self, **given: str) -> "FilledForm":
        """Type into inputs; two underscores stand for a dot."""
        return self.type_in({name.replace("__", "."): value for name, value in given.items()})

    def type_in(self, values: dict[str, str]) -> "FilledForm":
        for name, value in values.items():
            self[name] = [value]
        return self

    def without(self, prefix: str) -> "FilledForm":
        return FilledForm({name: values for name, values in self.items() if not name.startswith(prefix)})

    def one(self, name: str) -> str:
        (value,) = self[name]
        return value


def filled_form(page: str, selector: str = "#entry-form") -> FilledForm:
    """What a browser would send of this form if nobody touched it (without the buttons)."""
    form = BeautifulSoup(page, "html5lib").select_one(selector)
    assert isinstance(form, Tag), f"no form {selector}"
    sent = FilledForm()
    for control in form.select("input[name], select[name], textarea[name]"):
        for value in _values(control):
            sent.setdefault(str(control["name"]), []).append(value)
    return sent


def beside(page: str, name: str) -> str:
    """The words of the field an input stands in: label, hint, errors and findings."""
    control = BeautifulSoup(page, "html5lib").find(attrs={"name": name})
    assert isinstance(control, Tag), f"no input {name}"
    found = control.find_parent(class_="field")
    assert isinstance(found, Tag)
    return " ".join(found.get_text(" ").split())


def words(page: str, selector: str) -> str:
    """The words of one part of a page."""
    found = BeautifulSoup(page, "html5lib").select_one(selector)
    assert isinstance(found, Tag), f"nothing at {selector}"
    return " ".join(found.get_text(" ").split())


def _values(control: Tag) -> list[str]:
    if control.name == "textarea":
        return [control.get_text().removeprefix("\n")]
    if control.name == "select":
        options = control.find_all("option")
        chosen = [one for one in options if one.has_attr("selected")] or options[:1]
        return [str(one.get("value", one.get_text())) for one in chosen]
    if control.get("type") in ("checkbox", "radio"):
        return [str(control.get("value", "on"))] if control.has_attr("checked") else []
    return [str(control.get("value", ""))]
