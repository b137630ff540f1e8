"""A goods issue: goods that leave for another reason than a sale, asked for, approved by somebody else, and sent."""

from __future__ import annotations

import datetime as dt
import enum
from collections.abc import Mapping
from typing import Final
from uuid import UUID

import attrs

from houtai.domain import limits
from houtai.domain.customers.customer import Address
from houtai.domain.ids import GoodsIssueId, SkuId, WarehouseId
from houtai.domain.inventory.adjustment import demand_unclaimed
from houtai.domain.inventory.stock import StockState
from houtai.domain.ledger.account import AccountCode, AccountKey, party
from houtai.domain.moves import Moves, check_move
from houtai.domain.outbound.refusals import StepTooEarly, TooMany
from houtai.domain.outbound.state import OutboundKind
from houtai.domain.refusal import InvalidValue
from houtai.domain.warehouse.location import Standard

MAX_SUPPLIER: Final = 48
"""Characters of a supplier's code, so that it is the party of an account."""


class IssueReason(enum.Enum):
    """Why goods leave, and so who bears what they cost."""

    SAMPLE = "sample"
    INTERNAL_USE = "internal-use"
    DONATION = "donation"
    SCRAP = "scrap"
    SUPPLIER_RETURN = "supplier-return"


BORNE_BY: Final[Mapping[IssueReason, AccountCode]] = {
    IssueReason.SAMPLE: AccountCode.MARKETING,
    IssueReason.INTERNAL_USE: AccountCode.INTERNAL_USE,
    IssueReason.DONATION: AccountCode.DONATIONS,
    IssueReason.SCRAP: AccountCode.WRITE_DOWN,
    IssueReason.SUPPLIER_RETURN: AccountCode.SUPPLIER_RECEIVABLE,
}
"""The account that is debited with the cost of the goods, by reason."""


GOES_TO: Final[Mapping[IssueReason, Standard]] = {
    IssueReason.SAMPLE: Standard.CUSTOMER,
    IssueReason.INTERNAL_USE: Standard.CUSTOMER,
    IssueReason.DONATION: Standard.CUSTOMER,
    IssueReason.SCRAP: Standard.SCRAP,
    IssueReason.SUPPLIER_RETURN: Standard.SUPPLIER,
}
"""Where the goods are for the books of places once they left, by reason."""


class IssueState(enum.Enum):
    """Where a goods issue stands; READY means approved and reserved."""

    REQUESTED = "requested"
    READY = "ready"
    SHIPPED = "shipped"
    REJECTED = "rejected"
    WITHDRAWN = "withdrawn"
    CANCELLED = "cancelled"  # approved, and called off before it left


_S = IssueState
ISSUE_MOVES: Final[Moves[IssueState]] = {
    _S.REQUESTED: {_S.READY, _S.REJECTED, _S.WITHDRAWN},
    _S.READY: {_S.SHIPPED, _S.CANCELLED},
    _S.SHIPPED: set(),
    _S.REJECTED: set(),
    _S.WITHDRAWN: set(),
    _S.CANCELLED: set(),
}


@attrs.frozen
class IssueLine:
    """So many of one SKU, in one condition; what was shipped took `value_minor` out of the stock."""

    seq: int = attrs.field(validator=limits.between(1, limits.MAX_LINES))
    sku_id: SkuId
    qty: int = attrs.field(validator=limits.positive_qty)
    shipped_qty: int = 0
    value_minor: int = attrs.field(default=0, metadata={"mask": "cost"})
    state: StockState = StockState.SELLABLE

    def __attrs_post_init__(self) -> None:
        assert 0 <= self.shipped_qty <= self.qty, "no more leaves than was asked for"
        demand_unclaimed(self.state)


@attrs.frozen
class GoodsIssue:
    """Goods of one warehouse for one receiver that nobody buys. `supplier` is the code of whom they go back to, else empty.

    `currency` is that of the warehouse's books. What is for sale goes through waves; what is not lies aside, nobody is promised
    it, and it is handed out from there: one document is of the one or of the other.
    """

    id: GoodsIssueId
    number: str = attrs.field(validator=limits.code)
    warehouse_id: WarehouseId
    reason: IssueReason
    receiver: Address
    lines: tuple[IssueLine, ...] = attrs.field(validator=limits.at_most(limits.MAX_LINES, low=1))
    requested_by: UUID
    requested_at: dt.datetime = attrs.field(validator=limits.aware)
    supplier: str = attrs.field(default="", validator=limits.text(0, MAX_SUPPLIER))
    note: str = attrs.field(default="", validator=limits.text(0, 500))
    currency: str = "CNY"
    decided_by: UUID | None = None
    decided_at: dt.datetime | None = None
    state: IssueState = IssueState.REQUESTED
    version: int = 1

    def __attrs_post_init__(self) -> None:
        if bool(self.supplier) != (self.reason is IssueReason.SUPPLIER_RETURN):
            raise InvalidValue(field="supplier", rule="is whom a supplier-return goes back to, and nothing else has one")
        if len({line.state is StockState.SELLABLE for line in self.lines}) > 1:
            raise InvalidValue(field="lines", rule="must all be goods for sale, or none of them")
        assert len({line.seq for line in self.lines}) == len(self.lines), "line numbers differ"

    @property
    def aside(self) -> bool:
        """Whether its goods are not for sale, so that they go past the waves."""
        return self.lines[0].state is not StockState.SELLABLE

    @property
    def kind(self) -> OutboundKind:
        """What its outbound order is."""
        return OutboundKind.SUPPLIER_RETURN if self.reason is IssueReason.SUPPLIER_RETURN else OutboundKind.OTHER

    @property
    def issue_qty(self) -> int:
        """The size that approval limits are about: all units."""
        return sum(line.qty for line in self.lines)

    @property
    def value_minor(self) -> int:
        """What the goods that left were worth."""
        return sum(line.value_minor for line in self.lines)

    @property
    def borne_by(self) -> AccountKey:
        """The account that takes the cost of the goods over from inventory."""
        whose = party("supplier", self.supplier) if self.supplier else ""
        return AccountKey(BORNE_BY[self.reason], whose, self.currency)

    def moved(self, state: IssueState) -> GoodsIssue:
        """In another state. Raises IllegalMove, which names the legal ones."""
        check_move("goods issue", ISSUE_MOVES, self.state, state)
        return attrs.evolve(self, state=state, version=self.version + 1)

    def decided(self, state: IssueState, by: UUID, at: dt.datetime) -> GoodsIssue:
        """Approved, rejected or withdrawn by somebody. Raises IllegalMove."""
        return attrs.evolve(self.moved(state), decided_by=by, decided_at=at)

    def shipped(self, qty: Mapping[int, int], value: Mapping[int, int]) -> GoodsIssue:
        """So many units of each line left, worth so much; the others stay. Raises IllegalMove, TooMany, StepTooEarly."""
        if not any(qty.values()):
            raise StepTooEarly(number=self.number, step="shipped", missing="nothing was picked")
        lines = []
        for line in self.lines:
            went = qty.get(line.seq, 0)
            if went > line.qty:
                raise TooMany(line=line.seq, step="shipped", wanted_qty=went, limit_qty=line.qty)
            lines.append(attrs.evolve(line, shipped_qty=went, value_minor=value.get(line.seq, 0)))
        return attrs.evolve(self.moved(_S.SHIPPED), lines=tuple(lines))
