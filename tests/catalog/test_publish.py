"""A listing's way to its channel and back, on every adapter."""

from __future__ import annotations

from typing import Any

import attrs
import pytest

from houtai.application.catalog import queries
from houtai.application.catalog.offer import (
    DraftListing,
    EditListing,
    ReviewListing,
    SubmitListing,
    draft_listing,
    edit_listing,
    review_listing,
    submit_listing,
)
from houtai.application.catalog.publish import (
    PUSH,
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
from houtai.application.catalog.shelf import SHELF
from houtai.application.house import OF_DOCUMENT, WITH_STATE
from houtai.application.office import Office
from houtai.application.outbox import Message
from houtai.application.paging import Page
from houtai.application.reactions import REACTIONS
from houtai.domain.act import Act
from houtai.domain.catalog.category import Attribute
from houtai.domain.catalog.events import ListingArchived, ListingEvent, ListingPaused, ListingPushed, ListingWentLive
from houtai.domain.catalog.listing import ListedState, Listing, ListingState, Outcome, Verdict
from houtai.domain.catalog.product import Option
from houtai.domain.catalog.refusals import NotReady
from houtai.domain.ids import ChannelId, ListingId, ProductId, SkuId, new_id
from houtai.domain.refusal import AlreadyExists, Forbidden, InvalidValue, NotFound, VersionConflict
from tests.catalog.arrange import (
    another,
    answered,
    approved,
    drafted,
    item_of,
    limited,
    live,
    new_sku,
    pushed,
    some_category,
    some_channel,
    some_product,
)


@attrs.frozen
class Goods:
    channel: ChannelId
    product: ProductId
    red: SkuId
    blue: SkuId


@pytest.fixture
def goods(office: Office, system: Act) -> Goods:
    red, blue = new_sku("RED", option_values=("红",)), new_sku("BLUE", option_values=("蓝",))
    category = some_category(office, system)
    product = some_product(office, system, category, red, blue, options=(Option("颜色", ("红", "蓝")),))
    return Goods(some_channel(office, system), product, red.id, blue.id)


@pytest.fixture
def heard(monkeypatch: pytest.MonkeyPatch) -> list[ListingEvent]:
    """What was announced, in order."""
    events: list[ListingEvent] = []
    for kind in (ListingPushed, ListingWentLive, ListingPaused, ListingArchived):
        monkeypatch.setitem(REACTIONS, kind, (lambda _, event, __: events.append(event),))
    return events


def messages(store: Any, topic: str) -> list[Message]:
    with store.snapshot() as views:
        found = views.outbox.page(Page(limit=100, newest_first=False), {WITH_STATE: "pending"})
    return sorted((message for message in found.items if message.topic == topic), key=lambda message: message.created_at)


def test_a_listing_goes_live_and_its_skus_are_bound(office: Office, system: Act, goods: Goods, store: Any) -> None:
    listing = live(office, system, goods.product, goods.channel)
    assert listing.state is ListingState.LIVE
    assert office.ask(queries.get_listing, queries.GetListing(listing.id), system) == listing
    with store.snapshot() as views:
        assert views.bindings.get((goods.channel, item_of(goods.red))).sku_id == goods.red
        lines = [(line.version, line.event, line.before, line.after) for line in views.timeline.by(OF_DOCUMENT, listing.id)]
    assert lines == [
        (1, "drafted", "", "draft"),
        (2, "submitted", "draft", "in-review"),
        (3, "approved", "in-review", "approved"),
        (4, "pushed", "approved", "publishing"),
        (5, "acknowledged", "publishing", "live"),
    ]


def test_the_push_leaves_through_the_outbox_compiled_as_it_is_now(office: Office, system: Act, goods: Goods, store: Any) -> None:
    listing = pushed(office, system, approved(office, system, drafted(office, system, goods.product, goods.channel, title="杯")))
    (message,) = messages(store, PUSH)
    assert {name: message.payload[name] for name in ("listing", "revision", "title", "channel_code", "currency", "options")} == {
        "listing": str(listing.id),
        "revision": 1,
        "title": "杯",
        "channel_code": "SHOP",
        "currency": "CNY",
        "options": ["颜色"],
    }
    assert [sku["code"] for sku in message.payload["skus"]] == ["RED", "BLUE"]


def test_some_skus_refused_make_it_partial_with_their_errors(office: Office, system: Act, goods: Goods) -> None:
    listing = live(office, system, goods.product, goods.channel, goods.blue)
    assert listing.state is ListingState.PARTIAL
    assert [(listed.state, listed.error) for listed in listing.skus] == [
        (ListedState.LIVE, ""),
        (ListedState.REFUSED, "类目不符"),
    ]
    healed = answered(office, system, pushed(office, system, listing))
    assert (healed.state, healed.revision) == (ListingState.LIVE, 2)


def test_a_push_of_which_nothing_is_taken_fails_and_may_be_tried_again(office: Office, system: Act, goods: Goods) -> None:
    failed = live(office, system, goods.product, goods.channel, goods.red, goods.blue)
    assert failed.state is ListingState.FAILED
    assert answered(office, system, pushed(office, system, failed)).state is ListingState.LIVE


def test_whoever_drafted_it_cannot_review_it(office: Office, system: Act, goods: Goods) -> None:
    listing = drafted(office, system, goods.product, goods.channel)
    listing = office.perform(submit_listing, SubmitListing(listing.id, listing.version), system)
    with pytest.raises(Forbidden) as refused:
        office.perform(review_listing, ReviewListing(listing.id, listing.version, Verdict.APPROVE), system)
    assert refused.value.reason == "same-person"


def test_changes_are_requested_made_and_submitted_again(office: Office, system: Act, goods: Goods, store: Any) -> None:
    listing = drafted(office, system, goods.product, goods.channel)
    listing = office.perform(submit_listing, SubmitListing(listing.id, listing.version), system)
    back = office.perform(
        review_listing, ReviewListing(listing.id, listing.version, Verdict.REQUEST_CHANGES, "标题太短"), another(system)
    )
    assert (back.state, back.reason) == (ListingState.CHANGES_REQUESTED, "标题太短")
    edited = office.perform(edit_listing, EditListing(back.id, back.version, "不锈钢保温杯", (goods.red,)), system)
    assert approved(office, system, edited).state is ListingState.APPROVED
    with store.snapshot() as views:
        assert [line.reason for line in views.timeline.by(OF_DOCUMENT, listing.id)][2] == "标题太短"


def test_what_category_and_channel_miss_is_named_before_review_and_before_the_push(office: Office, system: Act) -> None:
    category = some_category(office, system, attributes=(Attribute("material", "材质", required=True),))
    product = some_product(office, system, category, new_sku("A"))
    channel = some_channel(office, system, needs_weight=True)
    listing = drafted(office, system, product, channel)
    with pytest.raises(NotReady) as refused:
        office.perform(submit_listing, SubmitListing(listing.id, 1), system)
    assert refused.value.findings == ("attributes.material: is required", "skus.A.weight_g: is required")


def test_a_gift_is_not_offered(office: Office, system: Act, goods: Goods) -> None:
    product = some_product(office, system, some_category(office, system, "G"), new_sku("GIFT", gift_only=True), code="PG")
    with pytest.raises(InvalidValue):
        drafted(office, system, product, goods.channel)


def test_a_product_has_one_listing_a_channel_until_it_is_archived(office: Office, system: Act, goods: Goods) -> None:
    first = drafted(office, system, goods.product, goods.channel)
    with pytest.raises(AlreadyExists):
        drafted(office, system, goods.product, goods.channel)
    office.perform(archive_listing, ArchiveListing(first.id, 1), system)
    assert drafted(office, system, goods.product, goods.channel).state is ListingState.DRAFT
    with pytest.raises(InvalidValue):
        cmd = DraftListing(ListingId(new_id()), goods.product, some_channel(office, system, "B"), skus=(SkuId(new_id()),))
        office.perform(draft_listing, cmd, system)


def test_a_change_sells_on_as_before_until_it_is_acknowledged(office: Office, system: Act, goods: Goods, store: Any) -> None:
    listing = live(office, system, goods.product, goods.channel)
    changed = office.perform(edit_listing, EditListing(listing.id, listing.version, "新标题", (goods.blue,)), system)
    changed = pushed(office, system, approved(office, system, changed))
    assert (changed.state, changed.live_skus, changed.content.title) == (
        ListingState.LIVE,
        frozenset({goods.red, goods.blue}),
        "保温杯",
    )
    assert office.ask(queries.get_listing, queries.GetListing(listing.id), system) == changed
    applied = answered(office, system, changed)
    assert (applied.live_skus, applied.content.title, applied.revision) == (frozenset({goods.blue}), "新标题", 2)
    with store.snapshot() as views:
        assert views.bindings.get((goods.channel, item_of(goods.red))).sku_id is None
        lines = views.timeline.by(OF_DOCUMENT, listing.id)
        assert [line.version for line in lines] == list(range(1, applied.version + 1))


def test_an_answer_is_counted_once(office: Office, system: Act, goods: Goods) -> None:
    listing = live(office, system, goods.product, goods.channel)
    again = AcknowledgeListing(listing.id, 1, (Outcome(goods.red, error="迟到的拒绝"),))
    assert office.perform(acknowledge_listing, again, system) == listing


def test_an_answer_about_other_skus_or_the_same_twice_is_refused(office: Office, system: Act, goods: Goods) -> None:
    listing = pushed(
        office, system, approved(office, system, drafted(office, system, goods.product, goods.channel, skus=(goods.red,)))
    )
    for outcomes in (
        (Outcome(goods.blue, "x"),),
        (Outcome(goods.red, "x"), Outcome(goods.red, "y")),
    ):
        with pytest.raises(InvalidValue):
            office.perform(acknowledge_listing, AcknowledgeListing(listing.id, 1, outcomes), system)


def test_an_item_that_is_another_skus_already_counts_as_refused(office: Office, system: Act, goods: Goods) -> None:
    live(office, system, goods.product, goods.channel)
    other = new_sku("TEA")
    product = some_product(office, system, some_category(office, system, "T"), other, code="PT")
    listing = pushed(office, system, approved(office, system, drafted(office, system, product, goods.channel)))
    cmd = AcknowledgeListing(listing.id, 1, (Outcome(other.id, item_of(goods.red)),))
    assert office.perform(acknowledge_listing, cmd, system).state is ListingState.FAILED


def test_pause_and_resume_are_told_to_the_channel_and_need_a_reason(
    office: Office, system: Act, goods: Goods, store: Any, heard: list[ListingEvent], clock: Any
) -> None:
    listing = live(office, system, goods.product, goods.channel)
    paused = office.perform(pause_listing, PauseListing(listing.id, listing.version, "价格异常"), system)
    later = attrs.evolve(system, at=clock.advance(minutes=1))
    resumed = office.perform(resume_listing, ResumeListing(paused.id, paused.version), later)
    assert (paused.state, resumed.state) == (ListingState.PAUSED, ListingState.LIVE)
    assert [(type(event), event.sku_ids) for event in heard] == [
        (ListingPushed, tuple(sorted((goods.red, goods.blue)))),
        (ListingWentLive, tuple(sorted((goods.red, goods.blue)))),
        (ListingPaused, tuple(sorted((goods.red, goods.blue)))),
        (ListingWentLive, tuple(sorted((goods.red, goods.blue)))),
    ]
    assert [(message.payload["on"], len(message.payload["items"])) for message in messages(store, SHELF)] == [
        (False, 2),
        (True, 2),
    ]


def test_an_item_deleted_on_the_channel_is_unbound_and_free_again(
    office: Office, system: Act, goods: Goods, store: Any, heard: list[ListingEvent]
) -> None:
    listing = live(office, system, goods.product, goods.channel)
    partial = office.perform(report_vanished, ReportVanished(listing.id, goods.red), system)
    assert (partial.state, partial.live_skus) == (ListingState.PARTIAL, frozenset({goods.blue}))
    assert (type(heard[2]), heard[2].sku_ids) == (ListingPaused, (goods.red,))
    assert office.perform(report_vanished, ReportVanished(listing.id, goods.red), system) == partial
    with store.snapshot() as views:
        assert views.bindings.get((goods.channel, item_of(goods.red))).sku_id is None
    with pytest.raises(NotFound):
        office.perform(report_vanished, ReportVanished(listing.id, SkuId(new_id())), system)


def test_an_archived_listing_leaves_the_channel_and_its_items(
    office: Office, system: Act, goods: Goods, store: Any, heard: list[ListingEvent]
) -> None:
    listing = live(office, system, goods.product, goods.channel)
    archived = office.perform(archive_listing, ArchiveListing(listing.id, listing.version), system)
    assert {listed.state for listed in archived.skus} == {ListedState.UNBOUND}
    assert [message.payload["on"] for message in messages(store, SHELF)] == [False]
    assert isinstance(heard[-1], ListingArchived)
    with store.snapshot() as views:
        assert views.bindings.get((goods.channel, item_of(goods.blue))).sku_id is None
    again = live(office, system, goods.product, goods.channel)
    assert again.live_skus == {goods.red, goods.blue}


def test_a_move_on_an_old_version_is_a_conflict(office: Office, system: Act, goods: Goods) -> None:
    listing = drafted(office, system, goods.product, goods.channel)
    for use_case, cmd in (
        (submit_listing, SubmitListing(listing.id, 5)),
        (edit_listing, EditListing(listing.id, 5)),
        (review_listing, ReviewListing(listing.id, 5, Verdict.APPROVE)),
        (push_listing, PushListing(listing.id, 5)),
        (pause_listing, PauseListing(listing.id, 5, "x")),
        (resume_listing, ResumeListing(listing.id, 5)),
        (archive_listing, ArchiveListing(listing.id, 5)),
    ):
        with pytest.raises(VersionConflict):
            office.perform(use_case, cmd, system)  # type: ignore[arg-type]  # each with its own command


def test_another_channels_listing_is_not_there(office: Office, system: Act, goods: Goods) -> None:
    listing = drafted(office, system, goods.product, goods.channel)
    elsewhere = limited(system, "catalog.*", channel=some_channel(office, system, "B"))
    with pytest.raises(NotFound):
        office.perform(submit_listing, SubmitListing(listing.id, 1), elsewhere)
    with pytest.raises(NotFound):
        drafted(office, elsewhere, goods.product, goods.channel)
    assert office.ask(queries.list_listings, queries.ListListings(), elsewhere).items == ()
    assert office.ask(queries.list_listings, queries.ListListings(channel=goods.channel), elsewhere).items == ()
    with pytest.raises(Forbidden):
        office.perform(submit_listing, SubmitListing(listing.id, 1), limited(system, "catalog.read"))


def test_listings_are_listed_by_channel_product_and_state(office: Office, system: Act, goods: Goods) -> None:
    listing = drafted(office, system, goods.product, goods.channel)

    def found(**where: Any) -> list[Listing]:
        return list(office.ask(queries.list_listings, queries.ListListings(**where), system).items)

    assert found(channel=goods.channel, product=goods.product, state=ListingState.DRAFT) == [listing]
    assert found(state=ListingState.LIVE) == []
    assert office.ask(queries.get_product, queries.GetProduct(goods.product), system).listings == (listing,)
