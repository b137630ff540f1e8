"""A product on a channel (SM-PL): drafted, reviewed, pushed, acknowledged SKU by SKU, and changed while it sells."""

from __future__ import annotations

import enum
from collections.abc import Mapping
from functools import cached_property
from uuid import UUID

import attrs

from houtai.domain import limits
from houtai.domain.catalog.product import MAX_VARIANTS
from houtai.domain.catalog.refusals import ChangePending, ReasonNeeded, StillHeldBack
from houtai.domain.ids import ChannelId, ListingId, MerchantId, ProductId, SkuId
from houtai.domain.moves import Moves, check_move
from houtai.domain.refusal import InvalidValue


class ListingState(enum.Enum):
    """Where the listing stands on its channel."""

    DRAFT = "draft"
    IN_REVIEW = "in-review"
    CHANGES_REQUESTED = "changes-requested"
    REJECTED = "rejected"
    APPROVED = "approved"
    PUBLISHING = "publishing"
    LIVE = "live"
    PARTIAL = "partial"  # the channel took some SKUs and refused others
    FAILED = "failed"
    PAUSED = "paused"
    ARCHIVED = "archived"


# Beyond the table of SM-PL: a failed push may be tried again, a partial one sells, pauses and heals like a live one.
MOVES: Moves[ListingState] = {
    ListingState.DRAFT: {ListingState.IN_REVIEW, ListingState.ARCHIVED},
    ListingState.IN_REVIEW: {
        ListingState.CHANGES_REQUESTED,
        ListingState.REJECTED,
        ListingState.APPROVED,
        ListingState.ARCHIVED,
    },
    ListingState.CHANGES_REQUESTED: {ListingState.IN_REVIEW, ListingState.ARCHIVED},
    ListingState.REJECTED: {ListingState.ARCHIVED},
    ListingState.APPROVED: {ListingState.PUBLISHING, ListingState.ARCHIVED},
    ListingState.PUBLISHING: {ListingState.LIVE, ListingState.PARTIAL, ListingState.FAILED, ListingState.ARCHIVED},
    ListingState.LIVE: {ListingState.PARTIAL, ListingState.PAUSED, ListingState.ARCHIVED},
    ListingState.PARTIAL: {ListingState.LIVE, ListingState.PAUSED, ListingState.ARCHIVED},
    ListingState.FAILED: {ListingState.PUBLISHING, ListingState.ARCHIVED},
    ListingState.PAUSED: {ListingState.LIVE, ListingState.PARTIAL, ListingState.ARCHIVED},
    ListingState.ARCHIVED: set(),
}

# A change of a listing that is on the channel goes the same way, beside the version that keeps selling.
CHANGE_MOVES: Moves[ListingState] = {
    ListingState.DRAFT: {ListingState.IN_REVIEW},
    ListingState.IN_REVIEW: {ListingState.CHANGES_REQUESTED, ListingState.REJECTED, ListingState.APPROVED},
    ListingState.CHANGES_REQUESTED: {ListingState.IN_REVIEW},
    ListingState.REJECTED: set(),
    ListingState.APPROVED: {ListingState.PUBLISHING},
    ListingState.PUBLISHING: {ListingState.LIVE, ListingState.PARTIAL, ListingState.FAILED},
    ListingState.LIVE: set(),
    ListingState.PARTIAL: set(),
    ListingState.FAILED: {ListingState.PUBLISHING},
}

SELLING = frozenset({ListingState.LIVE, ListingState.PARTIAL})
ON_CHANNEL = SELLING | {ListingState.PAUSED}
EDITABLE = frozenset({ListingState.DRAFT, ListingState.CHANGES_REQUESTED})
_DISSOLVED = frozenset({ListingState.REJECTED, ListingState.FAILED})


class ListedState(enum.Enum):
    """Where one SKU of the listing stands."""

    WAITING = "waiting"  # the channel has not answered yet
    LIVE = "live"
    REFUSED = "refused"  # by the channel; `error` says why
    UNBOUND = "unbound"  # the item vanished on the channel


class PauseCause(enum.Enum):
    """Why a listing is off the shelf. One that a fact set is taken back when the fact is over, one by hand by hand."""

    BY_HAND = "by-hand"
    PRICE = "price"  # a SKU of it has no price there, or one below its floor
    SOLD_OUT = "sold-out"  # the channel's policy takes what has no stock off the shelf
    MERCHANT = "merchant"  # whose goods they are does not sell now


class Verdict(enum.Enum):
    """What a reviewer decides."""

    APPROVE = "approve"
    REQUEST_CHANGES = "request-changes"
    REJECT = "reject"


_AFTER = {
    Verdict.APPROVE: ListingState.APPROVED,
    Verdict.REQUEST_CHANGES: ListingState.CHANGES_REQUESTED,
    Verdict.REJECT: ListingState.REJECTED,
}


@attrs.frozen
class ListedSku:
    """One SKU of the listing with its name on the channel, empty until bound."""

    sku_id: SkuId
    external_id: str = attrs.field(default="", validator=limits.text(0, 128))
    state: ListedState = ListedState.WAITING
    error: str = attrs.field(default="", validator=limits.text(0, 500))


def _several(_: object, __: object, sku_ids: tuple[SkuId, ...]) -> None:
    if not 1 <= len(sku_ids) <= MAX_VARIANTS or len(set(sku_ids)) != len(sku_ids):
        raise InvalidValue(field="sku_ids", rule=f"must be 1 to {MAX_VARIANTS} different SKUs")


@attrs.frozen
class Content:
    """What the channel shows: a title and the SKUs on offer."""

    title: str = attrs.field(validator=limits.text(1, 200))
    sku_ids: tuple[SkuId, ...] = attrs.field(validator=_several)


@attrs.frozen
class Change:
    """The next revision of a listing that is on its channel, on its own way through review and push."""

    revision: int
    content: Content
    author: UUID
    state: ListingState


@attrs.frozen
class Outcome:
    """The channel's answer for one SKU: its id there, or the error."""

    sku_id: SkuId
    external_id: str = attrs.field(default="", validator=limits.text(0, 128))
    error: str = attrs.field(default="", validator=limits.text(0, 500))

    def __attrs_post_init__(self) -> None:
        if bool(self.external_id) == bool(self.error):
            raise InvalidValue(field="outcomes", rule="must hold an external id or an error for each SKU")


@attrs.frozen
class Listing:
    """One product on one channel. `content` at `revision` is what sells (or first goes there); `change` is the next one."""

    id: ListingId
    product_id: ProductId
    channel_id: ChannelId
    content: Content
    author: UUID  # who drafted the content; somebody else reviews it
    merchant_id: MerchantId | None = None
    state: ListingState = ListingState.DRAFT
    skus: tuple[ListedSku, ...] = ()
    revision: int = 1
    change: Change | None = None
    reason: str = ""  # of the last verdict or pause
    paused_for: tuple[PauseCause, ...] = ()  # in their order; empty for one that lost its last item
    version: int = 1

    @cached_property
    def live_skus(self) -> frozenset[SkuId]:
        """The SKUs that can be bought through this listing now."""
        if self.state not in SELLING:
            return frozenset()
        return frozenset(listed.sku_id for listed in self.skus if listed.state is ListedState.LIVE)

    def awaited_revision(self) -> int | None:
        """The revision whose answer the channel still owes, or None."""
        if self.state is ListingState.PUBLISHING:
            return self.revision
        if self.change is not None and self.change.state is ListingState.PUBLISHING:
            return self.change.revision
        return None

    def in_review(self) -> UUID | None:
        """The author of what waits for review, or None."""
        if self.state is ListingState.IN_REVIEW:
            return self.author
        if self.change is not None and self.change.state is ListingState.IN_REVIEW:
            return self.change.author
        return None


def _go(listing: Listing, wanted: ListingState, **fields: object) -> Listing:
    check_move("listing", MOVES, listing.state, wanted)
    return attrs.evolve(listing, state=wanted, version=listing.version + 1, **fields)  # type: ignore[arg-type]  # evolve's fields


def _change_goes(listing: Listing, change: Change, wanted: ListingState, **fields: object) -> Listing:
    check_move("change", CHANGE_MOVES, change.state, wanted)
    moved = attrs.evolve(change, state=wanted)
    return attrs.evolve(listing, change=moved, version=listing.version + 1, **fields)  # type: ignore[arg-type]  # evolve's fields


def redraft(listing: Listing, content: Content, author: UUID) -> Listing:
    """New content: in place while drafting, as a change beside the selling version once on the channel.

    Refuses with ChangePending where a change waits for review or the channel, with IllegalMove in any other state.
    """
    version = listing.version + 1
    if listing.state in EDITABLE:
        return attrs.evolve(listing, content=content, author=author, version=version)
    if listing.state not in ON_CHANNEL:
        check_move("listing", MOVES, listing.state, ListingState.DRAFT)
    change = listing.change
    if change is not None and change.state not in EDITABLE | _DISSOLVED:
        raise ChangePending(listing=str(listing.id), state=change.state.value)
    state = change.state if change is not None and change.state in EDITABLE else ListingState.DRAFT
    revision = change.revision if change is not None else listing.revision + 1
    return attrs.evolve(listing, change=Change(revision, content, author, state), version=version)


def submit(listing: Listing) -> Listing:
    """Hand the draft, or the open change, to review."""
    if listing.change is not None:
        return _change_goes(listing, listing.change, ListingState.IN_REVIEW)
    return _go(listing, ListingState.IN_REVIEW)


def review(listing: Listing, verdict: Verdict, reason: str) -> Listing:
    """The reviewer's decision. ReasonNeeded unless it approves; that reviewer and author differ is the authority's business."""
    if verdict is not Verdict.APPROVE and not reason.strip():
        raise ReasonNeeded(deed=verdict.value)
    if listing.change is not None:
        moved = _change_goes(listing, listing.change, _AFTER[verdict], reason=reason)
        return attrs.evolve(moved, change=None) if verdict is Verdict.REJECT else moved
    return _go(listing, _AFTER[verdict], reason=reason)


def push(listing: Listing) -> Listing:
    """Send it to the channel: a first version, an approved change, or once more what failed or was refused in part."""
    if listing.change is not None:
        return _change_goes(listing, listing.change, ListingState.PUBLISHING)
    if listing.state is ListingState.PARTIAL:
        again = Change(listing.revision + 1, listing.content, listing.author, ListingState.PUBLISHING)
        return attrs.evolve(listing, change=again, version=listing.version + 1)
    waiting = tuple(ListedSku(sku_id) for sku_id in listing.content.sku_ids)
    return _go(listing, ListingState.PUBLISHING, skus=waiting)


def acknowledge(listing: Listing, revision: int, outcomes: Mapping[SkuId, Outcome]) -> Listing:
    """The channel's answer to a push; the listing itself, unchanged, where the answer is old, repeated or too late.

    A SKU without an outcome counts as refused. A refused SKU of a change keeps selling in its former version.
    """
    if listing.awaited_revision() != revision or listing.state is ListingState.ARCHIVED:
        return listing
    change = listing.change
    content = change.content if change is not None else listing.content
    before = {listed.sku_id: listed for listed in listing.skus}
    skus = tuple(_answered(sku_id, outcomes.get(sku_id), before.get(sku_id)) for sku_id in content.sku_ids)
    accepted = sum(sku_id in outcomes and not outcomes[sku_id].error for sku_id in content.sku_ids)
    if change is not None:
        if not accepted:
            return _change_goes(listing, change, ListingState.FAILED)
        applied = attrs.evolve(
            listing, content=content, author=change.author, revision=revision, change=None, skus=skus, version=listing.version + 1
        )
        return applied if listing.state is ListingState.PAUSED else attrs.evolve(applied, state=_shelf_state(skus))
    wanted = _shelf_state(skus) if accepted else ListingState.FAILED
    return _go(listing, wanted, skus=skus)


def _answered(sku_id: SkuId, outcome: Outcome | None, before: ListedSku | None) -> ListedSku:
    if outcome is not None and outcome.external_id:
        return ListedSku(sku_id, outcome.external_id, ListedState.LIVE)
    error = outcome.error if outcome is not None else "the channel did not answer for this SKU"
    if before is not None and before.state is ListedState.LIVE:
        return attrs.evolve(before, error=error)
    return ListedSku(sku_id, "", ListedState.REFUSED, error)


def _shelf_state(skus: tuple[ListedSku, ...]) -> ListingState:
    whole = all(listed.state is ListedState.LIVE and not listed.error for listed in skus)
    return ListingState.LIVE if whole else ListingState.PARTIAL


def pause(listing: Listing, reason: str) -> Listing:
    """Take it off the shelf by hand, also where a fact did already. ReasonNeeded without one."""
    if not reason.strip():
        raise ReasonNeeded(deed="pause")
    if listing.state is ListingState.PAUSED and listing.paused_for and PauseCause.BY_HAND not in listing.paused_for:
        return _held(listing, PauseCause.BY_HAND, reason)
    return _go(listing, ListingState.PAUSED, reason=reason, paused_for=(PauseCause.BY_HAND,))


def resume(listing: Listing) -> Listing:
    """Back on the shelf, live or partial as its SKUs stand; still paused where a fact holds it back beside the hand.

    StillHeldBack where only facts do. IllegalMove where it is not paused or no SKU is bound.
    """
    facts = tuple(cause for cause in listing.paused_for if cause is not PauseCause.BY_HAND)
    if facts and facts == listing.paused_for:
        raise StillHeldBack(listing=str(listing.id), causes=tuple(cause.value for cause in facts), reason=listing.reason)
    if facts:
        return attrs.evolve(listing, paused_for=facts, version=listing.version + 1)
    if listing.state is not ListingState.PAUSED or not _is_bound(listing):
        others = {**MOVES, listing.state: MOVES[listing.state] - SELLING}
        check_move("listing", others, listing.state, ListingState.LIVE)
    return _go(listing, _shelf_state(listing.skus), reason="", paused_for=())


def hold_back(listing: Listing, cause: PauseCause, reason: str) -> Listing:
    """Take it off the shelf because of a fact; the listing itself where it is not on the channel or held back for it already."""
    if listing.state not in ON_CHANNEL or cause in listing.paused_for:
        return listing
    if listing.state is ListingState.PAUSED:
        return _held(listing, cause, reason)
    return _go(listing, ListingState.PAUSED, reason=reason, paused_for=(cause,))


def let_go(listing: Listing, cause: PauseCause) -> Listing:
    """The fact is over: back on the shelf unless something else holds it back. Itself where it was not held for it."""
    if cause not in listing.paused_for:
        return listing
    left = tuple(one for one in listing.paused_for if one is not cause)
    if left or not _is_bound(listing):
        return attrs.evolve(listing, paused_for=left, version=listing.version + 1)
    return _go(listing, _shelf_state(listing.skus), reason="", paused_for=())


def _held(listing: Listing, cause: PauseCause, reason: str) -> Listing:
    causes = {*listing.paused_for, cause}
    in_order = tuple(one for one in PauseCause if one in causes)
    return attrs.evolve(listing, paused_for=in_order, reason=reason, version=listing.version + 1)


def _is_bound(listing: Listing) -> bool:
    return any(listed.state is ListedState.LIVE for listed in listing.skus)


def item_vanished(listing: Listing, sku_id: SkuId, reason: str) -> Listing:
    """The channel no longer has the item of this SKU: unbound, and the listing partial, or paused if nothing is left."""
    skus = tuple(
        attrs.evolve(listed, external_id="", state=ListedState.UNBOUND, error=reason) if listed.sku_id == sku_id else listed
        for listed in listing.skus
    )
    left = any(listed.state is ListedState.LIVE for listed in skus)
    wanted = ListingState.PARTIAL if left else ListingState.PAUSED
    if listing.state is wanted or listing.state is ListingState.PAUSED:
        return attrs.evolve(listing, skus=skus, reason=reason, version=listing.version + 1)
    return _go(listing, wanted, skus=skus, reason=reason)


def archive(listing: Listing) -> Listing:
    """Retire it for good and unbind its SKUs."""
    skus = tuple(attrs.evolve(listed, external_id="", state=ListedState.UNBOUND) for listed in listing.skus)
    return _go(listing, ListingState.ARCHIVED, skus=skus, change=None, paused_for=())
