"""What comes in about orders: baskets, addresses, tenders and channels' pushes."""

from __future__ import annotations

from typing import Annotated

from msgspec import Meta

from houtai.domain.customers.customer import Address
from houtai.domain.ids import ChannelId, CouponId, CustomerId, PaymentId, SkuId
from houtai.domain.orders.importing import ChannelDiscount, ChannelLine, ChannelPayment
from houtai.domain.orders.tender import TenderWish
from houtai.domain.pricing.basket import MAX_COUPONS, Adjustment, Basket, BasketLine
from houtai.domain.pricing.bearers import BearerSplit
from houtai.entrypoints.http import wire

ExternalId = Annotated[str, Meta(min_length=1, max_length=128, description="The channel's own number.")]
Item = Annotated[str, Meta(max_length=128, description="The channel's id of the item; its binding says which SKU it is.")]
Region = Annotated[str, Meta(max_length=60, examples=["浙江"])]
Remark = Annotated[str, Meta(max_length=500, description="What the buyer wrote.")]
Country = Annotated[str, Meta(min_length=2, max_length=2, examples=["CN"])]
Phone = Annotated[str, Meta(max_length=24, examples=["13812345678"])]
Short = Annotated[str, Meta(max_length=100)]
Postcode = Annotated[str, Meta(max_length=16)]
LineNumber = Annotated[int, Meta(ge=1, le=1_000, description="A line of the basket.")]
Digest = Annotated[str, Meta(max_length=64, description="The quote's `digest`: what the buyer saw.")]


class BasketLineIn(wire.Wire):
    """So many of one SKU; bundles too."""

    sku_id: wire.Id
    qty: wire.Qty = 1


class AdjustmentIn(wire.Wire):
    """A reduction by hand, on one line of the basket or, without `line`, on all. It needs a right of its own."""

    id: wire.Id
    amount_minor: Annotated[int, Meta(ge=1, le=10**15)]
    reason: Annotated[str, Meta(min_length=2, max_length=200)]
    line: LineNumber | None = None


class BasketIn(wire.Wire, kw_only=True):
    """What is to be bought. Lines are numbered from 1 in their order; prices are the house's to say."""

    channel_id: wire.Id
    lines: Annotated[tuple[BasketLineIn, ...], Meta(min_length=1, max_length=1_000)]
    customer_id: wire.Id | None = None
    coupon_ids: Annotated[tuple[wire.Id, ...], Meta(max_length=MAX_COUPONS)] = ()
    adjustments: Annotated[tuple[AdjustmentIn, ...], Meta(max_length=20)] = ()
    below_floor_reason: wire.Line = ""

    def value(self) -> Basket:
        """As the domain's basket."""
        return Basket(
            channel_id=ChannelId(self.channel_id),
            lines=tuple(BasketLine(place, SkuId(line.sku_id), line.qty) for place, line in enumerate(self.lines, start=1)),
            buyer_id=None if self.customer_id is None else CustomerId(self.customer_id),
            coupons=tuple(CouponId(coupon) for coupon in self.coupon_ids),
            adjustments=tuple(Adjustment(one.id, one.amount_minor, one.reason, one.line) for one in self.adjustments),
            below_floor_reason=self.below_floor_reason,
        )


class AddressIn(wire.Wire, kw_only=True):
    """Where a parcel goes."""

    recipient: Short = ""
    phone: Phone = ""
    country: Country = "CN"
    region: Region = ""
    city: Region = ""
    district: Region = ""
    street: wire.Line = ""
    postcode: Postcode = ""

    def value(self) -> Address:
        """As the domain's address."""
        return Address(**{name: getattr(self, name) for name in self.__struct_fields__})


class TenderIn(wire.Wire):
    """One payment to be made through a provider; without an amount it takes what the others leave."""

    provider: wire.Code
    amount_minor: Annotated[int, Meta(ge=1, le=10**15)] | None = None
    payment_id: wire.Id | None = None

    def value(self, payment_id: wire.Id) -> TenderWish:
        """As the domain's wish, under the caller's id or this one."""
        return TenderWish(PaymentId(self.payment_id or payment_id), self.provider, self.amount_minor)


class BearersIn(wire.Wire, kw_only=True):
    """Who pays for a discount, in percent that sum up to 100."""

    platform: wire.Percent = 0
    merchant: wire.Percent = 0
    supplier: wire.Percent = 0
    channel: wire.Percent = 0

    def value(self) -> BearerSplit:
        """As the domain's split."""
        return BearerSplit(self.platform, self.merchant, self.supplier, self.channel)


class ChannelDiscountIn(wire.Wire):
    """What the channel took off by a rule of its own; it bears that itself unless it says otherwise."""

    name: wire.Name
    amount_minor: Annotated[int, Meta(ge=1, le=10**15)]
    bearers: BearersIn = BearersIn(channel=100)

    def value(self) -> ChannelDiscount:
        """As the domain's discount."""
        return ChannelDiscount(self.name, self.amount_minor, self.bearers.value())


ChannelDiscounts = Annotated[tuple[ChannelDiscountIn, ...], Meta(max_length=20)]


class ChannelLineIn(wire.Wire, kw_only=True):
    """One line as the channel sold it."""

    item: Item = ""
    sku_code: Annotated[str, Meta(max_length=64, description="The merchant code that the channel carries along.")] = ""
    title: Annotated[str, Meta(max_length=400)] = ""
    qty: wire.Qty
    unit_minor: wire.Minor
    discounts: ChannelDiscounts = ()

    def value(self) -> ChannelLine:
        """As the domain's line."""
        discounts = tuple(one.value() for one in self.discounts)
        return ChannelLine(self.item, self.title, self.qty, self.unit_minor, self.sku_code, discounts)


class ChannelPaymentIn(wire.Wire):
    """One part of what the channel collected; a subsidy is what it adds in the buyer's place."""

    method: wire.Code
    amount_minor: wire.Minor
    subsidy: bool = False

    def value(self) -> ChannelPayment:
        """As the domain's payment."""
        return ChannelPayment(self.method, self.amount_minor, self.subsidy)
