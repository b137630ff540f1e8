"""The price book: everything that pricing one basket depends on, read once, so that the sum itself is a pure function."""

from __future__ import annotations

from collections.abc import Mapping

import attrs

from houtai.domain.ids import CampaignId, ChannelId, CouponId, SkuId
from houtai.domain.pricing.coupons import Coupon, CouponTemplate
from houtai.domain.pricing.prices import PriceSheet
from houtai.domain.pricing.promotions import Promotion
from houtai.domain.pricing.scope import Item


@attrs.frozen
class HeldCoupon:
    """A coupon with what it is worth."""

    coupon: Coupon
    template: CouponTemplate


@attrs.frozen
class Allowance:
    """What a campaign can still bear; None is not limited."""

    code: str
    active: bool = True
    left_minor: int | None = None
    left_uses: int | None = None


@attrs.frozen
class PriceBook:
    """The house's side of a quote. `items` and `sheets` cover the basket's SKUs and the components of its bundles.

    `gift_codes` names what promotions give, for the trace alone.
    """

    channel_id: ChannelId
    currency: str
    items: Mapping[SkuId, Item]
    sheets: Mapping[SkuId, PriceSheet]
    level: str = ""  # the buyer's member level
    promotions: tuple[Promotion, ...] = ()
    coupons: Mapping[CouponId, HeldCoupon] = attrs.field(factory=dict)
    campaigns: Mapping[CampaignId, Allowance] = attrs.field(factory=dict)
    gift_codes: Mapping[SkuId, str] = attrs.field(factory=dict)
