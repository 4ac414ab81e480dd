"""The way out: a mail relay by SMTP, or files in a folder when there is none. Nothing else here talks to the network.

A mailer takes ready bytes and either returns what the far end said or raises DeliveryFailed, nothing else.
"""

import os
import re
import smtplib
import socket
import ssl
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from ipaddress import ip_address
from pathlib import Path
from typing import Protocol
from urllib.parse import SplitResult, parse_qs, unquote, urlsplit

from registry.errors import DeliveryFailed
from registry.settings import Settings

PATIENCE = 60.0
"""Seconds to wait for one answer of the relay."""

_MOST_PER_CONNECTION = 500
_MIGHT_BREAK_LINES = re.compile(r"[\x00-\x1f\x7f<>\s]")


@dataclass(frozen=True)
class Parcel:
    """A ready message with its envelope. `name` is unique to the delivery and fit for a file name."""

    sender: str
    recipient: str
    content: bytes
    name: str


@dataclass(frozen=True)
class Receipt:
    """What the far end said when it took a message. It promises no more than that."""

    server: str
    code: int
    reply: str


class RelayUnavailable(DeliveryFailed):
    """The relay takes nothing from us now (down, refusing us, refusing our sender): no recipient's fault."""

    def __init__(self, reason: str, *, reply: str = "") -> None:
        super().__init__(reason, permanent=False, reply=reply)


class OutcomeUnknown(DeliveryFailed):
    """The connection was lost after the message's end and before the answer: it may have been taken."""

    def __init__(self, reason: str) -> None:
        super().__init__(reason, permanent=False)


class Mailer(Protocol):
    def send(self, parcel: Parcel) -> Receipt: ...


@contextmanager
def open_mailer(settings: Settings) -> Iterator[Mailer]:
    """The mailer of these settings; its connection is made when first needed, reused, and closed at the end."""
    if not settings.smtp_url:
        yield Folder(settings.data_path / "outbox")
        return
    relay = Relay(settings.smtp_url)
    try:
        yield relay
    finally:
        relay.close()


class Folder:
    """Writes each message as an .eml file; the same delivery written twice is still one file."""

    def __init__(self, path: Path) -> None:
        self._path = path

    def send(self, parcel: Parcel) -> Receipt:
        _require_plain(parcel)
        target = self._path / f"{parcel.name}.eml"
        unfinished = target.with_suffix(f".{os.getpid()}.part")
        try:
            self._path.mkdir(parents=True, exist_ok=True)
            unfinished.write_bytes(parcel.content)
            unfinished.replace(target)
        except OSError as error:
            raise RelayUnavailable(f"Cannot write to {self._path}: {error.strerror}") from None
        return Receipt(server="outbox", code=250, reply=f"Written to {target.name}")


class Relay:
    """One connection to a mail relay, encrypted and verified where it leaves the machine, kept open and reused."""

    def __init__(self, url: str) -> None:
        self._url = urlsplit(url)
        self._connection: smtplib.SMTP | None = None
        self._sent = 0

    def send(self, parcel: Parcel) -> Receipt:
        """Hand over one message. A connection the relay has closed in the meantime is made anew once."""
        _require_plain(parcel)
        reused = self._connection is not None
        try:
            connection = self._connected()
            self._announce_sender(connection, parcel)
        except RelayUnavailable:
            self._drop()
            if not reused:
                raise
            connection = self._connected()
            self._announce_sender(connection, parcel)
        receipt = self._hand_over(connection, parcel)
        self._sent += 1
        if self._sent >= _MOST_PER_CONNECTION:
            self.close()
        return receipt

    def close(self) -> None:
        """Take leave of the relay; nothing is raised, for nothing depends on it."""
        if self._connection is not None:
            with suppress(smtplib.SMTPException, OSError):
                self._connection.quit()
        self._drop()

    def _connected(self) -> smtplib.SMTP:
        if self._connection is None:
            self._connection, self._sent = _connect(self._url), 0
        return self._connection

    def _announce_sender(self, connection: smtplib.SMTP, parcel: Parcel) -> None:
        """MAIL FROM: a refusal speaks of us, so no recipient's tries are used up by it."""
        options = ["SMTPUTF8", "BODY=8BITMIME"] if not parcel.recipient.isascii() else []
        if options and not connection.has_extn("smtputf8"):
            reason = "The mail server does not take addresses with letters outside ASCII (RFC 6531)."
            raise DeliveryFailed(reason, permanent=True)
        try:
            code, reply = self._asking(lambda: connection.mail(parcel.sender, options))
        except DeliveryFailed as failure:
            raise RelayUnavailable(failure.reason) from None
        if code != 250:
            self.close()
            raise RelayUnavailable(f"The mail server refused our sender: {code} {reply}", reply=f"{code} {reply}")

    def _hand_over(self, connection: smtplib.SMTP, parcel: Parcel) -> Receipt:
        code, reply = self._asking(lambda: connection.rcpt(parcel.recipient))
        if code not in (250, 251):
            raise self._refused(connection, code, reply)
        code, reply = self._asking(lambda: connection.docmd("data"))
        if code != 354:
            raise self._refused(connection, code, reply)
        try:
            connection.send(_dot_stuffed(parcel.content))
        except (smtplib.SMTPException, OSError) as error:
            self._drop()  # without the end of the message the relay must not keep it (RFC 5321 section 4.1.1.4)
            raise DeliveryFailed(f"The connection was lost while sending: {_words(error)}", permanent=False) from None
        try:
            connection.send(b".\r\n")
            code, raw = connection.getreply()
        except (smtplib.SMTPException, OSError) as error:
            self._drop()
            raise OutcomeUnknown(f"The connection was lost before the answer: {_words(error)}") from None
        if code != 250:
            raise self._refused(connection, code, _decoded(raw))
        return Receipt(self._url.hostname or "", code, _decoded(raw))

    def _asking(self, command: Callable[[], tuple[int, bytes]]) -> tuple[int, str]:
        try:
            code, raw = command()
        except (smtplib.SMTPException, OSError) as error:
            self._drop()
            raise DeliveryFailed(f"The mail server hung up: {_words(error)}", permanent=False) from None
        return code, _decoded(raw)

    def _refused(self, connection: smtplib.SMTP, code: int, reply: str) -> DeliveryFailed:
        """What a refusal of this recipient means: 5yz is permanent, 421 is the relay closing (RFC 5321 4.2.1)."""
        words = f"{code} {reply}"
        if code == 421:
            self._drop()
            return RelayUnavailable(f"The mail server is closing: {words}", reply=words)
        with suppress(smtplib.SMTPException, OSError):
            connection.rset()
        return DeliveryFailed(words, permanent=500 <= code <= 599, reply=words)

    def _drop(self) -> None:
        if self._connection is not None:
            self._connection.close()
        self._connection = None


def _connect(url: SplitResult) -> smtplib.SMTP:
    """A greeted connection: implicit TLS for smtps, STARTTLS when offered, and on port 587 not without."""
    host, encrypted = url.hostname or "", url.scheme == "smtps"
    port = url.port or (465 if encrypted else 25)
    try:
        if encrypted:
            connection: smtplib.SMTP = smtplib.SMTP_SSL(
                host, port, timeout=PATIENCE, context=ssl.create_default_context()
            )
        else:
            connection = smtplib.SMTP(host, port, timeout=PATIENCE)
    except (smtplib.SMTPException, OSError) as error:
        raise RelayUnavailable(f"Cannot reach the mail server {host}:{port}: {_words(error)}") from None
    try:
        # The end of a message is a short write of its own; it must not wait for the acknowledgement of the rest.
        if connection.sock:
            connection.sock.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        connection.ehlo_or_helo_if_needed()
        encrypted = encrypted or _start_tls(connection, url, port)
        _sign_in(connection, url, encrypted)
    except (smtplib.SMTPException, OSError) as error:
        connection.close()
        raise RelayUnavailable(f"The mail server {host}:{port} refused us: {_words(error)}") from None
    except RelayUnavailable:
        connection.close()
        raise
    return connection


def _start_tls(connection: smtplib.SMTP, url: SplitResult, port: int) -> bool:
    """Encrypt when offered, unless the address says `?starttls=no` (a relay on the same machine)."""
    wanted = parse_qs(url.query).get("starttls", [""])[0] != "no"
    if wanted and connection.has_extn("starttls"):
        connection.starttls(context=ssl.create_default_context())
        connection.ehlo()
        return True
    if wanted and port == 587:
        raise RelayUnavailable(f"The mail server {url.hostname}:{port} does not offer STARTTLS.")
    return False


def _sign_in(connection: smtplib.SMTP, url: SplitResult, encrypted: bool) -> None:
    if not url.username:
        return
    if not encrypted and not _is_this_machine(url.hostname or ""):
        raise RelayUnavailable("The mail server offers no encryption; the password is not sent in the clear.")
    connection.login(unquote(url.username), unquote(url.password or ""))


def _is_this_machine(host: str) -> bool:
    try:
        return ip_address(host).is_loopback
    except ValueError:
        return host == "localhost"


def _require_plain(parcel: Parcel) -> None:
    """No address may carry a line break or bracket into the dialogue with the relay, whoever stored it."""
    for address in (parcel.sender, parcel.recipient):
        if not address or "@" not in address or _MIGHT_BREAK_LINES.search(address):
            raise DeliveryFailed("Not an address that can be mailed.", permanent=True)


def _dot_stuffed(content: bytes) -> bytes:
    """The lines of a message as RFC 5321 section 4.5.2 wants them sent."""
    lines = content if content.endswith(b"\r\n") else content + b"\r\n"
    return re.sub(rb"(?m)^\.", b"..", lines)


def _decoded(raw: bytes | str) -> str:
    text = raw if isinstance(raw, str) else raw.decode("utf-8", "replace")
    return " ".join(text.split())[:500]


def _words(error: Exception) -> str:
    if isinstance(error, smtplib.SMTPResponseException):
        return f"{error.smtp_code} {_decoded(error.smtp_error)}"
    return str(error) or type(error).__name__
