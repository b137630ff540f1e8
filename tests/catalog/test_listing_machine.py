"""SM-PL as a machine: whatever is done in whatever order, the listing keeps its promises."""

from __future__ import annotations

from uuid import UUID

import attrs
import pytest
from hypothesis import settings, strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, rule

from houtai.domain.catalog import listing as rules
from houtai.domain.catalog.listing import (
    MOVES,
    ON_CHANNEL,
    SELLING,
    Change,
    Content,
    ListedState,
    Listing,
    ListingState,
    Outcome,
    PauseCause,
    Verdict,
)
from houtai.domain.catalog.refusals import ChangePending, ReasonNeeded, StillHeldBack
from houtai.domain.ids import ChannelId, ListingId, ProductId, SkuId
from houtai.domain.refusal import IllegalMove, InvalidValue

SKUS = tuple(SkuId(UUID(int=number)) for number in range(1, 5))
AUTHOR = UUID(int=9)
FACTS = tuple(cause for cause in PauseCause if cause is not PauseCause.BY_HAND)
SUBSETS = st.lists(st.sampled_from(SKUS), min_size=1, max_size=4, unique=True)


def draft(*sku_ids: SkuId) -> Listing:
    content = Content("保温杯", sku_ids or SKUS[:2])
    return Listing(ListingId(UUID(int=100)), ProductId(UUID(int=101)), ChannelId(UUID(int=102)), content, AUTHOR)


def in_state(state: ListingState) -> Listing:
    """A listing brought to this state by legal deeds alone."""
    made = draft()
    path = {
        ListingState.DRAFT: [],
        ListingState.IN_REVIEW: ["submit"],
        ListingState.CHANGES_REQUESTED: ["submit", "changes"],
        ListingState.REJECTED: ["submit", "reject"],
        ListingState.APPROVED: ["submit", "approve"],
        ListingState.PUBLISHING: ["submit", "approve", "push"],
        ListingState.LIVE: ["submit", "approve", "push", "take"],
        ListingState.PARTIAL: ["submit", "approve", "push", "part"],
        ListingState.FAILED: ["submit", "approve", "push", "none"],
        ListingState.PAUSED: ["submit", "approve", "push", "take", "pause"],
        ListingState.ARCHIVED: ["archive"],
    }[state]
    deeds = {
        "submit": rules.submit,
        "changes": lambda held: rules.review(held, Verdict.REQUEST_CHANGES, "缺图"),
        "reject": lambda held: rules.review(held, Verdict.REJECT, "违禁"),
        "approve": lambda held: rules.review(held, Verdict.APPROVE, ""),
        "push": rules.push,
        "take": lambda held: rules.acknowledge(held, held.revision, taken(*held.content.sku_ids)),
        "part": lambda held: rules.acknowledge(held, held.revision, taken(held.content.sku_ids[0])),
        "none": lambda held: rules.acknowledge(held, held.revision, {}),
        "pause": lambda held: rules.pause(held, "缺货"),
        "archive": rules.archive,
    }
    for step in path:
        made = deeds[step](made)
    assert made.state is state
    return made


def taken(*sku_ids: SkuId) -> dict[SkuId, Outcome]:
    return {sku_id: Outcome(sku_id, f"item-{sku_id.int}") for sku_id in sku_ids}


LEGAL = {
    rules.submit: {ListingState.DRAFT, ListingState.CHANGES_REQUESTED},
    rules.push: {ListingState.APPROVED, ListingState.FAILED, ListingState.PARTIAL},
    rules.archive: set(ListingState) - {ListingState.ARCHIVED},
    rules.resume: {ListingState.PAUSED},
}


@pytest.mark.parametrize("state", ListingState)
@pytest.mark.parametrize("deed", LEGAL, ids=lambda deed: deed.__name__)
def test_each_deed_is_legal_in_its_states_alone(deed: object, state: ListingState) -> None:
    listing = in_state(state)
    if state in LEGAL[deed]:  # type: ignore[index]  # the keys are the deeds
        assert deed(listing).version == listing.version + 1  # type: ignore[operator]  # a deed
    else:
        with pytest.raises(IllegalMove):
            deed(listing)  # type: ignore[operator]  # a deed


@pytest.mark.parametrize("state", ListingState)
def test_only_what_waits_for_review_is_reviewed_and_only_what_sells_is_paused(state: ListingState) -> None:
    listing = in_state(state)
    if state is not ListingState.IN_REVIEW:
        with pytest.raises(IllegalMove):
            rules.review(listing, Verdict.APPROVE, "")
    if state not in SELLING:
        with pytest.raises(IllegalMove):
            rules.pause(listing, "缺货")


@pytest.mark.parametrize("verdict", [Verdict.REQUEST_CHANGES, Verdict.REJECT])
def test_a_no_needs_a_reason_and_so_does_a_pause(verdict: Verdict) -> None:
    with pytest.raises(ReasonNeeded):
        rules.review(in_state(ListingState.IN_REVIEW), verdict, " ")
    with pytest.raises(ReasonNeeded):
        rules.pause(in_state(ListingState.LIVE), "")


def test_a_change_keeps_the_version_selling_until_the_channel_takes_it() -> None:
    live = in_state(ListingState.LIVE)
    changed = rules.redraft(live, Content("新保温杯", SKUS[1:3]), AUTHOR)
    for deed in (rules.submit, lambda held: rules.review(held, Verdict.APPROVE, ""), rules.push):
        assert (changed.state, changed.live_skus, changed.content.title) == (ListingState.LIVE, frozenset(SKUS[:2]), "保温杯")
        changed = deed(changed)
    assert changed.live_skus == frozenset(SKUS[:2])
    applied = rules.acknowledge(changed, 2, taken(SKUS[2]))
    assert (applied.state, applied.content.title, applied.revision) == (ListingState.PARTIAL, "新保温杯", 2)
    assert applied.live_skus == {SKUS[1], SKUS[2]}  # the refused one sells on as it was
    assert applied.change is None


def test_a_change_that_the_channel_refuses_whole_leaves_everything_as_it_was() -> None:
    changed = rules.redraft(in_state(ListingState.LIVE), Content("新", SKUS[:1]), AUTHOR)
    changed = rules.push(rules.review(rules.submit(changed), Verdict.APPROVE, ""))
    refused = rules.acknowledge(changed, 2, {})
    assert (refused.state, refused.content.title, refused.live_skus) == (ListingState.LIVE, "保温杯", frozenset(SKUS[:2]))
    assert refused.change is not None
    assert refused.change.state is ListingState.FAILED
    assert rules.acknowledge(rules.push(refused), 2, taken(SKUS[0])).content.title == "新"


def test_one_change_is_open_at_a_time() -> None:
    changed = rules.submit(rules.redraft(in_state(ListingState.LIVE), Content("新", SKUS[:1]), AUTHOR))
    with pytest.raises(ChangePending):
        rules.redraft(changed, Content("更新", SKUS[:1]), AUTHOR)
    rejected = rules.review(changed, Verdict.REJECT, "标题违规")
    assert rules.redraft(rejected, Content("更新", SKUS[:1]), AUTHOR).change == Change(
        2, Content("更新", SKUS[:1]), AUTHOR, ListingState.DRAFT
    )


def test_a_partial_listing_is_pushed_again_and_heals() -> None:
    again = rules.push(in_state(ListingState.PARTIAL))
    assert (again.state, again.awaited_revision()) == (ListingState.PARTIAL, 2)
    assert rules.acknowledge(again, 2, taken(*SKUS[:2])).state is ListingState.LIVE


def test_an_old_a_repeated_and_a_late_answer_change_nothing() -> None:
    live = in_state(ListingState.LIVE)
    for answered in (live, rules.push(in_state(ListingState.PARTIAL)), rules.archive(live)):
        assert rules.acknowledge(answered, 1, {}) is answered


def test_an_item_that_vanishes_is_unbound_and_the_last_one_pauses_the_listing() -> None:
    partial = rules.item_vanished(in_state(ListingState.LIVE), SKUS[0], "已删除")
    assert (partial.state, partial.live_skus) == (ListingState.PARTIAL, frozenset({SKUS[1]}))
    paused = rules.item_vanished(partial, SKUS[1], "已删除")
    assert (paused.state, {listed.state for listed in paused.skus}) == (ListingState.PAUSED, {ListedState.UNBOUND})
    with pytest.raises(IllegalMove):
        rules.resume(paused)


def test_a_listing_comes_back_when_the_last_that_held_it_is_over() -> None:
    held = rules.hold_back(in_state(ListingState.LIVE), PauseCause.PRICE, "no price")
    assert rules.hold_back(held, PauseCause.PRICE, "again") is held
    both = rules.pause(rules.hold_back(held, PauseCause.SOLD_OUT, "sold out"), "换季")
    assert both.paused_for == (PauseCause.BY_HAND, PauseCause.PRICE, PauseCause.SOLD_OUT)
    facts = rules.resume(both)
    assert (facts.state, facts.paused_for) == (ListingState.PAUSED, (PauseCause.PRICE, PauseCause.SOLD_OUT))
    with pytest.raises(StillHeldBack) as refused:
        rules.resume(facts)
    assert refused.value.causes == ("price", "sold-out")
    one = rules.let_go(facts, PauseCause.PRICE)
    assert (one.state, rules.let_go(one, PauseCause.PRICE)) == (ListingState.PAUSED, one)
    assert rules.let_go(one, PauseCause.SOLD_OUT).state is ListingState.LIVE


def test_a_listing_whose_last_item_vanished_stays_off_when_the_fact_is_over() -> None:
    held = rules.hold_back(in_state(ListingState.LIVE), PauseCause.MERCHANT, "suspended")
    gone = rules.item_vanished(rules.item_vanished(held, SKUS[0], "已删除"), SKUS[1], "已删除")
    freed = rules.let_go(gone, PauseCause.MERCHANT)
    assert (freed.state, freed.paused_for) == (ListingState.PAUSED, ())


@pytest.mark.parametrize("state", [state for state in ListingState if state not in ON_CHANNEL])
def test_a_fact_holds_back_only_what_is_on_the_channel(state: ListingState) -> None:
    listing = in_state(state)
    assert rules.hold_back(listing, PauseCause.PRICE, "no price") is listing


def test_content_and_outcomes_are_bounded() -> None:
    for ill in (
        lambda: Content("", SKUS),
        lambda: Content("x", ()),
        lambda: Content("x", (SKUS[0], SKUS[0])),
        lambda: Outcome(SKUS[0]),
        lambda: Outcome(SKUS[0], "item", "error"),
    ):
        with pytest.raises(InvalidValue):
            ill()


class ListingMachine(RuleBasedStateMachine):
    """Deeds in any order; those that are refused leave the listing alone."""

    def __init__(self) -> None:
        super().__init__()
        self.listing = draft()
        self.selling: frozenset[SkuId] = frozenset()

    def do(self, deed: object, *arguments: object) -> None:
        before = self.listing
        try:
            self.listing = deed(before, *arguments)  # type: ignore[operator]  # a deed
        except (IllegalMove, ChangePending, StillHeldBack):
            return
        assert self.listing.state is before.state or self.listing.state in MOVES[before.state]
        assert self.listing.version == before.version + (self.listing is not before)

    @rule(sku_ids=SUBSETS)
    def redraft(self, sku_ids: list[SkuId]) -> None:
        before = self.listing.live_skus
        self.do(rules.redraft, Content("新", tuple(sku_ids)), AUTHOR)
        assert self.listing.live_skus == before

    @rule()
    def submit(self) -> None:
        self.do(rules.submit)

    @rule(verdict=st.sampled_from(Verdict))
    def review(self, verdict: Verdict) -> None:
        before = self.listing.live_skus
        self.do(rules.review, verdict, "理由")
        assert self.listing.live_skus == before

    @rule()
    def push(self) -> None:
        before = self.listing.live_skus
        self.do(rules.push)
        assert self.listing.live_skus == before

    @rule(revision=st.integers(1, 4), accepted=SUBSETS)
    def acknowledge(self, revision: int, accepted: list[SkuId]) -> None:
        self.do(rules.acknowledge, revision, taken(*accepted))

    @rule(accepted=SUBSETS)
    def acknowledge_what_is_awaited(self, accepted: list[SkuId]) -> None:
        self.do(rules.acknowledge, self.listing.awaited_revision() or 1, taken(*accepted))

    @rule()
    def pause(self) -> None:
        self.do(rules.pause, "缺货")

    @rule()
    def resume(self) -> None:
        self.do(rules.resume)

    @rule(cause=st.sampled_from(FACTS))
    def a_fact_comes(self, cause: PauseCause) -> None:
        self.do(rules.hold_back, cause, "事实")
        assert cause in self.listing.paused_for or self.listing.state not in ON_CHANNEL

    @rule(cause=st.sampled_from(FACTS))
    def a_fact_is_over(self, cause: PauseCause) -> None:
        self.do(rules.let_go, cause)
        assert cause not in self.listing.paused_for

    @rule(sku_id=st.sampled_from(SKUS))
    def item_vanishes(self, sku_id: SkuId) -> None:
        if any(listed.sku_id == sku_id and listed.external_id for listed in self.listing.skus):
            self.do(rules.item_vanished, sku_id, "已删除")

    @rule()
    def archive(self) -> None:
        if self.listing.version > 12:
            self.do(rules.archive)

    @invariant()
    def bound_skus_are_exactly_the_live_ones(self) -> None:
        for listed in self.listing.skus:
            assert bool(listed.external_id) == (listed.state is ListedState.LIVE)

    @invariant()
    def a_selling_listing_has_something_to_sell(self) -> None:
        if self.listing.state is ListingState.LIVE:
            assert self.listing.live_skus == frozenset(self.listing.content.sku_ids)
        if self.listing.state is ListingState.PARTIAL:
            assert self.listing.live_skus
        if self.listing.state is ListingState.ARCHIVED:
            assert not any(listed.external_id for listed in self.listing.skus)

    @invariant()
    def only_what_is_off_the_shelf_is_held_back_and_each_cause_counts_once(self) -> None:
        causes = self.listing.paused_for
        assert not causes or self.listing.state is ListingState.PAUSED
        assert causes == tuple(cause for cause in PauseCause if cause in causes)

    @invariant()
    def a_change_lies_ahead_of_what_is_on_the_channel(self) -> None:
        change = self.listing.change
        assert change is None or change.revision > self.listing.revision
        assert attrs.evolve(self.listing) == self.listing


TestListing = ListingMachine.TestCase
TestListing.settings = settings(max_examples=40, stateful_step_count=30, deadline=None)
