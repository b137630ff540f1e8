"""On and off a channel's shelf: what a person, a price, the stock or the merchant's standing does to a listing there."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from houtai.application.catalog.offer import keep
from houtai.application.catalog.ports import CatalogTx
from houtai.application.outbox import Message
from houtai.domain.act import Act
from houtai.domain.catalog import listing as rules
from houtai.domain.catalog.events import ListingEvent, ListingPaused, ListingWentLive
from houtai.domain.catalog.listing import SELLING, Listing, PauseCause
from houtai.domain.catalog.refusals import MerchantNotSelling
from houtai.domain.ids import SkuId, derive

SHELF = "channels.set-shelf"


def hold_back(tx: CatalogTx, act: Act, listing: Listing, cause: PauseCause, reason: str) -> Listing:
    """Take a locked listing off the shelf because of a fact; what is not on the channel or held for it already stays as it is."""
    new = rules.hold_back(listing, cause, reason)
    if new is listing:
        return listing
    keep(tx, act, listing, new, "held back", reason=reason, details=_causes(new))
    if listing.state in SELLING:
        set_shelf(tx, act, new, on=False)
        tx.emit(fact(ListingPaused, new, listing.live_skus))
    return new


def let_go(tx: CatalogTx, act: Act, listing: Listing, cause: PauseCause) -> Listing:
    """The fact is over: put a locked listing back on the shelf, unless something else holds it back."""
    new = rules.let_go(listing, cause)
    if new is listing:
        return listing
    keep(tx, act, listing, new, "let go", details={"over": cause.value, **_causes(new)})
    if new.state in SELLING:
        set_shelf(tx, act, new, on=True)
        tx.emit(fact(ListingWentLive, new, new.live_skus))
    return new


def hold_or_let_go(tx: CatalogTx, act: Act, listing: Listing, cause: PauseCause, reason: str) -> Listing:
    """Held back for the cause where there is a reason, let go where there is none."""
    return hold_back(tx, act, listing, cause, reason) if reason else let_go(tx, act, listing, cause)


def why_merchant_cannot_sell(tx: CatalogTx, listing: Listing) -> str:
    """What keeps the merchant of the listing from selling, in words; empty for one who sells, and for the house's own goods."""
    merchant = _closed_merchant(tx, listing)
    return "" if merchant is None else f"merchant {merchant.code} is {merchant.state.value}"


def demand_selling(tx: CatalogTx, listing: Listing) -> None:
    """Raise MerchantNotSelling where the listing's merchant does not sell now."""
    merchant = _closed_merchant(tx, listing)
    if merchant is not None:
        raise MerchantNotSelling(listing=str(listing.id), merchant=merchant.code, state=merchant.state.value)


def _closed_merchant(tx: CatalogTx, listing: Listing) -> Any:
    """The merchant of the listing where it does not sell now, else None."""
    merchant = None if listing.merchant_id is None else tx.merchants.get(listing.merchant_id)
    return None if merchant is None or merchant.state.value == "active" else merchant


def set_shelf(tx: CatalogTx, act: Act, listing: Listing, *, on: bool, version: int | None = None) -> None:
    """Tell the channel which items are on the shelf from now on; `version` where the listing's own is not the new one."""
    items = [listed.external_id for listed in listing.skus if listed.external_id]
    seq = version or listing.version
    payload = {"listing": str(listing.id), "channel": str(listing.channel_id), "seq": seq, "on": on, "items": items}
    tx.outbox.add(Message(derive(listing.id, "shelf", seq), SHELF, payload, act.at, act.at))


def fact(kind: type[ListingEvent], listing: Listing, sku_ids: Iterable[SkuId]) -> ListingEvent:
    """What happened to the listing and these SKUs of it."""
    return kind(listing.id, listing.product_id, listing.channel_id, listing.merchant_id, tuple(sorted(sku_ids)))


def _causes(listing: Listing) -> dict[str, object]:
    return {"paused_for": [cause.value for cause in listing.paused_for]}
