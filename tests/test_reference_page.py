"""docs/reference.md lists every verb and refusal; run `python -m tests.test_reference_page` to write its tables anew."""

from __future__ import annotations

import importlib
import inspect
import pkgutil
import re
from collections.abc import Callable, Iterator
from pathlib import Path
from types import ModuleType

import houtai.adapters
import houtai.application
import houtai.domain
import houtai.entrypoints
from houtai.application import permission
from houtai.application.permission import VERBS, extent_of, verb_of
from houtai.domain.authority import Dimension, Extent
from houtai.domain.refusal import Refusal

PAGE = Path(__file__).parents[1] / "docs" / "reference.md"


def modules(*packages: ModuleType) -> Iterator[ModuleType]:
    for package in packages:
        for found in pkgutil.walk_packages(package.__path__, package.__name__ + "."):
            if ".migrations" not in found.name:
                yield importlib.import_module(found.name)


def _first_line(thing: object) -> str:
    return (thing.__doc__ or "").split("\n", 1)[0].strip().replace("``", "`").replace("|", "\\|")


def verbs() -> str:
    found: dict[str, dict[str, set[str]]] = {}
    for module in modules(houtai.application):
        for name, member in vars(module).items():
            ours = inspect.isfunction(member) and member.__module__ == module.__name__ and not name.startswith("_")
            if ours and "verb" in member.__dict__:
                found.setdefault(verb_of(member) or "", {}).setdefault(_axes(extent_of(member)), set()).add(name)
    told = {
        verb: "; ".join(_deeds(axes, names) for axes, names in sorted(deeds.items())) for verb, deeds in found.items() if verb
    }
    elsewhere = {verb for verb, place in permission._SAID_BY.items() if not place.startswith("houtai.")}  # deeds of tests
    inner = {
        verb: f"{text} ({_axes(*permission.EXTENTS[verb].values())})"
        for verb, text in VERBS.items()
        if verb not in told and verb not in elsewhere
    }
    return "".join(f"| `{verb}` | {text} |\n" for verb, text in sorted({**told, **inner}.items()))


def _axes(extent: Extent) -> str:
    """Where narrowed grants reach, by which the page groups the deeds of a verb."""
    if extent.regardless == permission.EVERY_AXIS:
        return "anybody"
    along = [axis.value for axis in Dimension if axis in extent.along] + (["own"] if extent.own else [])
    return ", ".join(along + [f"any {axis.value}" for axis in Dimension if axis in extent.regardless]) or "house"


def _deeds(axes: str, names: set[str]) -> str:
    return f"{axes}: " + ", ".join(f"`{name}`" for name in sorted(names))


def _subclasses(kind: type[Refusal]) -> Iterator[type[Refusal]]:
    for direct in kind.__subclasses__():
        yield direct
        yield from _subclasses(direct)


def refusals() -> str:
    list(modules(houtai.domain, houtai.application, houtai.adapters, houtai.entrypoints))
    ours = {kind for kind in _subclasses(Refusal) if kind.__module__.startswith("houtai.")}
    rows = sorted(f"| `{kind.code}` | {kind.kind.value} | `{kind.__name__}` | {_first_line(kind)} |\n" for kind in ours)
    return "".join(rows)


TABLES: dict[str, Callable[[], str]] = {
    r"(?<=\| verb \| use cases and queries \|\n\| --- \| --- \|\n)(?:\|.*\n)*": verbs,
    r"(?<=\| code \| kind \| class \| when \|\n\| --- \| --- \| --- \| --- \|\n)(?:\|.*\n)*": refusals,
}


def test_the_reference_lists_every_verb_and_every_refusal() -> None:
    text = PAGE.read_text(encoding="utf-8")
    for pattern, table in TABLES.items():
        found = re.search(pattern, text)
        assert found is not None
        assert found.group() == table()


if __name__ == "__main__":
    page = PAGE.read_text(encoding="utf-8")
    for pattern, table in TABLES.items():
        page = re.sub(pattern, lambda _, made=table(): made, page)  # type: ignore[misc]  # made is bound per table
    PAGE.write_text(page, encoding="utf-8")
