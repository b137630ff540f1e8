"""Prices on their way to channels, and what a listing does without one, on every adapter."""

from __future__ import annotations

import datetime as dt
from typing import Any

import attrs
import pytest

from houtai.adapters.channels.embedded import EmbeddedChannel, ShownPrice
from houtai.application.catalog.offer import EditListing, edit_listing
from houtai.application.catalog.publish import (
    PUSH,
    PauseListing,
    PushListing,
    ResumeListing,
    pause_listing,
    push_listing,
    resume_listing,
)
from houtai.application.catalog.queries import GetListing, get_listing
from houtai.application.catalog.shelf import SHELF
from houtai.application.deliveries import Outside
from houtai.application.house import WITH_STATE
from houtai.application.office import Office
from houtai.application.outbox import Message
from houtai.application.paging import Page
from houtai.application.pricing.set_prices import (
    SetFloor,
    SetPrice,
    SetPrices,
    WithdrawPrice,
    set_floor,
    set_price,
    set_prices,
    withdraw_price,
)
from houtai.application.pricing.tell import TOPIC, WHEN_DUE
from houtai.application.relay import Relay
from houtai.domain.act import Act
from houtai.domain.catalog.listing import Listing, ListingState, PauseCause
from houtai.domain.catalog.product import Option
from houtai.domain.catalog.refusals import StillHeldBack
from houtai.domain.catalog.sku import Component
from houtai.domain.ids import ChannelId, ProductId, SkuId
from houtai.domain.pricing.prices import Floor, PriceSheet, sheet_id
from houtai.domain.pricing.refusals import NotPriced, PriceBelowFloor
from tests.catalog.arrange import (
    answered,
    approved,
    drafted,
    item_of,
    new_sku,
    pushed,
    some_category,
    some_channel,
    some_product,
)


@attrs.frozen
class Stall:
    """Two cups of one product on one channel, approved and not yet priced; `at` is where its clock stands."""

    office: Office
    store: Any
    clock: Any
    channel: ChannelId
    product: ProductId
    red: SkuId
    blue: SkuId
    listing: Listing
    shown: EmbeddedChannel

    @property
    def act(self) -> Act:
        return Act.of_system(self.clock.now())

    def price(self, sku: SkuId, minor: int, **fields: Any) -> PriceSheet:
        return self.office.perform(set_price, SetPrice(sku, minor, "CNY", **fields), self.act)

    def push(self) -> Listing:
        now = self.now()
        return self.office.perform(push_listing, PushListing(now.id, now.version), self.act)

    def sell(self, red: int = 5_000, blue: int = 6_000) -> Listing:
        """Priced, pushed and taken by the channel."""
        self.price(self.red, red)
        self.price(self.blue, blue)
        return answered(self.office, self.act, self.push())

    def now(self) -> Listing:
        return self.office.ask(get_listing, GetListing(self.listing.id), self.act)

    def relay(self) -> None:
        """Deliver all that is due."""
        outside = Outside(self.office, {}, channel=lambda _: self.shown)
        Relay(self.office, outside.deliverers(), jitter=lambda _: 0).run_until_idle()

    def messages(self, topic: str) -> list[Message]:
        with self.store.snapshot() as views:
            found = views.outbox.page(Page(limit=100, newest_first=False), {WITH_STATE: "pending"}).items
        meant = [message for message in found if message.topic == topic]
        return sorted(meant, key=lambda message: (message.due_at, message.payload.get("seq", 0)))

    def told(self, sku: SkuId) -> list[tuple[int, int]]:
        """Which amounts are on their way, with their places in the row."""
        found = [message.payload for message in self.messages(TOPIC) if message.payload["sku_id"] == str(sku)]
        return sorted((payload["seq"], payload["amount_minor"]) for payload in found)


@pytest.fixture
def stall(office: Office, system: Act, store: Any, clock: Any) -> Stall:
    red, blue = new_sku("RED", option_values=("红",)), new_sku("BLUE", option_values=("蓝",))
    category = some_category(office, system)
    product = some_product(office, system, category, red, blue, options=(Option("颜色", ("红", "蓝")),))
    channel = some_channel(office, system)
    listing = approved(office, system, drafted(office, system, product, channel))
    return Stall(office, store, clock, channel, product, red.id, blue.id, listing, EmbeddedChannel(channel))


def planted_floor(stall: Stall, sku: SkuId, minor: int) -> None:
    """A floor above the price, as only a row that was written past the use cases can hold it."""
    with stall.store.begin() as tx:
        sheet = tx.price_sheets.lock_one(sheet_id(sku))
        tx.price_sheets.save(attrs.evolve(sheet, floors=(Floor("CNY", minor),)))
        tx.commit()


def test_a_push_without_prices_is_refused_and_names_every_sku(stall: Stall) -> None:
    with pytest.raises(NotPriced) as refused:
        stall.push()
    assert (refused.value.sku_codes, refused.value.currency) == (("BLUE", "RED"), "CNY")
    stall.price(stall.red, 5_000)
    with pytest.raises(NotPriced) as refused:
        stall.push()
    assert refused.value.sku_codes == ("BLUE",)
    assert (stall.now(), stall.messages(PUSH)) == (stall.listing, [])


def test_a_price_of_another_channel_or_time_is_none_here(stall: Stall) -> None:
    elsewhere = some_channel(stall.office, stall.act, "FAIR")
    stall.price(stall.red, 5_000, channel=elsewhere)
    stall.price(stall.blue, 5_000, valid_from=stall.clock.now() + dt.timedelta(hours=1))
    with pytest.raises(NotPriced) as refused:
        stall.push()
    assert refused.value.sku_codes == ("BLUE", "RED")


def test_a_push_below_the_floor_is_refused_with_sku_price_and_floor_and_nothing_is_written(stall: Stall) -> None:
    stall.price(stall.red, 5_000)
    stall.price(stall.blue, 6_000)
    planted_floor(stall, stall.blue, 6_500)
    with pytest.raises(PriceBelowFloor) as refused:
        stall.push()
    said = refused.value
    assert (said.sku_code, said.unit_minor, said.floor_minor, said.currency) == ("BLUE", 6_000, 6_500, "CNY")
    assert (stall.now(), stall.messages(PUSH)) == (stall.listing, [])
    with stall.store.snapshot() as views:
        assert views.told_prices.find((stall.channel, stall.red)) is None


def test_a_price_under_the_floor_that_somebody_may_set_and_gave_a_reason_for_is_pushed(stall: Stall) -> None:
    stall.price(stall.red, 5_000)
    stall.office.perform(set_floor, SetFloor(stall.blue, "CNY", 6_500), stall.act)
    stall.price(stall.blue, 6_000, below_floor_reason="清仓")
    assert stall.push().state is ListingState.PUBLISHING


def test_a_bundle_needs_the_prices_of_its_components_too(stall: Stall) -> None:
    parts = (Component(stall.red, 1), Component(stall.blue, 1))
    bundle = new_sku("SET", components=parts)
    category = some_category(stall.office, stall.act, "SETS")
    product = some_product(stall.office, stall.act, category, bundle, code="PSET")
    listing = approved(stall.office, stall.act, drafted(stall.office, stall.act, product, stall.channel))
    stall.price(bundle.id, 10_000)
    stall.price(stall.red, 5_000)
    with pytest.raises(NotPriced) as refused:
        stall.office.perform(push_listing, PushListing(listing.id, listing.version), stall.act)
    assert refused.value.sku_codes == ("BLUE",)


def test_the_push_carries_what_everybody_pays_and_the_list_price(stall: Stall) -> None:
    stall.price(stall.red, 5_000)
    stall.price(stall.red, 4_500, channel=stall.channel)
    stall.price(stall.red, 4_000, level="gold")
    stall.price(stall.blue, 6_000)
    stall.push()
    (message,) = stall.messages(PUSH)
    shown = {entry["sku"]: entry["price"] for entry in message.payload["skus"]}
    assert shown == {
        str(stall.red): {"seq": 1, "currency": "CNY", "amount_minor": 4_500, "list_minor": 5_000},
        str(stall.blue): {"seq": 1, "currency": "CNY", "amount_minor": 6_000, "list_minor": 6_000},
    }
    stall.relay()
    assert stall.shown.prices[str(stall.red)] == ShownPrice(1, "CNY", 4_500, 5_000)


def test_a_new_price_follows_to_the_channel_once(stall: Stall) -> None:
    stall.sell()
    stall.price(stall.red, 5_500)
    assert (stall.told(stall.red), stall.told(stall.blue)) == ([(2, 5_500)], [])
    stall.price(stall.red, 5_500)
    stall.price(stall.red, 4_000, level="gold")  # a member's price is nobody else's
    assert stall.told(stall.red) == [(2, 5_500)]
    both = (SetPrice(stall.red, 5_600, "CNY"), SetPrice(stall.blue, 6_600, "CNY", stall.channel))
    stall.office.perform(set_prices, SetPrices(both), stall.act)
    assert (stall.told(stall.red), stall.told(stall.blue)) == ([(2, 5_500), (3, 5_600)], [(2, 6_600)])
    stall.relay()
    assert stall.shown.prices[str(stall.red)] == ShownPrice(3, "CNY", 5_600, 5_600)
    assert stall.shown.prices[str(stall.blue)] == ShownPrice(2, "CNY", 6_600, 6_000)


def test_a_price_of_a_sku_that_is_nowhere_listed_or_elsewhere_is_told_nobody(stall: Stall) -> None:
    stall.price(stall.red, 5_000)
    assert stall.messages(TOPIC) == []
    stall.sell()
    elsewhere = some_channel(stall.office, stall.act, "FAIR")
    stall.price(stall.red, 1_000, channel=elsewhere)
    assert stall.messages(TOPIC) == []


def test_a_refused_price_tells_nobody(stall: Stall) -> None:
    stall.sell()
    stall.office.perform(set_floor, SetFloor(stall.blue, "CNY", 5_900), stall.act)
    before = stall.now()
    wanted = (SetPrice(stall.red, 4_000, "CNY"), SetPrice(stall.blue, 5_800, "CNY"))
    with pytest.raises(PriceBelowFloor):
        stall.office.perform(set_prices, SetPrices(wanted), stall.act)
    assert (stall.now(), stall.messages(TOPIC)) == (before, [])


def test_a_scheduled_price_is_told_when_it_begins_and_the_old_one_when_it_ends(stall: Stall) -> None:
    stall.sell()
    stall.relay()
    begins = stall.clock.now() + dt.timedelta(hours=1)
    stall.price(stall.red, 4_500, valid_from=begins, valid_until=begins + dt.timedelta(hours=1))
    stall.relay()
    assert stall.shown.prices[str(stall.red)].amount_minor == 5_000
    assert [message.due_at for message in stall.messages(WHEN_DUE)] == [begins, begins + dt.timedelta(hours=1)]
    stall.clock.advance(hours=1)
    stall.relay()
    assert stall.shown.prices[str(stall.red)] == ShownPrice(2, "CNY", 4_500, 4_500)
    stall.clock.advance(hours=1)
    stall.relay()
    assert stall.shown.prices[str(stall.red)] == ShownPrice(3, "CNY", 5_000, 5_000)
    assert stall.messages(WHEN_DUE) == []


def test_a_scheduled_price_that_was_withdrawn_is_not_told(stall: Stall) -> None:
    stall.sell()
    begins = stall.clock.now() + dt.timedelta(hours=1)
    sheet = stall.price(stall.red, 4_500, valid_from=begins)
    stall.office.perform(withdraw_price, WithdrawPrice(stall.red, sheet.version, "CNY", begins), stall.act)
    stall.clock.advance(hours=1)
    stall.relay()
    assert stall.shown.prices[str(stall.red)].amount_minor == 5_000


def test_a_live_listing_that_loses_a_price_is_held_back_until_it_has_one_again(stall: Stall) -> None:
    live = stall.sell()
    priced_at = stall.clock.now()
    stall.clock.advance(minutes=1)
    with stall.store.snapshot() as views:
        version = views.price_sheets.get(sheet_id(stall.red)).version
    stall.office.perform(withdraw_price, WithdrawPrice(stall.red, version, "CNY", priced_at), stall.act)
    held = stall.now()
    assert (held.state, held.paused_for) == (ListingState.PAUSED, (PauseCause.PRICE,))
    assert held.reason == "price anomaly: RED has no price in CNY"
    assert [message.payload["on"] for message in stall.messages(SHELF)] == [False]
    with pytest.raises(StillHeldBack) as refused:
        stall.office.perform(resume_listing, ResumeListing(held.id, held.version), stall.act)
    assert refused.value.causes == ("price",)
    stall.price(stall.red, 5_100)
    again = stall.now()
    assert (again.state, again.paused_for, again.live_skus) == (ListingState.LIVE, (), live.live_skus)
    assert [message.payload["on"] for message in stall.messages(SHELF)] == [False, True]


def test_a_price_that_ends_with_nothing_behind_it_holds_the_listing_back_at_that_moment(stall: Stall) -> None:
    stall.price(stall.blue, 6_000)
    stall.price(stall.red, 5_000, valid_until=stall.clock.now() + dt.timedelta(hours=1))
    answered(stall.office, stall.act, stall.push())
    stall.relay()
    assert stall.now().state is ListingState.LIVE
    stall.clock.advance(hours=1)
    stall.relay()
    assert stall.now().paused_for == (PauseCause.PRICE,)
    assert stall.shown.on_shelf[item_of(stall.red)] is False


def test_a_floor_that_lies_above_a_price_already_holds_the_listing_back(stall: Stall) -> None:
    stall.sell()
    planted_floor(stall, stall.blue, 6_500)
    stall.price(stall.red, 5_100)
    assert stall.now().reason == "price anomaly: BLUE at 6000 is below its floor of 6500 CNY"


def test_a_price_that_goes_while_the_channel_makes_up_its_mind_holds_the_listing_back_when_it_answers(stall: Stall) -> None:
    stall.price(stall.blue, 6_000)
    stall.price(stall.red, 5_000, valid_until=stall.clock.now() + dt.timedelta(hours=1))
    listing = stall.push()
    stall.clock.advance(hours=2)
    answered(stall.office, stall.act, listing)
    held = stall.now()
    assert (held.state, held.paused_for) == (ListingState.PAUSED, (PauseCause.PRICE,))


def test_a_hand_and_a_price_hold_a_listing_back_each_for_itself(stall: Stall) -> None:
    live = stall.sell()
    paused = stall.office.perform(pause_listing, PauseListing(live.id, live.version, "换季"), stall.act)
    planted_floor(stall, stall.blue, 6_500)
    stall.price(stall.red, 5_100)
    both = stall.now()
    assert (both.version, both.paused_for) == (paused.version + 1, (PauseCause.BY_HAND, PauseCause.PRICE))
    waiting = stall.office.perform(resume_listing, ResumeListing(both.id, both.version), stall.act)
    assert (waiting.state, waiting.paused_for) == (ListingState.PAUSED, (PauseCause.PRICE,))
    stall.price(stall.blue, 6_500)
    assert stall.now().state is ListingState.LIVE


def test_what_is_pushed_again_keeps_the_place_of_its_price(stall: Stall) -> None:
    stall.price(stall.red, 5_000)
    stall.price(stall.blue, 6_000)
    partial = answered(stall.office, stall.act, stall.push(), stall.blue)
    stall.price(stall.blue, 6_100)
    assert pushed(stall.office, stall.act, partial).awaited_revision() == 2
    with stall.store.snapshot() as views:
        told = views.told_prices.many([(stall.channel, stall.red), (stall.channel, stall.blue)])
    assert {row.sku_id: row.seq for row in told.values()} == {stall.red: 1, stall.blue: 2}


def test_a_change_that_is_pushed_while_the_listing_is_paused_leaves_it_off_the_shelf(stall: Stall) -> None:
    live = stall.sell()
    stall.relay()
    paused = stall.office.perform(pause_listing, PauseListing(live.id, live.version, "换季"), stall.act)
    edited = stall.office.perform(edit_listing, EditListing(paused.id, paused.version, "新标题"), stall.act)
    pushed(stall.office, stall.act, approved(stall.office, stall.act, edited))
    stall.relay()
    assert (stall.now().state, stall.now().content.title) == (ListingState.PAUSED, "新标题")
    assert set(stall.shown.on_shelf.values()) == {False}
