"""A service desk over a shop that ships: claims made, approved by another person, goods back, looked at, money out."""

from __future__ import annotations

from typing import Any

from houtai.application.aftersales.apply import ApplyForClaim, apply_for_claim
from houtai.application.aftersales.decide import (
    ApproveClaim,
    DecideClaim,
    RejectClaim,
    approve_claim,
    decide_claim,
    reject_claim,
)
from houtai.application.aftersales.inspect import Found, InspectReturn, inspect_return
from houtai.application.aftersales.policy import SetAftersalesPolicy, set_aftersales_policy
from houtai.application.aftersales.ports import AftersalesViews
from houtai.application.aftersales.queries import ClaimDetail, show_claim
from houtai.application.aftersales.quote import ClaimQuote, ClaimWish, QuoteClaim, quote_claim
from houtai.application.aftersales.reship import GoingBack, SendBack, send_goods_back
from houtai.application.aftersales.returns import CameBack, ReceiveReturn, TellReturn, receive_return, tell_return
from houtai.application.outbound.ports import OUTBOUND_OF
from houtai.application.payments.answers import RecordRefundAnswer, record_refund_answer, submit_refund
from houtai.application.permission import needs
from houtai.domain.act import Act
from houtai.domain.aftersales.claim import Claim, Disposition, Grade
from houtai.domain.aftersales.reason import Reason
from houtai.domain.aftersales.state import ClaimKind
from houtai.domain.ids import ClaimId, new_id
from houtai.domain.inventory.stock import Stock
from houtai.domain.orders.order import Order
from houtai.domain.outbound.order import OutboundOrder
from houtai.domain.payments.answer import GatewayAnswer, Standing
from houtai.domain.payments.refund import Refund, RefundState
from tests.catalog.arrange import another
from tests.inventory.arrange import stock_of
from tests.orders.shop import Shop
from tests.outbound.dispatch import Dispatch

REFUND, RETURN, EXCHANGE = ClaimKind.REFUND_ONLY, ClaimKind.RETURN_REFUND, ClaimKind.EXCHANGE


@needs("tests.read")
def read_claim(views: AftersalesViews, query: ClaimId, act: Act) -> Claim:
    return views.claims.get(query)


@needs("tests.read")
def sent_for(views: AftersalesViews, query: ClaimId, act: Act) -> list[OutboundOrder]:
    return views.outbound_orders.by(OUTBOUND_OF, query)


class ServiceDesk(Dispatch):
    """Claims over orders of the shop; lines are named by the codes of their goods."""

    def __init__(self, shop: Shop) -> None:
        super().__init__(shop)
        self.office = shop.office

    @property
    def boss(self) -> Act:
        """Somebody else, who may do everything."""
        return another(self.act)

    def rules(self, **fields: Any) -> None:
        """The shop's aftersales policy."""
        self.office.perform(set_aftersales_policy, SetAftersalesPolicy(0, self.shop.channel, **fields), self.act)

    def seq(self, order: Order, code: str) -> int:
        """The line of these goods."""
        return next(line.seq for line in order.lines if line.sku_code == code)

    def wishes(self, order: Order, minor: dict[str, int] | None = None, **units: int) -> tuple[ClaimWish, ...]:
        """Units by code, and money by code."""
        found = [ClaimWish(self.seq(order, code), qty) for code, qty in units.items()]
        return (*found, *(ClaimWish(self.seq(order, code), 0, amount) for code, amount in (minor or {}).items()))

    def quote(self, order: Order, kind: ClaimKind, reason: Reason = Reason.DEFECTIVE, **units: Any) -> ClaimQuote:
        """What would come of it."""
        return self.office.ask(quote_claim, QuoteClaim(order.id, kind, reason, self.wishes(order, **units)), self.act)

    def claim(self, order: Order, kind: ClaimKind, reason: Reason = Reason.DEFECTIVE, **units: Any) -> Claim:
        """Applied for."""
        cmd = ApplyForClaim(ClaimId(new_id()), order.id, kind, reason, self.wishes(order, **units))
        return self.office.perform(apply_for_claim, cmd, self.act)

    def approve(self, claim: Claim, **more: Any) -> Claim:
        """By somebody else, as the quote stands."""
        seen = more.pop("seen_minor", claim.offered_minor)
        return self.office.perform(approve_claim, ApproveClaim(claim.id, claim.version, seen, **more), self.boss)

    def reject(self, claim: Claim) -> Claim:
        """By somebody else."""
        return self.office.perform(reject_claim, RejectClaim(claim.id, claim.version, "not our fault"), self.boss)

    def refunded(self, order: Order, kind: ClaimKind = REFUND, reason: Reason = Reason.DEFECTIVE, **units: Any) -> Claim:
        """Applied for and approved."""
        return self.approve(self.claim(order, kind, reason, **units))

    def tell(self, claim: Claim, waybill: str = "YT1", proved_minor: int = 0) -> Claim:
        """The buyer sent it."""
        return self.office.perform(tell_return, TellReturn(claim.id, "yto", waybill, proved_minor), self.act)

    def back(self, claim: Claim, **units: int) -> Claim:
        """Units arrive at the returns desk."""
        order = self.shop.order(claim.order_id)
        lines = tuple(CameBack(self.seq(order, code), qty) for code, qty in units.items())
        return self.office.perform(receive_return, ReceiveReturn(claim.id, self.shop.warehouse, lines), self.act)

    def look(
        self, claim: Claim, code: str, qty: int, disposition: Disposition = Disposition.RESTOCK, grade: Grade = Grade.AS_NEW
    ) -> Claim:
        """Units are looked at."""
        found = Found(self.seq(self.shop.order(claim.order_id), code), qty, grade, disposition)
        return self.office.perform(inspect_return, InspectReturn(claim.id, (found,)), self.act)

    def decide(self, claim: Claim, seen_minor: int, **more: Any) -> Claim:
        """By somebody else."""
        return self.office.perform(decide_claim, DecideClaim(claim.id, claim.version, seen_minor, **more), self.boss)

    def returned(self, order: Order, reason: Reason = Reason.DEFECTIVE, **units: int) -> Claim:
        """The whole way: approved, back, all as new."""
        claim = self.back(self.approve(self.claim(order, RETURN, reason, **units)), **units)
        for code, qty in units.items():
            claim = self.look(claim, code, qty)
        return claim

    def send_back(self, claim: Claim, **units: int) -> Claim:
        """Goods that are not kept leave."""
        order = self.shop.order(claim.order_id)
        lines = tuple(GoingBack(self.seq(order, code), qty) for code, qty in units.items())
        return self.office.perform(send_goods_back, SendBack(claim.id, lines, "yto", "YT9"), self.act)

    def pay_out(self, order: Order, standing: Standing = Standing.DONE) -> list[Refund]:
        """The provider answers for every refund that waits."""
        answered = []
        for refund in self.shop.refunds(order):
            if refund.state in (RefundState.CREATED, RefundState.SUBMITTED):
                self.office.perform(submit_refund, refund.id, self.act)
                answer = GatewayAnswer(standing, self.shop.clock.now(), money_ref=f"out-{refund.key}", amount=refund.amount)
                cmd = RecordRefundAnswer(refund.id, refund.attempt, answer)
                answered.append(self.office.perform(record_refund_answer, cmd, self.act))
        return answered

    # -- looking

    def now(self, claim: Claim) -> Claim:
        """As it is."""
        return self.office.ask(read_claim, claim.id, self.act)

    def detail(self, claim: Claim) -> ClaimDetail:
        """With all that hangs on it."""
        return self.office.ask(show_claim, claim.id, self.act)

    def sent_by(self, claim: Claim) -> list[OutboundOrder]:
        """What warehouses send for it."""
        return self.office.ask(sent_for, claim.id, self.act)

    def stock(self, code: str) -> Stock:
        """In the shop's warehouse."""
        return stock_of(self.office, self.act, self.shop.sku[code], self.shop.warehouse)

    def owed(self, order: Order) -> list[int]:
        """The refunds of an order that were not cancelled, in fen."""
        return [one.amount.minor for one in self.shop.refunds(order) if one.state is not RefundState.CANCELLED]

    def books(self, *accounts: str) -> dict[str, int]:
        """Balances by account."""
        return {account: self.shop.balance(account) for account in accounts}
