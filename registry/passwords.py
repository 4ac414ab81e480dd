"""Passwords: how they are kept, what is asked of them, and links that set one once. Values in, values out."""

import base64
import hashlib
import hmac
import unicodedata
from datetime import UTC, datetime, timedelta
from functools import cache

from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerificationError

SHORTEST = 12
LONGEST = 500
LINK_VALID = timedelta(days=3)

# Above what OWASP asks at least (argon2id, 46 MiB, one pass), below what would hurt a small server.
_HASHER = PasswordHasher(time_cost=2, memory_cost=47_104, parallelism=1)


def hashed(password: str) -> str:
    """The argon2id hash to keep."""
    return _HASHER.hash(_plain(password))


def matches(kept: str, password: str) -> bool:
    """Whether this is the password. Takes as long when nothing is kept, so that the time tells nothing."""
    try:
        _HASHER.verify(kept or _hash_of_nothing(), _plain(password))
    except (VerificationError, InvalidHashError):
        return False
    return bool(kept)


def outdated(kept: str) -> bool:
    """Whether a hash was made with other parameters than today's."""
    return _HASHER.check_needs_rehash(kept)


def complaints(password: str, email: str) -> list[str]:
    """What is wrong with a new password: length and guessability count, composition does not (NIST SP 800-63B)."""
    if len(password) < SHORTEST:
        return [f"A password needs at least {SHORTEST} characters. A short sentence is a good one."]
    if len(password) > LONGEST:
        return [f"A password may have at most {LONGEST} characters."]
    wanted = password.strip().casefold()
    if wanted in (email.casefold(), email.split("@", maxsplit=1)[0].casefold()):
        return ["The password must not be the e-mail address."]
    if len(set(wanted)) < 4:
        return ["This repeats too few characters. A short sentence is a good password."]
    return []


def make_link_token(user_id: str, kept: str, *, now: datetime, secret: str) -> str:
    """A token that lets its holder set a password until `LINK_VALID` has passed or the password has changed."""
    expires = int((now + LINK_VALID).timestamp())
    return f"{user_id}.{expires}.{_signature(user_id, expires, kept, secret)}"


def user_of_link(token: str) -> str:
    """The id of the user a token claims to be for; nothing is checked yet."""
    return token.split(".", maxsplit=1)[0]


def link_expiry(token: str, kept: str, *, now: datetime, secret: str) -> datetime | None:
    """When a token ends, or None when it is not valid (any more)."""
    user_id, _, rest = token.partition(".")
    until, _, signature = rest.partition(".")
    if not token.isascii() or not until.isdigit() or len(until) > 11:
        return None
    right = _signature(user_id, int(until), kept, secret)
    expires = datetime.fromtimestamp(int(until), UTC)
    return expires if hmac.compare_digest(right.encode(), signature.encode()) and expires > now else None


def _signature(user_id: str, expires: int, kept: str, secret: str) -> str:
    text = f"set-password\n{user_id}\n{expires}\n{kept}"
    digest = hmac.digest(secret.encode(), text.encode(), hashlib.sha256)
    return base64.urlsafe_b64encode(digest).decode("ascii").rstrip("=")


def _plain(password: str) -> bytes:
    """The same bytes whichever way a keyboard composes its accents (RFC 8265 section 4)."""
    return unicodedata.normalize("NFC", password)[: LONGEST + 1].encode("utf-8", "surrogatepass")


@cache
def _hash_of_nothing() -> str:
    return _HASHER.hash("nobody has this password")
