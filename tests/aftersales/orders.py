"""Orders as they were frozen, built by hand or by hypothesis, for rules that read nothing else."""

from __future__ import annotations

import datetime as dt
from uuid import UUID

import attrs
from hypothesis import strategies as st

from houtai.domain.catalog.sku import ReturnPolicy as BundleReturn
from houtai.domain.customers.customer import Address
from houtai.domain.ids import ChannelId, MerchantId, OrderId, PromotionId, SkuId
from houtai.domain.money import allocate
from houtai.domain.orders.line import BundlePart, DiscountRow, DiscountSource, GiftLink, OrderLine
from houtai.domain.orders.order import FrozenPromotion, Order, check_sums
from houtai.domain.pricing.bearers import PLATFORM_PAYS
from houtai.domain.pricing.promotions import GiftReturn, ReturnPolicy, SpendAndSave, Tier

AT = dt.datetime(2026, 11, 22, 4, tzinfo=dt.UTC)
PROMOTION = UUID(int=77)
COUPON = UUID(int=78)


def line(seq: int, gross_minor: int, qty: int = 1, **fields: object) -> OrderLine:
    """A line of our own goods."""
    plain = {"sku_id": SkuId(UUID(int=seq)), "sku_code": f"S{seq}", "title": f"货{seq}", "unit_minor": gross_minor // qty}
    return OrderLine(seq=seq, qty=qty, gross_minor=gross_minor, **{**plain, **fields})  # type: ignore[arg-type]  # by name


def gift(seq: int, triggers: tuple[int, ...], qty: int = 1, **fields: object) -> OrderLine:
    """A gift line for the triggers, one for every unit bought unless told otherwise."""
    plain: dict[str, object] = {"buy_qty": 1, "spend_minor": 0, "gift_qty": 1, "value_minor": 500}
    plain |= {"on_return": GiftReturn.RETURN_GIFT, **fields}
    link = GiftLink(PromotionId(UUID(int=90)), "GIFT", triggers, bearers=PLATFORM_PAYS, **plain)  # type: ignore[arg-type]  # by name
    return line(seq, 0, qty, gift=link)


def part_of(bundle: int, on_return: BundleReturn, qty: int = 1) -> BundlePart:
    """That a line is a component of so many of a bundle."""
    return BundlePart(SkuId(UUID(int=500 + bundle)), f"SET-{bundle}", qty, bundle, on_return)


def order(
    *lines: OrderLine,
    save: SpendAndSave | None = None,
    on_return: ReturnPolicy = ReturnPolicy.KEEP,
    coupon_minor: int = 0,
    freight_minor: int = 0,
) -> Order:
    """An order of these lines: the promotion over all that is paid for, then the coupon, then freight by price (R-2)."""
    sold = [one for one in lines if not one.is_gift]
    rows: list[DiscountRow] = []
    promotions: list[FrozenPromotion] = []
    left = [one.gross_minor for one in sold]

    def spread(source: DiscountSource, source_id: UUID, minor: int, policy: ReturnPolicy) -> None:
        for place, share in enumerate(allocate(min(minor, sum(left)), left, left) if any(left) else []):
            left[place] -= share
            if share:
                borne = PLATFORM_PAYS.of(share, merchant_goods=False)
                rows.append(DiscountRow(sold[place].seq, source, source_id, share, borne, on_return=policy))

    if save is not None:
        saved = min(save.saving(sum(left)), sum(left))
        spread(DiscountSource.ORDER_PROMOTION, PROMOTION, saved, on_return)
        seqs = tuple(one.seq for one in sold)
        promotions.append(
            FrozenPromotion(DiscountSource.ORDER_PROMOTION, PROMOTION, "SAVE", saved, seqs, on_return=on_return, rule=save)
        )
    spread(DiscountSource.COUPON, COUPON, coupon_minor, ReturnPolicy.KEEP)
    freight = allocate(freight_minor, [one.gross_minor or 1 for one in sold])
    taken = {one.seq: one.gross_minor - rest for one, rest in zip(sold, left, strict=True)}
    shares = {one.seq: share for one, share in zip(sold, freight, strict=True)}
    made = Order(
        id=OrderId(UUID(int=1)),
        number="SO-1",
        channel_id=ChannelId(UUID(int=2)),
        currency="CNY",
        placed_at=AT,
        lines=tuple(
            attrs.evolve(one, discount_minor=taken.get(one.seq, 0), freight_minor=shares.get(one.seq, 0)) for one in lines
        ),
        receiver=Address("周建国", "13900139000", region="浙江", city="杭州", street="文三路 9 号"),
        discounts=tuple(rows),
        promotions=tuple(promotions),
    )
    check_sums(made)
    return made


def shipped(given: Order) -> Order:
    """With everything handed over."""
    return attrs.evolve(given, lines=tuple(attrs.evolve(one, shipped_qty=one.open_qty) for one in given.lines))


@st.composite
def orders(draw: st.DrawFn) -> Order:
    """Any order of up to five lines with bundles, sellers, a threshold, a coupon, gifts and freight; shipped or not."""
    lines: list[OrderLine] = []
    for seq in range(1, draw(st.integers(1, 5)) + 1):
        qty = draw(st.integers(1, 6))
        seller = draw(st.sampled_from([None, MerchantId(UUID(int=9))]))
        lines.append(line(seq, draw(st.integers(0, 40_000)), qty, merchant_id=seller))
    if draw(st.booleans()):
        policy, times = draw(st.sampled_from(BundleReturn)), draw(st.integers(1, 3))
        bundle = part_of(1, policy, times)
        lines = [attrs.evolve(one, qty=one.qty * times, bundle=bundle) if one.seq <= 2 else one for one in lines]
    seqs = tuple(one.seq for one in lines)
    if draw(st.booleans()):
        every = draw(st.integers(1, 4))
        most = sum(one.qty for one in lines) // every
        if most:
            worth = {"value_minor": draw(st.integers(0, 3_000)), "on_return": draw(st.sampled_from(GiftReturn))}
            lines.append(gift(9, seqs, most, buy_qty=every, **worth))
    save = None
    if draw(st.booleans()):
        spend = draw(st.integers(1, 60_000))
        save = SpendAndSave((Tier(spend, draw(st.integers(1, spend))),), draw(st.booleans()))
    made = order(
        *lines,
        save=save,
        on_return=draw(st.sampled_from(ReturnPolicy)),
        coupon_minor=draw(st.integers(0, 20_000)),
        freight_minor=draw(st.integers(0, 3_000)),
    )
    return shipped(made) if draw(st.booleans()) else made
