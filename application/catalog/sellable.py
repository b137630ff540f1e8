"""What can be bought on a channel: for whoever prices, reserves and places orders."""

from __future__ import annotations

from collections.abc import Hashable, Iterable, Mapping
from typing import Any, Protocol, TypeVar

from houtai.application.catalog.ports import LISTING_BY_PLACE, place
from houtai.application.ports import Index
from houtai.domain.catalog.listing import Listing
from houtai.domain.catalog.refusals import NotOnSale
from houtai.domain.catalog.sku import Sku
from houtai.domain.catalog.standing import Standing
from houtai.domain.ids import ChannelId, ListingId, MerchantId, SkuId
from houtai.domain.refusal import NotFound

K = TypeVar("K", bound=Hashable)
R = TypeVar("R")
V = TypeVar("V", bound=Hashable)


class Known(Protocol[K, R]):
    """Records to look up, in a transaction or in a snapshot alike."""

    def many(self, keys: Iterable[K]) -> dict[K, R]:
        """Those that exist, in one statement."""

    def by(self, index: Index[R, V], *values: V) -> list[R]:
        """The records found under any of the values."""


class SaleSource(Protocol):
    """What tells whether goods are on sale: a transaction when they are ordered, a snapshot when somebody only asks."""

    @property
    def skus(self) -> Known[SkuId, Sku]:
        """What is bought."""

    @property
    def listings(self) -> Known[ListingId, Listing]:
        """Products on channels."""

    @property
    def merchants(self) -> Known[MerchantId, Any]:
        """Whether they sell."""


def sellable_skus(tx: SaleSource, channel_id: ChannelId, sku_ids: Iterable[SkuId]) -> dict[SkuId, Sku]:
    """The SKUs, each of them LIVE on the channel now. Raises NotOnSale with the codes (or unknown ids) of all that are not.

    Gifts-only SKUs, retired ones, bundles with a retired component and the goods of a merchant who does not sell are not
    on sale. Components of bundles are not in the answer: `load_skus` has them.
    """
    wanted = tuple(dict.fromkeys(sku_ids))
    everything = load_skus(tx, wanted, missing_ok=True)
    found = {sku_id: everything[sku_id] for sku_id in wanted if sku_id in everything}
    places = {place(sku.product_id, channel_id) for sku in found.values()}
    live = [listing.live_skus for listing in tx.listings.by(LISTING_BY_PLACE, *sorted(places))]
    closed = _closed_merchants(tx, found.values())
    refused = [
        found[sku_id].code if sku_id in found else str(sku_id)
        for sku_id in wanted
        if not any(sku_id in of_listing for of_listing in live)
        or sku_id not in found
        or found[sku_id].merchant_id in closed
        or not _for_sale(found[sku_id], everything)
    ]
    if refused:
        raise NotOnSale(skus=tuple(refused))
    return found


def load_skus(tx: SaleSource, sku_ids: Iterable[SkuId], *, missing_ok: bool = False) -> dict[SkuId, Sku]:
    """The SKUs and, where they are bundles, their components; two statements at most. NotFound for an unknown one."""
    wanted = tuple(dict.fromkeys(sku_ids))
    found = tx.skus.many(wanted)
    for sku_id in wanted:
        if sku_id not in found and not missing_ok:
            raise NotFound(what="sku", key=str(sku_id))
    parts = {component.sku_id for sku in found.values() for component in sku.components} - set(found)
    return found | tx.skus.many(sorted(parts)) if parts else found


def _for_sale(sku: Sku, everything: Mapping[SkuId, Sku]) -> bool:
    parts = [everything.get(component.sku_id) for component in sku.components]
    whole = all(part is not None and part.state is Standing.ACTIVE for part in parts)
    return sku.state is Standing.ACTIVE and not sku.gift_only and whole


def _closed_merchants(tx: SaleSource, skus: Iterable[Sku]) -> set[object]:
    """Merchants among the SKUs' owners who do not sell now."""
    owners = {sku.merchant_id for sku in skus if sku.merchant_id is not None}
    found = tx.merchants.many(sorted(owners)) if owners else {}
    return {owner for owner in owners if owner not in found or found[owner].state.value != "active"}
