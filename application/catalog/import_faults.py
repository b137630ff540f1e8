"""What is wrong with a row of a product file: every fault that its checks find, each under the column that it is about."""

from __future__ import annotations

from collections.abc import Mapping
from types import TracebackType
from typing import Any, Final

import attrs

from houtai.application.catalog.product_columns import CellError
from houtai.domain.catalog.refusals import BadBundle, BarcodeTaken, VariantTaken
from houtai.domain.refusal import AlreadyExists, InvalidValue, NotFound, Refusal

OF_PRODUCT: Final = {"code": "product_code", "title": "product_title"}
OF_SKU: Final = {"code": "sku_code", "title": "sku_title"}

_COLUMN_OF_FIELD: Final = {
    "merchant_id": "merchant_code",
    "option_names": "option_1_name",
    "name": "option_1_name",
    "option_values": "option_1_value",
    "options": "option_1_value",
    "qty": "components",
}
_COLUMN_OF_REFUSAL: Final = {BarcodeTaken: "barcodes", VariantTaken: "option_1_value", BadBundle: "components"}
_COLUMN_OF_MISSING: Final = {
    "category": "category_code",
    "brand": "brand_code",
    "merchant": "merchant_code",
    "component": "components",
}
_COLUMN_OF_KNOWN: Final = {"product": "product_code", "sku": "sku_code"}


class Faults:
    """A gathering of refusals: ``with faults: check()`` notes what the check refuses, and goes on.

    A cell that cannot be read has said so already (`unread`): nothing more is said of its column.
    """

    def __init__(
        self, row: int, columns: Mapping[str, str], unread: tuple[CellError, ...] = (), known: tuple[CellError, ...] = ()
    ) -> None:
        """`columns` tells under which column a field of the checked record stands; `known` is what is wrong with its product."""
        self._row = row
        self._columns = columns
        self._unread = frozenset(error.column for error in unread)
        self._found: list[CellError] = []
        for error in known:
            self._note(attrs.evolve(error, row=row))

    def __enter__(self) -> None:
        """Nothing to prepare."""

    def __exit__(self, kind: object, error: BaseException | None, trace: TracebackType | None) -> bool:
        if isinstance(error, Refusal):
            self._note(self._of(error))
            return True
        return False

    @property
    def found(self) -> tuple[CellError, ...]:
        """What was noted, without what the row's own cells said before; nothing twice."""
        return tuple(self._found)

    def validate(self, kind: type[Any], values: Mapping[str, Any]) -> None:
        """Note each value that the record `kind` would not take; its constructor names but the first."""
        for field in attrs.fields(kind):
            if field.validator is not None and field.name in values:
                with self:
                    field.validator(None, field, values[field.name])

    def _note(self, error: CellError) -> None:
        if error.column not in self._unread and error not in self._found:
            self._found.append(error)

    def _of(self, refusal: Refusal) -> CellError:
        facts = {name: _told(fact) for name, fact in refusal.facts().items()}
        rule = str(refusal)
        match refusal:
            case InvalidValue(field=field):
                name, _, inner = field.partition(".")
                column, rule = self._columns.get(name, _COLUMN_OF_FIELD.get(name, name)), refusal.rule
                if name == "attributes" and inner:
                    rule = f"{inner} {rule}"
            case NotFound(what=what):
                column = _COLUMN_OF_MISSING.get(what, "")
            case AlreadyExists(what=what):
                column = _COLUMN_OF_KNOWN.get(what, "")
            case _:
                column = _COLUMN_OF_REFUSAL.get(type(refusal), "")
        return CellError(self._row, column, refusal.code, rule, facts)


def _told(fact: Any) -> str:
    return fact if isinstance(fact, str) else str(fact)
