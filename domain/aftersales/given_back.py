"""What was given back of an order so far, as rows that are only added, and how each line stands after them.

Every quote reads these rows and nothing else, so the next one never depends on the order in which cases were opened, and a
sum of rows is always the money that is owed back.
"""

from __future__ import annotations

import datetime as dt
import enum
from collections.abc import Iterable, Mapping
from typing import Final
from uuid import UUID

import attrs

from houtai.domain import limits
from houtai.domain.ids import OrderId
from houtai.domain.money import MAX_MINOR
from houtai.domain.orders.line import OrderLine


class Part(enum.Enum):
    """What a row gives back, or takes off what is given back."""

    GOODS = "goods"  # units at their share of what was paid
    ALLOWANCE = "allowance"  # money without units: goodwill, a price that fell; the X of R-5 as much as GOODS
    REPRICED = "repriced"  # what the kept units cost more, or less, without those that went; no line of its own
    GIFT = "gift"  # the worth of a gift that stays though its trigger goes
    FREIGHT = "freight"  # delivery that was charged
    RETURN_FREIGHT = "return-freight"  # the way back: paid to the buyer, or taken off for a label of ours
    GRANTED_COUPON = "granted-coupon"  # the worth of a used coupon that the order had granted; `source` names the grant
    CLAWED_BACK = "clawed-back"  # earned points that are not there any more, at their worth; `source` names the grant
    BY_HAND = "by-hand"  # taken off since no more goes back over the tenders than they brought: finance pays it otherwise
    CARRIED = "carried"  # what a refund could not take off, since nobody pays to send goods back; the next one begins with it


OF_THE_PRICE: Final = frozenset({Part.GOODS, Part.ALLOWANCE, Part.REPRICED, Part.FREIGHT})
"""The parts by which the order costs less; what it granted goes in proportion to them."""

CHARGES: Final = frozenset({Part.GRANTED_COUPON, Part.CLAWED_BACK})
"""What is taken off for things that the order granted and that are used."""


@attrs.frozen
class GivenBack:
    """One row: of a line (0: of the whole order) so many units and so much money, negative where it is taken off.

    `source` names the promotion of a REPRICED row, `case_id` the case, cancellation or settlement that decided it.
    """

    case_id: UUID
    line: int
    part: Part
    amount_minor: int = attrs.field(validator=limits.between(-MAX_MINOR, MAX_MINOR))
    qty: int = attrs.field(default=0, validator=limits.between(0, limits.MAX_QTY))
    source: str = attrs.field(default="", validator=limits.text(0, 128))


@attrs.frozen
class GivenBackEntry:
    """A row where it is kept: the `seq`-th of what decided it, for this order, since then."""

    order_id: OrderId
    seq: int
    at: dt.datetime = attrs.field(validator=limits.aware)
    row: GivenBack

    @property
    def key(self) -> tuple[UUID, int]:
        """What decided it, and its place."""
        return self.row.case_id, self.seq


@attrs.frozen
class LineStanding:
    """How one line stands: units that went back or were cancelled, and the money that goes with it."""

    line: OrderLine
    gone_qty: int = 0
    goods_minor: int = 0  # with allowances: the X of R-5
    freight_minor: int = 0
    gift_minor: int = 0  # taken off for gifts that stayed, as a positive number
    paid_for_qty: int = 0  # gifts that stayed and were taken off

    @property
    def kept_qty(self) -> int:
        """Units that the buyer has or is still to get."""
        return self.line.qty - self.gone_qty

    @property
    def left_minor(self) -> int:
        """What can still be given back for its goods."""
        return self.line.paid_minor - self.goods_minor

    @property
    def freight_left_minor(self) -> int:
        """What can still be given back of its freight."""
        return self.line.freight_minor - self.freight_minor


@attrs.frozen
class Standing:
    """How a whole order stands after its rows."""

    lines: Mapping[int, LineStanding]
    repriced: Mapping[str, int]  # by promotion, the sum of its rows
    carried_minor: int = 0  # what refunds so far could not take off
    total_minor: int = 0  # all rows: the money that is owed back, or was paid back
    price_minor: int = 0  # what the order costs less by its rows: goods, allowances, thresholds and freight
    charged: Mapping[tuple[Part, str], int] = attrs.field(factory=dict)  # by grant, the sum of what was taken off for it

    def kept(self) -> dict[int, int]:
        """Units that the buyer keeps, by line."""
        return {seq: one.kept_qty for seq, one in self.lines.items()}


def standing(lines: Iterable[OrderLine], rows: Iterable[GivenBack]) -> Standing:
    """The sum of the rows over these lines."""
    found = {line.seq: LineStanding(line) for line in lines}
    repriced: dict[str, int] = {}
    carried = total = price = 0
    charged: dict[tuple[Part, str], int] = {}
    for row in rows:
        total += row.amount_minor
        price += row.amount_minor if row.part in OF_THE_PRICE else 0
        if row.part is Part.REPRICED:
            repriced[row.source] = repriced.get(row.source, 0) + row.amount_minor
        elif row.part is Part.CARRIED:
            carried += row.amount_minor
        elif row.part in CHARGES:
            charged[row.part, row.source] = charged.get((row.part, row.source), 0) + row.amount_minor
        elif row.line:
            found[row.line] = _with(found[row.line], row)
    for one in found.values():
        assert one.kept_qty >= 0, f"line {one.line.seq}: more units went back than it has"
        assert one.left_minor >= 0, f"line {one.line.seq}: more was given back than was paid"
        assert one.freight_left_minor >= 0, f"line {one.line.seq}: more freight was given back than was charged (G-14)"
    return Standing(found, repriced, carried, total, price, charged)


def _with(held: LineStanding, row: GivenBack) -> LineStanding:
    match row.part:
        case Part.GOODS | Part.ALLOWANCE:
            return attrs.evolve(held, gone_qty=held.gone_qty + row.qty, goods_minor=held.goods_minor + row.amount_minor)
        case Part.FREIGHT:
            return attrs.evolve(held, freight_minor=held.freight_minor + row.amount_minor)
        case Part.GIFT:
            return attrs.evolve(
                held,
                gift_minor=held.gift_minor - row.amount_minor,
                paid_for_qty=held.paid_for_qty + (row.qty if row.amount_minor <= 0 else -row.qty),
            )
    return held
