"""The gate for what subscribers type: shape and spelling only, the rules are the verbs'."""

from marshmallow import EXCLUDE, Schema, fields, validate

from registry import text
from registry.schemas import Address


class _Loose(Schema):
    class Meta:
        unknown = EXCLUDE


class AddressSchema(_Loose):
    email = Address(required=True, validate=validate.Length(min=1, max=254))


class ChoiceSchema(_Loose):
    registers = fields.List(fields.String(validate=validate.Length(max=64)), load_default=list)
    language = fields.String(load_default="", validate=lambda tag: not tag or tag in text.languages())


class RequestSchema(AddressSchema, ChoiceSchema):
    """The subscription form."""
