"""Orders built by hand, for rules that need no shop."""

from __future__ import annotations

import datetime as dt
from typing import Any
from uuid import UUID

import attrs

from houtai.domain.customers.customer import Address
from houtai.domain.ids import ChannelId, OrderId, PaymentId, SkuId
from houtai.domain.orders.line import DiscountRow, DiscountSource, OrderLine
from houtai.domain.orders.order import Order
from houtai.domain.orders.state import OrderState
from houtai.domain.orders.tender import OrderTender, TenderState
from houtai.domain.pricing.bearers import Borne

NOW = dt.datetime(2026, 11, 22, 4, 0, tzinfo=dt.UTC)
HOME = Address("王小明", "13812345678", "CN", "浙江", "杭州", "西湖区", "龙井路 1 号", "310000")


def line(seq: int = 1, *, qty: int = 1, unit: int = 1000, discount: int = 0, **fields: Any) -> OrderLine:
    return OrderLine(
        seq=seq,
        sku_code=f"SKU-{seq}",
        title="茶杯",
        qty=qty,
        unit_minor=unit,
        discount_minor=discount,
        **{"sku_id": SkuId(UUID(int=100 + seq)), "gross_minor": unit * qty, **fields},
    )


def row(seq: int, amount: int, source: DiscountSource = DiscountSource.COUPON) -> DiscountRow:
    return DiscountRow(seq, source, UUID(int=7), amount, Borne(platform_minor=amount))


def order(*lines: OrderLine, **fields: Any) -> Order:
    """A paid order of these lines, all paid through one tender."""
    lines = lines or (line(),)
    paid = sum(one.paid_minor + one.freight_minor for one in lines)
    tender = OrderTender(PaymentId(UUID(int=9)), "embedded", paid or 1, TenderState.CAPTURED)
    plain = Order(
        id=OrderId(UUID(int=1)),
        number="SO-20261122-000001",
        channel_id=ChannelId(UUID(int=2)),
        currency="CNY",
        placed_at=NOW,
        lines=lines,
        receiver=HOME,
        state=OrderState.PAID,
        discounts=tuple(row(one.seq, one.discount_minor) for one in lines if one.discount_minor),
        tenders=(tender,) if paid else (),
        paid_at=NOW,
    )
    return attrs.evolve(plain, **fields)
