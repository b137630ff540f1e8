"""What people do at a counter, well or badly: a refusal is an answer too; anything else is a finding."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from typing import Any, ClassVar, TypeVar

import attrs
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine

from houtai.adapters.payments.embedded import Fault
from houtai.application.aftersales.apply import CancelClaim, TakeOver, cancel_claim, take_over_claim
from houtai.application.aftersales.decide import ApproveClaim, DecideClaim, RejectClaim, approve_claim, decide_claim, reject_claim
from houtai.application.aftersales.inspect import Found, InspectReturn, inspect_return
from houtai.application.aftersales.parcels import AssignParcel, TakeDownParcel, assign_parcel, take_down_parcel
from houtai.application.aftersales.reship import GoingBack, Reship, SendBack, reship_claim, send_goods_back
from houtai.application.aftersales.returns import CameBack, ReceiveReturn, TellReturn, receive_return, tell_return
from houtai.application.aftersales.timers import Escalate, Resume, escalate_claim, resume_claim
from houtai.application.payments.ports import NothingDone
from houtai.application.payments.refund import MoveRefund, RefundPayment, refund_payment, retry_refund, settle_refund
from houtai.domain.act import Act
from houtai.domain.aftersales.claim import Claim, Disposition, Grade
from houtai.domain.aftersales.refusals import DecisionDiffers
from houtai.domain.aftersales.return_parcel import FoundGoods
from houtai.domain.aftersales.state import ClaimState
from houtai.domain.ids import RefundId, ReturnParcelId, new_id
from houtai.domain.money import Money
from houtai.domain.orders.order import Order
from houtai.domain.orders.state import OrderState
from houtai.domain.outbound.state import OutboundState
from houtai.domain.payments.payment import Payment
from houtai.domain.payments.refund import Refund, RefundState
from houtai.domain.refusal import Refusal
from tests.aftersales.counter import Counter, Rows
from tests.aftersales.model import Model
from tests.simulation.tally import TALLY, Tally

T = TypeVar("T")
Draw = st.DataObject
FAULTS = st.sampled_from((None, None, None, *sorted(Fault, key=str)))
LUCK = st.sampled_from((6, 5, 8, 7, 4, 1, 2, 3, 0, 9))  # what is drawn most is what goes well
ON_ITS_WAY = (RefundState.CREATED, RefundState.SUBMITTED)
pick = st.integers(0, 99)
few = st.integers(1, 3)


def chosen(these: Iterable[T], choice: int) -> T:
    """One of them, the newest with 0."""
    listed = list(these)
    return listed[-1 - choice % len(listed)]


class Deeds(RuleBasedStateMachine):
    """A shop with a service desk, what it has come to, and what people do there."""

    tally: ClassVar[Tally] = TALLY

    def __init__(self) -> None:
        """The shop has just opened."""
        super().__init__()
        self.counter = Counter()
        self.desk, self.model = self.counter.desk, Model()
        self.told: Rows = self.counter.rows()
        self.looked_at = -1  # how many steps had been tried when the doctor came last
        self.tally.episodes += 1

    @property
    def act(self) -> Act:
        return self.desk.act

    def attempt(self, name: str, deed: Callable[[], T]) -> T | None:
        """Do it; None where it was refused."""
        self.tally.step(name)
        try:
            answer = deed()
        except Refusal as refusal:
            self.tally.refusals[refusal.code] += 1
            return None
        self.tally.deeds[name] += 1
        return answer

    def perform(self, use_case: Callable[[Any, Any, Act], T], cmd: Any, act: Act | None = None) -> T | None:
        """The same for one use case."""
        return self.attempt(use_case.__name__, lambda: self.counter.office.perform(use_case, cmd, act or self.act))

    def orders(self, *states: OrderState) -> list[Order]:
        return [one for one in self.told.orders.values() if one.state in states]

    def refunds(self, *states: RefundState) -> list[Refund]:
        return [one for one in self.told.refunds if one.state in states]

    def to_leave(self) -> list[Any]:
        return [one.id for one in self.told.outbound if one.state is OutboundState.NEW]

    # -- claims, step by step

    def step(self, claim: Claim, data: Draw) -> None:
        """Whoever's turn it is does what they do."""
        luck = data.draw(LUCK)
        freight = data.draw(st.sampled_from((None, None, True, False)))
        match claim.state:
            case ClaimState.APPLIED | ClaimState.REVIEWING:
                self.look_at(claim, luck, freight)
            case ClaimState.AWAITING_RETURN | ClaimState.IN_TRANSIT:
                self.come_back(claim, luck, data)
            case ClaimState.RECEIVED:
                self.inspect(claim, luck, data)
            case ClaimState.INSPECTED:
                self.seen(decide_claim, DecideClaim(claim.id, claim.version, claim.offered_minor, freight))
            case ClaimState.RESHIPPING:
                self.send(claim, luck)
            case ClaimState.REFUNDING:
                self.pay_out(claim, luck, data.draw(FAULTS))
            case ClaimState.ESCALATED:
                self.perform(resume_claim, Resume(claim.id, claim.version, "go on"))

    def look_at(self, claim: Claim, luck: int, freight: bool | None) -> None:  # their word, or none
        """Approved mostly, as the quote stands; else rejected or taken over."""
        if luck == 0:
            self.perform(reject_claim, RejectClaim(claim.id, claim.version, "not our fault"), self.desk.boss)
        elif luck == 1:
            self.perform(take_over_claim, TakeOver(claim.id, claim.version), self.desk.boss)
        else:
            self.seen(approve_claim, ApproveClaim(claim.id, claim.version, claim.offered_minor, freight))

    def seen(self, use_case: Callable[[Any, Any, Act], Claim], cmd: Any) -> None:
        """With the sum that whoever decides sees: where it is another by now, the refusal says which."""
        try:
            self.counter.office.perform(use_case, cmd, self.desk.boss)
        except DecisionDiffers as differs:
            self.perform(use_case, attrs.evolve(cmd, seen_minor=differs.now_minor), self.desk.boss)
        except Refusal as refusal:
            self.tally.refusals[refusal.code] += 1
        else:
            self.tally.deeds[use_case.__name__] += 1

    def come_back(self, claim: Claim, luck: int, data: Draw) -> None:
        """What was claimed, or something else; in a parcel that names its claim, or one that is found out about later."""
        order, place = self.told.orders[claim.order_id], self.desk.shop.warehouse
        if luck % 2:
            proved = data.draw(st.sampled_from((0, 900, 5_000)))
            self.perform(tell_return, TellReturn(claim.id, "yto", f"YT{claim.number[-6:]}", proved))
        units = {one.line: one.qty for one in claim.lines if one.qty}
        if luck < 3:
            units = {chosen(order.lines, data.draw(pick)).seq: data.draw(few) for _ in range(data.draw(few))}
        came = tuple(CameBack(seq, qty) for seq, qty in units.items())
        if luck < 9:
            self.perform(receive_return, ReceiveReturn(claim.id, place, came))
            return
        skus = {line.seq: line.sku_id for line in order.lines}
        goods = tuple(FoundGoods(sku, one.qty) for one in came if (sku := skus[one.line]) is not None)
        parcel = self.perform(take_down_parcel, TakeDownParcel(ReturnParcelId(new_id()), place, goods=goods))
        if parcel is not None:
            self.perform(assign_parcel, AssignParcel(parcel.id, parcel.version, claim.id, came))

    def inspect(self, claim: Claim, luck: int, data: Draw) -> None:
        """Some of the units or all that wait; or more come first."""
        if luck == 0:
            self.come_back(claim, 2, data)
            return
        waiting = [one for one in claim.lines if one.waiting_qty]
        disposition = data.draw(st.sampled_from(Disposition))
        found = tuple(Found(one.line, one.waiting_qty, Grade.OPENED, disposition) for one in waiting)
        if luck < 5:
            found = (Found(chosen(waiting, data.draw(pick)).line, data.draw(few), Grade.OPENED, disposition),)
        self.perform(inspect_return, InspectReturn(claim.id, found))

    def send(self, claim: Claim, luck: int) -> None:
        """What the house does not keep goes to the buyer; a replacement leaves, or one that could not is tried again."""
        waiting = {one.line: one.back_qty - one.returned_qty for one in claim.lines if one.back_qty > one.returned_qty}
        if waiting:
            lines = tuple(GoingBack(seq, qty) for seq, qty in waiting.items())
            self.perform(send_goods_back, SendBack(claim.id, lines, "yto", "YT9"))
        leaving = [one.id for one in self.told.outbound if one.source_id == claim.id and one.state is OutboundState.NEW]
        if leaving and luck:
            self.attempt("leave", lambda: self.counter.leave(leaving[0]))
        elif not waiting:
            self.perform(reship_claim, Reship(claim.id, claim.version))

    def pay_out(self, claim: Claim, luck: int, fault: Fault | None) -> None:
        """What waits of its order's refunds is told to the provider, or seen to."""
        for refund in self.told.refunds:
            if refund.order_id == claim.order_id and refund.state is RefundState.FAILED:
                self.see_to(refund, luck)
            elif refund.order_id == claim.order_id and refund.state in ON_ITS_WAY:
                self.tell(refund, fault)

    def turn(self, claim: Claim, luck: int) -> None:
        """Somebody changes their mind about it, from wherever it stands."""
        if luck < 3:
            self.perform(cancel_claim, CancelClaim(claim.id, "never mind"))
        elif luck < 6:
            self.perform(reject_claim, RejectClaim(claim.id, claim.version, "after all not"), self.desk.boss)
        else:
            self.perform(escalate_claim, Escalate(claim.id, claim.version, "the buyer shouts"))

    # -- money

    def bring(self, notice: tuple[str, bytes]) -> None:
        self.attempt("notice", lambda: self.counter.bring(*notice))

    def bring_all(self) -> None:
        """Whatever the provider has told."""
        self.counter.hear()
        for notice in list(self.counter.bag):
            self.bring(notice)
        self.counter.bag.clear()

    def tell(self, refund: Refund, fault: Fault | None = None) -> None:
        """The provider hears of it, or of a question about it; it may lose, refuse or delay it."""
        if fault is not None:
            self.counter.gateway.arrange("refund", fault)
            self.tally.strikes[fault.value] += 1
        self.tally.step("tell refund")
        try:
            self.counter.cashier.refund(refund.id, refund.attempt)
        except NothingDone:
            self.tally.refusals["nothing-done"] += 1
        self.counter.gateway._faults.clear()  # what was not used up

    def see_to(self, refund: Refund, luck: int) -> None:
        """Tried again, or paid by other means."""
        cmd = MoveRefund(refund.id, refund.version, "the buyer has another account")
        self.perform(settle_refund if luck == 0 else retry_refund, cmd, self.desk.boss)

    def bank_speaks(self, refund: Refund, *, error: bool) -> None:
        """What took long is done or fails; what was done comes back."""
        standing = self.counter.standing(refund)
        if standing == "pending" or (standing == "done" and error):
            self.desk.shop.clock.advance(seconds=1)
            self.counter.gateway.finish_refund(refund.key, "account closed" if error else "")
            self.tally.strikes["the bank"] += 1

    def refund_by_hand(self, payment: Payment, minor: int) -> None:
        """Past every claim."""
        cmd = RefundPayment(RefundId(new_id()), payment.id, Money(minor, "CNY"), "goodwill of the boss")
        if self.perform(refund_payment, cmd) is not None:
            self.model.direct[payment.order_id] += minor

    def payments(self) -> Sequence[Payment]:
        """In the order of their orders."""
        return sorted(self.told.payments.values(), key=lambda one: (self.counter.orders.index(one.order_id), one.amount.minor))
