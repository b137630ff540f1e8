"""Callers: orders made up beforehand, then placed by so many threads at once, each waiting for its answer as a client does."""

from __future__ import annotations

import random
import threading
import time
from collections import Counter
from collections.abc import Callable, Iterable, Sequence
from concurrent.futures import ThreadPoolExecutor
from typing import Any, TypeVar

import attrs

from houtai.application.office import Office
from houtai.application.orders.place import PlaceOrder, place_order
from houtai.application.orders.quote import QuoteOrder, quote_order
from houtai.application.pricing.issue import IssueCoupons, IssueTo, issue_coupons
from houtai.domain.ids import CouponId, CustomerId, OrderId, PaymentId, SkuId, derive, new_id
from houtai.domain.orders.tender import TenderWish
from houtai.domain.pricing.basket import Basket, BasketLine
from houtai.domain.refusal import Refusal
from tests.bench.figures import percentile
from tests.bench.market import HOME, PROVIDER, Market, choose

T = TypeVar("T")
BATCH = 1_000  # coupons issued at once


@attrs.frozen
class Run:
    """What so many callers saw."""

    callers: int
    seconds: float
    millis: list[float] = attrs.field(repr=False)
    errors: Counter[str]

    @property
    def rate(self) -> float:
        """Answers a second that were no errors."""
        return len(self.millis) / self.seconds if self.seconds else 0.0

    def told(self) -> dict[str, Any]:
        """For a table."""
        told: dict[str, Any] = {"callers": self.callers, "per_s": round(self.rate, 1)}
        told |= {f"p{part}_ms": round(percentile(self.millis, part), 1) for part in (50, 95, 99)}
        return told | ({"errors": dict(self.errors)} if self.errors else {})


def coupons(office: Office, market: Market, count: int, pick: random.Random) -> list[tuple[CouponId, CustomerId]]:
    """So many coupons in the hands of buyers chosen at random."""
    made = [(CouponId(new_id()), pick.choice(market.buyers)) for _ in range(count)]
    for start in range(0, count, BATCH):
        to = tuple(IssueTo(coupon, buyer) for coupon, buyer in made[start : start + BATCH])
        office.perform(issue_coupons, IssueCoupons(market.template, to), office.act_of_system())
    return made


def wishes(office: Office, market: Market, count: int, seed: int, *, hot: SkuId | None = None) -> list[PlaceOrder]:
    """Orders of three lines as buyers send them, each quoted now; every third is of goods in a promotion and uses a coupon.

    With `hot` the first line of every one is of that SKU.
    """
    pick = random.Random(seed)
    held = iter(coupons(office, market, (count + 2) // 3, pick))
    act = office.act_of_system()
    made = []
    with office._store.snapshot() as views:
        for number in range(count):
            coupon, buyer = next(held) if number % 3 == 0 else (None, pick.choice(market.buyers))
            skus = choose(market, "sale" if coupon else "plain", pick)
            if hot is not None:
                skus = [hot, *(sku for sku in skus if sku != hot)][:3]
            lines = tuple(BasketLine(line, sku, pick.choice((1, 1, 2))) for line, sku in enumerate(skus, start=1))
            basket = Basket(market.channel, lines, buyer, (coupon,) if coupon else ())
            quote = quote_order(views, QuoteOrder(basket, HOME.region), act)
            order = OrderId(new_id())
            tender = TenderWish(PaymentId(derive(order, "payment", 1)), PROVIDER)
            made.append(PlaceOrder(order, basket, HOME, quote.digest, quote.payable_minor, (tender,)))
    return made


def place(office: Office, wish: PlaceOrder) -> None:
    """Place one order under its own idempotency key, as every door does."""
    office.perform(place_order, wish, office.act_of_system(), key=str(wish.order))


def placed(office: Office, wanted: Sequence[PlaceOrder], callers: int) -> Run:
    """All of them placed by so many callers."""
    return called(lambda wish: place(office, wish), wanted, callers)


def called(once: Callable[[T], object], things: Sequence[T], callers: int) -> Run:
    """`once` for each thing, by so many threads that begin together; a refusal is an error of the run."""
    barrier = threading.Barrier(callers + 1)
    found: list[tuple[list[float], Counter[str]]] = [([], Counter()) for _ in range(callers)]

    def caller(own: Iterable[T], millis: list[float], errors: Counter[str]) -> None:
        barrier.wait()
        for thing in own:
            started = time.perf_counter()
            try:
                once(thing)
            except Refusal as refusal:
                errors[refusal.code] += 1
            else:
                millis.append((time.perf_counter() - started) * 1_000)

    with ThreadPoolExecutor(callers) as threads:
        waiting = [threads.submit(caller, things[place::callers], *found[place]) for place in range(callers)]
        barrier.wait()
        started = time.perf_counter()
        for one in waiting:
            one.result()  # a fault ends the benchmark
        seconds = time.perf_counter() - started
    millis = [one for own, _ in found for one in own]
    errors: Counter[str] = sum((own for _, own in found), Counter())
    return Run(callers, seconds, millis, errors)
