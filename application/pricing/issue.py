"""Put coupons into customers' hands: issued to them, printed as codes, claimed by code; and take them out again."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from uuid import UUID

import attrs

from houtai.application.permission import CHANNEL, MERCHANT, logged_as, needs
from houtai.application.plain import SECRET
from houtai.application.pricing.ports import COUPON_BY_CODE, COUPON_BY_EXPIRY, TEMPLATE_BY_CLAIM_CODE, PricingTx
from houtai.application.pricing.reach import demand_goods, demand_own
from houtai.application.timeline import write_line
from houtai.domain import limits
from houtai.domain.act import Act
from houtai.domain.ids import CouponId, CouponTemplateId, CustomerId, derive
from houtai.domain.pricing.coupons import (
    Coupon,
    CouponState,
    CouponTemplate,
    IssueCount,
    count_id,
    coupon_code,
    plain_code,
)
from houtai.domain.refusal import AlreadyExists, NotFound, VersionConflict

ISSUE = "pricing.coupons"
CLAIM = "pricing.claim-coupon"
EXPIRE = "pricing.expire"
MAX_BATCH = 1_000


@attrs.frozen
class IssueTo:
    """One coupon for one customer."""

    coupon: CouponId
    customer: CustomerId


@attrs.frozen
class IssueCoupons:
    """Coupons of one template for named customers, all or none."""

    template: CouponTemplateId
    to: tuple[IssueTo, ...] = attrs.field(validator=limits.at_most(MAX_BATCH, low=1))


@attrs.frozen
class MakeCodes:
    """Coupons without an owner, each to be claimed by its code."""

    template: CouponTemplateId
    batch: UUID
    qty: int = attrs.field(validator=limits.between(1, MAX_BATCH))


@attrs.frozen
class ClaimCoupon:
    """What a customer gets for a code: the coupon printed with it, or one of the template that it belongs to."""

    code: str = attrs.field(validator=limits.text(1, 64), metadata={SECRET: True})
    customer: CustomerId
    coupon: CouponId  # the id of the new coupon, where the code belongs to a template


@attrs.frozen
class VoidCoupon:
    """Take a coupon out of use."""

    coupon: CouponId
    expected_version: int
    reason: str = attrs.field(validator=limits.text(2, 200))


@attrs.frozen
class ExpireCoupons:
    """Close up to so many coupons whose time is over."""

    most: int = attrs.field(default=500, validator=limits.between(1, MAX_BATCH))


@needs(ISSUE, along=(CHANNEL, MERCHANT))
def issue_coupons(tx: PricingTx, cmd: IssueCoupons, act: Act) -> tuple[Coupon, ...]:
    """Give them out. Raises NotFound, TemplateNotOpen, QuotaSpent, CustomerLimitReached; then nobody gets one."""
    template = _template(tx, cmd.template, act)
    customers = tx.customers.many({one.customer for one in cmd.to})
    for one in cmd.to:
        if one.customer not in customers:
            raise NotFound(what="customer", key=str(one.customer))
    counts = _count(tx, template, Counter(one.customer for one in cmd.to), len(cmd.to))
    coupons = tuple(_coupon(template, one.coupon, one.customer, act) for one in cmd.to)
    _write_new(tx, counts, coupons, act)
    return coupons


@needs(ISSUE, along=(CHANNEL, MERCHANT))
def make_codes(tx: PricingTx, cmd: MakeCodes, act: Act) -> tuple[Coupon, ...]:
    """Make them. Raises NotFound, TemplateNotOpen, QuotaSpent, AlreadyExists for a batch made before."""
    template = _template(tx, cmd.template, act)
    coupons = tuple(_coupon(template, CouponId(derive(cmd.batch, "coupon", number)), None, act) for number in range(cmd.qty))
    if tx.coupons.many(coupon.id for coupon in coupons):
        raise AlreadyExists(what="coupon batch", key=str(cmd.batch))
    _write_new(tx, _count(tx, template, {}, cmd.qty), coupons, act)
    return coupons


@needs(CLAIM, along=(CHANNEL, MERCHANT), own=True)
def claim_coupon(tx: PricingTx, cmd: ClaimCoupon, act: Act) -> Coupon:
    """Give the customer the coupon of this code; claiming one's own once more answers the same.

    Raises NotFound, CouponSpent, CouponNotValidNow, TemplateNotOpen, QuotaSpent, CustomerLimitReached.
    """
    code = plain_code(cmd.code)
    if tx.customers.find(cmd.customer) is None:
        raise NotFound(what="customer", key=str(cmd.customer))
    printed = tx.coupons.lock_by(COUPON_BY_CODE, code)
    template = (
        tx.coupon_templates.get(printed[0].template_id) if printed else tx.coupon_templates.first(TEMPLATE_BY_CLAIM_CODE, code)
    )
    if template is None:
        raise NotFound(what="coupon", key="with this code")
    demand_own(act, CLAIM, "coupon", "with this code", template.scope, template.channels, customer=cmd.customer)
    if printed:
        return _claim_printed(tx, printed[0], template, cmd.customer, act)
    template.check_open(act.at)
    counts = _count(tx, template, {cmd.customer: 1}, 1)
    coupon = _coupon(template, cmd.coupon, cmd.customer, act)
    _write_new(tx, counts, (coupon,), act)
    return coupon


@needs(ISSUE, along=(CHANNEL, MERCHANT))
def void_coupon(tx: PricingTx, cmd: VoidCoupon, act: Act) -> Coupon:
    """Take it out of use. Raises NotFound, VersionConflict, and IllegalMove for one that an order holds."""
    coupon = tx.coupons.lock([cmd.coupon]).get(cmd.coupon)
    template = tx.coupon_templates.find(coupon.template_id) if coupon else None
    if coupon is None or template is None:
        raise NotFound(what="coupon", key=str(cmd.coupon))
    demand_own(act, ISSUE, "coupon", cmd.coupon, template.scope, template.channels)
    demand_goods(act, ISSUE, template.channels, template.scope)
    if coupon.version != cmd.expected_version:
        raise VersionConflict(
            what="coupon", key=str(coupon.id), expected_version=cmd.expected_version, current_version=coupon.version
        )
    void = coupon.moved(CouponState.VOID, None)
    tx.coupons.save(void)
    write_line(tx, act, "coupon", void, "void", before=coupon.state, reason=cmd.reason)
    return void


def grant_coupon(tx: PricingTx, template_id: CouponTemplateId, coupon_id: CouponId, customer_id: CustomerId, act: Act) -> Coupon:
    """One coupon for a module above, which has its own reason; the same id again is the same coupon.

    Raises NotFound, TemplateNotOpen, QuotaSpent, CustomerLimitReached, before anything is written.
    """
    if (known := tx.coupons.find(coupon_id)) is not None:
        return known
    template = tx.coupon_templates.get(template_id)
    template.check_open(act.at)
    counts = _count(tx, template, {customer_id: 1}, 1)
    coupon = _coupon(template, coupon_id, customer_id, act)
    _write_new(tx, counts, (coupon,), act)
    return coupon


def withdraw_coupon(tx: PricingTx, coupon_id: CouponId, reason: str, act: Act) -> Coupon:
    """Take a coupon out of use for a module above; one that an order holds, or that has ended, stays as it is."""
    coupon = tx.coupons.lock_one(coupon_id)
    if coupon.state is not CouponState.ISSUED:
        return coupon
    void = coupon.moved(CouponState.VOID, None)
    tx.coupons.save(void)
    write_line(tx, act, "coupon", void, "void", before=coupon.state, reason=reason)
    return void


@logged_as(None)
@needs(EXPIRE)
def expire_coupons(tx: PricingTx, cmd: ExpireCoupons, act: Act) -> int:
    """Close coupons whose time is over; how many. For the timer, which calls it until it answers 0."""
    over = tx.coupons.lock_due(COUPON_BY_EXPIRY, act.at, cmd.most)
    for coupon in over:
        expired = coupon.moved(CouponState.EXPIRED, None)
        tx.coupons.save(expired)
        write_line(tx, act, "coupon", expired, "expired", before=coupon.state)
    return len(over)


def _template(tx: PricingTx, template_id: CouponTemplateId, act: Act) -> CouponTemplate:
    template = tx.coupon_templates.find(template_id)
    if template is None:
        raise NotFound(what="coupon template", key=str(template_id))
    demand_own(act, ISSUE, "coupon template", template_id, template.scope, template.channels)
    demand_goods(act, ISSUE, template.channels, template.scope)
    template.check_open(act.at)
    return template


def _claim_printed(tx: PricingTx, coupon: Coupon, template: CouponTemplate, customer: CustomerId, act: Act) -> Coupon:
    if coupon.customer_id == customer:
        return coupon
    coupon.check_claimable(act.at)
    template.check_open(act.at)
    counts = _count(tx, template, {customer: 1}, 0)
    claimed = attrs.evolve(coupon, customer_id=customer, version=coupon.version + 1)
    _write_counts(tx, counts)
    tx.coupons.save(claimed)
    write_line(tx, act, "coupon", claimed, "claimed", before=coupon.state)
    return claimed


def _count(
    tx: PricingTx, template: CouponTemplate, customers: Mapping[CustomerId, int], qty: int
) -> list[tuple[IssueCount, bool]]:
    """The template's counts with so many more, each with whether it is new. All are locked in one statement first."""
    wanted: dict[CustomerId | None, int] = dict(customers.items())
    if qty:
        wanted[None] = qty
    held = tx.issue_counts.lock([count_id(template.id, customer) for customer in wanted])
    counts: list[tuple[IssueCount, bool]] = []
    for customer, more in wanted.items():
        key = count_id(template.id, customer)
        count = held.get(key) or IssueCount(key, template.id, customer)
        counts.append((count.more(template, more), key not in held))
    return counts


def _coupon(template: CouponTemplate, coupon_id: CouponId, customer: CustomerId | None, act: Act) -> Coupon:
    valid_from, valid_until = template.validity(act.at)
    return Coupon(coupon_id, template.id, coupon_code(coupon_id), customer, act.at, valid_from, valid_until)


def _write_new(tx: PricingTx, counts: list[tuple[IssueCount, bool]], coupons: tuple[Coupon, ...], act: Act) -> None:
    _write_counts(tx, counts)
    for coupon in coupons:
        tx.coupons.add(coupon)
        write_line(tx, act, "coupon", coupon, "issued", before=None)


def _write_counts(tx: PricingTx, counts: list[tuple[IssueCount, bool]]) -> None:
    for count, new in counts:
        if new:
            tx.issue_counts.add(count)
        else:
            tx.issue_counts.save(count)
