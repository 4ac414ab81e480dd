"""The gate for what is said of people with access to the admin pages."""

from typing import Any

from marshmallow import EXCLUDE, Schema, fields, validate

from registry.accounts import ROLES
from registry.schemas import Address, Line

_ROLE = validate.OneOf(ROLES, error="Must be one of " + ", ".join(ROLES) + ".")


class ChangedPersonSchema(Schema):
    class Meta:
        unknown = EXCLUDE

    name = Line()
    role = fields.String(required=True, validate=_ROLE)


class PersonSchema(ChangedPersonSchema):
    """Somebody new. Without a password they will set one by a link."""

    email = Address(required=True, validate=validate.Length(min=1, error="An e-mail address is needed."))
    password = fields.String(load_default=None, allow_none=True)


def person(values: Any) -> dict[str, Any]:
    """The values of a form; an empty box for the password means none is set yet."""
    plain = {name: values.get(name, "") for name in ("email", "name", "role")}
    return {**plain, "password": values.get("password") or None}
