"""The records of the model: plain things with a few sums, nothing of the house in them but its ids."""

from __future__ import annotations

import datetime as dt
from uuid import UUID

import attrs

from houtai.domain.ids import CouponId, OrderId, PaymentId, WarehouseId

GATEWAY, BY_CHANNEL = "gateway", "channel"
STOPPED = ("hold", "exception")
PAID_FOR = ("paid", "confirmed", *STOPPED)
ANOMALY_PERCENT = 30


@attrs.define
class Shelf:
    """Units of one SKU in one place."""

    sellable: int = 0
    frozen: int = 0
    safety: int = 0
    fenced: int = 0

    @property
    def unbound(self) -> int:
        return self.sellable - self.frozen - self.safety - self.fenced


@attrs.define
class Line:
    """What an order wants of one SKU, and how much of it has no stock; `settled` of that stops nothing any more."""

    qty: int
    short: int = 0
    settled: int = 0
    shipped: int = 0

    @property
    def missing(self) -> int:
        return self.short - self.settled

    @property
    def reserved(self) -> int:
        return self.qty - self.short - self.shipped


@attrs.define
class Tender:
    """One payment of an order: as the order sees it, and the money that came."""

    minor: int
    by: str = GATEWAY
    state: str = "open"
    captures: list[str] = attrs.field(factory=list)
    refunds: list[int] = attrs.field(factory=list)

    @property
    def rest(self) -> int:
        return self.minor * len(self.captures) - sum(self.refunds)


@attrs.define
class Stop:
    """Why an order stands still, until when it keeps its goods, and where it goes on."""

    rules: set[str]
    until: dt.datetime | None
    resume: str


@attrs.define
class Order:
    """An order; lines by SKU and whether they are gifts."""

    id: OrderId
    lines: dict[tuple[str, bool], Line]
    payable: int
    tenders: dict[PaymentId, Tender]
    state: str = "pending-payment"
    coupon: CouponId | None = None
    budget_minor: int = 0
    campaign: UUID | None = None
    remark: bool = False
    low_priced: bool = False
    expires_at: dt.datetime | None = None
    confirm_at: dt.datetime | None = None
    paid_at: dt.datetime | None = None
    stop: Stop | None = None
    bound: bool = True  # whether it holds its goods, coupon and budget

    @property
    def paid(self) -> int:
        return sum(one.minor for one in self.tenders.values() if one.state == "captured")

    @property
    def short(self) -> bool:
        return any(line.missing for (_, gift), line in self.lines.items() if not gift)


@attrs.define
class Hold:
    """A buyer's hold: its lines as (SKU, place, units, whether they still bind)."""

    buyer: UUID
    expires_at: dt.datetime
    lines: list[tuple[str, WarehouseId, int, bool]]
    ended: bool = False

    def units(self, sku: str, at: dt.datetime) -> int:
        if self.expires_at <= at:
            return 0
        return sum(qty for one, _, qty, binds in self.lines if binds and one == sku)


@attrs.define
class Coupon:
    """One coupon."""

    buyer: UUID
    minor: int
    valid_from: dt.datetime
    valid_until: dt.datetime
    state: str = "issued"

    def refusal(self, at: dt.datetime) -> str:
        if self.state == "expired" or (self.state == "issued" and not self.valid_from <= at < self.valid_until):
            return "pricing.coupon-not-valid-now"
        return "" if self.state == "issued" else "pricing.coupon-spent"


@attrs.define
class Budget:
    """A campaign's money and uses."""

    minor: int
    uses: int
    spent_minor: int = 0
    spent_uses: int = 0

    def bears(self, minor: int) -> bool:
        return minor <= self.minor - self.spent_minor and self.spent_uses < self.uses


@attrs.define
class Promotion:
    """So much off every bowl, or a spoon for every cup where `off` is 0."""

    off: int
    begins: dt.datetime
    ends: dt.datetime
    campaign: UUID | None = None
    active: bool = True

    def runs(self, at: dt.datetime) -> bool:
        return self.active and self.begins <= at < self.ends


@attrs.define
class Price:
    """What a basket costs, and why."""

    payable: int
    gifts: int
    budget_minor: int = 0
    campaign: UUID | None = None
    low_priced: bool = False
    nothing_left: bool = False


@attrs.define
class Rules:
    """The audit policy in force."""

    merge_minutes: int = 0
    payment_minutes: int = 30
    reserve_hours: int = 72
    version: int = 0
