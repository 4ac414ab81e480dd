"""The way out, against a real SMTP server on loopback."""

import socket
import ssl
import subprocess
import threading
from collections.abc import Iterator
from pathlib import Path

import pytest
from aiosmtpd.controller import Controller
from aiosmtpd.smtp import SMTP, AuthResult, LoginPassword

from notifications.channels import Folder, OutcomeUnknown, Parcel, Relay, RelayUnavailable, open_mailer
from registry.errors import DeliveryFailed
from tests.conftest import settings_for
from tests.servers import MailServer

CONTENT = b"From: a@acme.example\r\nSubject: Test\r\n\r\nHello\r\n.\r\n..two dots\r\nlast line\r\n"


def parcel(recipient: str = "ana@customer.example", content: bytes = CONTENT, sender: str = "n@acme.example") -> Parcel:
    return Parcel(sender, recipient, content, "m.1.abc")


@pytest.fixture
def relay(mail_server: MailServer) -> Iterator[Relay]:
    relay = Relay(mail_server.url)
    yield relay
    relay.close()


def test_every_byte_arrives_as_it_was_written(relay: Relay, mail_server: MailServer) -> None:
    receipt = relay.send(parcel())
    (received,) = mail_server.received
    assert received.raw == CONTENT
    assert (received.sender, received.recipients) == ("n@acme.example", ["ana@customer.example"])
    assert (receipt.code, receipt.server) == (250, "127.0.0.1")
    assert receipt.reply == "2.0.0 Accepted as 1"


def test_one_connection_serves_many_messages(relay: Relay, mail_server: MailServer) -> None:
    for number in range(20):
        relay.send(parcel(f"p{number}@customer.example"))
    assert len(mail_server.received) == 20
    assert mail_server.connections == 1


def test_a_connection_the_relay_closed_meanwhile_is_made_anew(relay: Relay, mail_server: MailServer) -> None:
    relay.send(parcel())
    assert relay._connection is not None
    relay._connection.sock.shutdown(socket.SHUT_RDWR)
    relay.send(parcel())
    assert len(mail_server.received) == 2
    assert mail_server.connections == 2


@pytest.mark.parametrize(("reply", "permanent"), [("550 5.1.1 No such user", True), ("452 4.2.2 Mailbox full", False)])
@pytest.mark.parametrize("when", ["at_rcpt", "at_data"])
def test_a_refusal_is_permanent_or_not_as_its_code_says(
    relay: Relay, mail_server: MailServer, reply: str, permanent: bool, when: str
) -> None:
    getattr(mail_server, when)["ana@customer.example"] = reply
    with pytest.raises(DeliveryFailed) as failure:
        relay.send(parcel())
    assert type(failure.value) is DeliveryFailed
    assert (failure.value.permanent, failure.value.reply) == (permanent, reply)
    relay.send(parcel("bea@customer.example"))
    assert [one.recipients for one in mail_server.received] == [["bea@customer.example"]]
    assert mail_server.connections == 1


def test_a_connection_lost_before_the_answer_leaves_the_outcome_open(relay: Relay, mail_server: MailServer) -> None:
    for rule in (mail_server.hang_up_before, mail_server.hang_up_after):
        rule.add("ana@customer.example")
        with pytest.raises(OutcomeUnknown) as failure:
            relay.send(parcel())
        assert not failure.value.permanent
        rule.clear()
    relay.send(parcel("bea@customer.example"))


def test_a_relay_that_is_not_there_is_nobodys_fault() -> None:
    with socket.socket() as unused:
        unused.bind(("127.0.0.1", 0))
        port = unused.getsockname()[1]
    with pytest.raises(RelayUnavailable, match=f"127.0.0.1:{port}"):
        Relay(f"smtp://127.0.0.1:{port}").send(parcel())


@pytest.mark.parametrize(
    ("dialogue", "expected"),
    [
        ([b"554 go away\r\n"], RelayUnavailable),
        ([b"220 hi\r\n", b"250 hi\r\n", b"550 5.7.1 sender refused\r\n"], RelayUnavailable),
        ([b"220 hi\r\n", b"250 hi\r\n", b"250 ok\r\n", b"421 4.3.2 closing\r\n"], RelayUnavailable),
        ([b"220 hi\r\n", b"250 hi\r\n", b"250 ok\r\n", b""], DeliveryFailed),
        ([b"220 hi\r\n", b"250 hi\r\n", b"250 ok\r\n", b"250 ok\r\n", b"354 go\r\n", b""], OutcomeUnknown),
        ([b"\x00\xff rubbish\r\n"], RelayUnavailable),
    ],
)
def test_whatever_the_far_end_does_one_kind_of_exception_is_raised(
    dialogue: list[bytes], expected: type[DeliveryFailed]
) -> None:
    with scripted(dialogue) as url:
        relay = Relay(url)
        with pytest.raises(DeliveryFailed) as failure:
            relay.send(parcel())
        assert type(failure.value) is expected
        assert not failure.value.permanent
        relay.close()


@pytest.mark.parametrize(
    "address",
    [
        "ana@customer.example\r\nRCPT TO:<eve@elsewhere.example>",
        "ana@customer.example>\nDATA",
        "ana customer@example",
        "<ana@customer.example>",
        "no address",
        "",
    ],
)
def test_no_address_carries_a_command(relay: Relay, mail_server: MailServer, tmp_path: Path, address: str) -> None:
    for send in (relay.send, Folder(tmp_path).send):
        for bad in (parcel(address), parcel(sender=address)):
            with pytest.raises(DeliveryFailed) as failure:
                send(bad)
            assert failure.value.permanent
    assert mail_server.received == []
    assert mail_server.connections == 0


def test_without_a_relay_mail_is_written_to_a_folder(tmp_path: Path) -> None:
    settings = settings_for("sqlite:///unused.db", tmp_path)
    with open_mailer(settings) as mailer:
        receipt = mailer.send(parcel())
        mailer.send(parcel())
    assert [path.name for path in (tmp_path / "outbox").iterdir()] == ["m.1.abc.eml"]
    assert (tmp_path / "outbox" / "m.1.abc.eml").read_bytes() == CONTENT
    assert receipt.reply == "Written to m.1.abc.eml"


def test_a_folder_that_cannot_be_written_is_nobodys_fault(tmp_path: Path) -> None:
    (tmp_path / "outbox").write_text("a file where a folder should be")
    with pytest.raises(RelayUnavailable):
        Folder(tmp_path / "outbox").send(parcel())


def test_a_name_outside_ascii_needs_a_relay_that_takes_it(relay: Relay, mail_server: MailServer) -> None:
    relay.send(parcel("jörg@customer.example"))
    assert mail_server.received[0].recipients == ["jörg@customer.example"]
    with scripted([b"220 hi\r\n", b"250 no extensions\r\n"]) as url:
        plain = Relay(url)
        with pytest.raises(DeliveryFailed) as failure:
            plain.send(parcel("jörg@customer.example"))
        plain.close()
    assert failure.value.permanent


class Encrypted(Controller):
    """A server that offers STARTTLS and asks for a password."""

    def __init__(self, certificate: Path, *, implicit: bool = False) -> None:
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        context.load_cert_chain(certificate)
        self.tls, self.signed_in, self.taken = context, list[str](), 0
        if implicit:
            super().__init__(self, hostname="127.0.0.1", port=_free_port(), ssl_context=context)
        else:
            super().__init__(self, hostname="127.0.0.1", port=_free_port())

    def factory(self) -> SMTP:
        starttls = None if self.ssl_context else self.tls
        return SMTP(
            self, tls_context=starttls, authenticator=self._check, auth_require_tls=starttls is not None, hostname="x"
        )

    def _check(self, _server: object, _session: object, _envelope: object, mechanism: str, data: object) -> AuthResult:
        assert isinstance(data, LoginPassword)
        self.signed_in.append(f"{mechanism} {data.login.decode()} {data.password.decode()}")
        return AuthResult(success=data.password == b"s p/t", handled=False)

    async def handle_DATA(self, _server: object, _session: object, _envelope: object) -> str:  # noqa: N802
        self.taken += 1
        return "250 taken"


@pytest.fixture(scope="module")
def certificate(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A certificate for localhost that only those trust who are told to."""
    folder = tmp_path_factory.mktemp("tls")
    path = folder / "server.pem"
    subject = ["-subj", "/CN=localhost", "-addext", "subjectAltName=DNS:localhost,IP:127.0.0.1"]
    command = ["openssl", "req", "-x509", "-newkey", "rsa:2048", "-nodes", "-days", "2", *subject]
    subprocess.run([*command, "-keyout", str(folder / "key"), "-out", str(path)], check=True, capture_output=True)
    path.write_bytes(path.read_bytes() + (folder / "key").read_bytes())
    return path


@pytest.fixture(params=["starttls", "implicit"])
def encrypted(certificate: Path, request: pytest.FixtureRequest) -> Iterator[tuple[Encrypted, str]]:
    implicit = request.param == "implicit"
    server = Encrypted(certificate, implicit=implicit)
    server.start()
    scheme = "smtps" if implicit else "smtp"
    yield server, f"{scheme}://us:s%20p%2Ft@127.0.0.1:{server.port}"
    server.stop()


def test_a_certificate_nobody_vouches_for_is_refused(encrypted: tuple[Encrypted, str]) -> None:
    server, url = encrypted
    with pytest.raises(RelayUnavailable, match="CERTIFICATE_VERIFY_FAILED"):
        Relay(url).send(parcel())
    assert server.signed_in == []


def test_a_trusted_relay_is_used_encrypted_and_with_the_password(
    encrypted: tuple[Encrypted, str], certificate: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("SSL_CERT_FILE", str(certificate))
    server, url = encrypted
    relay = Relay(url)
    relay.send(parcel())
    relay.close()
    assert server.taken == 1
    assert [line.split(" ", 1)[1] for line in server.signed_in] == ["us s p/t"]


def test_a_wrong_password_is_nobodys_fault(
    encrypted: tuple[Encrypted, str], certificate: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("SSL_CERT_FILE", str(certificate))
    server, url = encrypted
    with pytest.raises(RelayUnavailable, match="535"):
        Relay(url.replace("s%20p%2Ft", "wrong")).send(parcel())
    assert server.taken == 0


def _free_port() -> int:
    with socket.socket() as found:
        found.bind(("127.0.0.1", 0))
        return int(found.getsockname()[1])


class scripted:  # noqa: N801 - reads like the function it could be
    """A far end that says these lines, one after each line it hears, and hangs up at an empty one or at the end."""

    def __init__(self, lines: list[bytes]) -> None:
        self._lines = lines

    def __enter__(self) -> str:
        self._listening = socket.create_server(("127.0.0.1", 0))
        self._thread = threading.Thread(target=self._talk, daemon=True)
        self._thread.start()
        return f"smtp://127.0.0.1:{self._listening.getsockname()[1]}"

    def __exit__(self, *_: object) -> None:
        self._thread.join()
        self._listening.close()

    def _talk(self) -> None:
        connection, _ = self._listening.accept()
        with connection, connection.makefile("rb") as heard:
            for number, line in enumerate(self._lines):
                if number:
                    heard.readline()
                if not line:
                    return
                connection.sendall(line)
            heard.readline()
