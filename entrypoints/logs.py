"""The process's log on stderr: one line an event, for people or as JSON, without secrets and without what persons told us."""

from __future__ import annotations

import datetime as dt
import json
import logging
import re
import traceback
from collections.abc import Mapping
from contextvars import ContextVar
from typing import Any, Final

from houtai.application.observer import DEED
from houtai.domain.refusal import Refusal

HUMAN: Final = "human"
JSON: Final = "json"
FORMS: Final = (HUMAN, JSON)
LONGEST: Final = 1_000  # characters of one text
MOST_FRAMES: Final = 40

REQUEST: Final[ContextVar[Mapping[str, str]]] = ContextVar("houtai_request", default={})  # noqa: B039  # nobody writes into it
"""What ties a line to the request that this thread works for: request_id, correlation_id, actor_id, route."""

# What looks like a secret or leads to a person, wherever a foreign text brings it along.
_HIDDEN: Final[tuple[tuple[re.Pattern[str], str], ...]] = (
    (re.compile(r"(?<=://)([^\s:/@]*):[^\s@]*@"), r"\1:***@"),
    (re.compile(r"(?i)\b(password|passwd|secret|token|api[-_]?key)(\s*[=:]\s*)\S+"), r"\1\2***"),
    (re.compile(r"(?i)\bbearer\s+\S+"), "Bearer ***"),
    (re.compile(r"\bhtk_\w+"), "htk_***"),
    (re.compile(r"[\w.+-]+@[\w-]+\.[\w.-]+"), "***@***"),
    (re.compile(r"(?<![\w-])(?:\+?86[ -]?)?1[3-9]\d[ -]?\d{4}[ -]?\d{4}(?![\w-])"), "***"),
    (re.compile(r"(?<![\w-])\d{13,19}(?![\w-])"), "***"),
)
_ID: Final = re.compile(r"[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}")
_UNPRINTABLE: Final = re.compile(r"[^\S ]|[\x00-\x1f\x7f-\x9f\u2028\u2029\u200b-\u200f\u202a-\u202e\u2066-\u2069\ufeff]")


def one_line(text: str) -> str:
    """Cut to LONGEST, without what looks like a secret, and with everything escaped that could begin a line of its own."""
    if _ID.fullmatch(text):  # most of what a request's line holds
        return text
    for pattern, instead in _HIDDEN:
        text = pattern.sub(instead, text)
    return _UNPRINTABLE.sub(lambda sign: f"\\u{ord(sign[0]):04x}", text[:LONGEST])


def told(record: logging.LogRecord) -> dict[str, Any]:
    """A record as plain facts, in the order in which they are shown."""
    facts: dict[str, Any] = {
        "time": dt.datetime.fromtimestamp(record.created, dt.UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z"),
        "level": record.levelname.lower(),
        "logger": record.name,
        "event": one_line(record.getMessage()),
    }
    if deed := DEED.get():
        facts["deed"] = deed
    given = getattr(record, "facts", {})
    for name, fact in {**REQUEST.get(), **given}.items():
        facts[name] = one_line(fact) if isinstance(fact, str) else fact
    if record.exc_info and record.exc_info[1] is not None:
        facts["error"] = fault(record.exc_info[1])
    return facts


def fault(error: BaseException) -> list[str]:
    """What was raised and where, causes first: kinds and places only.

    The message of somebody else's exception quotes what it was given, a database's even the whole row. Of the house's own
    refusals the code is told, of a database's fault its state and the constraint.
    """
    frames = traceback.extract_tb(error.__traceback__)[-MOST_FRAMES:]
    lines = [f"{frame.filename}:{frame.lineno} in {frame.name}" for frame in frames]
    cause = error.__cause__ or (None if error.__suppress_context__ else error.__context__)
    before = fault(cause) if cause is not None else []
    return [*before, *lines, _named(error)]


def _named(error: BaseException) -> str:
    name = f"{type(error).__module__}.{type(error).__qualname__}".removeprefix("builtins.")
    origin = getattr(error, "orig", error)
    facts = [getattr(origin, "sqlstate", None), getattr(getattr(origin, "diag", None), "constraint_name", None)]
    if isinstance(error, Refusal):
        facts.append(error.code)
    if isinstance(error, OSError):
        facts.append(error.strerror)
    known = " ".join(str(fact) for fact in facts if fact)
    return one_line(f"{name}: {known}" if known else name)


class JsonLines(logging.Formatter):
    """One JSON object a line, in ASCII, so that no reader of lines sees more of them than there are."""

    def format(self, record: logging.LogRecord) -> str:
        """See `logging.Formatter.format`."""
        return json.dumps(told(record), default=str)


class HumanLines(logging.Formatter):
    """Time, level, logger, event, then ``name=value``; where something was raised its lines follow, each behind a bar."""

    def format(self, record: logging.LogRecord) -> str:
        """See `logging.Formatter.format`."""
        facts = told(record)
        error = facts.pop("error", [])
        head = f"{facts.pop('time')} {facts.pop('level').upper():7} {facts.pop('logger')} {facts.pop('event')}"
        rest = "".join(f" {name}={_shown(fact)}" for name, fact in facts.items())
        return head + rest + "".join(f"\n    | {line}" for line in error)


def _shown(fact: Any) -> str:
    text = str(fact)
    return text if text and not re.search(r"[\s=\"']", text) else json.dumps(text, ensure_ascii=False)


def configuration(form: str) -> dict[str, Any]:
    """For `logging.config.dictConfig`, in this process and in those that a server starts; `form` is one of FORMS."""
    formatter = {HUMAN: HumanLines, JSON: JsonLines}[form]
    return {
        "version": 1,
        "disable_existing_loggers": False,
        "formatters": {"line": {"()": f"{formatter.__module__}.{formatter.__qualname__}"}},
        "handlers": {"stderr": {"class": "logging.StreamHandler", "formatter": "line"}},
        "loggers": {"alembic": {"level": "WARNING"}},  # it tells of its own set-up
        "root": {"level": "INFO", "handlers": ["stderr"]},
    }
