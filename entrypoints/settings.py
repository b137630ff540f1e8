"""What a running house is told from outside: HOUTAI_* variables, each with its range, read once at the start."""

from __future__ import annotations

import os
from collections.abc import Mapping
from typing import Final, Self

import attrs

from houtai.domain import limits
from houtai.domain.access.networks import UNIX_SOCKET, parse_network
from houtai.domain.refusal import InvalidValue

DEVELOPMENT: Final = "development"
PRODUCTION: Final = "production"
_ON: Final = {"1": True, "on": True, "true": True, "yes": True, "0": False, "off": False, "false": False, "no": False}


@attrs.frozen
class Settings:
    """The settings of one process. `schema` is whether the API's description is served; `threads` how many deeds run at once."""

    db: str = "sqlite:///houtai.db"
    env: str = attrs.field(default=DEVELOPMENT, validator=attrs.validators.in_((DEVELOPMENT, PRODUCTION)))
    schema: bool = True
    threads: int = attrs.field(default=8, validator=limits.between(1, 64))
    trusted_proxies: tuple[str, ...] = ()
    audit_heads: str = ""  # the directory, outside of the database, where the operation log's head is noted; empty for none

    @classmethod
    def from_environment(cls, environment: Mapping[str, str] | None = None) -> Self:
        """From HOUTAI_DB, _ENV, _SCHEMA, _THREADS, _TRUSTED_PROXIES and _AUDIT_HEADS. Raises InvalidValue.

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
            trusted_proxies=tuple(
                part if part == UNIX_SOCKET else parse_network(part, "HOUTAI_TRUSTED_PROXIES")
                for part in given.get("HOUTAI_TRUSTED_PROXIES", "").replace(",", " ").split()
            ),
            audit_heads=given.get("HOUTAI_AUDIT_HEADS", "").strip(),
        )


def _switch(given: Mapping[str, str], name: str, *, default: bool) -> bool:
    text = given.get(name, "").strip().lower()
    if text and text not in _ON:
        raise InvalidValue(field=name, rule="must be on or off")
    return _ON.get(text, default)


def _number(given: Mapping[str, str], name: str, *, default: int) -> int:
    text = given.get(name, "").strip()
    if not text:
        return default
    if not (text.isascii() and text.isdecimal()):
        raise InvalidValue(field=name, rule="must be a whole number")
    return int(text)
