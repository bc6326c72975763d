"""What the environment says, read strictly: what cannot be meant is one sentence that names the
variable and how to mend it, and the portal does not start. No password is ever shown."""

import os
import re
import shlex
import shutil
from collections.abc import Callable
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import environ
from django.core.exceptions import ImproperlyConfigured, ValidationError
from django.core.validators import validate_email
from django.utils.module_loading import import_string

from core.web.logs import mask
from plan_portal.backup import options
from plan_portal.backup.errors import BackupError

env = environ.Env()

ALL = "all"
YES, NO = ("1", "true", "yes", "on"), ("0", "false", "no", "off", "")
HOST = re.compile(r"\*|\.?[A-Za-z0-9_]([A-Za-z0-9_.-]*[A-Za-z0-9_])?|\[[0-9a-fA-F:.]+\]")


def text(name: str, default: str = "") -> str:
    """What stands there, to the letter; the default where nothing does."""
    return os.environ.get(name, "").strip() or default


def words(name: str) -> list[str]:
    """Texts between commas."""
    return [each.strip() for each in text(name).split(",") if each.strip()]


def debug() -> bool:
    """Whether DEBUG is 1. Other words for yes are off, so that nothing opens by chance."""
    yes_or_no("DEBUG")
    return text("DEBUG") == "1"


def yes_or_no(name: str, default: bool = False) -> bool:
    """A setting that is 1 or 0."""
    word = text(name, "1" if default else "0").lower()
    if word not in YES + NO:
        raise ImproperlyConfigured(f"{name} is “{word}”: give 1 or 0.")
    return word in YES


def yes_no_or_all(name: str) -> bool | str:
    """A setting that is 1, 0 or `all`."""
    return ALL if text(name).lower() == ALL else yes_or_no(name)


def whole_number(name: str, default: int, most: int = 10**9) -> int:
    """A setting that is a whole number from 0."""
    word = text(name, str(default))
    if not word.isascii() or not word.isdigit():
        raise ImproperlyConfigured(f"{name} is “{word}”: give a whole number.")
    if int(word) > most:
        raise ImproperlyConfigured(f"{name} is “{word}”: give a whole number up to {most}.")
    return int(word)


def one_of(name: str, default: str, words: tuple[str, ...]) -> str:
    word = text(name, default).lower()
    if word not in words:
        raise ImproperlyConfigured(f"{name} is “{word}”: give one of {', '.join(words)}.")
    return word


def hosts(name: str, default: list[str]) -> list[str]:
    """Names of hosts, between commas."""
    found = words(name) or default
    for each in found:
        if not HOST.fullmatch(each):
            raise ImproperlyConfigured(
                f"{name} has “{each}”, which is no host: give names without https:// and port, "
                "between commas, as in portal.example.vn,10.0.0.5."
            )
    return found


def origins(name: str) -> list[str]:
    """Addresses of the portal as a browser names them (scheme and host), between commas."""
    return [web_address(name, each) for each in words(name)]


def web_address(name: str, address: str) -> str:
    """An address that begins with http:// or https:// and names a host."""
    try:
        parts = urlsplit(address)
        right = parts.scheme in ("http", "https") and bool(parts.hostname) and parts.port != 0
        right = right and not parts.username and not re.search(r"\s", address)
    except ValueError:
        right = False
    if not right:
        shown = "not understood" if "@" in address else f"“{address}”"
        raise ImproperlyConfigured(f"{name} is {shown}: give https://portal.example.vn.")
    return address


def folder(name: str, default: Path | str) -> str:
    """A folder, there already or to be made; empty where the default is."""
    path = text(name, str(default))
    if "\0" in path or (path and Path(path).exists() and not Path(path).is_dir()):
        raise ImproperlyConfigured(f"{name} is {path}, which is no folder.")
    return path


def backup_keep(default: str) -> str:
    """How many backups stay; the backup reads it."""
    return _as_the_backup_says(options.schedule, text("BACKUP_KEEP", default))


def backup_key() -> str:
    return _as_the_backup_says(options.long_enough, os.environ.get("BACKUP_KEY", ""))


def _as_the_backup_says(check: Callable[[str], object], given: str) -> str:
    try:
        check(given)
    except BackupError as error:
        raise ImproperlyConfigured(str(error)) from error
    return given


def report_to_sentry(version: str) -> None:
    """Send faults to the service that SENTRY_DSN names; without it nothing leaves the machine.

    Neither bodies, cookies, headers, queries nor the values of variables go with them.
    """
    if not (address := text("SENTRY_DSN")):
        return
    import sentry_sdk
    from sentry_sdk.utils import BadDsn

    try:
        sentry_sdk.init(
            address,
            release=version,
            send_default_pii=False,
            include_local_variables=False,
            max_request_body_size="never",
            before_send=_without_the_request,
            before_breadcrumb=lambda *_args: None,
        )
    except BadDsn as error:
        raise ImproperlyConfigured(
            "SENTRY_DSN is not understood: give https://key@host/number, as Sentry shows it."
        ) from error


def _without_the_request(event: Any, _hint: object) -> Any:
    """What is sent: the trace, with values hidden as in the logs."""
    for name in ("request", "user", "breadcrumbs", "server_name"):
        event.pop(name, None)
    for each in event.get("exception", {}).get("values", []):
        each["value"] = mask(str(each.get("value", "")))
    return event


def program(name: str) -> str:
    """A command with its options; its program is there."""
    command = text(name)
    try:
        first = (shlex.split(command) or [""])[0]
    except ValueError:  # a quotation mark without its other
        first = "?"
    if first and not shutil.which(first):
        raise ImproperlyConfigured(f"{name} is “{command}”, whose program is not there.")
    return command


def mail_address(name: str, default: str) -> str:
    """What letters come from: `portal@example.vn`, or with a name, `Portal <portal@example.vn>`."""
    found = text(name, default)
    match = re.fullmatch(r"[^<>\r\n]*<([^<>\s]+)>|([^<>\s]+)", found)
    try:
        validate_email(
            ((match[1] or match[2]) if match else "").replace("@localhost", "@local.host")
        )
    except ValidationError as error:
        raise ImproperlyConfigured(
            f"{name} is “{found}”: give an address such as portal@example.vn."
        ) from error
    return found


def mail_backend(default: str) -> str:
    """The class that sends letters; EMAIL_URL decides before it."""
    found = text("EMAIL_BACKEND", default)
    try:
        import_string(found)
    except ImportError as error:
        raise ImproperlyConfigured(
            f"EMAIL_BACKEND is “{found}”, which is not there: set EMAIL_URL instead."
        ) from error
    return found


def database_url(default: str, name: str = "DATABASE_URL") -> dict[str, Any]:
    """What DATABASE_URL, or the address of another one, says: as django.db has it."""
    address = os.environ.get(name, default)
    shape = "Write postgresql://user:password@host:5432/name or sqlite:////folder/file.sqlite3."
    try:
        config = env.db_url_config(address) if "://" in address else {}
    except ValueError as error:
        raise ImproperlyConfigured(f"{name} is not understood. {shape}") from error
    engine = config.get("ENGINE", "").rpartition(".")[2]
    if engine not in ("sqlite3", "postgresql") or "." not in config["ENGINE"]:
        raise ImproperlyConfigured(f"{name} names no PostgreSQL or SQLite. {shape}")
    if not config["NAME"]:
        raise ImproperlyConfigured(f"{name} names no database. {shape}")
    place = Path(config["NAME"])
    if engine == "sqlite3" and config["NAME"] != ":memory:":
        if not place.parent.is_dir():
            raise ImproperlyConfigured(f"The folder of {name} is not there: {place.parent}")
        if place.is_dir():
            raise ImproperlyConfigured(f"{name} names a folder, not a file: {place}")
    _known_options(name, config.get("OPTIONS", {}))
    return config


def _known_options(name: str, options: dict[str, str]) -> None:
    """What follows the ? of an address of PostgreSQL (sslmode, target_session_attrs)."""
    from psycopg2 import ProgrammingError
    from psycopg2.extensions import make_dsn

    try:
        make_dsn(**options)
    except ProgrammingError as error:
        said = ", ".join(sorted(options))
        raise ImproperlyConfigured(
            f"{name} has options that PostgreSQL does not know, among {said}; "
            "?sslmode=require is one that it does."
        ) from error


def mail_url(address: str) -> dict[str, object]:
    """The settings that EMAIL_URL stands for."""
    shape = "Write smtp+tls://user:password@host:587 or smtp+ssl://user:password@host:465."
    try:
        found = env.email_url_config(address)
    except (ValueError, ImproperlyConfigured) as error:
        raise ImproperlyConfigured(f"EMAIL_URL is not understood. {shape}") from error
    if found["EMAIL_BACKEND"].endswith("smtp.EmailBackend") and not found["EMAIL_HOST"]:
        raise ImproperlyConfigured(f"EMAIL_URL names no host. {shape}")
    if found["EMAIL_PORT"] == 465:  # where TLS begins at once, whatever the address calls it
        found |= {"EMAIL_USE_TLS": False, "EMAIL_USE_SSL": True}
    if found["EMAIL_FILE_PATH"]:
        found["EMAIL_FILE_PATH"] = f"/{found['EMAIL_FILE_PATH']}"
    return {name: value for name, value in found.items() if value not in (None, "")}
