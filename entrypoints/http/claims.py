"""Claims over HTTP: quoted, applied for, taken over, approved or rejected, decided, sent once more, escalated and settled."""

from __future__ import annotations

from typing import Annotated

from msgspec import Meta

from houtai.application.aftersales.apply import (
    ApplyForClaim,
    CancelClaim,
    TakeOver,
    apply_for_claim,
    cancel_claim,
    take_over_claim,
)
from houtai.application.aftersales.decide import (
    ApproveClaim,
    DecideClaim,
    RejectClaim,
    approve_claim,
    decide_claim,
    reject_claim,
)
from houtai.application.aftersales.label import AskReturnLabel, ask_return_label
from houtai.application.aftersales.label_paper import show_return_label
from houtai.application.aftersales.ports import ClaimFilter
from houtai.application.aftersales.queries import ListClaims, claims_of_order, list_claims, show_claim
from houtai.application.aftersales.quote import QuoteClaim, quote_claim
from houtai.application.aftersales.reship import Reship, reship_claim
from houtai.application.aftersales.returns import TellReturn, tell_return
from houtai.application.aftersales.timers import Escalate, Resume, escalate_claim, resume_claim
from houtai.domain.aftersales.refusals import (
    BundleGoesWhole,
    ClaimWaits,
    DecisionDiffers,
    MoreThanKept,
    MoreThanLeft,
    NoReturnLabel,
    NoSuchLine,
    NotEligible,
)
from houtai.domain.aftersales.state import ClaimKind, ClaimState
from houtai.domain.ids import AccountId, ClaimId, OrderId
from houtai.domain.inventory.refusals import OutOfStock
from houtai.domain.ledger.refusals import PeriodClosed
from houtai.domain.orders.refusals import GoesWithOthers
from houtai.domain.outbound.refusals import MustReturn
from houtai.domain.payments.refusals import RefundOverRest
from houtai.domain.printing.code128 import BarcodeTooWide
from houtai.domain.printing.refusals import FontMissing, RendererMissing
from houtai.domain.refusal import IllegalMove
from houtai.entrypoints.http import claims_out as out, claims_wire as forms, wire
from houtai.entrypoints.http.desk import Desk, Download
from houtai.entrypoints.http.routes import Routes

ROUTES = Routes("claims", "What buyers want put right: quoted to both sides, decided by another person, exact to the cent.")

DRAWN = (FontMissing, RendererMissing, BarcodeTooWide)
QUOTED = (NoSuchLine, NotEligible, MoreThanKept, MoreThanLeft, BundleGoesWhole)
PAID = (*QUOTED, RefundOverRest, PeriodClosed, GoesWithOthers, MustReturn, IllegalMove)


class ClaimQuery(wire.PageQuery):
    """Which claims; all conditions hold. `overdue_at` means due before then."""

    state: ClaimState | None = None
    kind: ClaimKind | None = None
    order_id: wire.Id | None = None
    customer_id: wire.Id | None = None
    queue: Annotated[str, Meta(max_length=64)] = ""
    assignee: wire.Id | None = None
    overdue_at: wire.Moment | None = None
    waybill: Annotated[str, Meta(max_length=64, description="Of the parcel in which goods come back.")] = ""
    external_id: Annotated[str, Meta(max_length=128, description="The channel's own number for it.")] = ""

    def where(self) -> ClaimFilter:
        """As the application asks."""
        return ClaimFilter(
            states=frozenset() if self.state is None else frozenset({self.state}),
            kind=self.kind,
            order_id=None if self.order_id is None else OrderId(self.order_id),
            customer_id=self.customer_id,
            queue=self.queue,
            assignee=self.assignee,
            overdue_at=self.overdue_at,
            waybill=self.waybill,
            external_id=self.external_id,
        )


@ROUTES.post("/claims/quote", quote_claim, keyed=False, refuses=QUOTED)
def post_claim_quote(desk: Desk, body: forms.NewClaimQuote) -> out.ClaimQuoteOut:
    """Ask what a claim would give back, row by row, and everything that stands against it. Nothing is stored."""
    lines = tuple(line.value() for line in body.lines)
    query = QuoteClaim(OrderId(body.order_id), body.kind, body.reason, lines, body.proved_minor)
    return out.asked_out(desk.ask(quote_claim, query))


@ROUTES.post(
    "/claims",
    apply_for_claim,
    status=201,
    location="/claims/{id}",
    refuses=(*PAID, OutOfStock),
    example={
        "order_id": "01934f6e-1c00-7000-8000-000000000000",
        "kind": "return-refund",
        "reason": "defective",
        "lines": [{"line": 1, "qty": 1}],
        "text": "The handle is broken.",
        "evidence": ["pictures/2026/11/23/handle.jpg"],
    },
)
def post_claim(desk: Desk, body: forms.NewClaim) -> out.ClaimOut:
    """Apply for a claim, with the quote as it stands now; within the policy's amount it is approved at once."""
    cmd = ApplyForClaim(
        claim=ClaimId(desk.new_id(body.id)),
        order=OrderId(body.order_id),
        kind=body.kind,
        reason=body.reason,
        lines=tuple(line.value() for line in body.lines),
        text=body.text,
        evidence=body.evidence,
        external_id=body.external_id,
    )
    return out.claim_out(desk.perform(apply_for_claim, cmd))


@ROUTES.get("/claims", list_claims)
def get_claims(desk: Desk, query: ClaimQuery) -> wire.Listed[out.ClaimOut]:
    """List claims, newest first; `waybill` finds the claim behind a parcel."""
    return wire.listed(desk.ask(list_claims, ListClaims(query.page(), query.where())), out.claim_out)


@ROUTES.get("/claims/{claim_id}", show_claim)
def get_claim(desk: Desk, claim_id: wire.Id) -> out.ClaimDetailOut:
    """Look at one claim: its quote or what it gave back, its refunds, inspections and timeline."""
    return out.detail_out(desk.ask(show_claim, ClaimId(claim_id)))


@ROUTES.get("/orders/{order_id}/claims", claims_of_order)
def get_order_claims(desk: Desk, order_id: wire.Id) -> out.ClaimsOut:
    """List every claim of an order, the earliest first."""
    return out.ClaimsOut(tuple(map(out.claim_out, desk.ask(claims_of_order, OrderId(order_id)))))


@ROUTES.post("/claims/{claim_id}/take-over", take_over_claim, match="required", refuses=(ClaimWaits, IllegalMove))
def post_claim_take_over(desk: Desk, claim_id: wire.Id, body: forms.ClaimTakeOver) -> out.ClaimOut:
    """Take a claim over, or give it to a person; it is under review from now on."""
    assignee = None if body.assignee is None else AccountId(body.assignee)
    return out.claim_out(desk.perform(take_over_claim, TakeOver(ClaimId(claim_id), desk.expected_version, assignee)))


@ROUTES.post(
    "/claims/{claim_id}/approve",
    approve_claim,
    match="required",
    refuses=(*PAID, ClaimWaits, DecisionDiffers, OutOfStock),
)
def post_claim_approve(desk: Desk, claim_id: wire.Id, body: forms.ClaimDecision) -> out.ClaimOut:
    """Say that the buyer is right: goods are awaited, or money and goods are on their way at once.

    Not by whoever made the claim, and up to the approver's limit for `refund_minor`.
    """
    cmd = ApproveClaim(ClaimId(claim_id), desk.expected_version, body.seen_minor, body.freight, body.note)
    return out.claim_out(desk.perform(approve_claim, cmd))


@ROUTES.post("/claims/{claim_id}/reject", reject_claim, match="required", refuses=(ClaimWaits, IllegalMove))
def post_claim_reject(desk: Desk, claim_id: wire.Id, body: forms.ClaimWhy) -> out.ClaimOut:
    """Say that the buyer is not right, and why; goods that are here go back first."""
    cmd = RejectClaim(ClaimId(claim_id), desk.expected_version, body.reason)
    return out.claim_out(desk.perform(reject_claim, cmd))


@ROUTES.post("/claims/{claim_id}/cancel", cancel_claim, match="optional", refuses=(IllegalMove,))
def post_claim_cancel(desk: Desk, claim_id: wire.Id, body: forms.ClaimWhy) -> out.ClaimOut:
    """Take a claim back, before anybody looked at the goods."""
    return out.claim_out(desk.perform(cancel_claim, CancelClaim(ClaimId(claim_id), body.reason, desk.version_if_given)))


@ROUTES.post("/claims/{claim_id}/return-waybill", tell_return, refuses=(ClaimWaits, IllegalMove))
def post_claim_return_waybill(desk: Desk, claim_id: wire.Id, body: forms.ReturnTold) -> out.ClaimOut:
    """Tell under which waybill the goods are on their way; the returns desk finds the claim by it."""
    cmd = TellReturn(ClaimId(claim_id), body.carrier, body.waybill, body.proved_minor)
    return out.claim_out(desk.perform(tell_return, cmd))


@ROUTES.post("/claims/{claim_id}/return-label", ask_return_label, match="optional", refuses=(ClaimWaits, NoReturnLabel))
def post_claim_return_label(desk: Desk, claim_id: wire.Id) -> out.ClaimOut:
    """Have a carrier's label made for the way back; its number comes with the carrier's answer.

    Where the buyer has to answer for the return, what the label costs is taken off what they get.
    """
    return out.claim_out(desk.perform(ask_return_label, AskReturnLabel(ClaimId(claim_id), desk.version_if_given)))


@ROUTES.get("/claims/{claim_id}/return-label", show_return_label, refuses=DRAWN, produces=("application/pdf",))
def get_claim_return_label(desk: Desk, claim_id: wire.Id) -> Download:
    """Get the label for the way back as a PDF; 404 until the carrier gave its number."""
    label = desk.ask(show_return_label, ClaimId(claim_id))
    content = desk.press.render(label.drawing).content if label.drawing is not None else label.pdf or b""
    return Download(content, "application/pdf", f"return-{claim_id}.pdf")


@ROUTES.post(
    "/claims/{claim_id}/decide",
    decide_claim,
    match="required",
    refuses=(*PAID, ClaimWaits, DecisionDiffers, OutOfStock),
)
def post_claim_decide(desk: Desk, claim_id: wire.Id, body: forms.ClaimDecision) -> out.ClaimOut:
    """Decide what the buyer gets for what was found; not by whoever made the claim, and up to their limit."""
    cmd = DecideClaim(ClaimId(claim_id), desk.expected_version, body.seen_minor, body.freight, body.note)
    return out.claim_out(desk.perform(decide_claim, cmd))


@ROUTES.post("/claims/{claim_id}/reship", reship_claim, match="required", refuses=(ClaimWaits, OutOfStock))
def post_claim_reship(desk: Desk, claim_id: wire.Id) -> out.ClaimOut:
    """Send a replacement that was out of stock, or that the warehouse had stopped."""
    return out.claim_out(desk.perform(reship_claim, Reship(ClaimId(claim_id), desk.expected_version)))


@ROUTES.post("/claims/{claim_id}/escalate", escalate_claim, match="required", refuses=(IllegalMove,))
def post_claim_escalate(desk: Desk, claim_id: wire.Id, body: forms.ClaimWhy) -> out.ClaimOut:
    """Have somebody above settle a claim."""
    return out.claim_out(desk.perform(escalate_claim, Escalate(ClaimId(claim_id), desk.expected_version, body.reason)))


@ROUTES.post("/claims/{claim_id}/resume", resume_claim, match="required", refuses=(ClaimWaits, IllegalMove))
def post_claim_resume(desk: Desk, claim_id: wire.Id, body: forms.ClaimResumption) -> out.ClaimOut:
    """Let an escalated claim go on where it stood, with the word of whoever settled it."""
    cmd = Resume(ClaimId(claim_id), desk.expected_version, body.note, body.hours)
    return out.claim_out(desk.perform(resume_claim, cmd))
