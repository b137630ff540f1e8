"""The library's public names: every command, use case, query and refusal, and the values that they are made of.

Run ``python -m tests.public_names`` after adding one; a test compares the file with what is there.
"""

from __future__ import annotations

import importlib
import inspect
import pkgutil
import types
from collections.abc import Iterator
from pathlib import Path

import attrs

import houtai.application
import houtai.domain
from houtai.domain.refusal import Refusal

STUB = Path(__file__).parents[1] / "houtai" / "__init__.pyi"
HEAD = '"""The public names of the library; each is imported from its own room when it is first used. Made by tests/public_names.py."""\n\n'

# What commands are made of, beside the commands themselves.
VALUES = {
    "entrypoints.library": ["open_office"],
    "application.office": ["Office"],
    "application.paging": ["Page", "Slice"],
    "domain.act": ["Act", "Entry", "Origin"],
    "domain.authority": ["Authority", "Decision", "Dimension", "Grant", "Scope"],
    "domain.money": ["Money", "allocate"],
}

# Where two modules use one word, commands need the one of these.
FIRST = {
    "Adjustment": "domain.pricing.basket",
    "Category": "domain.catalog.category",
    "Entry": "domain.ledger.journal",
    "Hold": "domain.inventory.reservation",
    "Outcome": "domain.catalog.listing",
    "ReturnPolicy": "domain.catalog.sku",
    "Source": "domain.catalog.product",
    "Standing": "domain.catalog.standing",
    "Verdict": "domain.catalog.listing",
}


def modules(package: types.ModuleType) -> Iterator[types.ModuleType]:
    for found in pkgutil.walk_packages(package.__path__, package.__name__ + "."):
        yield importlib.import_module(found.name)


def public() -> dict[str, list[str]]:
    """Names by module below houtai, each name in one module."""
    found: dict[str, set[str]] = {module: set(names) for module, names in VALUES.items()}
    for module in (*modules(houtai.domain), *modules(houtai.application)):
        short = module.__name__.removeprefix("houtai.")
        for name, member in vars(module).items():
            own = getattr(member, "__module__", "") == module.__name__ and not name.startswith("_")
            if own and (_is_deed(member) or _is_refusal(member) or _is_value(member, short)):
                found.setdefault(short, set()).add(name)
    ids = importlib.import_module("houtai.domain.ids")
    found["domain.ids"] = {name for name in vars(ids) if name.endswith("Id")} | {"new_id", "derive"}
    return {module: sorted(names) for module, names in sorted(found.items())}


def _is_deed(member: object) -> bool:
    return inspect.isfunction(member) and "verb" in member.__dict__


def _is_refusal(member: object) -> bool:
    return inspect.isclass(member) and issubclass(member, Refusal)


def _is_value(member: object, module: str) -> bool:
    """Commands and requests beside their use cases; records and enums of the domain."""
    if not inspect.isclass(member):
        return False
    plain = attrs.has(member) or hasattr(member, "__members__")
    return plain and (module.startswith("application.") or module.count(".") == 2)


def clashes(names: dict[str, list[str]]) -> dict[str, list[str]]:
    """Names that two modules would give: they are left out of the top level unless FIRST says whose they are."""
    homes: dict[str, list[str]] = {}
    for module, members in names.items():
        for member in members:
            homes.setdefault(member, []).append(module)
    return {name: places for name, places in homes.items() if len(places) > 1}


def stub() -> str:
    names = public()
    shared = clashes(names)
    lines = []
    for module, members in names.items():
        own = [name for name in members if name not in shared or FIRST.get(name) == module]
        if own:
            listed = "".join(f"    {name} as {name},\n" for name in own)
            lines.append(f"from .{module} import (\n{listed})\n")
    return HEAD + "".join(lines)


if __name__ == "__main__":
    STUB.write_text(stub(), encoding="utf-8")
