"""A bazaar where people hold everything, but within one channel, one merchant or some warehouses, or of their own alone."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any
from uuid import UUID

import attrs

from houtai.application.catalog.define import DefineBrand, define_brand
from houtai.application.ledger.post import PostJournal, post_journal
from houtai.application.office import Office
from houtai.application.permission import EVERY_AXIS
from houtai.application.pricing.set_prices import SetPrice, set_price
from houtai.domain.act import Act
from houtai.domain.authority import Authority, Dimension, Extent, Grant
from houtai.domain.ids import BrandId, JournalId, SkuId, new_id
from houtai.domain.ledger.account import AccountCode, party
from houtai.domain.ledger.journal import credit, debit
from houtai.domain.money import Money
from houtai.domain.pricing.promotions import PercentOff
from houtai.domain.pricing.scope import GoodsScope
from houtai.entrypoints.http.routes import Route
from tests.http.test_merchant_isolation import ROUTES, Fair, Forms, call, filled, is_own, needed, opened, singular
from tests.http_client import Caller

OWN = "own"
Axis = Dimension | str
AXES: tuple[Axis, ...] = (*Dimension, OWN)
FOREIGN = [route for route in ROUTES if not is_own(route)]


def name_of(axis: Axis) -> str:
    return axis if isinstance(axis, str) else axis.value


def lies_along(route: Route, axis: Axis) -> bool:
    return reaches_along(route.extent, axis)


def reaches_along(extent: Extent, axis: Axis) -> bool:
    """Whether a grant that is narrowed on the axis is held against the records; not so where no narrowing means anything."""
    if isinstance(axis, str):
        return extent.own and extent.regardless != EVERY_AXIS
    return axis in extent.along


def is_regardless(route: Route, axis: Axis) -> bool:
    """Whether narrowing means nothing to the route: it is open to whoever may work anywhere at all."""
    return route.extent.regardless == EVERY_AXIS if isinstance(axis, str) else axis in route.extent.regardless


class FormsAlong(Forms):
    """Forms that also name what somebody on this axis names: their channel and not the house's campaign, or themselves."""

    def __init__(self, ids: dict[str, str], axis: Axis) -> None:
        super().__init__(ids)
        self.axis = axis

    def _wanted(self, field: Any) -> bool:
        name = field.encode_name
        if self.axis in (Dimension.CHANNEL, Dimension.MERCHANT) and name == "campaign_id":
            return False
        return super()._wanted(field) or singular(name) in NAMED[self.axis]


NAMED: dict[Axis, tuple[str, ...]] = {
    Dimension.CHANNEL: ("channel_id",),
    Dimension.WAREHOUSE: (),
    Dimension.MERCHANT: ("good",),
    Dimension.SUPPLIER: (),
    OWN: ("customer_id",),
}


@attrs.frozen
class Narrow:
    """The fair, and for every axis what a person there asks for and where it lies."""

    fair: Fair
    on_channel: dict[str, str]
    brand: str
    codes: dict[Axis, str]

    @property
    def office(self) -> Office:
        """Where everything is done."""
        return self.fair.bazaar.shop.office

    def act(self, caller: Caller) -> Act:
        """What the caller does without HTTP."""
        account, grants = caller.door.people[caller.name]
        return attrs.evolve(self.fair.bazaar.shop.act, actor=account, authority=Authority(account, grants))

    def ids(self, axis: Axis) -> dict[str, str]:
        ids = self.fair.ids("B" if axis is Dimension.MERCHANT else "HOUSE")
        ids |= {"brand_id": self.brand}
        return {**ids, **self.on_channel} if axis is Dimension.CHANNEL else ids

    def here(self, axis: Axis) -> Caller:
        """Whoever reaches what `ids` name, and nothing beyond."""
        bazaar = self.fair.bazaar
        if isinstance(axis, str):
            return self._person(Grant("*", own_only=True), bazaar.shop.buyer)
        places: dict[Dimension, frozenset[UUID]] = {
            Dimension.CHANNEL: frozenset({bazaar.shop.channel}),
            Dimension.WAREHOUSE: frozenset({*bazaar.pool, *(UUID(ids["to_warehouse_id"]) for ids in bazaar.ids.values())}),
            Dimension.MERCHANT: frozenset({bazaar.merchants["B"]}),
        }
        return self._person(Grant("*", {axis: places[axis]}))

    def elsewhere(self, axis: Axis) -> Caller:
        """Whoever reaches as much, but none of it."""
        own = isinstance(axis, str)
        return self._person(Grant("*", own_only=True) if own else Grant("*", {axis: frozenset({new_id()})}))  # type: ignore[dict-item]  # no text here

    def _person(self, grant: Grant, account: UUID | None = None) -> Caller:
        door = self.fair.owner.door
        name = str(new_id())
        door.people[name] = (account or new_id(), (grant,))
        return attrs.evolve(self.fair.owner, name=name)

    def ask(self, caller: Caller, route: Route, axis: Axis) -> Any:
        """The answer to the caller who names what `ids` say."""
        ids = self.ids(axis)
        path = filled(route, ids)
        query = needed(self.fair, route, "B" if axis is Dimension.MERCHANT else "HOUSE")
        if route.name == "get_account_statement" and lies_along(route, axis):
            whose = party(name_of(axis), ids[f"{name_of(axis)}_id"])
            query |= {"code": AccountCode.ACCOUNTS_RECEIVABLE.value, "party": whose}
        if "merchant_id" in route.query.__struct_fields__ and axis is Dimension.MERCHANT and "import" in route.name:
            query |= {"merchant_id": ids["merchant_id"]}
        if route.method == "GET":
            return call(caller, route, path, query=query)
        return call(caller, route, path, self._body(route, axis, ids), query)

    def _body(self, route: Route, axis: Axis, ids: dict[str, str]) -> Any:
        if route.body is None:
            return None
        body = FormsAlong(ids, axis).of(route.body)
        return body | {"code": self.codes.get(axis, "HELLO")} if route.name == "post_coupon_claim" else body


def act_within(office: Office, *grants: Grant) -> Act:
    """Somebody with these grants, acting now."""
    actor = new_id()
    return attrs.evolve(Act.of_system(office.clock.now()), actor=actor, name="somebody", authority=Authority(actor, grants))


@contextmanager
def narrow_bazaar() -> Iterator[Narrow]:
    """A bazaar with a promotion, a coupon and a price of the channel, and with accounts of channel and merchant."""
    with opened() as fair:
        shop, ids = fair.bazaar.shop, fair.ids("HOUSE")
        on = (shop.channel,)
        coupon = shop.coupon_of(shop.coupon(300, channels=on))
        promotion = shop.promote(PercentOff(5), channels=on)
        sku = SkuId(UUID(ids["sku_id"]))
        shop.office.perform(set_price, SetPrice(sku, 2_900, "CNY", channel=shop.channel), shop.act)
        shop.coupon(200, channels=on, claim_code="HELLO")
        shop.coupon(200, scope=GoodsScope(merchants=(fair.bazaar.merchants["B"],)), claim_code="BONJOUR")
        brand = shop.office.perform(define_brand, DefineBrand(BrandId(new_id()), "B1", "品牌"), shop.act)
        shop.publish("CUP")
        _book(shop.office, shop.act, party("channel", shop.channel), party("merchant", fair.bazaar.merchants["B"]))
        mine = {"promotion_id": promotion.id, "coupon_id": coupon.id, "template_id": coupon.template_id}
        yield Narrow(fair, {name: str(key) for name, key in mine.items()}, str(brand.id), {Dimension.MERCHANT: "BONJOUR"})


def _book(office: Office, act: Act, *parties: str) -> None:
    entries = [debit(AccountCode.ACCOUNTS_RECEIVABLE, whose, Money(100, "CNY")) for whose in parties]
    total = credit(AccountCode.OPENING, "", Money(100 * len(parties), "CNY"))
    office.perform(post_journal, PostJournal(JournalId(new_id()), (*entries, total), "owed"), act)
