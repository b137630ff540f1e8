"""One step of a flow at a station: from a state and a scan to the next state, with what it says and what it brings about."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, Final, Generic, TypeVar

import attrs

from houtai.application.warehouse.station_sight import Lying, Scanned
from houtai.domain.act import Act
from houtai.domain.refusal import InvalidValue
from houtai.domain.warehouse.codes import Command
from houtai.domain.warehouse.reply import MessageLevel, Phrase, StationMessage, phrase
from houtai.domain.warehouse.scan import AmbiguousScan, Finer
from houtai.domain.warehouse.work import MAX_QTY_DIGITS, NotNow

S = TypeVar("S")

GOODS_COLUMNS: Final = ("label.place", "label.product", "label.title", "label.lot", "label.condition", "label.qty")


@attrs.frozen
class Deed:
    """What a step brings about: a use case and its command. It is done in the transaction that keeps the next state."""

    use_case: Callable[[Any, Any, Act], Any]
    cmd: Any


@attrs.frozen
class Step(Generic[S]):
    """Where the flow goes, what is said, and the deed, if any. A refusal is raised instead, and then nothing has moved.

    `then` says how it goes on with what the deed answered, where the step could not know that; else state and message stand.
    """

    state: S
    message: StationMessage | None = None
    deed: Deed | None = None
    then: Callable[[Any], Step[S]] | None = None


@attrs.frozen
class View:
    """How a state looks: see `StationScreen`."""

    prompt: Phrase
    digits: str = ""
    facts: tuple[tuple[str, str], ...] = ()
    columns: tuple[str, ...] = ()
    rows: tuple[tuple[str, ...], ...] = ()


def says(level: MessageLevel, code: str, **facts: object) -> StationMessage:
    """A message of the catalogue."""
    return StationMessage(level, phrase(code, **facts))


def typed_qty(scanned: Scanned) -> int | None:
    """The quantity that somebody typed; None for what is a code.

    Raises InvalidValue for nothing, AmbiguousScan where something has the number as its code.
    """
    text = scanned.code.text
    if scanned.code.command is not None or not (text.isascii() and text.isdigit() and len(text) <= MAX_QTY_DIGITS):
        return None
    if scanned.found:
        raise AmbiguousScan(scanned=text, count=len(scanned.found) + 1, finer=Finer.PRODUCT.value)
    return int(text)


def positive(qty: int) -> int:
    """A quantity of pieces in hand. Raises InvalidValue for nothing."""
    if qty < 1:
        raise InvalidValue(field="qty", rule="must be 1 at least")
    return qty


def not_now(command: Command) -> NotNow:
    """The refusal of a command that means nothing here."""
    return NotNow(command=command.barcode)


def goods_rows(lying: tuple[Lying, ...]) -> tuple[tuple[str, ...], ...]:
    """What lies somewhere, as rows under GOODS_COLUMNS; conditions by their texts' codes."""
    return tuple((_where(one), one.sku, one.title, one.lot, f"state.{one.state.value}", str(one.qty)) for one in lying)


def _where(one: Lying) -> str:
    return f"{one.path} {one.unit}".strip()
