"""A real SMTP server on loopback that keeps every byte it is given and fails when it is told to."""

import asyncio
import threading
from dataclasses import dataclass, field
from email import message_from_bytes, policy
from email.message import EmailMessage
from typing import Any

from aiosmtpd.smtp import SMTP, Envelope, Session


@dataclass(frozen=True)
class Received:
    """One message as it came over the wire (RFC 5321 dot-stuffing removed, nothing else)."""

    sender: str
    recipients: list[str]
    raw: bytes

    @property
    def message(self) -> EmailMessage:
        return message_from_bytes(self.raw, policy=policy.default)  # type: ignore[return-value]


@dataclass
class MailServer:
    """Set `at_rcpt` or `at_data` to the reply a recipient shall get ("452 4.2.2 Mailbox full"), and `hang_up_before`
    or `hang_up_after` to break the connection before a message is stored, or after it but without a reply."""

    received: list[Received] = field(default_factory=list)
    at_rcpt: dict[str, str] = field(default_factory=dict)
    at_data: dict[str, str] = field(default_factory=dict)
    hang_up_before: set[str] = field(default_factory=set)
    hang_up_after: set[str] = field(default_factory=set)
    connections: int = 0
    port: int = 0

    @property
    def url(self) -> str:
        return f"smtp://127.0.0.1:{self.port}"

    def to(self, address: str) -> list[Received]:
        """What was accepted for one recipient, in order of arrival."""
        return [received for received in self.received if address in received.recipients]

    def heal(self) -> None:
        """From now on accept everything again."""
        for rule in (self.at_rcpt, self.at_data, self.hang_up_before, self.hang_up_after):
            rule.clear()

    def start(self) -> None:
        ready = threading.Event()
        self._thread = threading.Thread(target=self._serve, args=(ready,), name="smtp", daemon=True)
        self._thread.start()
        ready.wait()

    def stop(self) -> None:
        self._loop.call_soon_threadsafe(self._stopping.set)
        self._thread.join()

    def _serve(self, ready: threading.Event) -> None:
        asyncio.run(self._run(ready))

    async def _run(self, ready: threading.Event) -> None:
        self._loop, self._stopping, self._open = asyncio.get_running_loop(), asyncio.Event(), set[_Connection]()
        server = await self._loop.create_server(lambda: _Connection(self), "127.0.0.1", 0)
        self.port = server.sockets[0].getsockname()[1]
        ready.set()
        await self._stopping.wait()
        server.close()
        for connection in list(self._open):
            connection.abort()
        await server.wait_closed()

    # The names of the following are aiosmtpd's.

    async def handle_RCPT(  # noqa: N802
        self, _server: SMTP, _session: Session, envelope: Envelope, address: str, _options: list[str]
    ) -> str:
        if address in self.at_rcpt:
            return self.at_rcpt[address]
        envelope.rcpt_tos.append(address)
        return "250 OK"

    async def handle_DATA(self, server: Any, _session: Session, envelope: Envelope) -> str:  # noqa: N802
        recipients = list(envelope.rcpt_tos)
        refused = next((self.at_data[address] for address in recipients if address in self.at_data), None)
        if refused:
            return refused
        if self.hang_up_before.isdisjoint(recipients):
            content = envelope.original_content or b""
            self.received.append(Received(envelope.mail_from or "", recipients, content))
        if not (self.hang_up_before | self.hang_up_after).isdisjoint(recipients):
            server.abort()
        return f"250 2.0.0 Accepted as {len(self.received)}"


class _Connection(SMTP):
    def __init__(self, mail: MailServer) -> None:
        super().__init__(mail, hostname="mail.example", enable_SMTPUTF8=True, ident="test")
        self._mail = mail

    def connection_made(self, transport: Any) -> None:
        self._mail.connections += 1
        self._mail._open.add(self)
        super().connection_made(transport)

    def connection_lost(self, error: Exception | None) -> None:
        self._mail._open.discard(self)
        super().connection_lost(error)

    def abort(self) -> None:
        if self.transport is not None:
            self.transport.abort()
