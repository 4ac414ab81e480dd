"""A message as the bytes that go over the wire (RFC 5322, RFC 2046): text part first, HTML beside it.

The standard policy encodes a header by RFC 2047 as soon as a token without white space is longer than its line,
which breaks List-Unsubscribe, References and Message-ID. Headers that only machines read are written as they are.
"""

import hashlib
from collections.abc import Mapping
from datetime import datetime
from email.errors import MessageError
from email.header import Header
from email.headerregistry import Address
from email.message import EmailMessage
from email.policy import EmailPolicy
from email.utils import format_datetime, parseaddr
from typing import Any

from notifications.rendering import Rendered

_LINE = 76
_FOR_PEOPLE = frozenset({"from", "reply-to"})
_FOR_MIME = frozenset({"content-type", "content-transfer-encoding", "mime-version", "content-disposition"})


class _Wire(EmailPolicy):
    """SMTP line ends; headers for machines are folded at white space and nowhere else.

    The subject is folded by the older `Header`: the policy would begin a long one on an empty line.
    """

    def fold(self, name: str, value: Any) -> str:
        return self._verbatim(name, value) or super().fold(name, value)

    def fold_binary(self, name: str, value: Any) -> bytes:
        verbatim = self._verbatim(name, value)
        return verbatim.encode() if verbatim else super().fold_binary(name, value)

    def _verbatim(self, name: str, value: Any) -> str:
        if name == "Subject":
            words = Header(str(value), maxlinelen=_LINE, header_name=name).encode(linesep="\r\n")
            return f"{name}: {words}\r\n"
        if name.lower() in _FOR_PEOPLE | _FOR_MIME:
            return ""
        words = "\r\n ".join(str(value).split()) if name == "References" else str(value)
        return f"{name}: {words}\r\n"


_POLICY = _Wire(linesep="\r\n", raise_on_defect=True)


def to_bytes(
    rendered: Rendered,
    *,
    sender: Address,
    recipient: str,
    reply_to: Address | None,
    sent_at: datetime,
    message_id: str,
    headers: Mapping[str, str],
) -> bytes:
    """The message in bytes; the same arguments always give the same bytes.

    `headers` are those for machines, in order, in ASCII. Raises ValueError when one holds a line break or anything
    but ASCII, or an address cannot be written.
    """
    policy = _POLICY if recipient.isascii() else _POLICY.clone(utf8=True)
    message = EmailMessage(policy=policy)
    message["From"] = sender
    message["To"] = recipient
    if reply_to:
        message["Reply-To"] = reply_to
    message["Subject"] = rendered.subject
    for name, value in {"Date": format_datetime(sent_at), "Message-ID": message_id, **headers}.items():
        if not value.isascii() or not value.isprintable():
            raise ValueError(f"{name} cannot be written: {value!r}")
        message[name] = value
    message.set_content(rendered.text, cte="quoted-printable")
    message.add_alternative(rendered.html, subtype="html", cte="quoted-printable")
    for part in message.iter_parts():
        del part["MIME-Version"]  # of the message, not of its parts
    message.set_boundary("=_" + hashlib.sha256(message_id.encode()).hexdigest()[:32])
    return message.as_bytes()


def address(words: str, *, name: str = "") -> Address:
    """A mailbox written as `name <address>`, or as an address alone, which then gets `name`.

    Raises ValueError for anything else.
    """
    own_name, spec = parseaddr(words)
    return _mailbox(" ".join((own_name or name).split()), spec)


def _mailbox(name: str, spec: str) -> Address:
    """The standard library's parser stumbles over some addresses in its own ways; here they are one."""
    try:
        return Address(display_name=name, addr_spec=spec)
    except (IndexError, MessageError) as error:
        raise ValueError(f"{spec!r} is not an address") from error
