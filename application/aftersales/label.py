"""The way back under a label of the house's: a carrier is asked, what it costs is booked, unused ones are void (R-14)."""

from __future__ import annotations

from typing import Final

import attrs

from houtai.application.aftersales.lock import DOCUMENT, demand_state, keep_claim, lock_claim
from houtai.application.aftersales.policy import policy_for
from houtai.application.aftersales.ports import AftersalesTx, AftersalesViews
from houtai.application.aftersales.thread import tell_buyer
from houtai.application.inventory.ports import RESERVATION_BY_ORDER
from houtai.application.ledger.post import post
from houtai.application.outbound.labels import contact_of
from houtai.application.permission import CHANNEL, MERCHANT, needs
from houtai.application.shipping.ports import OF_PARCEL
from houtai.application.shipping.request import RequestWaybill, ask_waybill
from houtai.application.shipping.void import UNDOABLE, undo
from houtai.domain.act import Act
from houtai.domain.aftersales.claim import Claim
from houtai.domain.aftersales.events import ClaimMoved
from houtai.domain.aftersales.policy import AftersalesPolicy
from houtai.domain.aftersales.reason import Fault
from houtai.domain.aftersales.refusals import NoReturnLabel
from houtai.domain.aftersales.state import ENDED, ClaimState
from houtai.domain.ids import ClaimId, JournalId, ParcelId, WarehouseId, WaybillId, derive
from houtai.domain.inventory.reservation import ReservationState
from houtai.domain.ledger.account import AccountCode, party
from houtai.domain.ledger.journal import credit, debit
from houtai.domain.orders.order import Order
from houtai.domain.outbound.work import DispatchSettings
from houtai.domain.shipping.events import WaybillBound, WaybillRefused, WaybillVoided
from houtai.domain.shipping.parcel import Parcel as BoxToSend, Shipment
from houtai.domain.shipping.refusals import NoCarrierLeft
from houtai.domain.shipping.waybill import ENDED as OVER, OPEN, Waybill, WaybillState

ASK: Final = "aftersales.review"
_GOODS: Final = 100


def return_parcel(claim_id: ClaimId) -> ParcelId:
    """What a waybill for the way back names as its parcel: the claim itself."""
    return ParcelId(claim_id)


@attrs.frozen
class AskReturnLabel:
    """Send the buyer a label for the way back; where they have to answer for it, what it costs is taken off."""

    claim: ClaimId
    expected_version: int | None = None


@needs(ASK, along=(CHANNEL, MERCHANT))
def ask_return_label(tx: AftersalesTx, cmd: AskReturnLabel, act: Act) -> Claim:
    """The carrier hears of it after the commit, and its number comes with the answer; a carrier that refused is not asked again.

    Raises NotFound, VersionConflict, ClaimWaits unless goods are awaited and no label is there, NoReturnLabel.
    """
    held = lock_claim(tx, cmd.claim, ASK, act, cmd.expected_version)
    demand_state(held.claim, ClaimState.AWAITING_RETURN, missing="no goods are awaited, or they are on their way")
    if any(one.state not in OVER for one in labels_of(tx, held.claim)):
        demand_state(held.claim, missing="it has a label, or one is asked for")
    return _ask(tx, held.claim, held.order, policy_for(tx, held.order.channel_id), act)


def send_label(tx: AftersalesTx, claim: Claim, order: Order, policy: AftersalesPolicy, act: Act) -> Claim:
    """A label where the policy says so and the house bears the way back; without a carrier the buyer sends it on their own."""
    if not policy.return_label or claim.reason.fault is Fault.BUYER:
        return claim
    try:
        return _ask(tx, claim, order, policy, act)
    except NoReturnLabel as refused:
        return keep_claim(tx, claim, claim.edited(), "no label", act, reason=refused.missing)


def _ask(tx: AftersalesTx, claim: Claim, order: Order, policy: AftersalesPolicy, act: Act) -> Claim:
    if order.forgotten:
        raise NoReturnLabel(number=claim.number, missing="the buyer was erased, and nobody knows where it begins")
    before = labels_of(tx, claim)
    warehouse_id = _back_to(tx, claim, policy)
    settings = None if warehouse_id is None else tx.dispatch_settings.find(warehouse_id)
    if warehouse_id is None or settings is None:
        raise NoReturnLabel(number=claim.number, missing="no warehouse that takes it back has a carrier")
    refused = {one.carrier for one in before if one.state is WaybillState.REFUSED}
    carriers = tuple(one for one in settings.carriers if one not in refused)
    if not carriers:
        raise NoReturnLabel(number=claim.number, missing="every carrier has refused")
    parcel = return_parcel(claim.id)
    wish = RequestWaybill(
        waybill=WaybillId(derive(parcel, "return label", len(before))),
        parcel=parcel,
        warehouse=warehouse_id,
        carriers=carriers,
        shipment=_shipment(tx, claim, order, settings),
        channel=claim.channel_id,
    )
    try:
        waybill = ask_waybill(tx, wish, act)
    except NoCarrierLeft as left:
        raise NoReturnLabel(number=claim.number, missing="no carrier has a number to give") from left
    return keep_claim(tx, claim, claim.edited(label=True), "label asked for", act, details={"carrier": waybill.carrier})


def _back_to(tx: AftersalesTx, claim: Claim, policy: AftersalesPolicy) -> WarehouseId | None:
    """Where goods are sent back to: the policy's warehouse, else the one that the first of them came from."""
    if policy.warehouse_id is not None:
        return policy.warehouse_id
    claimed = {one.line for one in claim.lines if one.qty}
    shipped = [one for one in tx.reservations.by(RESERVATION_BY_ORDER, claim.order_id) if one.line in claimed]
    left = sorted((one.line, one.warehouse_id) for one in shipped if one.state is ReservationState.SHIPPED)
    return left[0][1] if left else None


def _shipment(tx: AftersalesTx, claim: Claim, order: Order, settings: DispatchSettings) -> Shipment:
    """From the buyer to the warehouse: the goods by name, their weight as far as it is known, at least a gram."""
    units = {one.line: (one.qty, one.sku_id) for one in claim.lines if one.qty}
    skus = tx.skus.many(sku_id for _, sku_id in units.values() if sku_id is not None)
    weight_g = sum(skus[sku_id].weight_g * qty for qty, sku_id in units.values() if sku_id is not None)
    goods = tuple(dict.fromkeys(sku.code for sku in skus.values()))[:_GOODS]
    return Shipment(contact_of(order.receiver), settings.sender, (BoxToSend(max(1, weight_g)),), goods)


def labels_of(source: AftersalesTx | AftersalesViews, claim: Claim) -> list[Waybill]:
    """Every waybill that was asked for the way back of a claim; one statement, none for a claim that has none."""
    return source.waybills.by(OF_PARCEL, return_parcel(claim.id)) if claim.label else []


# -- what carriers say


def on_return_label_bound(tx: AftersalesTx, event: WaybillBound, act: Act) -> None:
    """The claim has its number: the returns desk finds it by that, the buyer reads it, and what it costs is known.

    One that nobody needs any more was to be void before, and will be.
    """
    claim = _behind(tx, event.parcel_id)
    if claim is None or (claim.resumes or claim.state) is not ClaimState.AWAITING_RETURN:
        return
    order = tx.orders.get(claim.order_id)
    cost = event.charge_minor or 0 if event.currency == order.currency else 0
    named = claim.edited(carrier=event.carrier, waybill=event.number, label_minor=cost)
    details = {"carrier": event.carrier, "waybill": event.number, "charge_minor": event.charge_minor, "currency": event.currency}
    kept = keep_claim(tx, claim, named, "label", act, details=details)
    tell_buyer(tx, kept, f"a label for the way back is ready: {event.carrier} {event.number}.", event.waybill_id, act)


def on_return_label_refused(tx: AftersalesTx, event: WaybillRefused, act: Act) -> None:
    """That the carrier said no is on the claim's timeline: somebody asks the next one, or the buyer sends it on their own."""
    claim = _behind(tx, event.parcel_id)
    if claim is not None and claim.open:
        details = {"carrier": event.carrier, "error": event.error}
        keep_claim(tx, claim, claim.edited(), "label refused", act, details=details)


def on_return_label_voided(tx: AftersalesTx, event: WaybillVoided, act: Act) -> None:
    """The number means nothing any more, and costs nobody anything."""
    claim = _behind(tx, event.parcel_id)
    if claim is None or not claim.open or any(one.received_qty for one in claim.lines):
        return  # what came under it came
    if event.number and claim.waybill == event.number:
        bare = claim.edited(carrier="", waybill="", label_minor=0)
        keep_claim(tx, claim, bare, "label void", act, details={"carrier": event.carrier, "waybill": event.number})


def _behind(tx: AftersalesTx, parcel_id: ParcelId) -> Claim | None:
    """The claim whose parcel it is, locked behind its order; None for any other parcel."""
    known = tx.claims.find(ClaimId(parcel_id))
    if known is None:
        return None
    tx.orders.lock_one(known.order_id)
    return tx.claims.lock_one(known.id)


# -- what becomes of it


def on_claim_over(tx: AftersalesTx, event: ClaimMoved, act: Act) -> None:
    """A label that nothing came back under is void when its claim ends; one of unknown outcome as soon as that is known."""
    if event.after in ENDED:
        claim = tx.claims.get(event.claim_id)
        if not any(one.received_qty for one in claim.lines):
            void_unused(tx, claim, "", act)


def void_unused(tx: AftersalesTx, claim: Claim, used: str, act: Act) -> None:
    """Void what was asked for the way back, but for the number under which it comes or came."""
    if not claim.label:
        return
    for waybill in tx.waybills.lock_by(OF_PARCEL, return_parcel(claim.id)):
        if waybill.state in UNDOABLE and (not waybill.number or waybill.number != used):
            undo(tx, waybill, f"{claim.number} does not need it", act)


def is_on_its_way(tx: AftersalesTx, claim: Claim) -> bool:
    """Whether the carrier has the parcel under the house's label, though nobody told us."""
    return any(one.state not in OPEN | OVER | {WaybillState.BOUND} for one in labels_of(tx, claim))


def is_label(tx: AftersalesTx, claim: Claim, number: str) -> bool:
    """Whether it is the number of a label of the house's for the way back, that is not void."""
    return any(one.number == number and one.state not in OVER for one in labels_of(tx, claim))


def book_label(tx: AftersalesTx, claim: Claim, act: Act) -> None:
    """What the carrier charges for the way back, once goods came under the label: Dr freight cost, Cr freight accrued.

    Nothing where it bills later. Of a buyer's fault the refund has it taken off, against the same cost (R-14).
    """
    for waybill in labels_of(tx, claim):
        if waybill.number == claim.waybill and waybill.charge is not None and waybill.charge.minor:
            whose, amount = party("carrier", waybill.carrier), waybill.charge
            post(
                tx,
                id=JournalId(derive(claim.id, "label")),
                document=DOCUMENT,
                document_id=claim.id,
                entries=(debit(AccountCode.FREIGHT_COST, "", amount), credit(AccountCode.FREIGHT_ACCRUED, whose, amount)),
                memo=f"way back of {claim.number}",
                act=act,
            )
