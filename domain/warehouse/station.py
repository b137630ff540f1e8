"""A station: a place where somebody works with a scanner, what may be done there, and which devices stand beside it."""

from __future__ import annotations

import enum
import re
from collections.abc import Mapping
from typing import Any, Final

import attrs

from houtai.domain import limits
from houtai.domain.catalog.code import code
from houtai.domain.catalog.standing import Standing
from houtai.domain.ids import PrinterId, StationId, WarehouseId
from houtai.domain.printing.documents import DocumentKind
from houtai.domain.refusal import InvalidValue

MAX_PRINTERS: Final = 40
DOCUMENTS: Final = frozenset(kind.value for kind in DocumentKind)


class Flow(enum.Enum):
    """What can be done at a station, step by step."""

    RECEIVE = "receive"
    PICK = "pick"
    SORT = "sort"
    CHECK = "check"
    WEIGH = "weigh"
    HAND_OVER = "hand-over"
    MOVE = "move"
    COUNT = "count"
    UNPACK = "unpack"  # what buyers send back is taken out of its parcel
    INSPECT = "inspect"  # and looked at, unit by unit
    SEND_BACK = "send-back"  # what of it is refused goes to the buyer again


_ADDRESS: Final = re.compile(r"tcp://[A-Za-z0-9.\[\]:-]{1,150}:[0-9]{1,5}|/dev/[A-Za-z0-9._/-]{1,100}")


def _scale(_: Any, attribute: attrs.Attribute[Any], address: str) -> None:
    if address and (_ADDRESS.fullmatch(address) is None or ".." in address):
        raise InvalidValue(field=attribute.name, rule="must be tcp://HOST:PORT, or a device such as /dev/ttyUSB0")


def _printers(_: Any, attribute: attrs.Attribute[Any], printers: Mapping[str, PrinterId]) -> None:
    limits.at_most(MAX_PRINTERS)(_, attribute, printers)
    for document in printers:
        if document not in DOCUMENTS:
            raise InvalidValue(field=attribute.name, rule=f"{document} is no kind of document: {', '.join(sorted(DOCUMENTS))}")


@attrs.frozen
class Station:
    """One station. `printers` maps kinds of documents to the printer of each; `scale` is its address, empty for none.

    The station's terminal reads its scale itself: the address is as seen from there.
    """

    id: StationId
    warehouse_id: WarehouseId
    code: str = attrs.field(validator=code)
    name: str = attrs.field(validator=limits.text(1, 100))
    flows: frozenset[Flow] = attrs.field(validator=limits.at_most(len(Flow), 1))
    printers: Mapping[str, PrinterId] = attrs.field(factory=dict, validator=_printers)
    scale: str = attrs.field(default="", validator=[limits.text(0, 200), _scale])
    state: Standing = Standing.ACTIVE
    version: int = 1

    @property
    def open(self) -> bool:
        """Whether somebody may log in here."""
        return self.state is Standing.ACTIVE
