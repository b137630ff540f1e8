"""A transfer between warehouses: shipped, on the road, received in parts, and every unit of the gap explained (SM-TR)."""

from __future__ import annotations

import datetime as dt
import enum
from collections.abc import Mapping
from types import MappingProxyType
from typing import Final

import attrs

from houtai.domain import limits
from houtai.domain.ids import SkuId, TransferId, WarehouseId
from houtai.domain.money import half_up
from houtai.domain.moves import Moves, check_move
from houtai.domain.outbound.refusals import ChoiceNeeded, StepTooEarly, TooMany
from houtai.domain.refusal import InvalidValue


class TransferState(enum.Enum):
    """Where a transfer stands."""

    DRAFT = "draft"
    READY = "ready"  # reserved at the source
    IN_TRANSIT = "in-transit"
    PARTIALLY_RECEIVED = "partially-received"
    RECEIVED = "received"
    CANCELLED = "cancelled"


_S = TransferState
TRANSFER_MOVES: Final[Moves[TransferState]] = {
    _S.DRAFT: {_S.READY, _S.CANCELLED},
    _S.READY: {_S.DRAFT, _S.IN_TRANSIT, _S.CANCELLED},
    _S.IN_TRANSIT: {_S.PARTIALLY_RECEIVED, _S.RECEIVED, _S.CANCELLED},
    _S.PARTIALLY_RECEIVED: {_S.PARTIALLY_RECEIVED, _S.RECEIVED},
    _S.RECEIVED: set(),
    _S.CANCELLED: set(),
}
ON_THE_ROAD: Final = frozenset({_S.IN_TRANSIT, _S.PARTIALLY_RECEIVED})


class GapReason(enum.Enum):
    """Why units that left the source did not arrive as they should."""

    LOST = "lost"
    DAMAGED = "damaged"
    MISCOUNT = "miscount"


class RoadChoice(enum.Enum):
    """What becomes of goods on the road when their transfer is cancelled."""

    RETURN_TO_SOURCE = "return-to-source"
    WRITE_OFF = "write-off"


class TransferPlace(enum.Enum):
    """The ends of a transfer's stock moves."""

    SOURCE = "source"
    TRANSIT = "transit"
    DESTINATION = "destination"
    SHRINKAGE = "shrinkage"
    CARRIER_CLAIM = "carrier-claim"


@attrs.frozen
class TransferMove:
    """So many units of a line from one place to another; value goes with them."""

    line: int
    sku_id: SkuId
    qty: int
    origin: TransferPlace
    target: TransferPlace
    reason: GapReason | None = None
    value_minor: int = 0


@attrs.frozen
class TransferLine:
    """So many of one SKU; of what was shipped, every unit is received, written off, returned or outstanding.

    `value_minor` is what the shipped units took out of the source's stock. A unit's share of it goes by its place among those
    that came off the road: ``round(value * k / shipped)`` belongs to the first k, so all together take all.
    """

    seq: int = attrs.field(validator=limits.between(1, limits.MAX_LINES))
    sku_id: SkuId
    qty: int = attrs.field(validator=limits.positive_qty)
    shipped_qty: int = 0
    received_qty: int = 0
    lost_qty: int = 0
    damaged_qty: int = 0
    miscount_qty: int = 0
    returned_qty: int = 0
    value_minor: int = 0

    def __attrs_post_init__(self) -> None:
        parts = (self.received_qty, self.lost_qty, self.damaged_qty, self.miscount_qty, self.returned_qty, self.outstanding_qty)
        assert min(parts) >= 0, "no unit arrives or is lost twice"
        assert 0 <= self.shipped_qty <= self.qty, "no more leaves than was asked for"

    @property
    def written_off_qty(self) -> int:
        """Units that somebody gave a reason for."""
        return self.lost_qty + self.damaged_qty + self.miscount_qty

    @property
    def outstanding_qty(self) -> int:
        """Units on the road."""
        return self.shipped_qty - self.received_qty - self.written_off_qty - self.returned_qty

    @property
    def outstanding_minor(self) -> int:
        """The value of the units on the road."""
        return self.value_of_next(self.outstanding_qty)

    def value_of_next(self, qty: int) -> int:
        """What the next so many units bring along that come off the road."""
        if not qty:
            return 0
        off = self.shipped_qty - self.outstanding_qty
        shares = [half_up(self.value_minor * place, self.shipped_qty) for place in (off, off + qty)]
        return shares[1] - shares[0]


@attrs.frozen
class Gap:
    """So many units of a line that will not arrive; with `claim` the carrier pays for them."""

    line: int
    qty: int = attrs.field(validator=limits.positive_qty)
    reason: GapReason
    claim: bool = False


Change = tuple["Transfer", tuple[TransferMove, ...]]


@attrs.frozen
class Transfer:
    """Goods on their way from one warehouse to another; owner and value are kept on the road.

    `currency` is that of both warehouses' books.
    """

    id: TransferId
    number: str = attrs.field(validator=limits.code)
    source_id: WarehouseId
    destination_id: WarehouseId
    lines: tuple[TransferLine, ...] = attrs.field(validator=limits.at_most(limits.MAX_LINES, low=1))
    made_at: dt.datetime = attrs.field(validator=limits.aware)
    currency: str = "CNY"
    state: TransferState = TransferState.DRAFT
    version: int = 1

    def __attrs_post_init__(self) -> None:
        if self.source_id == self.destination_id:
            raise InvalidValue(field="destination_id", rule="must be another warehouse than the source")
        assert len({line.seq for line in self.lines}) == len(self.lines), "line numbers differ"

    @property
    def outstanding_qty(self) -> int:
        """Units on the road."""
        return sum(line.outstanding_qty for line in self.lines)

    def moved(self, state: TransferState, lines: tuple[TransferLine, ...] | None = None) -> Transfer:
        """The transfer in another state. Raises IllegalMove, which names the legal ones."""
        check_move("transfer", TRANSFER_MOVES, self.state, state)
        return attrs.evolve(self, state=state, lines=self.lines if lines is None else lines, version=self.version + 1)

    def ready(self) -> Transfer:
        """To be reserved at the source. Raises IllegalMove."""
        return self.moved(_S.READY)

    def recalled(self) -> Transfer:
        """Not to be sent for now: nothing of it left the source. Raises IllegalMove."""
        return self.moved(_S.DRAFT)

    def shipped(self, qty: Mapping[int, int], value: Mapping[int, int] = MappingProxyType({})) -> Change:
        """So many units of each line left, worth so much; the others stay.

        Raises IllegalMove, TooMany, StepTooEarly, InvalidValue.
        """
        check_move("transfer", TRANSFER_MOVES, self.state, _S.IN_TRANSIT)
        self._check_lines(qty)
        lines, moves = [], []
        for line in self.lines:
            went = _within(line.seq, "shipped", qty.get(line.seq, 0), line.qty)
            worth = value.get(line.seq, 0)
            lines.append(attrs.evolve(line, shipped_qty=went, value_minor=worth))
            if went:
                places = (TransferPlace.SOURCE, TransferPlace.TRANSIT)
                moves.append(TransferMove(line.seq, line.sku_id, went, *places, value_minor=worth))
        if not moves:
            raise StepTooEarly(number=self.number, step="shipped", missing="nothing was picked")
        return self.moved(_S.IN_TRANSIT, tuple(lines)), tuple(moves)

    def received(self, qty: Mapping[int, int]) -> Change:
        """So many units of each line arrived: no more than are outstanding. With the last one it is RECEIVED.

        Raises StepTooEarly when nothing is on the road, TooMany, InvalidValue for a line that is not there.
        """
        self._check_on_the_road("received")
        self._check_lines(qty)
        lines, moves = [], []
        for line in self.lines:
            came = _within(line.seq, "received", qty.get(line.seq, 0), line.outstanding_qty)
            lines.append(attrs.evolve(line, received_qty=line.received_qty + came))
            if came:
                places = (TransferPlace.TRANSIT, TransferPlace.DESTINATION)
                moves.append(TransferMove(line.seq, line.sku_id, came, *places, value_minor=line.value_of_next(came)))
        if not moves:
            return self, ()
        return self._after(tuple(lines)), tuple(moves)

    def written_off(self, gap: Gap) -> Change:
        """Units on the road that will not arrive, with the reason. Raises StepTooEarly, TooMany, InvalidValue."""
        self._check_on_the_road("written off")
        self._check_lines({gap.line: gap.qty})
        line = next(one for one in self.lines if one.seq == gap.line)
        _within(line.seq, "written off", gap.qty, line.outstanding_qty)
        field = f"{gap.reason.value}_qty"
        less = attrs.evolve(line, **{field: getattr(line, field) + gap.qty})
        target = TransferPlace.CARRIER_CLAIM if gap.claim else TransferPlace.SHRINKAGE
        worth = line.value_of_next(gap.qty)
        move = TransferMove(line.seq, line.sku_id, gap.qty, TransferPlace.TRANSIT, target, gap.reason, worth)
        return self._after(tuple(less if one.seq == line.seq else one for one in self.lines)), (move,)

    def cancelled(self, choice: RoadChoice | None = None) -> Change:
        """Ended; goods on the road go where `choice` says (G-28), and never silently.

        What was received stays received: then the rest is closed by the choice and the transfer is RECEIVED. Raises
        ChoiceNeeded with goods on the road and no choice, IllegalMove.
        """
        if self.state not in ON_THE_ROAD:
            return self.moved(_S.CANCELLED), ()
        if choice is None:
            raise ChoiceNeeded(number=self.number, outstanding_qty=self.outstanding_qty)
        lines, moves = [], []
        for line in self.lines:
            rest, worth = line.outstanding_qty, line.outstanding_minor
            road = (line.seq, line.sku_id, rest, TransferPlace.TRANSIT)
            if choice is RoadChoice.RETURN_TO_SOURCE:
                lines.append(attrs.evolve(line, returned_qty=line.returned_qty + rest))
                move = TransferMove(*road, TransferPlace.SOURCE, value_minor=worth)
            else:
                lines.append(attrs.evolve(line, lost_qty=line.lost_qty + rest))
                move = TransferMove(*road, TransferPlace.SHRINKAGE, GapReason.LOST, worth)
            if rest:
                moves.append(move)
        arrived = any(line.received_qty for line in self.lines)
        return self.moved(_S.RECEIVED if arrived else _S.CANCELLED, tuple(lines)), tuple(moves)

    def _after(self, lines: tuple[TransferLine, ...]) -> Transfer:
        done = not any(line.outstanding_qty for line in lines)
        return self.moved(_S.RECEIVED if done else _S.PARTIALLY_RECEIVED, lines)

    def _check_on_the_road(self, step: str) -> None:
        if self.state not in ON_THE_ROAD:
            raise StepTooEarly(number=self.number, step=step, missing=f"it is {self.state.value}")

    def _check_lines(self, qty: Mapping[int, int]) -> None:
        unknown = set(qty) - {line.seq for line in self.lines}
        if unknown:
            raise InvalidValue(field="line", rule=f"has no line {min(unknown)}")


def _within(line: int, step: str, wanted: int, limit: int) -> int:
    if not 0 <= wanted <= limit:
        raise TooMany(line=line, step=step, wanted_qty=wanted, limit_qty=limit)
    return wanted
