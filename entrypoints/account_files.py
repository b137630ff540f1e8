"""Accounts with outside systems, from a TOML file: a table each, secrets in files or variables, none in a refusal."""

from __future__ import annotations

import os
import tomllib
from collections.abc import Mapping
from pathlib import Path
from typing import Any, Final, TypeVar

import attrs

from houtai.domain.refusal import InvalidValue

A = TypeVar("A")

_IN_A_FILE: Final = "_file"
_IN_A_VARIABLE: Final = "_env"


def read_tables(path: str, setting: str) -> dict[str, Any]:
    """The file's tables by name; `setting` named it. Raises InvalidValue."""
    try:
        return tomllib.loads(Path(path).read_text(encoding="utf-8"))
    except (OSError, ValueError) as error:
        raise InvalidValue(field=setting, rule=f"must name a TOML file that can be read ({type(error).__name__})") from error


def kind_of(table: Any, kinds: Mapping[str, Any], where: str) -> str:
    """Which of these kinds a table is. Raises InvalidValue."""
    if not isinstance(table, dict) or table.get("kind") not in kinds:
        raise InvalidValue(field=where, rule=f"must have a kind of {', '.join(sorted(kinds))}")
    return str(table["kind"])


def account_of(account: type[A], table: Mapping[str, Any], where: str) -> A:
    """An account from a table's fields; ``secret_file`` names a file that holds ``secret``, ``secret_env`` a variable.

    Raises InvalidValue for fields that are strange, missing or wrong, and never shows what stands in one.
    """
    given = dict(_value(field, value, where) for field, value in table.items() if field != "kind")
    known = {field.name: field for field in attrs.fields(account)}  # type: ignore[arg-type]  # every account is attrs'
    strange = sorted(set(given) - set(known))
    missing = sorted(field.name for field in known.values() if field.default is attrs.NOTHING and field.name not in given)
    if strange or missing:
        rule = "; ".join(part for part in (_say("does not know", strange), _say("lacks", missing)) if part)
        raise InvalidValue(field=where, rule=rule)
    for name, value in given.items():
        wanted = int if known[name].type in (int, "int") else str
        if type(value) is not wanted:
            raise InvalidValue(field=f"{where}.{name}", rule=f"must be {'a whole number' if wanted is int else 'a text'}")
    try:
        return account(**given)
    except InvalidValue as wrong:
        raise InvalidValue(field=f"{where}.{wrong.field}", rule=wrong.rule) from None
    except ValueError:
        raise InvalidValue(field=where, rule="holds a value that is none of those it may be") from None


def _value(field: str, value: Any, where: str) -> tuple[str, Any]:
    if field.endswith(_IN_A_VARIABLE):
        if not os.environ.get(str(value)):
            raise InvalidValue(field=f"{where}.{field}", rule="must name a variable of the environment that is set")
        return field.removesuffix(_IN_A_VARIABLE), os.environ[str(value)]
    if not field.endswith(_IN_A_FILE):
        return field, value
    try:
        return field.removesuffix(_IN_A_FILE), Path(str(value)).read_text(encoding="utf-8").strip()
    except (OSError, ValueError) as error:
        raise InvalidValue(field=f"{where}.{field}", rule="must name a file that can be read") from error


def _say(words: str, names: list[str]) -> str:
    return f"{words} {', '.join(names)}" if names else ""
