"""A year of orders: what four kinds of orders leave behind, repeated over a year's days until there are as many as wanted.

Each kind was done once through the use cases, from the order to the delivered message: paid, paid with a promotion and a new
buyer's coupon, left to expire, cancelled after it was paid. The repetitions differ in ids, numbers, moments, buyers, phones and
goods; the operation log is one valid chain, and stock, balances and counters add up, as the doctor sees.
"""

from __future__ import annotations

import datetime as dt
import random
from collections.abc import Callable
from uuid import UUID

import attrs

from houtai.application.orders.cancel import CancelOrder, cancel_order
from houtai.application.orders.place import PlaceOrder, place_order
from houtai.application.orders.quote import QuoteOrder, quote_order
from houtai.application.orders.timers import run_due_timers
from houtai.application.payments.notices import ReceiveNotice, receive_notice
from houtai.application.pricing.issue import IssueCoupons, IssueTo, issue_coupons
from houtai.domain.act import Act, Entry
from houtai.domain.ids import CouponId, CouponTemplateId, CustomerId, OrderId, PaymentId, SkuId, derive, new_id
from houtai.domain.orders.order import Order
from houtai.domain.orders.tender import TenderWish
from houtai.domain.pricing.basket import Basket, BasketLine
from houtai.domain.pricing.coupons import count_id
from tests.bench.bulk import pressing
from tests.bench.databases import Database
from tests.bench.market import BUYERS, HOME, PROVIDER, SKUS, SKUS_EACH, Grower, Market, Seed, seeded
from tests.bench.pattern import Pattern, Press, image

DAYS = 365
KINDS = ("paid",) * 55 + ("coupon",) * 33 + ("expired",) * 7 + ("cancelled",) * 5  # in a hundred
ANSWERS_KEPT = dt.timedelta(days=7)
PHONE = HOME.phone


@attrs.frozen
class Kind:
    """One kind of order as it was done once: its rows, and which of their ids each repetition chooses."""

    pattern: Pattern
    skus: tuple[tuple[SkuId, int], ...]  # with the place of each among its product's variants
    buyer: CustomerId | None
    coupon: str
    sale: bool
    order: str


class Life:
    """Orders of the small shop, done through the use cases with a provider that answers."""

    def __init__(self, seed: Seed) -> None:
        self.seed = seed

    def deliver(self) -> None:
        """The outbox goes out, and what the provider tells comes in."""
        gateway = self.seed.gateway
        self.seed.relay.run_until_idle()
        for callback in gateway.callbacks():
            now = self.seed.clock.now()
            notice = gateway.parse_notice(callback.raw, callback.headers, now)
            cmd = ReceiveNotice(gateway.name, gateway.recipient, notice)
            self.seed.office.perform(receive_notice, cmd, Act.of_system(now, Entry.WEBHOOK))
        self.seed.relay.run_until_idle()

    def ordered(self, buyer: CustomerId, skus: list[SkuId], *, with_coupon: bool) -> tuple[Order, str]:
        """An order placed now, and the code of its coupon."""
        office, act, code = self.seed.office, self.seed.act, ""
        held: tuple[CouponId, ...] = ()
        if with_coupon:
            issued = office.perform(issue_coupons, IssueCoupons(self.seed.template, (IssueTo(CouponId(new_id()), buyer),)), act)
            held, code = (issued[0].id,), issued[0].code
        lines = tuple(BasketLine(line, sku, 1 + (line == 2)) for line, sku in enumerate(skus, start=1))
        basket = Basket(self.seed.channel, lines, buyer, held)
        quote = office.ask(quote_order, QuoteOrder(basket, HOME.region), act)
        order = OrderId(new_id())
        tender = TenderWish(PaymentId(derive(order, "payment", 1)), PROVIDER)
        cmd = PlaceOrder(order, basket, HOME, quote.digest, quote.payable_minor, (tender,))
        return office.perform(place_order, cmd, act, key=str(order)), code

    def pass_by(self, minutes: int) -> None:
        """Time goes on, and the outbox with it."""
        self.seed.clock.moment += dt.timedelta(minutes=minutes)
        self.deliver()

    def live(self, kind: str, buyer: CustomerId, skus: list[SkuId]) -> tuple[Order, str]:
        """One order of this kind from its beginning to its end."""
        order, code = self.ordered(buyer, skus, with_coupon=kind == "coupon")
        self.pass_by(1)
        if kind == "expired":
            self.seed.clock.moment += dt.timedelta(minutes=31)
            run_due_timers(self.seed.office)
        else:
            self.seed.gateway.pay(order.tenders[0].payment_id)
            self.pass_by(2)
        if kind == "cancelled":
            self.seed.office.perform(cancel_order, CancelOrder(order.id, "buyer changed their mind"), self.seed.act)
            self.pass_by(1)
        return order, code


class Year(Grower):
    """The large shop with a year of orders behind it."""

    def __init__(self, seed: Seed, database: Database, skus: int, buyers: int) -> None:
        """Learn the kinds after the shop's own patterns, once each with other goods so that what they share is there."""
        super().__init__(seed, database, skus, buyers)
        self._goods = {name: seed.add_product(name) for name in ("plain", "sale")}
        life = Life(seed)
        for kind in sorted(set(KINDS)):
            life.live(kind, seed.buyer, self._goods["sale" if kind == "coupon" else "plain"][:3])
        seed.clock.moment += dt.timedelta(hours=1)
        self.base = image(seed.store)
        pick = random.Random(5)
        self.kinds = {kind: [self._learn(life, kind, pick, database) for _ in range(3)] for kind in sorted(set(KINDS))}

    def _learn(self, life: Life, kind: str, pick: random.Random, database: Database) -> Kind:
        seed, sale = self.seed, kind == "coupon"
        goods = self._goods["sale" if sale else "plain"]
        places = pick.sample(range(SKUS_EACH), 3)
        skus = [goods[place] for place in places]
        before = image(seed.store)
        buyer = seed.buyer
        if sale:
            buyer = CustomerId(new_id())
            seed.add_buyer(buyer)
        order, code = life.live(kind, buyer, skus)
        after = image(seed.store)
        product = "P0000002" if sale else "P0000001"
        given: list[UUID | str] = [*skus, product, PHONE, PHONE[::-1], *([code] if code else [seed.buyer])]
        derived: dict[UUID, tuple[UUID, Callable[[UUID], UUID]]] = {}
        if sale:
            derived[count_id(seed.template, buyer)] = (
                buyer,
                lambda one: count_id(CouponTemplateId(seed.template), CustomerId(one)),
            )
        pattern = Pattern(before, after, dialect=database.kind, given=given, derived=derived)
        assert pattern.at.microsecond == 0
        return Kind(pattern, tuple(zip(skus, places, strict=True)), None if sale else buyer, code, sale, order.id.hex)

    def orders(self, press: Press, market: Market, count: int) -> list[OrderId]:
        """So many orders over a year that ends now; their ids in the order of time."""
        pick = random.Random(20261122)
        end = dt.datetime.now(dt.UTC).replace(microsecond=0) - dt.timedelta(hours=2)
        step = dt.timedelta(days=DAYS) / max(count, 1)
        made = []
        for number in range(count):
            at = (end - step * (count - number)).replace(microsecond=0)
            kind = pick.choice(self.kinds[pick.choice(KINDS)])
            old = end - at > ANSWERS_KEPT
            fresh = press.repeat(kind.pattern, at, self._chosen(kind, market, pick), without=FORGOTTEN if old else frozenset())
            made.append(OrderId(UUID(fresh[kind.pattern.fresh[kind.order]])))
        return made

    def _chosen(self, kind: Kind, market: Market, pick: random.Random) -> dict[str, str]:
        own = market.skus["sale" if kind.sale else "plain"]
        product = pick.randrange(len(own) // SKUS_EACH)
        chosen = {sku.hex: own[product * SKUS_EACH + place].hex for sku, place in kind.skus}
        chosen["P0000002" if kind.sale else "P0000001"] = market.products["sale" if kind.sale else "plain"][product]
        phone = f"13{pick.randrange(10**9):09d}"
        chosen |= {PHONE: phone, PHONE[::-1]: phone[::-1]}
        if kind.buyer is not None:
            chosen[kind.buyer.hex] = pick.choice(market.buyers).hex
        if kind.coupon:
            chosen[kind.coupon] = "".join(pick.choices("ABCDEFGHJKMNPQRSTVWXYZ23456789", k=len(kind.coupon)))
        return chosen


FORGOTTEN = frozenset({"requests"})


def grow(database: Database, orders: int, *, skus: int = SKUS, buyers: int = BUYERS) -> tuple[Market, list[OrderId]]:
    """Fill the empty database with the large shop and a year of orders."""
    with seeded() as seed:
        year = Year(seed, database, skus, buyers)
        with pressing(database, year.base) as press:
            market = year.market(press)
            return market, year.orders(press, market, orders)
