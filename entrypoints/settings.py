"""What a running house is told from outside: HOUTAI_* variables, each with its range, read once at the start."""

from __future__ import annotations

import os
from collections.abc import Mapping, Sequence
from typing import Final, Self

import attrs

from houtai.domain import limits
from houtai.domain.access.networks import UNIX_SOCKET, parse_network
from houtai.domain.refusal import InvalidValue
from houtai.entrypoints.logs import FORMS, HUMAN

DEVELOPMENT: Final = "development"
PRODUCTION: Final = "production"
BROKERS: Final = ("redis://", "rediss://", "unix://")
_ON: Final = {"1": True, "on": True, "true": True, "yes": True, "0": False, "off": False, "false": False, "no": False}


@attrs.frozen
class Settings:
    """The settings of one process. `schema` is whether the API's description is served; `threads` how many deeds run at once."""

    db: str = "sqlite:///houtai.db"
    env: str = attrs.field(default=DEVELOPMENT, validator=attrs.validators.in_((DEVELOPMENT, PRODUCTION)))
    schema: bool = True
    threads: int = attrs.field(default=8, validator=limits.between(1, 64))
    trusted_proxies: tuple[str, ...] = ()
    secret_key: str = attrs.field(default="", repr=False)  # keys that seal secrets, the first one new ones; empty for none here
    secret_key_file: str = ""  # a file that holds them instead
    rates: str = ""  # changes to the limits on requests, or off; see entrypoints/http/rates.py
    audit_heads: str = ""  # the directory, outside of the database, where the operation log's head is noted; empty for none
    carriers: str = ""  # a TOML file that names the carriers and their accounts; empty for none
    payments: str = ""  # a TOML file that names the payment providers and our accounts with them; empty for none
    log: str = attrs.field(default=HUMAN, validator=attrs.validators.in_(FORMS))  # the form of the lines on stderr
    slow_ms: int = attrs.field(default=500, validator=limits.between(0, 600_000))  # statements from here on are logged; 0: none
    metrics: str = ""  # HOST:PORT for GET /metrics and /health, apart from the API; empty for none
    events: str = attrs.field(default="", repr=False)  # the broker's URL, which may hold a password; empty for none
    events_prefix: str = attrs.field(default="houtai", validator=limits.text(1, 60))  # of its streams' names
    events_maxlen: int = attrs.field(default=100_000, validator=limits.between(1_000, 100_000_000))  # about so many a stream
    font: str = ""  # a TrueType file with Chinese glyphs; empty to look for one
    print_dir: str = ""  # where printers that are folders write; empty for beside an SQLite database in development
    printer_networks: tuple[str, ...] = ()  # where printers stand; empty for the private networks, in development also here
    webhook_networks: tuple[str, ...] = ()  # beyond public addresses, where endpoints may stand; in development also here
    deadline_s: int = attrs.field(default=20, validator=limits.between(2, 600))  # for a transaction on PostgreSQL, whole

    @classmethod
    def from_environment(cls, environment: Mapping[str, str] | None = None) -> Self:
        """From the HOUTAI_* variables, each named as the attribute it fills. Raises InvalidValue.

        The description is on in development and off in production, unless HOUTAI_SCHEMA says otherwise.
        """
        given = os.environ if environment is None else environment
        env = given.get("HOUTAI_ENV", DEVELOPMENT)
        if env not in (DEVELOPMENT, PRODUCTION):
            raise InvalidValue(field="HOUTAI_ENV", rule=f"must be {DEVELOPMENT} or {PRODUCTION}")
        return cls(
            db=given.get("HOUTAI_DB", cls().db),
            env=env,
            schema=_switch(given, "HOUTAI_SCHEMA", default=env == DEVELOPMENT),
            threads=_number(given, "HOUTAI_THREADS", default=cls().threads),
            deadline_s=_number(given, "HOUTAI_DEADLINE_S", default=cls().deadline_s),
            trusted_proxies=tuple(
                part if part == UNIX_SOCKET else parse_network(part, "HOUTAI_TRUSTED_PROXIES")
                for part in given.get("HOUTAI_TRUSTED_PROXIES", "").replace(",", " ").split()
            ),
            secret_key=given.get("HOUTAI_SECRET_KEY", ""),
            secret_key_file=given.get("HOUTAI_SECRET_KEY_FILE", "").strip(),
            rates=given.get("HOUTAI_RATES", "").strip(),
            audit_heads=given.get("HOUTAI_AUDIT_HEADS", "").strip(),
            carriers=given.get("HOUTAI_CARRIERS", "").strip(),
            payments=given.get("HOUTAI_PAYMENTS", "").strip(),
            log=_choice(given, "HOUTAI_LOG", FORMS),
            slow_ms=_number(given, "HOUTAI_SLOW_MS", default=cls().slow_ms),
            metrics=_address(given, "HOUTAI_METRICS"),
            font=given.get("HOUTAI_FONT", "").strip(),
            print_dir=given.get("HOUTAI_PRINT_DIR", "").strip(),
            printer_networks=tuple(
                parse_network(part, "HOUTAI_PRINTER_NETWORKS")
                for part in given.get("HOUTAI_PRINTER_NETWORKS", "").replace(",", " ").split()
            ),
            webhook_networks=tuple(
                parse_network(part, "HOUTAI_WEBHOOK_NETWORKS")
                for part in given.get("HOUTAI_WEBHOOK_NETWORKS", "").replace(",", " ").split()
            ),
            events=_broker(given, "HOUTAI_EVENTS"),
            events_prefix=given.get("HOUTAI_EVENTS_PREFIX", "").strip() or cls().events_prefix,
            events_maxlen=_number(given, "HOUTAI_EVENTS_MAXLEN", default=cls().events_maxlen),
        )


def _switch(given: Mapping[str, str], name: str, *, default: bool) -> bool:
    text = given.get(name, "").strip().lower()
    if text and text not in _ON:
        raise InvalidValue(field=name, rule="must be on or off")
    return _ON.get(text, default)


def _choice(given: Mapping[str, str], name: str, choices: Sequence[str]) -> str:
    text = given.get(name, "").strip().lower() or choices[0]
    if text not in choices:
        raise InvalidValue(field=name, rule=f"must be {' or '.join(choices)}")
    return text


def _address(given: Mapping[str, str], name: str) -> str:
    text = given.get(name, "").strip()
    host, _, port = text.rpartition(":")
    if text and not (host and port.isascii() and port.isdecimal() and int(port) < 65_536):
        raise InvalidValue(field=name, rule="must be HOST:PORT, such as 127.0.0.1:9464")
    return text


def _broker(given: Mapping[str, str], name: str) -> str:
    text = given.get(name, "").strip()
    if text and not text.startswith(BROKERS):
        raise InvalidValue(field=name, rule=f"must begin with {' or '.join(BROKERS)}")
    return text


def _number(given: Mapping[str, str], name: str, *, default: int) -> int:
    text = given.get(name, "").strip()
    if not text:
        return default
    if not (text.isascii() and text.isdecimal()):
        raise InvalidValue(field=name, rule="must be a whole number")
    return int(text)
