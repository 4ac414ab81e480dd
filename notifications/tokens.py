"""Keyed hashes and the tokens in links. Pure: the same secret and values give the same token, so none is stored.

A token is good for one purpose, and where it says so for one address. It is 38 characters long, which keeps mail
headers short.
"""

import base64
import hashlib
import hmac

CONFIRM, MANAGE, LEAVE, BOUNCE = "confirm", "manage", "leave", "bounce"

_ID_LENGTH = 16
_MAC_BYTES = 16


def address_hash(secret: str, email: str) -> str:
    """The keyed hash an address is known by; the same however the address is capitalised."""
    return _mac(secret, "address", email.strip().casefold())


def source_hash(secret: str, source: str) -> str:
    """The keyed hash of the IP address a request came from; empty when there was none."""
    return _mac(secret, "source", source) if source else ""


def make(secret: str, purpose: str, subscriber_id: str, *, address: str = "") -> str:
    """The token for a purpose. With `address` (a keyed hash) it is void as soon as the address is another one."""
    return subscriber_id + _mac(secret, f"{purpose}:{address}", subscriber_id)


def subscriber_id(token: str) -> str:
    """Whom a token speaks of. Nothing is proved by it: see `holds`."""
    return token[:_ID_LENGTH]


def holds(secret: str, purpose: str, token: str, *, address: str = "") -> bool:
    """Whether a token was made by us for this purpose (and address). Takes the same time for any wrong token."""
    expected = make(secret, purpose, subscriber_id(token), address=address)
    return hmac.compare_digest(expected.encode(), token.encode("utf-8", "replace"))


def short(secret: str, purpose: str, value: str) -> str:
    """A short keyed mark in lower case for Message-IDs and envelope senders, where case may be lost: 80 bits."""
    digest = hmac.new(secret.encode(), f"{purpose}\n{value}".encode(), hashlib.sha256).digest()
    return base64.b32encode(digest[:10]).decode("ascii").lower()


def _mac(secret: str, purpose: str, value: str) -> str:
    digest = hmac.new(secret.encode(), f"{purpose}\n{value}".encode("utf-8", "replace"), hashlib.sha256).digest()
    return base64.urlsafe_b64encode(digest[:_MAC_BYTES]).decode("ascii").rstrip("=")
