"""The settings: one table, read once from the environment into a frozen object.

Nobody else reads the environment. Each setting may also be given as NAME_FILE, the path of a file that holds the
value (as container platforms mount secrets). The documentation is generated from the same table.
"""

import os
import secrets
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from registry.errors import Problem


def _text(value: str) -> str:
    return value.strip()


def _whole(low: int, high: int) -> Callable[[str], int]:
    def parse(value: str) -> int:
        number = int(value) if value.strip().lstrip("-").isdecimal() else low - 1
        if not low <= number <= high:
            raise ValueError(f"must be a whole number from {low} to {high}")
        return number

    return parse


def _one_of(*words: str) -> Callable[[str], str]:
    def parse(value: str) -> str:
        if value.strip().lower() not in words:
            raise ValueError(f"must be one of {', '.join(words)}")
        return value.strip().lower()

    return parse


def _words(value: str) -> tuple[str, ...]:
    return tuple(value.replace(",", " ").split())


def _database_url(value: str) -> str:
    """Any usual spelling of SQLite and PostgreSQL; the driver is our choice."""
    url = value.strip()
    for prefix in ("postgres://", "postgresql://"):
        if url.startswith(prefix):
            return "postgresql+psycopg://" + url[len(prefix) :]
    if url.startswith(("sqlite:///", "postgresql+psycopg://")):
        return url
    raise ValueError("must begin with sqlite:/// or postgresql://")


def _base_url(value: str) -> str:
    url = value.strip().rstrip("/")
    if not url:
        return ""
    parts = urlsplit(url)
    if parts.scheme not in ("http", "https") or not parts.netloc or parts.query or parts.fragment or not url.isascii():
        raise ValueError("must be a web address such as https://privacy.example.com")
    return url


def _smtp_url(value: str) -> str:
    url, parts = value.strip(), urlsplit(value.strip())
    if url and (parts.scheme not in ("smtp", "smtps") or not parts.hostname or parts.port == 0):
        raise ValueError("must be smtp://user:password@host:587 or smtps://user:password@host:465")
    return url


def _address(value: str) -> str:
    if value.strip() and ("@" not in value or any(character in value for character in "\r\n")):
        raise ValueError("must be an e-mail address, or a name and <address>")
    return value.strip()


@dataclass(frozen=True)
class Setting:
    name: str
    default: str
    parse: Callable[[str], Any]
    help: str
    secret: bool = False


SETTINGS: tuple[Setting, ...] = (
    Setting(
        "DATABASE_URL", "sqlite:///var/registry.db", _database_url, "SQLite file, or postgresql://user:pass@host/name"
    ),
    Setting(
        "SECRET_KEY",
        "",
        _text,
        "Signs links in mail and hashes suppressed addresses. Made and kept in DATA_DIR for SQLite; required otherwise",
        secret=True,
    ),
    Setting("DATA_DIR", "var", _text, "Folder for what the service keeps besides the database"),
    Setting("BASE_URL", "", _base_url, "Public address of the service; http://localhost:PORT when empty"),
    Setting("PORT", "8000", _whole(1, 65535), "Port the web process listens on"),
    Setting("WEB_CONCURRENCY", "2", _whole(1, 64), "Number of web processes"),
    Setting(
        "SMTP_URL",
        "",
        _smtp_url,
        "Mail relay. Without it, mail is written to DATA_DIR/outbox. STARTTLS is used when offered, and required on "
        "port 587; `?starttls=no` at the end is for a relay on this machine whose certificate nobody vouches for",
        secret=True,
    ),
    Setting("MAIL_FROM", "", _address, "Sender of all mail; the publisher's name at the host of BASE_URL when empty"),
    Setting("MAIL_REPLY_TO", "", _address, "Where answers to notices go"),
    Setting("MAIL_BOUNCE_DOMAIN", "", _text, "Domain of the envelope senders made per delivery (VERP); off when empty"),
    Setting("MAIL_RATE", "0", _whole(0, 100_000), "Most messages per second for one worker; 0 is no limit"),
    Setting("MAIL_ONLY_TO", "", _address, "For staging: every mail goes to this address instead"),
    Setting("ADMIN_HOST", "", _text, "Host name on which alone the admin pages answer; any when empty"),
    Setting("TRUSTED_PROXIES", "0", _whole(0, 10), "Number of reverse proxies whose X-Forwarded headers count"),
    Setting("LOG_FORMAT", "text", _one_of("text", "json"), "Form of the log lines on standard error"),
    Setting(
        "PROPOSER_MAY_APPROVE",
        "auto",
        _one_of("auto", "yes", "no"),
        "Whether who proposed a revision may approve it; auto: only while there is no second person who could",
    ),
    Setting("SESSION_HOURS", "12", _whole(1, 24 * 30), "Hours after which a signed-in person must sign in again"),
    Setting("UNCONFIRMED_DAYS", "7", _whole(1, 90), "Days after which an unconfirmed subscription request is deleted"),
)


@dataclass(frozen=True)
class Settings:
    """Parsed values; the field is the setting's name in lower case."""

    database_url: str
    secret_key: str
    data_dir: str
    base_url: str
    port: int
    web_concurrency: int
    smtp_url: str
    mail_from: str
    mail_reply_to: str
    mail_bounce_domain: str
    mail_rate: int
    mail_only_to: str
    admin_host: str
    trusted_proxies: int
    log_format: str
    proposer_may_approve: str
    session_hours: int
    unconfirmed_days: int

    @property
    def data_path(self) -> Path:
        return Path(self.data_dir)

    @property
    def uses_sqlite(self) -> bool:
        return self.database_url.startswith("sqlite")


def load(environ: Mapping[str, str] | None = None) -> Settings:
    """The settings in force.

    Raises Problem("invalid") with one line that names the setting and what is wrong with it.
    """
    given = os.environ if environ is None else environ
    values = {setting.name.lower(): _value(setting, given) for setting in SETTINGS}
    if not values["base_url"]:
        values["base_url"] = f"http://localhost:{values['port']}"
    settings = Settings(**values)
    return settings if settings.secret_key else _with_kept_key(settings, values)


def _value(setting: Setting, given: Mapping[str, str]) -> Any:
    raw = given.get(setting.name)
    path = given.get(f"{setting.name}_FILE")
    try:
        if raw is None and path:
            raw = Path(path).read_text(encoding="utf-8").strip()
        return setting.parse(setting.default if raw is None or raw == "" else raw)
    except OSError as error:
        reason = f"{setting.name}_FILE: cannot read {path}: {error.strerror}"
        raise Problem("invalid", "setting-wrong", reason) from None
    except ValueError as error:
        reason = str(error) if "must" in str(error) else f"cannot be understood ({error})"
        raise Problem("invalid", "setting-wrong", f"{setting.name}: {reason}") from None


def _with_kept_key(settings: Settings, values: dict[str, Any]) -> Settings:
    if not settings.uses_sqlite:
        raise Problem("invalid", "setting-wrong", "SECRET_KEY: must be set when the database is PostgreSQL")
    path = settings.data_path / "secret-key"
    if not path.exists():
        settings.data_path.mkdir(parents=True, exist_ok=True)
        _create_privately(path, secrets.token_urlsafe(48))
    return Settings(**{**values, "secret_key": path.read_text(encoding="ascii").strip()})


def _create_privately(path: Path, text: str) -> None:
    try:
        handle = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    except FileExistsError:  # another process was first; its key is the one
        return
    with os.fdopen(handle, "w", encoding="ascii") as file:
        file.write(text)


def as_markdown() -> str:
    """The settings as the table that stands in docs/settings.md."""
    rows = ["| setting | default | what it does |", "|---|---|---|"]
    for setting in SETTINGS:
        default = f"`{setting.default}`" if setting.default else ""
        rows.append(f"| `{setting.name}` | {default} | {setting.help}{' (secret)' if setting.secret else ''} |")
    return "\n".join(rows) + "\n"
