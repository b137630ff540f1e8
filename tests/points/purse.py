"""A buyer of the tea shop with points: given, spent on orders, looked at."""

from __future__ import annotations

from typing import Any

from houtai.application.customers.keep import EraseCustomer, erase_customer
from houtai.application.orders.pay import PayAgain, pay_again
from houtai.application.points.adjust import (
    AdjustPoints,
    DecidePointsAdjustment,
    adjust_points,
    approve_points_adjustment,
    reject_points_adjustment,
)
from houtai.application.points.policy import SetPointsPolicy, set_points_policy
from houtai.application.points.queries import (
    ListPointsEntries,
    PointsOf,
    PointsStanding,
    list_points_entries,
    show_points,
)
from houtai.application.points.timers import run_points_timer
from houtai.domain.ids import PaymentId, new_id
from houtai.domain.orders.order import Order
from houtai.domain.orders.tender import POINTS, TenderWish
from houtai.domain.points.account import PointsEntry, PointsMove
from houtai.domain.points.adjustment import PointsAdjustment, PointsAdjustmentId
from houtai.domain.points.policy import PointsPolicy
from tests.catalog.arrange import another
from tests.orders.shop import PROVIDER, Shop

MANY = 10**9


class Purse:
    """The points of the shop's buyer; one fen is one point unless told otherwise."""

    def __init__(self, shop: Shop, **rules: Any) -> None:
        self.shop, self.office = shop, shop.office
        self.policy = self.rules(**{"most_permille": 1_000, "adjust_alone_points": MANY, **rules})

    def rules(self, **fields: Any) -> PointsPolicy:
        """The policy of the shop's currency, from now on."""
        version = getattr(self, "policy", None)
        self.policy = self.office.perform(
            set_points_policy, SetPointsPolicy(version.version if version else 0, "CNY", **fields), self.shop.act
        )
        return self.policy

    def ask(self, points: int) -> PointsAdjustment:
        """By hand; negative to take away."""
        cmd = AdjustPoints(PointsAdjustmentId(new_id()), self.shop.buyer, "CNY", points, "a gift of the house")
        return self.office.perform(adjust_points, cmd, self.shop.act)

    def approve(self, asked: PointsAdjustment) -> PointsAdjustment:
        """By another person."""
        cmd = DecidePointsAdjustment(asked.id, asked.version)
        return self.office.perform(approve_points_adjustment, cmd, another(self.shop.act))

    def reject(self, asked: PointsAdjustment) -> PointsAdjustment:
        """By another person."""
        cmd = DecidePointsAdjustment(asked.id, asked.version)
        return self.office.perform(reject_points_adjustment, cmd, another(self.shop.act))

    def tenders(self, points_minor: int, rest: bool = True) -> dict[str, Any]:
        """So much in points, and the rest, if there is any, through the provider."""
        wishes = [TenderWish(PaymentId(new_id()), POINTS, points_minor)]
        if rest:
            wishes.append(TenderWish(PaymentId(new_id()), PROVIDER))
        return {"tenders": tuple(wishes)}

    def placed(self, points_minor: int, *, rest: bool = True, coupons: Any = (), **units: Any) -> Order:
        """An order that is to be paid so."""
        return self.shop.place(coupons, self.tenders(points_minor, rest), **units)

    def paid(self, points_minor: int, *, coupons: Any = (), **units: Any) -> Order:
        """The same, with the rest captured."""
        order = self.placed(points_minor, coupons=coupons, **units)
        self.shop.capture(order, 1)
        return self.shop.order(order)

    def pay_more(self, order: Order, points_minor: int) -> Order:
        """Another tender in points for a pending order."""
        cmd = PayAgain(order.id, TenderWish(PaymentId(new_id()), POINTS, points_minor))
        return self.office.perform(pay_again, cmd, self.shop.act)

    def end(self) -> int:
        """Let the timer expire what is due."""
        return run_points_timer(self.office)

    def erase(self) -> None:
        """The buyer wants to be forgotten."""
        self.office.perform(erase_customer, EraseCustomer(self.shop.buyer, 1), self.shop.act)

    # -- looking

    def standing(self) -> PointsStanding:
        """As the buyer sees it."""
        return self.office.ask(show_points, PointsOf(self.shop.buyer, "CNY"), self.shop.act)

    @property
    def balance(self) -> int:
        """All points that are there."""
        return self.standing().account.balance_points

    @property
    def lots(self) -> list[int]:
        """What the lots that can be spent have left, those that end first in front."""
        return [lot.left_points for lot in self.standing().lots]

    def entries(self) -> list[PointsEntry]:
        """All rows, the earliest first."""
        found = self.office.ask(list_points_entries, ListPointsEntries(self.shop.buyer, "CNY"), self.shop.act)
        return list(reversed(found.items))

    def moved(self, move: PointsMove) -> int:
        """The sum of one kind of rows."""
        return sum(entry.points for entry in self.entries() if entry.move is move)
