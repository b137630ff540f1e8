"""The category tree and the attributes that it asks of products, inherited from the root down."""

from __future__ import annotations

import datetime as dt
import enum
import re
from collections.abc import Iterable, Mapping, Sequence

import attrs

from houtai.domain import limits
from houtai.domain.catalog.code import code
from houtai.domain.catalog.refusals import AttributeClash, CategoryCycle, CategoryTooDeep
from houtai.domain.catalog.standing import Standing
from houtai.domain.ids import CategoryId
from houtai.domain.refusal import InvalidValue

MAX_DEPTH = 8
MAX_ATTRIBUTES = 60

_INTEGER = re.compile(r"0|-?[1-9][0-9]{0,17}")
_DECIMAL = re.compile(r"-?(0|[1-9][0-9]{0,17})(\.[0-9]{1,9})?")


class AttributeKind(enum.Enum):
    """What values an attribute takes. They are kept as text in one canonical form each."""

    TEXT = "text"
    INTEGER = "integer"
    DECIMAL = "decimal"
    YES_NO = "yes-no"
    DATE = "date"
    CHOICE = "choice"


@attrs.frozen
class Attribute:
    """A property that products of a category have. `choices` belongs to CHOICE alone."""

    code: str = attrs.field(validator=code)
    name: str = attrs.field(validator=limits.text(1, 60))
    kind: AttributeKind = AttributeKind.TEXT
    required: bool = False
    filterable: bool = False
    choices: tuple[str, ...] = attrs.field(default=(), validator=limits.at_most(200))

    def __attrs_post_init__(self) -> None:
        if {"=", "\\"} & set(self.code):
            raise InvalidValue(field="attributes.code", rule="must not hold = or a backslash: files use them")
        if (self.kind is AttributeKind.CHOICE) != bool(self.choices):
            raise InvalidValue(field=f"attributes.{self.code}.choices", rule="belong to a choice, and a choice needs them")
        if len(set(self.choices)) != len(self.choices):
            raise InvalidValue(field=f"attributes.{self.code}.choices", rule="must differ from each other")

    def check(self, value: str) -> None:
        """Refuse with InvalidValue unless `value` is the canonical text of a value of this kind."""
        if not self._takes(value):
            raise InvalidValue(field=f"attributes.{self.code}", rule=self._rule())

    def _takes(self, value: str) -> bool:
        match self.kind:
            case AttributeKind.TEXT:
                return 1 <= len(value) <= limits.MAX_TEXT and value.strip() == value
            case AttributeKind.INTEGER:
                return _INTEGER.fullmatch(value) is not None
            case AttributeKind.DECIMAL:
                return _DECIMAL.fullmatch(value) is not None
            case AttributeKind.YES_NO:
                return value in {"yes", "no"}
            case AttributeKind.DATE:
                return _is_date(value)
            case AttributeKind.CHOICE:
                return value in self.choices

    def _rule(self) -> str:
        match self.kind:
            case AttributeKind.TEXT:
                return f"must be a text of 1 to {limits.MAX_TEXT} characters without space around it"
            case AttributeKind.INTEGER:
                return "must be a whole number"
            case AttributeKind.DECIMAL:
                return "must be a decimal number like 12.5"
            case AttributeKind.YES_NO:
                return "must be yes or no"
            case AttributeKind.DATE:
                return "must be a date like 2026-11-22"
            case AttributeKind.CHOICE:
                return f"must be one of {', '.join(self.choices)}"


def _is_date(value: str) -> bool:
    try:
        return dt.date.fromisoformat(value).isoformat() == value
    except ValueError:
        return False


@attrs.frozen
class Category:
    """One node of the tree; the root ones have no parent. `attributes` are its own, without the inherited ones."""

    id: CategoryId
    code: str = attrs.field(validator=code)
    name: str = attrs.field(validator=limits.text(1, 100))
    parent_id: CategoryId | None = None
    attributes: tuple[Attribute, ...] = attrs.field(default=(), validator=limits.at_most(MAX_ATTRIBUTES))
    state: Standing = Standing.ACTIVE
    version: int = 1


def path_to(category: Category, tree: Mapping[CategoryId, Category]) -> tuple[Category, ...]:
    """From the root down to the category itself, where `tree` holds its ancestors. CategoryCycle, CategoryTooDeep."""
    path = [category]
    while (parent_id := path[-1].parent_id) is not None:
        if any(node.id == parent_id for node in path):
            raise CategoryCycle(category=category.code)
        if len(path) == MAX_DEPTH:
            raise CategoryTooDeep(limit=MAX_DEPTH)
        path.append(tree[parent_id])
    return tuple(reversed(path))


def attributes_of(path: Sequence[Category]) -> dict[str, Attribute]:
    """All attributes that hold at the end of a path from the root, by code. AttributeClash where one is defined twice."""
    found: dict[str, Attribute] = {}
    owner: dict[str, str] = {}
    for category in path:
        for attribute in category.attributes:
            if attribute.code in found:
                raise AttributeClash(attribute=attribute.code, category=owner[attribute.code])
            found[attribute.code] = attribute
            owner[attribute.code] = category.code
    return found


def check_values(attributes: Mapping[str, Attribute], values: Mapping[str, str]) -> None:
    """Refuse with InvalidValue an unknown attribute or a value of the wrong kind. What is missing is no matter here."""
    for name, value in values.items():
        attribute = attributes.get(name)
        if attribute is None:
            raise InvalidValue(field=f"attributes.{name}", rule="is not an attribute of this category")
        attribute.check(value)


def missing(attributes: Mapping[str, Attribute], values: Mapping[str, str], also: Iterable[str] = ()) -> tuple[str, ...]:
    """Codes of the required attributes without a value, those that are required `also` included."""
    required = {name for name, attribute in attributes.items() if attribute.required} | set(also)
    return tuple(sorted(required - set(values)))
