"""What channels are told of stock as listings and merchants come and go, on every adapter."""

from __future__ import annotations

from typing import Any

import attrs
import pytest

from houtai.adapters.channels.embedded import EmbeddedChannel
from houtai.application.catalog.publish import (
    AcknowledgeListing,
    ArchiveListing,
    PauseListing,
    PushListing,
    ReportVanished,
    ResumeListing,
    acknowledge_listing,
    archive_listing,
    pause_listing,
    push_listing,
    report_vanished,
    resume_listing,
)
from houtai.application.catalog.queries import GetListing, get_listing
from houtai.application.catalog.sellable import sellable_skus
from houtai.application.deliveries import Outside
from houtai.application.house import WITH_STATE
from houtai.application.inventory.configure import SetPublishPolicy, set_publish_policy
from houtai.application.inventory.follow import FOLLOW
from houtai.application.inventory.ports import PUBLICATION_BY_ROW
from houtai.application.inventory.publish import PublishStock, publish_stock
from houtai.application.inventory.sold_out import LOOK
from houtai.application.merchants.admit import EditMerchant, MoveMerchant, edit_merchant, move_merchant
from houtai.application.merchants.queries import GetMerchant, get_merchant
from houtai.application.office import Office
from houtai.application.outbox import Message
from houtai.application.paging import Page
from houtai.application.relay import Relay
from houtai.domain.act import Act
from houtai.domain.catalog.listing import Listing, ListingState, Outcome, PauseCause
from houtai.domain.catalog.product import Option, Source
from houtai.domain.catalog.refusals import MerchantNotSelling, NotOnSale
from houtai.domain.ids import ChannelId, MerchantId, ProductId, SkuId, WarehouseId
from houtai.domain.inventory.publishing import AtZero, PausedBy
from houtai.domain.merchants.merchant import MerchantState
from tests.catalog.arrange import (
    approved,
    drafted,
    item_of,
    live,
    new_sku,
    pushed,
    some_category,
    some_channel,
    some_merchant,
    some_product,
)
from tests.inventory.arrange import order, place, receive, serve, some_warehouse

pytestmark = pytest.mark.breaks("S8", "S11-line")  # there are no orders here, only their ids


@attrs.frozen
class Stall:
    """A merchant's two cups on one channel, five of each in a warehouse."""

    office: Office
    store: Any
    clock: Any
    channel: ChannelId
    warehouse: WarehouseId
    merchant: MerchantId
    product: ProductId
    red: SkuId
    blue: SkuId
    shown: EmbeddedChannel

    @property
    def act(self) -> Act:
        return Act.of_system(self.clock.now())

    def sell(self, *refused: SkuId) -> Listing:
        return live(self.office, self.act, self.product, self.channel, *refused)

    def now(self, listing: Listing) -> Listing:
        return self.office.ask(get_listing, GetListing(listing.id), self.act)

    def policy(self, **fields: Any) -> None:
        self.office.perform(set_publish_policy, SetPublishPolicy(self.channel, **fields), self.act)

    def publish(self) -> None:
        self.office.perform(publish_stock, PublishStock(self.channel, (self.red, self.blue)), self.act)

    def buy(self, sku: SkuId, qty: int = 5) -> None:
        self.office.perform(place, order(self.channel, (sku, qty)), self.act)

    def move(self, to: MerchantState) -> None:
        merchant = self.office.ask(get_merchant, GetMerchant(self.merchant), self.act)
        self.office.perform(move_merchant, MoveMerchant(merchant.id, merchant.version, to, "合同"), self.act)

    def told(self, *skus: SkuId) -> list[int]:
        with self.store.snapshot() as views:
            return [views.published.get((self.channel, sku)).qty for sku in skus or (self.red, self.blue)]

    def on_shelf(self) -> set[bool]:
        """What the channel shows of its items, as these tests call them."""
        return {self.shown.on_shelf[item_of(sku)] for sku in (self.red, self.blue)}

    def why(self, sku: SkuId) -> PausedBy | None:
        """Why the channel was told its last figure of the SKU."""
        with self.store.snapshot() as views:
            last = max(views.publications.by(PUBLICATION_BY_ROW, (self.channel, sku)), key=lambda one: one.seq)
        return last.figure.paused_by  # type: ignore[no-any-return]  # a store of any kind

    def messages(self, topic: str) -> list[Message]:
        with self.store.snapshot() as views:
            found = views.outbox.page(Page(limit=100, newest_first=False), {WITH_STATE: "pending"}).items
        return [message for message in found if message.topic == topic]

    def relay(self) -> None:
        """Deliver all that is due."""
        outside = Outside(self.office, {}, channel=lambda _: self.shown)
        Relay(self.office, outside.deliverers(), jitter=lambda _: 0).run_until_idle()


@pytest.fixture
def stall(office: Office, system: Act, store: Any, clock: Any) -> Stall:
    red, blue = new_sku("RED", option_values=("红",)), new_sku("BLUE", option_values=("蓝",))
    merchant = some_merchant(office, system)
    category = some_category(office, system)
    options = (Option("颜色", ("红", "蓝")),)
    product = some_product(office, system, category, red, blue, options=options, merchant=merchant, source=Source.MERCHANT)
    channel = some_channel(office, system)
    warehouse = some_warehouse(office, system, merchant=merchant)
    serve(office, system, channel, warehouse)
    receive(office, system, warehouse, (red.id, 5), (blue.id, 5), unit_minor=0)
    return Stall(office, store, clock, channel, warehouse, merchant, product, red.id, blue.id, EmbeddedChannel(channel))


def test_a_channel_with_a_policy_is_told_of_what_goes_live_there(stall: Stall) -> None:
    stall.policy()
    stall.sell()
    assert stall.told() == [5, 5]


def test_a_channel_without_one_is_told_only_of_what_was_published(stall: Stall) -> None:
    stall.sell()
    with stall.store.snapshot() as views:
        assert views.published.find((stall.channel, stall.red)) is None


def test_a_paused_listing_tells_zero_and_a_resumed_one_its_stock(stall: Stall) -> None:
    stall.policy()
    listing = stall.sell()
    paused = stall.office.perform(pause_listing, PauseListing(listing.id, listing.version, "换季"), stall.act)
    assert (stall.told(), stall.why(stall.red)) == ([0, 0], PausedBy.LISTING)
    receive(stall.office, stall.act, stall.warehouse, (stall.red, 2), unit_minor=0)
    assert stall.told() == [0, 0]
    stall.office.perform(resume_listing, ResumeListing(paused.id, paused.version), stall.act)
    assert (stall.told(), stall.why(stall.red)) == ([7, 5], None)


def test_an_item_that_vanished_is_told_as_zero(stall: Stall) -> None:
    stall.policy()
    listing = stall.sell()
    stall.office.perform(report_vanished, ReportVanished(listing.id, stall.red), stall.act)
    assert stall.told() == [0, 5]


def test_an_archived_listing_tells_zero_for_good(stall: Stall) -> None:
    stall.policy()
    listing = stall.sell()
    stall.office.perform(archive_listing, ArchiveListing(listing.id, listing.version), stall.act)
    receive(stall.office, stall.act, stall.warehouse, (stall.red, 2), unit_minor=0)
    assert stall.told() == [0, 0]
    drafted(stall.office, stall.act, stall.product, stall.channel)
    receive(stall.office, stall.act, stall.warehouse, (stall.red, 1), unit_minor=0)
    assert stall.told() == [0, 0]


def test_what_is_listed_anew_after_it_left_is_told_again(stall: Stall) -> None:
    stall.policy()
    listing = stall.sell()
    stall.office.perform(archive_listing, ArchiveListing(listing.id, listing.version), stall.act)
    stall.sell()
    assert stall.told() == [5, 5]


def test_stock_that_is_told_of_without_a_listing_is_told_as_it_is(stall: Stall) -> None:
    stall.publish()
    draft = drafted(stall.office, stall.act, stall.product, stall.channel)
    stall.office.perform(archive_listing, ArchiveListing(draft.id, draft.version), stall.act)
    drafted(stall.office, stall.act, stall.product, stall.channel)
    receive(stall.office, stall.act, stall.warehouse, (stall.red, 2), unit_minor=0)
    assert stall.told() == [7, 5]


def test_a_suspended_merchants_goods_are_off_the_shelf_and_told_as_zero_until_it_is_back(stall: Stall) -> None:
    stall.policy()
    listing = stall.sell()
    stall.relay()
    stall.move(MerchantState.SUSPENDED)
    assert len(stall.messages(FOLLOW)) == 1
    stall.relay()
    held = stall.now(listing)
    assert (held.state, held.paused_for, held.reason) == (
        ListingState.PAUSED,
        (PauseCause.MERCHANT,),
        "merchant M1 is suspended",
    )
    assert (stall.told(), stall.why(stall.red)) == ([0, 0], PausedBy.MERCHANT)
    assert {shown.qty for shown in stall.shown.stock.values()} == {0}
    assert stall.on_shelf() == {False}
    stall.move(MerchantState.ACTIVE)
    stall.relay()
    assert (stall.now(listing).state, stall.told()) == (ListingState.LIVE, [5, 5])
    assert stall.on_shelf() == {True}


def test_what_is_reserved_of_a_suspended_merchants_goods_stays_so(stall: Stall) -> None:
    stall.policy()
    stall.sell()
    stall.buy(stall.red, 2)
    stall.move(MerchantState.SUSPENDED)
    stall.relay()
    with stall.store.snapshot() as views:
        assert views.stocks.get((stall.red, stall.warehouse)).reserved_qty == 2


def test_stock_without_a_listing_is_told_as_zero_too_while_its_merchant_is_suspended(stall: Stall) -> None:
    stall.publish()
    stall.move(MerchantState.SUSPENDED)
    stall.relay()
    assert stall.told() == [0, 0]
    receive(stall.office, stall.act, stall.warehouse, (stall.red, 2), unit_minor=0)
    assert stall.told() == [0, 0]
    stall.move(MerchantState.ACTIVE)
    stall.relay()
    assert stall.told() == [7, 5]


def test_a_merchant_who_was_edited_and_moved_again_before_the_walk_ends_where_it_stands(stall: Stall) -> None:
    stall.policy()
    listing = stall.sell()
    stall.move(MerchantState.SUSPENDED)
    merchant = stall.office.ask(get_merchant, GetMerchant(stall.merchant), stall.act)
    stall.office.perform(edit_merchant, EditMerchant(merchant.id, merchant.version, "新名"), stall.act)
    stall.move(MerchantState.ACTIVE)
    stall.relay()
    assert (stall.now(listing), stall.told()) == (listing, [5, 5])


def test_a_merchant_with_many_goods_is_followed_in_parts(stall: Stall, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("houtai.application.inventory.follow.PART", 1)
    stall.policy()
    stall.sell()
    stall.relay()
    stall.move(MerchantState.SUSPENDED)
    stall.relay()
    with stall.store.snapshot() as views:
        messages = views.outbox.page(Page(limit=100), {WITH_STATE: "delivered"}).items
    walks = [message.payload["walk"] for message in messages if message.topic == FOLLOW]
    assert sorted(walks) == [2, 2, 3, 3]  # once when it was let sell, once when it was suspended
    assert stall.told() == [0, 0]


def test_a_hand_that_holds_a_listing_too_holds_it_when_its_merchant_is_back(stall: Stall) -> None:
    listing = stall.sell()
    stall.office.perform(pause_listing, PauseListing(listing.id, listing.version, "换季"), stall.act)
    stall.move(MerchantState.SUSPENDED)
    stall.relay()
    assert stall.now(listing).paused_for == (PauseCause.BY_HAND, PauseCause.MERCHANT)
    stall.move(MerchantState.ACTIVE)
    stall.relay()
    assert stall.now(listing).paused_for == (PauseCause.BY_HAND,)


def test_goods_of_a_suspended_merchant_are_not_pushed(stall: Stall) -> None:
    listing = approved(stall.office, stall.act, drafted(stall.office, stall.act, stall.product, stall.channel))
    stall.move(MerchantState.SUSPENDED)
    with pytest.raises(MerchantNotSelling) as refused:
        stall.office.perform(push_listing, PushListing(listing.id, listing.version), stall.act)
    assert (refused.value.merchant, refused.value.state) == ("M1", "suspended")
    assert stall.now(listing) == listing


def test_an_answer_that_comes_while_the_merchant_is_suspended_does_not_put_its_goods_on_the_shelf(stall: Stall) -> None:
    listing = approved(stall.office, stall.act, drafted(stall.office, stall.act, stall.product, stall.channel))
    listing = pushed(stall.office, stall.act, listing)
    stall.move(MerchantState.SUSPENDED)
    outcomes = tuple(Outcome(sku, item_of(sku)) for sku in (stall.red, stall.blue))
    answer = AcknowledgeListing(listing.id, 1, outcomes)
    held = stall.office.perform(acknowledge_listing, answer, stall.act)
    assert (held.state, held.paused_for) == (ListingState.PAUSED, (PauseCause.MERCHANT,))


def test_a_listing_that_is_sold_out_stays_unless_the_policy_says_otherwise(stall: Stall) -> None:
    stall.policy()
    listing = stall.sell()
    stall.buy(stall.red)
    stall.buy(stall.blue)
    stall.relay()
    assert (stall.now(listing).state, stall.told()) == (ListingState.LIVE, [0, 0])


def test_under_a_policy_a_listing_with_nothing_left_is_paused_and_comes_back_with_stock(stall: Stall) -> None:
    stall.policy(at_zero=AtZero.PAUSE)
    listing = stall.sell()
    stall.relay()
    stall.buy(stall.red)
    stall.relay()
    assert stall.now(listing).state is ListingState.LIVE  # there are blue ones
    stall.buy(stall.blue)
    assert len(stall.messages(LOOK)) == 1
    stall.relay()
    held = stall.now(listing)
    assert (held.state, held.paused_for, held.reason) == (ListingState.PAUSED, (PauseCause.SOLD_OUT,), "sold out")
    assert stall.on_shelf() == {False}
    stall.clock.advance(minutes=1)
    receive(stall.office, stall.act, stall.warehouse, (stall.red, 2), unit_minor=0)
    stall.relay()
    assert (stall.now(listing).state, stall.told()) == (ListingState.LIVE, [2, 0])
    assert stall.on_shelf() == {True}


def test_what_goes_live_without_stock_is_paused_under_the_policy(stall: Stall) -> None:
    stall.buy(stall.red)
    stall.buy(stall.blue)
    stall.policy(at_zero=AtZero.PAUSE)
    listing = stall.sell()
    stall.relay()
    assert stall.now(listing).paused_for == (PauseCause.SOLD_OUT,)


def test_a_policy_that_changes_its_mind_is_followed(stall: Stall) -> None:
    stall.policy()
    listing = stall.sell()
    stall.buy(stall.red)
    stall.buy(stall.blue)
    stall.policy(expected_version=1, at_zero=AtZero.PAUSE)
    stall.relay()
    assert stall.now(listing).paused_for == (PauseCause.SOLD_OUT,)
    stall.policy(expected_version=2)
    stall.relay()
    assert stall.now(listing).state is ListingState.LIVE


def test_one_item_whose_own_policy_says_stay_keeps_the_listing(stall: Stall) -> None:
    stall.policy(at_zero=AtZero.PAUSE)
    stall.policy(sku_id=stall.blue)
    listing = stall.sell()
    stall.buy(stall.red)
    stall.buy(stall.blue)
    stall.relay()
    assert stall.now(listing).state is ListingState.LIVE


def test_a_held_back_listing_cannot_be_bought(stall: Stall) -> None:
    stall.policy(at_zero=AtZero.PAUSE)
    listing = stall.sell()
    stall.buy(stall.red)
    stall.buy(stall.blue)
    stall.relay()
    assert stall.now(listing).state is ListingState.PAUSED
    with stall.store.snapshot() as views, pytest.raises(NotOnSale):
        sellable_skus(views, stall.channel, [stall.red])
