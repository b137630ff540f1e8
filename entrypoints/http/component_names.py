"""Short names for the types of the OpenAPI document: `Product`, `ProductBody`, `ProductList`, whatever Python calls them."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from typing import Any, Final

REF: Final = "#/components/schemas/"

_LISTED: Final = re.compile(r"(.*\.)?Listed_(.+?)_*")
_ENDINGS: Final = (("Out", ""), ("Wire", ""), ("In", "Body"))  # what the wire's own names say of the direction
_PART: Final = re.compile(r"[a-z0-9]+")
_NO_PART: Final = frozenset({"wire", "out"})
_GOOD: Final = re.compile(r"[A-Z][A-Za-z0-9]*")


def short_names(names: Iterable[str], taken: Iterable[str] = ()) -> dict[str, str]:
    """A name without dots and underscores for each of msgspec's, no two alike and none of `taken`.

    msgspec writes the module before a name that two types share: there the module's last word stays in front. Raises
    ValueError where two names would be the same all the same: then one of the types needs another name.
    """
    long = sorted(names)
    plain = {name: _without_module(name) for name in long}
    held = {*taken, *plain.values()}
    short: dict[str, str] = {}
    for name in long:
        wanted = _without_ending(plain[name])
        short[name] = plain[name] if wanted != plain[name] and wanted in held else wanted
        held.add(short[name])
    _check(short, taken)
    return short


def renamed(schema: Any, names: Mapping[str, str]) -> Any:
    """The schema with every reference to a component under its new name."""
    if isinstance(schema, dict):
        return {key: _reference(value, names) if key == "$ref" else renamed(value, names) for key, value in schema.items()}
    if isinstance(schema, (list, tuple)):
        return [renamed(member, names) for member in schema]
    return schema


def _reference(target: Any, names: Mapping[str, str]) -> Any:
    return REF + names[target.removeprefix(REF)] if isinstance(target, str) and target.startswith(REF) else target


def _without_module(name: str) -> str:
    """``Listed_ProductOut_`` as ProductList, ``houtai.domain.pricing.quote.Source`` as QuoteSource."""
    listed = _LISTED.fullmatch(name)
    if listed:
        return f"{_without_ending(_without_module(listed[2]))}List"
    module, _, own = name.rpartition(".")
    words = [word for word in _PART.findall(module.rpartition(".")[2]) if word not in _NO_PART]
    front = "".join(word.capitalize() for word in words)
    return own if own.startswith(front) else front + own


def _without_ending(name: str) -> str:
    for ending, other in _ENDINGS:
        if name.endswith(ending) and name != ending:
            return name.removesuffix(ending) + other
    return name


def _check(short: Mapping[str, str], taken: Iterable[str]) -> None:
    seen: dict[str, str] = dict.fromkeys(taken, "the document's own")
    for name, new in short.items():
        if new in seen or not _GOOD.fullmatch(new):
            message = f"{name} would be called {new} in the API's description, as {seen.get(new, 'nothing may be')}"
            raise ValueError(message)
        seen[new] = name
