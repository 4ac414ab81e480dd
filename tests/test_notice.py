"""What a notice says: everything in the mail itself, in the reader's language, before it goes out and after."""

import re
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any

import html5lib
import pytest
from sqlalchemy import Engine

from notifications import notice
from notifications.notice import Told
from notifications.wire import address, to_bytes
from registry import diff, publishing, text
from registry.settings import Settings
from registry.work import OPERATOR, begin
from tests import factories, goldens, records
from tests.audience import published_register
from tests.conftest import settings_for


def told(*after: Any, before: Any = (), number: int = 2, objection_days: int = 14, **given: Any) -> Told:
    """What a publication of 22 November 2026 changed, without a database."""
    old = factories.document(*before) if before else None
    new = factories.document(*after, objection_days=objection_days, **given.pop("document", {}))
    on = date(2026, 11, 22)
    changes = tuple(diff.compare(old, new, on=on))
    return Told(old, new, changes, number, on, chain_hash="c0ffee" + "0" * 58, **given)


HOSTING = factories.entry("Example Hosting GmbH")
ANALYTICS = factories.entry(
    "Sample Analytics B.V.",
    sub_processor=factories.sub_processor(
        "Sample Analytics B.V.",
        address="2 Canal Street, Amsterdam",
        country="NL",
        contact={"role": "Privacy team", "email": "privacy@analytics.example", "url": ""},
    ),
    purposes=[factories.text_row("Product analytics")],
    locations=[factories.location("US", mechanisms=[factories.mechanism()])],
    starts_on="2026-12-22",
)


@pytest.fixture
def settings(tmp_path: Path) -> Settings:
    return settings_for("sqlite:///unused.db", tmp_path, BASE_URL="https://privacy.acme-cloud.example")


def test_the_notice_says_everything_in_the_mail_itself(settings: Settings) -> None:
    """GDPR Art. 28(2); EDPB Opinion 22/2024: name, address and contact of every processor."""
    rendered = notice.render_notice(told(HOSTING, ANALYTICS, before=[HOSTING]), settings, "en")
    for words in (
        "Acme Cloud d.d.",
        "Sample Analytics B.V. is added",
        "2 Canal Street, Amsterdam",
        "privacy@analytics.example",
        "Product analytics",
        "Contact data",
        "United States",
        "module 3",
        "22 December 2026",
        "You may object until 6 December 2026, 23:59 (Europe/Zagreb).",
        "privacy@acme.example",
        "If nobody objects by then",
        "https://privacy.acme-cloud.example/registers/general/revisions/2",
        "https://privacy.acme-cloud.example/registers/general/compare/1...2",
        "c0ffee",
        "You get this mail because",
    ):
        assert words in rendered.text, words
        assert words.replace("“", "&ldquo;") in rendered.html or words in rendered.html, words


def test_the_subject_has_a_stable_prefix_and_says_what_changed(settings: Settings) -> None:
    rendered = notice.render_notice(told(HOSTING, ANALYTICS, before=[HOSTING]), settings, "en")
    assert rendered.subject == (
        "[Acme Cloud d.d.: Sub-processors] 1 addition from 22 December 2026, object by 6 December 2026"
    )


def test_old_and_new_value_stand_beside_each_other(settings: Settings) -> None:
    moved = factories.sub_processor("Example Hosting GmbH", address="9 New Street")
    rendered = notice.render_notice(told({**HOSTING, "sub_processor": moved}, before=[HOSTING]), settings, "en")
    assert "1 Sample Street" in rendered.text
    assert "9 New Street" in rendered.text


def test_where_nothing_is_owed_no_deadline_is_named(settings: Settings) -> None:
    rendered = notice.render_notice(told(HOSTING, before=[HOSTING, ANALYTICS]), settings, "en")
    assert "object" not in rendered.text.lower()
    assert "object by" not in rendered.subject
    assert "informs you of changes" in rendered.text


@pytest.mark.parametrize(
    ("zone", "days", "expected"),
    [
        ("Europe/Zagreb", 14, datetime(2026, 12, 6, 22, 59, tzinfo=UTC)),
        ("Pacific/Auckland", 1, datetime(2026, 11, 23, 10, 59, tzinfo=UTC)),
        ("America/New_York", 30, datetime(2026, 12, 23, 4, 59, tzinfo=UTC)),
    ],
)
def test_the_deadline_is_counted_in_the_registers_zone(zone: str, days: int, expected: datetime) -> None:
    head = {**factories.document()["register"], "timezone": zone}
    what = told(HOSTING, ANALYTICS, before=[HOSTING], objection_days=days, document={"register": head})
    assert notice.deadline(what) == expected


def test_no_objection_days_no_deadline() -> None:
    assert notice.deadline(told(HOSTING, ANALYTICS, before=[HOSTING], objection_days=0)) is None


def test_an_emergency_is_called_one_with_its_reason(settings: Settings) -> None:
    what = told(HOSTING, ANALYTICS, before=[HOSTING], override_reason="The old provider went dark")
    rendered = notice.render_notice(what, settings, "en")
    assert "EMERGENCY REPLACEMENT" in rendered.text
    assert "The old provider went dark" in rendered.html


def test_the_html_part_fetches_nothing_and_is_well_formed(settings: Settings) -> None:
    rendered = notice.render_notice(told(HOSTING, ANALYTICS, before=[HOSTING]), settings, "en")
    html5lib.HTMLParser(strict=True).parse(rendered.html)
    assert not re.search(r"<(img|script|link|iframe|object)|url\(|@import|\ssrc=", rendered.html)
    assert '<html lang="en">' in rendered.html


def test_markup_in_the_record_stays_text(settings: Settings) -> None:
    evil = factories.entry("<b>Evil</b> & Sons", starts_on="2026-12-22")
    rendered = notice.render_notice(told(HOSTING, evil, before=[HOSTING]), settings, "en")
    assert "<b>Evil</b> & Sons" in rendered.text
    assert "<b>Evil" not in rendered.html
    assert "&lt;b&gt;Evil&lt;/b&gt; &amp; Sons" in rendered.html


def test_a_reader_of_another_language_gets_it_with_the_prevailing_one_marked(settings: Settings) -> None:
    rendered = notice.render_notice(told(HOSTING, ANALYTICS, before=[HOSTING]), settings, "de")
    assert "22. Dezember 2026" in rendered.text
    assert "Vereinigte Staaten" in rendered.text
    assert "Product analytics" in rendered.text
    said = text.translator("de").gettext(
        "The list exists in %(prevailing)s only; its texts are given in that language."
    ) % {"prevailing": "Englisch"}
    assert said in rendered.text


@pytest.mark.parametrize("language", text.languages())
def test_a_notice_in_every_language_is_a_golden_file(settings: Settings, language: str) -> None:
    what = told(HOSTING, ANALYTICS, before=[HOSTING], note="We need better statistics.")
    rendered = notice.render_notice(what, settings, language)
    raw = to_bytes(
        rendered.replaced({notice.MANAGE_MARK: "https://x.example/m", notice.LEAVE_MARK: "https://x.example/l"}),
        sender=address("Acme Cloud d.d. <notices@acme.example>"),
        recipient="ana@customer.example",
        reply_to=address("privacy@acme.example"),
        sent_at=datetime(2026, 11, 22, 10, 0, tzinfo=UTC),
        message_id="<n.7.abc@privacy.acme.example>",
        headers={"List-Id": "<general.privacy.acme.example>", "List-Unsubscribe": "<https://x.example/l>"},
    )
    assert raw == goldens.expected(f"notice.{language}.eml", raw)


def test_the_preview_is_the_notice_before_it_goes_out(engine: Engine, settings: Settings, now: datetime) -> None:
    with begin(engine, now=now, actor=OPERATOR) as work:
        register = published_register(work)
        records.add_entry(work, register, "Sample Analytics B.V.", starts_on="2026-12-22")
        revision = publishing.propose(work, register, note="Because")
        preview = notice.render_notice_preview(work, settings, register=register, revision=revision, language="en")
        publication = publishing.publish(work, register, revision)
        sent = notice.render_notice(notice.told(work, publication), settings, "en")
    assert preview.subject == sent.subject
    assert "Because" in preview.text
    assert "/revisions/2" in preview.text
    assert notice.LEAVE_MARK not in preview.text + preview.html
    body = sent.text.replace(f"Chain hash: {publication.hash}\n", "")
    assert preview.text.split("-- ")[0][:800] == body[:800]
