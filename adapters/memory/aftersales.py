"""Finding claims in memory: every claim is looked at."""

from __future__ import annotations

import datetime as dt
from typing import Any

from houtai.adapters.memory.store import MemoryStore, slice_of
from houtai.application.aftersales.ports import ClaimFilter, ParcelFilter
from houtai.application.orders.reach import owners_of
from houtai.application.paging import Page, Slice
from houtai.domain.aftersales.claim import Claim
from houtai.domain.aftersales.policy import AftersalesPolicy
from houtai.domain.aftersales.return_parcel import ParcelState, ReturnParcel
from houtai.domain.authority import HOUSE
from houtai.domain.ids import ClaimId
from houtai.domain.orders.order import Order


class AftersalesSearch:
    """See `AftersalesViews`: what is searched."""

    store: MemoryStore

    def find_claims(self, page: Page, where: ClaimFilter) -> Slice[Claim]:
        """See `AftersalesViews.find_claims`."""
        held: dict[Any, Claim] = self.store.shelves["claims"].held
        orders: dict[Any, Order] = self.store.shelves["orders"].held
        fits = (key for key, claim in held.items() if _matches(claim, orders[claim.order_id], where))
        return slice_of(sorted(fits, reverse=page.newest_first), held, page)

    def claims_due(self, until: dt.datetime, limit: int) -> list[ClaimId]:
        """See `AftersalesViews.claims_due`."""
        held: dict[ClaimId, Claim] = self.store.shelves["claims"].held
        due = sorted((claim.due_at, claim.id) for claim in held.values() if claim.due_at is not None and claim.due_at <= until)
        return [claim_id for _, claim_id in due[:limit]]

    def find_return_parcels(self, page: Page, where: ParcelFilter) -> Slice[ReturnParcel]:
        """See `AftersalesViews.find_return_parcels`."""
        held: dict[Any, ReturnParcel] = self.store.shelves["return_parcels"].held
        fits = (
            key
            for key, parcel in held.items()
            if (where.warehouses is None or parcel.warehouse_id in where.warehouses)
            and (not where.open or parcel.state is ParcelState.UNKNOWN)
        )
        return slice_of(sorted(fits, reverse=page.newest_first), held, page)

    def stored_aftersales_policies(self) -> list[AftersalesPolicy]:
        """See `AftersalesViews.stored_aftersales_policies`."""
        held: dict[Any, AftersalesPolicy] = self.store.shelves["aftersales_policies"].held
        return sorted(held.values(), key=lambda policy: (policy.channel_id is not None, policy.channel_id or HOUSE))


def _matches(claim: Claim, order: Order, where: ClaimFilter) -> bool:
    equal = ("kind", "order_id", "customer_id", "assignee")
    return (
        all(getattr(where, name) in (None, getattr(claim, name)) for name in equal)
        and where.queue in ("", claim.queue)
        and where.waybill in ("", claim.waybill)
        and where.external_id in ("", claim.external_id)
        and (not where.states or claim.state in where.states)
        and (where.overdue_at is None or (claim.due_at is not None and claim.due_at < where.overdue_at))
        and (where.channels is None or claim.channel_id in where.channels)
        and (where.merchants is None or bool(owners_of(order) & where.merchants))
    )
