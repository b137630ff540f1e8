"""What the steps of the returns desk may see: claims and the parcels of nobody, by every code that leads to them."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Final, Protocol
from uuid import UUID

import attrs

from houtai.application.aftersales.cost import outside
from houtai.application.aftersales.ports import (
    CLAIM_BY_NUMBER,
    CLAIM_BY_WAYBILL,
    CLAIMS_IN,
    CLAIMS_OF_ORDER,
    PARCEL_BY_NUMBER,
    PARCEL_BY_WAYBILL,
    AftersalesTx,
)
from houtai.application.orders.ports import ORDER_BY_NUMBER
from houtai.application.orders.reach import owners_of
from houtai.application.outbound.serving import orders_of_each
from houtai.application.outbound.station_sight import OutboundSight, TxOutboundSight
from houtai.application.warehouse.queries import READ
from houtai.application.warehouse.station_sight import Lying
from houtai.domain.act import Act
from houtai.domain.aftersales.claim import Claim
from houtai.domain.aftersales.refusals import ScanThePlace
from houtai.domain.aftersales.return_parcel import ParcelState, ReturnParcel
from houtai.domain.aftersales.state import ClaimState
from houtai.domain.authority import HOUSE, Scope
from houtai.domain.ids import (
    ClaimId,
    HandlingUnitId,
    LocationId,
    OrderId,
    OutboundId,
    ParcelId,
    ReturnParcelId,
    SkuId,
    WarehouseId,
)
from houtai.domain.inventory.stock import StockState
from houtai.domain.orders.order import Order
from houtai.domain.outbound.state import OutboundKind
from houtai.domain.warehouse.scan import Match, ScanKind, ScannedCode

CLAIMS_SHOWN: Final = 8
"""So many of the claims that wait are listed before one is scanned."""


@attrs.frozen
class ReturnLine:
    """One line of the order behind a claim, with the goods as the buyer has them; units of each kind in the claim.

    `waiting_qty` came and were not looked at yet, `back_qty` were refused and are still here.
    """

    line: int
    sku_id: SkuId
    sku: str
    title: str
    gift: bool
    claimed_qty: int
    received_qty: int
    waiting_qty: int
    back_qty: int


class ReturnsSight(OutboundSight, Protocol):
    """What a step at the returns desk may ask; it changes nothing."""

    def claim(self, claim_id: ClaimId) -> Claim:
        """A claim that a scan named. Raises NotFound."""

    def lines(self, claim: Claim) -> tuple[ReturnLine, ...]:
        """The lines of its order that goods can come back of, those that are claimed first."""

    def with_buyer(self, claim: Claim) -> Mapping[int, int]:
        """Units of each line that the buyer has."""

    def serials_sent(self, claim: Claim) -> Mapping[SkuId, frozenset[str]]:
        """The numbers on the units that were sent, of goods whose units have numbers."""

    def to_inspect(self) -> tuple[Claim, ...]:
        """Claims whose goods wait in this warehouse to be looked at, the one that is due first before the others."""

    def to_send_back(self) -> tuple[Claim, ...]:
        """Claims with goods here that go back to the buyer."""

    def nobodys(self, parcel_id: ReturnParcelId) -> ReturnParcel:
        """A parcel without a claim that a scan named. Raises NotFound."""

    def carriers(self) -> tuple[str, ...]:
        """Who carries parcels from this warehouse."""


@attrs.frozen
class TxReturnsSight(TxOutboundSight):
    """What is seen from within a transaction, its own changes included."""

    tx: AftersalesTx
    warehouse_id: WarehouseId
    act: Act

    def claim(self, claim_id: ClaimId) -> Claim:
        """See `ReturnsSight.claim`."""
        return self.tx.claims.get(claim_id)

    def lines(self, claim: Claim) -> tuple[ReturnLine, ...]:
        """See `ReturnsSight.lines`."""
        order = self.tx.orders.get(claim.order_id)
        goods = {line.seq: claim.line(line.seq).sku_id or line.sku_id for line in order.lines}
        skus = self.tx.skus.many(sku_id for sku_id in goods.values() if sku_id is not None)
        made = []
        for line in order.lines:
            sku_id, one = goods[line.seq], claim.line(line.seq)
            if sku_id is None or not self._reaches(line.merchant_id or HOUSE):
                continue
            units = one.qty - one.unshipped_qty, one.received_qty, one.waiting_qty, one.back_qty - one.returned_qty
            made.append(ReturnLine(line.seq, sku_id, skus[sku_id].code, skus[sku_id].title, line.is_gift, *units))
        return tuple(sorted(made, key=lambda one: (not one.claimed_qty, one.line)))

    def with_buyer(self, claim: Claim) -> Mapping[int, int]:
        """See `ReturnsSight.with_buyer`."""
        return {line: held.qty for line, held in outside(self.tx, claim.order_id).items()}

    def serials_sent(self, claim: Claim) -> Mapping[SkuId, frozenset[str]]:
        """See `ReturnsSight.serials_sent`."""
        sent = [one.id for orders in orders_of_each(self.tx, (claim.order_id, claim.id)).values() for one in orders]
        found: dict[SkuId, set[str]] = {}
        for bench in self.tx.bench_checks.many(sent).values():
            for piece in bench.checking.pieces:
                if piece.serial:
                    found.setdefault(piece.sku_id, set()).add(piece.serial)
        return {sku_id: frozenset(serials) for sku_id, serials in found.items()}

    def to_inspect(self) -> tuple[Claim, ...]:
        """See `ReturnsSight.to_inspect`."""
        return tuple(one for one in self._waiting(ClaimState.RECEIVED) if one.waiting_qty)

    def to_send_back(self) -> tuple[Claim, ...]:
        """See `ReturnsSight.to_send_back`."""
        return tuple(one for one in self._waiting(ClaimState.RESHIPPING) if one.to_go_back)

    def nobodys(self, parcel_id: ReturnParcelId) -> ReturnParcel:
        """See `ReturnsSight.nobodys`."""
        return self.tx.return_parcels.get(parcel_id)

    def carriers(self) -> tuple[str, ...]:
        """See `ReturnsSight.carriers`."""
        settings = self.tx.dispatch_settings.find(self.warehouse_id)
        return () if settings is None else settings.carriers

    def _waiting(self, state: ClaimState) -> list[Claim]:
        here = self.tx.claims.by(CLAIMS_IN, (self.warehouse_id, state.value))
        return sorted(self.seen(here), key=lambda one: (one.due_at, one.id))

    def seen(self, claims: Iterable[Claim]) -> list[Claim]:
        """Those of them whose goods the actor reaches here."""
        claims = list(claims)
        orders = self.tx.orders.many({one.order_id for one in claims}) if claims else {}
        return [one for one in claims if self._sees_order(orders[one.order_id])]

    def _sees_order(self, order: Order) -> bool:
        return any(self._reaches(owner) for owner in owners_of(order))

    def _reaches(self, owner: UUID) -> bool:
        return self.act.may(READ, Scope(warehouse=self.warehouse_id, merchant=owner))


def lies_at(sight: ReturnsSight, sku_id: SkuId, place: LocationId | None, unit: HandlingUnitId | None = None) -> Lying:
    """Where units of the product wait to be looked at, or to go back; `place` or `unit` is where somebody took them from.

    Raises ScanThePlace where none lie there, or where they lie in several places and nobody has said which.
    """
    all_of_it = [one for one in sight.lying_of(sku_id) if one.state is StockState.RETURN_PENDING and one.free_qty]
    there = [one for one in all_of_it if place in (None, one.location_id) and unit in (None, one.unit_id)]
    if len(there) != 1 and not (place is not None and there):
        named = sight.product(sku_id)[0]
        paths = ", ".join(dict.fromkeys(f"{one.path} {one.unit}".strip() for one in all_of_it))
        raise ScanThePlace(sku=named, paths=paths or "-")
    return there[0]


def read_claims(sight: TxReturnsSight, code: ScannedCode, found: Iterable[Match]) -> tuple[Match, ...]:
    """Claims by number, waybill, order or the label that the goods left with, and parcels of nobody.

    Of several under one code those that are still open.
    """
    text = code.text
    if code.kind not in (ScanKind.OTHER, ScanKind.GTIN):
        return ()
    claims: dict[ClaimId, Claim] = {}
    for one in (*sight.tx.claims.by(CLAIM_BY_NUMBER, text), *sight.tx.claims.by(CLAIM_BY_WAYBILL, text)):
        claims[one.id] = one
    if not claims and (orders := _orders_meant(sight, text, found)):
        claims = {one.id: one for one in sight.tx.claims.by(CLAIMS_OF_ORDER, *orders) if one.kind.goods_back}
    seen = sight.seen(claims.values())
    live = [one for one in seen if one.open] or seen
    return (*(Match("claim", one.id, one.number) for one in live), *_parcels(sight, text))


def _orders_meant(sight: TxReturnsSight, text: str, found: Iterable[Match]) -> list[OrderId]:
    """Orders by their own number, or by what was read on the parcel that they left in."""
    order = sight.tx.orders.first(ORDER_BY_NUMBER, text)
    if order is not None:
        return [order.id]
    found = tuple(found)
    parcels = sight.tx.parcels.many(ParcelId(one.key) for one in found if one.what == "parcel")
    named = {OutboundId(one.key) for one in found if one.what in ("order", "stopped-order")}
    sent = sight.tx.outbound_orders.many(named | {one.outbound_id for one in parcels.values()})
    return [
        OrderId(source_id) for one in sent.values() if one.kind is OutboundKind.SALES for source_id in one.sources if source_id
    ]


def _parcels(sight: TxReturnsSight, text: str) -> tuple[Match, ...]:
    tx = sight.tx
    named = {
        one.id: one for one in (*tx.return_parcels.by(PARCEL_BY_NUMBER, text), *tx.return_parcels.by(PARCEL_BY_WAYBILL, text))
    }
    here = [one for one in named.values() if one.warehouse_id == sight.warehouse_id and one.state is ParcelState.UNKNOWN]
    return tuple(Match("parcel of nobody", one.id, one.number) for one in here)


def claim_facts(claim: Claim) -> tuple[tuple[str, str], ...]:
    """What a screen says of the claim that somebody is at."""
    return ("label.claim", f"{claim.number} / {claim.order_number}"), ("label.reason", f"why.{claim.reason.value}")
