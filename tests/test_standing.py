"""The standing checks notice what they are there for."""

import pytest

from tests.standing import complaints

PAGE = """<!doctype html>
<html lang="en"><head><meta charset="utf-8"><meta name="viewport" content="width=device-width">
<title>A page</title><link rel="stylesheet" href="/static/site.css"></head>
<body><main><h1>A page</h1><form method="post"><label for="mail">E-mail</label><input id="mail" name="mail">
<button>Send</button></form><p><a href="https://elsewhere.example/">Elsewhere</a></p></main></body></html>"""


def test_a_good_page_gives_no_complaint() -> None:
    assert complaints(PAGE) == []


@pytest.mark.parametrize(
    ("good", "bad", "complaint"),
    [
        ("</form>", "", "not valid HTML"),
        (' lang="en"', "", "no language"),
        ("<title>A page</title>", "<title> </title>", "no title"),
        ("<h1>A page</h1>", "<h2>A page</h2>", "0 first-level headings"),
        ("<h1>A page</h1>", "<h1>A page</h1><h3>Part</h3>", "level 3 follows"),
        ("<main>", '<main><p id="mail"></p>', "used 2 times"),
        ("<main>", '<main><a href="#nowhere">x</a>', "missing id #nowhere"),
        ('for="mail"', 'for="male"', "no label for mail"),
        ("<button>Send", "<button>", "an empty button"),
        ("<main>", '<main><img alt="" src="https://elsewhere.example/x.png">', "loaded from elsewhere"),
        ("/static/site.css", "//elsewhere.example/site.css", "loaded from elsewhere"),
        ('method="post"', 'method="post" action="https://elsewhere.example/"', "loaded from elsewhere"),
        ("<main>", "<main><script>alert(1)</script>", "an inline script"),
        ("<button>", '<button onclick="go()">', "an inline onclick"),
        ("<button>", '<button style="color: red">', "an inline style"),
    ],
)
def test_a_fault_is_named(good: str, bad: str, complaint: str) -> None:
    assert good in PAGE
    assert complaint in " | ".join(complaints(PAGE.replace(good, bad)))
