"""F-2, the demo's second story: orders are priced, placed, paid and confirmed, or refused, cancelled and paid back."""

from __future__ import annotations

from uuid import UUID

import attrs

from houtai.application.inventory.hold import HoldStock, hold
from houtai.application.orders.cancel import CancelOrder, cancel_order
from houtai.application.orders.hold import ReleaseHold, release_hold
from houtai.application.orders.place import PlaceOrder, place_order
from houtai.application.orders.quote import QuoteOrder, quote_order
from houtai.application.orders.take_over import ImportChannelOrder, import_channel_order
from houtai.application.orders.timers import expire_due_orders
from houtai.application.pricing.set_prices import SetPrice, set_price
from houtai.domain.ids import CustomerId, HoldId, OrderId, PaymentId, derive, new_id
from houtai.domain.inventory.refusals import OutOfStock
from houtai.domain.inventory.reservation import Want
from houtai.domain.money import Money
from houtai.domain.orders.importing import ChannelLine, ChannelPayment
from houtai.domain.orders.order import Order
from houtai.domain.orders.tender import TenderWish
from houtai.domain.pricing.basket import Basket, BasketLine
from houtai.domain.pricing.quote import Quote
from houtai.domain.pricing.refusals import CouponSpent, PriceChanged
from houtai.domain.refusal import Forbidden
from houtai.entrypoints.demo.prices import Buyers
from houtai.entrypoints.demo.shop import Shop
from houtai.entrypoints.demo.stage import PROVIDER, Stage


class Counter:
    """What a buyer and the shop's counter do with orders, in one line each."""

    def __init__(self, stage: Stage, shop: Shop, buyers: Buyers) -> None:
        """Sell from this shop."""
        self.stage, self.shop, self.buyers = stage, shop, buyers
        self._placed: list[OrderId] = []

    def placed(self) -> tuple[OrderId, ...]:
        """Every order that was placed here or taken over from a channel."""
        return tuple(dict.fromkeys(self._placed))

    def taken_over(self, order: Order) -> Order:
        """Remember an order that a channel pushed."""
        self._placed.append(order.id)
        return order

    def basket(self, buyer: CustomerId, *goods: tuple[str, int], coupon: bool = False) -> Basket:
        """Goods by code and quantity, for the own shop."""
        lines = tuple(BasketLine(line, self.shop.skus[code], qty) for line, (code, qty) in enumerate(goods, start=1))
        return Basket(self.shop.channels["WEB"], lines, buyer, (self.buyers.coupon,) if coupon else ())

    def quote(self, basket: Basket) -> Quote:
        """What it costs now."""
        request = QuoteOrder(basket, self.buyers.address.region)
        return self.stage.office.ask(quote_order, request, self.stage.act("chen"))

    def place(
        self, basket: Basket, quote: Quote, *, remark: str = "", hold_id: HoldId | None = None, first_minor: int | None = None
    ) -> Order:
        """Order what was quoted, with one payment for all of it, or one of `first_minor` and a second for the rest."""
        order = OrderId(new_id())
        tenders = [TenderWish(payment_of(order), PROVIDER, first_minor)] if quote.payable_minor else []
        if first_minor is not None:
            tenders.append(TenderWish(second_payment_of(order), PROVIDER))
        cmd = PlaceOrder(order, basket, self.buyers.address, quote.digest, quote.payable_minor, tuple(tenders), hold_id, remark)
        placed = self.stage.office.perform(place_order, cmd, self.stage.act("chen"), key=f"demo-{order}")
        self._placed.append(order)
        return placed

    def cancel(self, order: Order, reason: str) -> Order:
        """Cancel it."""
        return self.stage.office.perform(cancel_order, CancelOrder(order.id, reason), self.stage.act("chen"))


def payment_of(order: OrderId) -> PaymentId:
    """The one payment of an order of the demo, or its first."""
    return PaymentId(derive(order, "payment"))


def second_payment_of(order: OrderId) -> PaymentId:
    """The second payment of an order that is paid from two purses."""
    return PaymentId(derive(order, "second payment"))


def buy_and_pay(counter: Counter) -> None:
    """林晓燕 buys the bundle with tea and her coupon: quote, hold, order, payment told twice, confirmation."""
    stage, shop, buyers = counter.stage, counter.shop, counter.buyers
    basket = counter.basket(buyers.lin, ("GIFTBOX", 1), ("TEA-250", 1), coupon=True)
    watched = [shop.skus[code] for code in ("TEA-100", "TEA-250", "POT-ZISHA", "SPOON")]
    quote = counter.quote(basket)
    trace = "; ".join(f"{step.text}" for step in quote.trace)
    stage.tell("林晓燕", f"asks for a price: {Money(quote.payable_minor, 'CNY')} ({trace})", lambda: None)

    wants = tuple(
        Want(line, shop.skus[code], qty) for line, (code, qty) in enumerate((("TEA-250", 1), ("POT-ZISHA", 1)), start=1)
    )
    held = HoldStock(HoldId(new_id()), buyers.lin, basket.channel_id, wants)
    stage.tell(
        "林晓燕",
        "goes to the till: the goods are held for a while",
        lambda: stage.office.perform(hold, held, stage.act("wang")),
        skus=watched,
    )
    order = stage.tell(
        "林晓燕",
        "places the order: coupon locked, goods and gift reserved; 200.00 by card, the rest from her wallet",
        lambda: counter.place(basket, quote, hold_id=held.hold, first_minor=20_000),
        skus=watched,
    )
    stage.tell("relay", f"asks the provider for the two payments of {order.number}", stage.deliver)
    stage.tell(
        "林晓燕",
        "pays both; the provider calls back twice for each, and each counts once",
        lambda: (stage.buyer_pays(payment_of(order.id), copies=2), stage.buyer_pays(second_payment_of(order.id), copies=2)),
        skus=watched,
    )
    stage.refuse("林晓燕", "tries the same coupon on another order", lambda: _again(counter), CouponSpent)


def _again(counter: Counter) -> None:
    basket = counter.basket(counter.buyers.lin, ("POT-ZISHA", 1), coupon=True)
    counter.place(basket, counter.quote(basket))


def refuse_what_must_be(counter: Counter) -> None:
    """Oversell and a changed price are refused whole, with their numbers."""
    stage, shop, buyers = counter.stage, counter.shop, counter.buyers
    many = counter.basket(buyers.zhou, ("TEA-100", 10), ("POT-ZISHA", 50))
    stage.refuse(
        "周建国",
        "orders 50 pots where there are 11",
        lambda: counter.place(many, counter.quote(many)),
        OutOfStock,
        skus=[shop.skus["POT-ZISHA"]],
    )
    basket = counter.basket(buyers.zhou, ("TEA-100", 2))
    quote = counter.quote(basket)
    raised = SetPrice(shop.skus["TEA-100"], 7_200, "CNY")
    stage.tell("zhao", "raises TEA-100 from 68.00 to 72.00", lambda: stage.office.perform(set_price, raised, stage.act("zhao")))
    stage.refuse("周建国", "orders at the price he saw before", lambda: counter.place(basket, quote), PriceChanged)


def hold_and_release(counter: Counter) -> None:
    """A remark stops a paid order; somebody without the right cannot let it go on, customer service can."""
    stage, buyers = counter.stage, counter.buyers
    basket = counter.basket(buyers.zhou, ("TEA-100", 2))
    order = stage.tell(
        "周建国",
        "orders two tins with a remark for the shop",
        lambda: counter.place(basket, counter.quote(basket), remark="请周六送货"),
    )
    stage.deliver()
    stage.tell("周建国", "pays; the remark stops the order for a person to read", lambda: stage.buyer_pays(payment_of(order.id)))

    def release(who: str) -> Order:
        return stage.office.perform(release_hold, ReleaseHold(order.id, "送货时间已备注"), stage.act(who))

    stage.refuse("sun", "from finance tries to let it go on", lambda: release("sun"), Forbidden)
    stage.tell("chen", "reads the remark and lets it go on: confirmed", lambda: release("chen"))


def change_of_mind(counter: Counter) -> None:
    """Cancelled unpaid, paid after that, expired and paid late, paid by a wrong amount, cancelled when paid."""
    stage, shop, buyers = counter.stage, counter.shop, counter.buyers
    tea = [shop.skus["TEA-100"]]

    def order(who: str, what: str) -> Order:
        basket = counter.basket(buyers.zhou, ("TEA-100", 1))
        placed = stage.tell(who, what, lambda: counter.place(basket, counter.quote(basket)), skus=tea)
        stage.deliver()
        return placed

    first = order("周建国", "orders a tin")
    stage.tell(
        "chen", f"cancels {first.number} unpaid: the tin is free again", lambda: counter.cancel(first, "买家改主意"), skus=tea
    )
    stage.tell("周建国", "pays it all the same: the money goes back by itself", lambda: _paid_back(stage, first))
    second = order("周建国", "orders a tin again and forgets to pay")
    stage.clock.advance(minutes=31)
    stage.tell("timer", f"half an hour later {second.number} expires", lambda: expire_due_orders(stage.office), skus=tea)
    stage.tell(
        "周建国",
        "pays late: the tin is still there, the order lives again",
        lambda: stage.buyer_pays(payment_of(second.id)),
        skus=tea,
    )
    stage.tell("周建国", "pays a second time by mistake: the excess goes back", lambda: _paid_back(stage, second))
    third = order("周建国", "orders one more tin")
    short = Money(third.payable_minor - 1, "CNY")
    stage.tell(
        "provider",
        "reports one fen too little: not paid, a case is opened",
        lambda: stage.buyer_pays(payment_of(third.id), short),
    )
    stage.tell(
        "chen",
        f"cancels {second.number} when it is paid: goods free, money on its way back",
        lambda: counter.cancel(second, "买家取消"),
        skus=tea,
    )
    stage.tell("relay", "tells the provider, who pays it back and says so", lambda: _settle_outside(stage))


def _paid_back(stage: Stage, order: Order) -> None:
    stage.buyer_pays(payment_of(order.id))
    _settle_outside(stage)


def _settle_outside(stage: Stage) -> None:
    stage.deliver()
    stage.callbacks()


def sell_on_channels(counter: Counter) -> None:
    """Paid orders come from 天猫 and 抖音; one is pushed twice, one has more than there is."""
    stage, shop = counter.stage, counter.shop

    def push(channel: str, external: str, code: str, qty: int, unit_minor: int) -> Order:
        cmd = ImportChannelOrder(
            order=OrderId(derive(UUID(int=shop.channels[channel].int), external)),
            channel=shop.channels[channel],
            external_id=external,
            currency="CNY",
            lines=(ChannelLine("", "", qty, unit_minor, sku_code=code),),
            payments=(ChannelPayment("alipay", qty * unit_minor),),
            sold_at=stage.clock.now(),
            receiver=attrs.evolve(counter.buyers.address, recipient="买家"),
        )
        return counter.taken_over(stage.office.perform(import_channel_order, cmd, stage.act("zhao")))

    bowl = [shop.skus["GAIWAN"]]
    stage.tell("天猫", "pushes a paid order for two bowls", lambda: push("TMALL", "T-20261122-1", "GAIWAN", 2, 12_800), skus=bowl)
    stage.tell(
        "天猫",
        "pushes the same order again: nothing happens",
        lambda: push("TMALL", "T-20261122-1", "GAIWAN", 2, 12_800),
        skus=bowl,
    )
    stage.tell(
        "抖音",
        "has sold 15 bowls where 10 are left: booked, short by 5, with its cause; nothing more is shown for sale",
        lambda: push("DOUYIN", "D-77001", "GAIWAN", 15, 12_600),
        skus=bowl,
    )
    stage.tell("relay", "tells every channel that there are no bowls left", stage.deliver, skus=bowl)
