"""The ways in which pricing says no."""

from __future__ import annotations

import attrs

from houtai.domain.refusal import Kind, Refusal


@attrs.define(eq=False, slots=False)
class NotPriced(Refusal):
    """These SKUs have no price in the channel's currency at this moment."""

    code = "pricing.not-priced"
    kind = Kind.CONFLICT
    text = "no price in {currency} for {sku_codes}"

    sku_codes: tuple[str, ...]
    currency: str


@attrs.define(eq=False, slots=False)
class OnlyGifts(Refusal):
    """Nothing in the basket is sold, all of it is given away."""

    code = "pricing.only-gifts"
    kind = Kind.CONFLICT
    text = "an order needs at least one line with a price"


@attrs.define(eq=False, slots=False)
class GiftNotForSale(Refusal):
    """These SKUs are given away with others and have no price of their own."""

    code = "pricing.gift-not-for-sale"
    kind = Kind.CONFLICT
    text = "gifts are not sold: {sku_codes}"

    sku_codes: tuple[str, ...]


@attrs.define(eq=False, slots=False)
class PriceChanged(Refusal):
    """Between quote and placement prices or discounts moved; the new digest accepts the new amount."""

    code = "pricing.price-changed"
    kind = Kind.CONFLICT
    text = "the quote was {quoted_minor}, it is {payable_minor} {currency} now"

    quoted_minor: int
    payable_minor: int
    currency: str
    digest: str


@attrs.define(eq=False, slots=False)
class PriceBelowFloor(Refusal):
    """A unit would sell, or be priced, below what the SKU may cost at least. Amounts are per unit, rounded down."""

    code = "pricing.below-floor"
    kind = Kind.CONFLICT
    text = "{sku_code} at {unit_minor} is below its floor of {floor_minor} {currency}"

    sku_code: str
    unit_minor: int
    floor_minor: int
    currency: str


@attrs.define(eq=False, slots=False)
class CouponSpent(Refusal):
    """The coupon is locked by an order, used up or withdrawn."""

    code = "pricing.coupon-spent"
    kind = Kind.CONFLICT
    text = "coupon {coupon} is {state}"

    coupon: str
    state: str


@attrs.define(eq=False, slots=False)
class CouponNotValidNow(Refusal):
    """The coupon's time has not come, or is over."""

    code = "pricing.coupon-not-valid-now"
    kind = Kind.CONFLICT
    text = "coupon {coupon} is valid from {valid_from} until {valid_until}"

    coupon: str
    valid_from: str
    valid_until: str


@attrs.define(eq=False, slots=False)
class CouponNotApplicable(Refusal):
    """The coupon does not fit this basket; `why` says what is missing."""

    code = "pricing.coupon-not-applicable"
    kind = Kind.CONFLICT
    text = "coupon {coupon} does not apply: {why}"

    coupon: str
    why: str


@attrs.define(eq=False, slots=False)
class CouponThresholdNotMet(Refusal):
    """The goods that the coupon covers cost too little."""

    code = "pricing.coupon-threshold"
    kind = Kind.CONFLICT
    text = "coupon {coupon} needs goods for {threshold_minor}, there are {basis_minor}"

    coupon: str
    threshold_minor: int
    basis_minor: int


@attrs.define(eq=False, slots=False)
class CouponsDoNotStack(Refusal):
    """These coupons cannot be used on one order together."""

    code = "pricing.coupons-do-not-stack"
    kind = Kind.CONFLICT
    text = "these coupons cannot be combined: {coupons}"

    coupons: tuple[str, ...]


@attrs.define(eq=False, slots=False)
class QuotaSpent(Refusal):
    """The template has issued as many coupons as it may."""

    code = "pricing.quota-spent"
    kind = Kind.CONFLICT
    text = "coupon {template}: {issued_qty} of {quota_qty} are issued, {wanted_qty} more are too many"

    template: str
    quota_qty: int
    issued_qty: int
    wanted_qty: int


@attrs.define(eq=False, slots=False)
class CustomerLimitReached(Refusal):
    """This customer holds as many coupons of the template as one may have."""

    code = "pricing.customer-limit"
    kind = Kind.CONFLICT
    text = "coupon {template}: a customer gets {limit_qty}, this one has {issued_qty}"

    template: str
    limit_qty: int
    issued_qty: int


@attrs.define(eq=False, slots=False)
class TemplateNotOpen(Refusal):
    """The coupon template does not issue at present."""

    code = "pricing.template-not-open"
    kind = Kind.CONFLICT
    text = "coupon {template} does not issue: it is {state}"

    template: str
    state: str


@attrs.define(eq=False, slots=False)
class TemplateFixed(Refusal):
    """Once a template was open these of its terms are what customers were promised."""

    code = "pricing.template-fixed"
    kind = Kind.CONFLICT
    text = "coupon {template} was open already: {fields} stay as they are"

    template: str
    fields: tuple[str, ...]


@attrs.define(eq=False, slots=False)
class BudgetSpent(Refusal):
    """The campaign's money or uses do not suffice any more. A left amount of -1 means that it is not limited."""

    code = "pricing.budget-spent"
    kind = Kind.CONFLICT
    text = "campaign {campaign} cannot bear {wanted_minor}: {left_minor} and {left_uses} uses are left"

    campaign: str
    wanted_minor: int
    left_minor: int
    left_uses: int
