"""The only gate for what comes from outside: forms, API bodies and files are checked here, once.

What a schema loads has the shape of the register document (`registry.snapshot`): dates stay ISO 8601 texts, texts
are by language, rows carry their ids. Rows without an id get one.
"""

import re
from collections.abc import Mapping
from datetime import date
from typing import Any, cast
from urllib.parse import urlsplit
from zoneinfo import available_timezones

from email_validator import EmailNotValidError, validate_email
from marshmallow import EXCLUDE, Schema, ValidationError, fields, post_load, validate, validates_schema

from registry import reference, text
from registry.errors import Problem
from registry.ids import new_id

ROLES = ("sub-processor", "processor", "independent-controller")
ACTIVITIES = ("storage", "processing", "remote-access", "support", "backup", "transit")
CONCLUSIONS = ("", "equivalent", "equivalent-with-measures", "suspend")
_LANGUAGE = re.compile(r"[a-z]{2,3}(-[A-Za-z0-9]{2,8})*\Z")
_ID = re.compile(r"[A-Za-z0-9_-]{1,64}\Z")
_SLUG = re.compile(r"[a-z0-9]+(-[a-z0-9]+)*\Z")
_SHORT = 500
_LONG = 20_000


def load(schema: Schema, values: Mapping[str, Any]) -> dict[str, Any]:
    """The checked values. Raises Problem("invalid") whose `fields` name each place and what is wrong there."""
    try:
        return cast(dict[str, Any], schema.load(values))
    except ValidationError as error:
        wrong = dict(_flat(cast(Any, error).normalized_messages()))
        first = next(iter(wrong.items()))
        message = f"{first[0]}: {first[1][0]}" if len(wrong) == 1 else f"{len(wrong)} fields need your attention."
        raise Problem("invalid", "fields-wrong", message, fields=wrong) from None


def _flat(messages: Mapping[Any, Any], path: str = "") -> list[tuple[str, list[str]]]:
    """Nested messages as paths: `locations.0.place.code`."""
    found: list[tuple[str, list[str]]] = []
    for key, value in messages.items():
        here = path if key == "_schema" else f"{path}.{key}" if path else str(key)
        if isinstance(value, Mapping):
            found += _flat(value, here)
        else:
            found.append((here, [str(message) for message in value]))
    return found


class Line(fields.String):
    """One line of text: cleaned, trimmed, not longer than 500 characters; empty when missing."""

    longest = _SHORT

    def __init__(self, **options: Any) -> None:
        if not options.get("required"):
            options.setdefault("load_default", "")
        super().__init__(allow_none=True, **options)

    def _deserialize(self, value: Any, attr: Any, data: Any, **more: Any) -> Any:
        cleaned = text.clean(str(super()._deserialize(value, attr, data, **more) or "")).strip()
        if len(cleaned) > self.longest:
            raise ValidationError(f"Longer than {self.longest:,} characters.")
        return cleaned if isinstance(self, Long) else " ".join(cleaned.split())

    def deserialize(self, value: Any, attr: Any = None, data: Any = None, **more: Any) -> Any:
        return super().deserialize("" if value is None else value, attr, data, **more)


class Long(Line):
    """Several lines of text, not longer than 20,000 characters."""

    longest = _LONG


class Address(Line):
    """An e-mail address, checked for its form only; empty is allowed."""

    def _deserialize(self, value: Any, attr: Any, data: Any, **more: Any) -> Any:
        cleaned = super()._deserialize(value, attr, data, **more)
        return email_address(cleaned) if cleaned else ""


class WebAddress(Line):
    """An http or https address; empty is allowed."""

    longest = 2_000

    def _deserialize(self, value: Any, attr: Any, data: Any, **more: Any) -> Any:
        cleaned = super()._deserialize(value, attr, data, **more)
        if cleaned and not self._is_one(cleaned):
            raise ValidationError("Must be a web address that begins with https:// or http://.")
        return cleaned

    @staticmethod
    def _is_one(words: str) -> bool:
        try:
            parts = urlsplit(words)
        except ValueError:  # such as http://[::1
            return False
        return parts.scheme in ("http", "https") and bool(parts.netloc)


class CivilDate(fields.Field[str | None]):
    """A calendar date as ISO 8601 text, or None."""

    def __init__(self, **options: Any) -> None:
        super().__init__(allow_none=True, load_default=None, **options)

    def _deserialize(self, value: Any, attr: Any, data: Any, **more: Any) -> str | None:
        words = value.isoformat()[:10] if isinstance(value, date) else str(value).strip()
        if not words:
            return None
        try:
            day = date.fromisoformat(words)
        except ValueError:
            raise ValidationError("Must be a date that exists, written as 2026-12-31.") from None
        if not 1900 <= day.year < 3000:
            raise ValidationError("Must be a date between 1900 and 2999; leave it empty where there is none.")
        return day.isoformat()


class Texts(fields.Field[dict[str, str]]):
    """One text by language tag; empty ones are left out."""

    def __init__(self, longest: int = _LONG, **options: Any) -> None:
        if not options.get("required"):
            options.setdefault("load_default", dict)
        super().__init__(allow_none=False, **options)
        self.longest = longest

    def _deserialize(self, value: Any, attr: Any, data: Any, **more: Any) -> dict[str, str]:
        if not isinstance(value, Mapping):
            raise ValidationError('Must be texts by language, such as {"en": "Hosting"}.')
        loaded = {}
        for tag, words in value.items():
            if not isinstance(tag, str) or not _LANGUAGE.fullmatch(tag):
                raise ValidationError(f"“{tag}” is not a language tag.")
            cleaned = text.clean(str(words or "")).strip()
            if len(cleaned) > self.longest:
                raise ValidationError(f"Longer than {self.longest:,} characters.")
            if cleaned:
                loaded[tag] = cleaned
        return loaded


class CountryCode(Line):
    """An ISO 3166-1 alpha-2 code; empty is allowed."""

    def _deserialize(self, value: Any, attr: Any, data: Any, **more: Any) -> Any:
        code = super()._deserialize(value, attr, data, **more).upper()
        if code and code not in reference.countries():
            raise ValidationError(f"“{code}” is not an ISO 3166-1 country code.")
        return code


class _Loose(Schema):
    class Meta:
        unknown = EXCLUDE


class DatedSchema(_Loose):
    """A row with an id and its own clock; both dates are inclusive."""

    id = fields.String(load_default=None, allow_none=True, validate=validate.Regexp(r"^[A-Za-z0-9_-]{0,64}$"))
    starts_on = CivilDate()
    ends_on = CivilDate()

    @validates_schema
    def _in_order(self, values: dict[str, Any], **_more: Any) -> None:
        starts, ends = values.get("starts_on"), values.get("ends_on")
        if starts and ends and ends < starts:
            raise ValidationError("The last day is before the first.", "ends_on")

    @post_load
    def _named(self, values: dict[str, Any], **_more: Any) -> dict[str, Any]:
        return {**values, "id": values.get("id") or new_id()}


class ContactSchema(_Loose):
    role = Line()
    email = Address()
    url = WebAddress()


class SubProcessorSchema(_Loose):
    id = fields.String(load_default="", allow_none=True)
    legal_name = Line(required=True, validate=validate.Length(min=1, error="A legal name is needed."))
    trading_name = Line()
    address = Long()
    country = CountryCode()
    contact = fields.Nested(ContactSchema, load_default=lambda: {"role": "", "email": "", "url": ""})
    website = WebAddress()
    affiliate = fields.Boolean(load_default=False)
    parent = Line()
    lei = Line(
        validate=validate.Regexp(r"^([0-9A-Z]{18}[0-9]{2})?$", error="Must be 20 letters and digits (ISO 17442).")
    )
    own_list_url = WebAddress()
    dpa_url = WebAddress()


class TextRowSchema(DatedSchema):
    text = Texts(required=True)

    @validates_schema
    def _says_something(self, values: dict[str, Any], **_more: Any) -> None:
        if not values.get("text"):
            raise ValidationError("Say it in at least one language.", "text")


class PlaceSchema(_Loose):
    code = fields.String(required=True)
    text = Texts(_SHORT)
    countries = fields.List(CountryCode(), load_default=list)

    @validates_schema
    def _exists(self, values: dict[str, Any], **_more: Any) -> None:
        if not reference.is_place(values["code"]):
            raise ValidationError(f"“{values['code']}” is not a place we know: use a country or an area.", "code")

    @post_load
    def _set(self, values: dict[str, Any], **_more: Any) -> dict[str, Any]:
        return {**values, "countries": sorted({code for code in values["countries"] if code})}


class MechanismSchema(DatedSchema):
    code = fields.String(required=True)
    module = fields.Integer(load_default=None, allow_none=True, validate=validate.Range(1, 4))
    reference = Line()
    primary = fields.Boolean(load_default=True)

    @validates_schema
    def _exists(self, values: dict[str, Any], **_more: Any) -> None:
        if not reference.is_mechanism(values["code"]):
            raise ValidationError(f"“{values['code']}” is not a transfer mechanism.", "code")


class LocationSchema(DatedSchema):
    activity = fields.String(load_default="processing", validate=validate.OneOf(ACTIVITIES))
    place = fields.Nested(PlaceSchema, required=True)
    purposes = fields.List(fields.String(validate=validate.Regexp(_ID.pattern)), load_default=list)
    mechanisms = fields.List(fields.Nested(MechanismSchema), load_default=list)
    tia = fields.String(load_default=None, allow_none=True)

    @post_load
    def _plain(self, values: dict[str, Any], **_more: Any) -> dict[str, Any]:
        return {**values, "tia": values["tia"] or None}


class ExceptionalUseSchema(_Loose):
    conditions = Texts()


class EntrySchema(DatedSchema):
    role = fields.String(load_default="sub-processor", validate=validate.OneOf(ROLES))
    group = Texts(_SHORT)
    replaces = fields.String(load_default=None, allow_none=True)
    sub_processor = fields.Nested(SubProcessorSchema, required=True)
    purposes = fields.List(fields.Nested(TextRowSchema), load_default=list)
    data_categories = fields.List(fields.Nested(TextRowSchema), load_default=list)
    data_subjects = fields.List(Texts(_SHORT), load_default=list)
    applies_to = fields.List(Texts(_SHORT), load_default=list)
    exceptional_use = fields.Nested(ExceptionalUseSchema, load_default=None, allow_none=True)
    description = Texts()
    retention = Texts()
    notes = Texts()
    locations = fields.List(fields.Nested(LocationSchema), load_default=list)

    @validates_schema
    def _purposes_exist(self, values: dict[str, Any], **_more: Any) -> None:
        known = {row["id"] for row in values.get("purposes", [])}
        for index, location in enumerate(values.get("locations", [])):
            if not set(location["purposes"]) <= known:
                raise ValidationError("Names a purpose this entry does not have.", f"locations.{index}.purposes")

    @post_load
    def _tidy(self, values: dict[str, Any], **_more: Any) -> dict[str, Any]:
        listed = {name: [row for row in values[name] if row] for name in ("data_subjects", "applies_to")}
        return {**values, **listed, "replaces": values["replaces"] or None}


class RegisterSchema(_Loose):
    slug = fields.String(
        required=True,
        validate=[
            validate.Length(1, 64),
            validate.Regexp(_SLUG, error="Use small letters, digits and hyphens, such as eu-region."),
        ],
    )
    title = Texts(_SHORT, required=True)
    intro = Texts()
    timezone = fields.String(load_default="UTC")
    languages = fields.List(
        fields.String(validate=validate.Regexp(_LANGUAGE, error="“{input}” is not a language tag such as en or de.")),
        load_default=lambda: ["en"],
    )
    prevailing_language = fields.String(load_default=None, allow_none=True)
    notice_days = fields.Integer(load_default=30, validate=validate.Range(0, 365))
    objection_days = fields.Integer(load_default=14, validate=validate.Range(0, 365))

    @validates_schema
    def _fits(self, values: dict[str, Any], **_more: Any) -> None:
        languages = values.get("languages") or []
        prevailing = values.get("prevailing_language") or (languages[0] if languages else "")
        if values["timezone"] not in available_timezones():
            raise ValidationError("Must be a time zone such as Europe/Zagreb.", "timezone")
        if not languages or prevailing not in languages:
            raise ValidationError("The prevailing language must be one of the languages.", "prevailing_language")
        if not values.get("title", {}).get(prevailing):
            raise ValidationError("A title in the prevailing language is needed.", "title")

    @post_load
    def _default(self, values: dict[str, Any], **_more: Any) -> dict[str, Any]:
        return {**values, "prevailing_language": values["prevailing_language"] or values["languages"][0]}


class PublisherSchema(_Loose):
    name = Line(required=True, validate=validate.Length(min=1, error="The company's name is needed."))
    address = Long()
    country = CountryCode()
    website = WebAddress()
    contact = fields.Nested(ContactSchema, load_default=lambda: {"role": "", "email": "", "url": ""})
    privacy_text = Texts()


class AssessmentSchema(_Loose):
    """The full transfer impact assessment (EDPB Recommendations 01/2020); `summary` is what is published."""

    title = Texts(_SHORT, required=True)
    exporters = Long()
    importer = Long()
    onward_transfers = Long()
    destination = CountryCode()
    tool = Line()
    module = fields.Integer(load_default=None, allow_none=True, validate=validate.Range(1, 4))
    data = Long()
    data_format = Line()
    purpose = Long()
    frequency = Line()
    laws = Long()
    practice = Long()
    technical_measures = Long()
    contractual_measures = Long()
    organisational_measures = Long()
    conclusion = fields.String(load_default="", validate=validate.OneOf(CONCLUSIONS))
    residual_risk = Line()
    assessed_on = CivilDate()
    next_review_on = CivilDate()
    assessor_role = Line()
    version = Line()
    summary = Texts()
    private_annex = Long()

    @validates_schema
    def _fits(self, values: dict[str, Any], **_more: Any) -> None:
        if values.get("tool") and not reference.is_mechanism(values["tool"]):
            raise ValidationError(f"“{values['tool']}” is not a transfer mechanism.", "tool")
        if not values.get("title"):
            raise ValidationError("A title is needed.", "title")


def is_language(tag: str) -> bool:
    """Whether this has the form of a language tag (RFC 5646) as we take it."""
    return _LANGUAGE.fullmatch(tag) is not None


def email_address(value: str) -> str:
    """An e-mail address in its normal form, checked for its form only. Raises marshmallow.ValidationError."""
    try:
        return validate_email(value.strip(), check_deliverability=False, test_environment=True).normalized
    except EmailNotValidError:
        raise ValidationError("This does not look like an e-mail address.") from None
