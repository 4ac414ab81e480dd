"""The ways an act can be refused, and the one way the outside world can fail us."""

from collections.abc import Mapping
from typing import Any, Literal

Code = Literal["invalid", "unauthenticated", "forbidden", "not_found", "conflict", "unavailable"]


class Problem(Exception):  # noqa: N818 - a refusal is not always an error
    """An act was refused.

    `code` is one of six and decides the HTTP status (see `registry.web`); `key` is a stable kebab-case name for
    programs; `message` is one sentence for the reader. `fields` maps a field's path to what is wrong with it.
    """

    def __init__(
        self,
        code: Code,
        key: str,
        message: str,
        *,
        fields: Mapping[str, list[str]] | None = None,
        **details: Any,
    ) -> None:
        super().__init__(message)
        self.code: Code = code
        self.key = key
        self.message = message
        self.fields = dict(fields or {})
        self.details = details


class DeliveryFailed(Exception):  # noqa: N818
    """Something outside (mail relay, chat service, identity provider) did not take what we sent.

    `permanent` is true when trying again cannot help (RFC 5321 section 4.2.1: a 5yz reply); `reply` is the far
    end's own words.
    """

    def __init__(self, reason: str, *, permanent: bool, reply: str = "") -> None:
        super().__init__(reason)
        self.reason = reason
        self.permanent = permanent
        self.reply = reply or reason
