"""The label for the way back as a paper that the buyer prints: the carrier's own PDF, else drawn from what it said."""

from __future__ import annotations

import attrs

from houtai.application.aftersales.label import labels_of
from houtai.application.aftersales.lock import demand_claim
from houtai.application.aftersales.ports import AftersalesViews
from houtai.application.permission import CHANNEL, MERCHANT, needs
from houtai.application.printing.loose import loose
from houtai.application.printing.ports import Sending
from houtai.domain.act import Act
from houtai.domain.aftersales.claim import Claim
from houtai.domain.ids import ClaimId
from houtai.domain.printing.documents import ExpressWaybill
from houtai.domain.printing.parties import Party
from houtai.domain.refusal import NotFound
from houtai.domain.shipping.parcel import Contact, LabelFormat
from houtai.domain.shipping.waybill import ENDED, Waybill

READ = "aftersales.read"


@attrs.frozen
class ReturnLabel:
    """Either the carrier's PDF, or what is to be drawn; `number` names the file."""

    number: str
    pdf: bytes | None = attrs.field(repr=False)
    drawing: Sending | None


@needs(READ, along=(CHANNEL, MERCHANT), own=True)
def show_return_label(views: AftersalesViews, query: ClaimId, act: Act) -> ReturnLabel:
    """The label under which the goods come back. Raises NotFound, also where none is there, or not yet."""
    claim = views.claims.get(query)
    demand_claim(act, READ, claim, views.orders.get(claim.order_id))
    waybill = next((one for one in labels_of(views, claim) if one.number and one.state not in ENDED), None)
    if waybill is None:
        raise NotFound(what="return label", key=str(query))
    label = views.waybill_labels.find(waybill.id)
    if label is not None and label.format is LabelFormat.PDF and label.content:
        return ReturnLabel(waybill.number, label.content, None)
    return ReturnLabel(waybill.number, None, loose(_paper(claim, waybill), waybill.warehouse_id, waybill.created_at))


def _paper(claim: Claim, waybill: Waybill) -> ExpressWaybill:
    shipment = waybill.shipment
    return ExpressWaybill(
        waybill=waybill.number,
        carrier=waybill.carrier[:40],
        sender=_party(shipment.sender),
        recipient=_party(shipment.receiver),
        order_no=claim.number,
        route_code=f"{shipment.receiver.region}{shipment.receiver.city}"[:40],
    )


def _party(contact: Contact) -> Party:
    return Party(contact.name[:60], contact.phone[:40], contact.whole_address[:300], contact.company)
