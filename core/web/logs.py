"""What is written on standard error: one line for each event, JSON or text (`LOG_FORMAT`), with
the number of the request it belongs to; no secrets, no personal data (`mask`).

It needs no settings, so that the server's own messages are written the same way.
"""

import json
import logging
import re
from contextvars import ContextVar
from datetime import UTC, datetime
from typing import Any

request_id: ContextVar[str] = ContextVar("request_id", default="")

HIDDEN = "…"
MASKS = (
    (re.compile(r"[\w.+%-]+@[\w-]+(\.[\w-]+)+"), HIDDEN),  # an address of email
    (re.compile(r"(://[^/\s:@]*:)[^/\s@]+@"), rf"\1{HIDDEN}@"),  # a password in an address
    (re.compile(r"(/accounts/password/new/)[^\s'\"]+"), rf"\1{HIDDEN}"),  # sets a password
    (re.compile(r"(/shared/)[\w-]{8,}"), rf"\1{HIDDEN}"),  # opens a page without an account
    (re.compile(r"((?:Token|Bearer|Basic) )[\w.+/=~-]{8,}"), rf"\1{HIDDEN}"),
    (re.compile(r"(/[^\s?'\"]*\?)[^\s'\"]+"), rf"\1{HIDDEN}"),  # what was asked for: names, words
    (re.compile(r"^LINE \d+: .*\n.*\^$", re.M), HIDDEN),  # PostgreSQL repeats the values
)


def mask(text: str, error: BaseException | None = None) -> str:
    """A text without what is nobody's to read; `error` is what it tells of."""
    while error is not None:  # PostgreSQL quotes the whole row that it refuses
        if detail := getattr(getattr(error, "diag", None), "message_detail", None):
            text = text.replace(detail, HIDDEN)
        error = error.__cause__ or error.__context__
    for pattern, put in MASKS:
        text = pattern.sub(put, text)
    return text


class Line(logging.Formatter):
    """What both forms have in common."""

    def facts(self, record: logging.LogRecord) -> dict[str, object]:
        """When, how bad, where, what; the request; what else the event says (`extra={"facts": …}`);
        the trace."""
        found: dict[str, object] = {
            "time": datetime.fromtimestamp(record.created, UTC).isoformat(timespec="milliseconds"),
            "level": record.levelname,
            "logger": record.name,
            "message": mask(record.getMessage(), record.exc_info[1] if record.exc_info else None),
        }
        if number := request_id.get():
            found["request_id"] = number
        found |= getattr(record, "facts", {})
        if record.exc_info:
            found["trace"] = mask(self.formatException(record.exc_info), record.exc_info[1])
        return found


class JsonLine(Line):
    """One JSON object a line."""

    def format(self, record: logging.LogRecord) -> str:
        return json.dumps(self.facts(record), ensure_ascii=False, default=str)


class TextLine(Line):
    """For a person at a terminal; nobody can write a second line into it but a trace."""

    def format(self, record: logging.LogRecord) -> str:
        found = self.facts(record)
        trace = found.pop("trace", "")
        said = " ".join(
            str(found.pop(name)) for name in ("time", "level", "logger", "message")
        ).replace("\n", "\\n")
        more = "".join(f" {name}={json.dumps(value, default=str)}" for name, value in found.items())
        return f"{said}{more}\n{trace}" if trace else said + more


def to_stderr(form: str, level: str = "INFO") -> dict[str, Any]:
    """`LOGGING` of the portal, or of its server."""
    kind = {"json": JsonLine, "text": TextLine}[form]
    return {
        "version": 1,
        "disable_existing_loggers": False,
        "formatters": {"line": {"()": kind}},
        "handlers": {"stderr": {"class": "logging.StreamHandler", "formatter": "line"}},
        "root": {"handlers": ["stderr"], "level": "WARNING"},
        "loggers": {"portal": {"level": level}},
    }
