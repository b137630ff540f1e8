"""No command and no question brings a person into the operation log: what somebody is known by is marked as secret."""

from __future__ import annotations

import functools
import importlib
import pkgutil
from collections.abc import Iterator
from typing import Any, get_args, get_type_hints

import attrs
import pytest

import houtai.application
from houtai.adapters.sql.doctor.persons import PERSONAL
from houtai.application.plain import SECRET


@functools.cache
def commands() -> dict[str, type]:
    """What every use case and query takes, by the deed's name."""
    found: dict[str, type] = {}
    for module in pkgutil.walk_packages(houtai.application.__path__, houtai.application.__name__ + "."):
        for member in vars(importlib.import_module(module.name)).values():
            if "verb" in getattr(member, "__dict__", {}) and callable(member):
                hints = get_type_hints(member)
                taken = list(hints.values())[1]
                if attrs.has(taken):
                    found[member.__name__] = taken
    return found


def in_clear(kind: Any, seen: frozenset[Any] = frozenset()) -> Iterator[str]:
    if attrs.has(kind) and kind not in seen:
        hints = get_type_hints(kind)
        for field in attrs.fields(kind):
            if not field.metadata.get(SECRET):
                if field.name in PERSONAL:
                    yield f"{kind.__name__}.{field.name}"
                yield from in_clear(hints[field.name], seen | {kind})
    for part in get_args(kind):
        yield from in_clear(part, seen)


@pytest.mark.parametrize("deed", sorted(commands()))
def test_a_command_shows_no_person_to_the_log(deed: str) -> None:
    assert list(in_clear(commands()[deed])) == []
