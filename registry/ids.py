"""Stable identifiers: given once, kept for ever, in documents and addresses."""

import base64
import secrets


def new_id() -> str:
    """A new identifier: 80 random bits as 16 lower-case letters and digits."""
    return base64.b32encode(secrets.token_bytes(10)).decode("ascii").lower()
