"""Printers: which language one speaks, how it is reached, on what paper and for which documents."""

from __future__ import annotations

import enum
import re
from typing import Any, Final

import attrs

from houtai.domain import limits
from houtai.domain.ids import PrinterId, WarehouseId
from houtai.domain.moves import Moves
from houtai.domain.printing.documents import DocumentKind
from houtai.domain.printing.layout import Size
from houtai.domain.printing.refusals import PrinterCannot
from houtai.domain.refusal import InvalidValue

RAW_PORT: Final = 9100


class PrinterLanguage(enum.Enum):
    """What a printer understands."""

    PDF = "pdf"
    ZPL = "zpl"
    TSPL = "tspl"
    ESC_POS = "escpos"
    CLOUD = "cloud"  # a platform's own client draws what the platform encrypted


class Transport(enum.Enum):
    """How bytes come to a printer."""

    RAW = "raw9100"
    IPP = "ipp"
    CUPS = "cups"
    FILE = "file"
    CLOUD = "cloud"


class PrinterState(enum.Enum):
    """Whether jobs go there."""

    ACTIVE = "active"
    RETIRED = "retired"


PRINTER_MOVES: Final[Moves[PrinterState]] = {
    PrinterState.ACTIVE: frozenset({PrinterState.RETIRED}),
    PrinterState.RETIRED: frozenset({PrinterState.ACTIVE}),
}
DPI: Final = (203, 300, 600)
_HOST: Final = r"(?:[A-Za-z0-9](?:[A-Za-z0-9.-]{0,251}[A-Za-z0-9])?|\[[0-9a-fA-F:.]{2,45}\])"
_ADDRESSES: Final = {
    Transport.RAW: (rf"{_HOST}(?::[1-9][0-9]{{0,4}})?", "must be HOST or HOST:PORT"),
    Transport.IPP: (rf"ipps?://{_HOST}(?::[1-9][0-9]{{0,4}})?(?:/[A-Za-z0-9._~/-]{{0,200}})?", "must be ipp://HOST[:PORT]/PATH"),
    Transport.CUPS: (r"[A-Za-z0-9_][A-Za-z0-9_.-]{0,126}", "must be the name of a queue"),
    Transport.FILE: (r"[A-Za-z0-9_][A-Za-z0-9_-]{0,63}", "must be the name of a folder, without a path"),
    Transport.CLOUD: (r"[A-Za-z0-9_][A-Za-z0-9_.-]{0,63}", "must be the name of a platform"),
}
_DRAWN: Final = frozenset({PrinterLanguage.PDF, PrinterLanguage.ZPL, PrinterLanguage.TSPL, PrinterLanguage.ESC_POS})
_SPOKEN: Final = {
    Transport.RAW: _DRAWN,
    Transport.IPP: _DRAWN,
    Transport.CUPS: _DRAWN,
    Transport.FILE: _DRAWN,
    Transport.CLOUD: {PrinterLanguage.CLOUD},
}


def _dpi(_: object, attribute: attrs.Attribute[int], value: int) -> None:
    if value not in DPI:
        raise InvalidValue(field=attribute.name, rule=f"must be one of {', '.join(map(str, DPI))}")


def _sizes(_: object, attribute: attrs.Attribute[Any], value: tuple[Size, ...]) -> None:
    if not 1 <= len(value) <= len(Size):
        raise InvalidValue(field=attribute.name, rule="must name at least one paper")


@attrs.frozen
class PrinterConfiguration:
    """What is configured of a printer. `kinds` are the documents it prints, none named for all; `sizes` the papers in it.

    `address` by transport: HOST[:PORT], an ipp:// address, a queue's, a folder's or a platform's name.
    """

    language: PrinterLanguage
    transport: Transport
    address: str = attrs.field(validator=limits.text(1, 300))
    sizes: tuple[Size, ...] = attrs.field(validator=_sizes)
    dpi: int = attrs.field(default=203, validator=_dpi)
    kinds: tuple[DocumentKind, ...] = attrs.field(default=(), validator=limits.at_most(len(DocumentKind)))

    def __attrs_post_init__(self) -> None:
        """Refuse with InvalidValue an address of another transport's form, and a language that does not go that way."""
        pattern, rule = _ADDRESSES[self.transport]
        port = re.search(r":(\d+)(?:/|$)", self.address)
        if not re.fullmatch(pattern, self.address) or (port is not None and int(port[1]) > 65_535):
            raise InvalidValue(field="address", rule=rule)
        if self.language not in _SPOKEN[self.transport]:
            raise InvalidValue(field="language", rule=f"must be one that goes over {self.transport.value}")
        if self.language is PrinterLanguage.ESC_POS and set(self.sizes) != {Size.ROLL_80}:
            raise InvalidValue(field="sizes", rule="must be roll-80 for escpos")


@attrs.frozen
class Printer:
    """A printer of a warehouse, as its stations know it by code."""

    id: PrinterId
    code: str = attrs.field(validator=limits.code)
    name: str = attrs.field(validator=limits.text())
    warehouse_id: WarehouseId
    configuration: PrinterConfiguration
    state: PrinterState = PrinterState.ACTIVE
    version: int = 1

    def check_prints(self, kind: DocumentKind, size: Size) -> None:
        """Refuse with PrinterCannot what this printer has not the duty, the paper or the language for."""
        reason = self._unfit(kind, size)
        if reason:
            raise PrinterCannot(printer=self.code, kind_of_document=kind.value, reason=reason)

    def _unfit(self, kind: DocumentKind, size: Size) -> str:
        given = self.configuration
        if self.state is not PrinterState.ACTIVE:
            return "it is retired"
        if given.kinds and kind not in given.kinds:
            return "it prints other documents"
        if (kind is DocumentKind.CLOUD) is not (given.language is PrinterLanguage.CLOUD):
            return "a platform's label and a platform's client need each other"
        if size not in given.sizes:
            return f"it holds no {size.value} paper"
        return ""
