"""Money back: a pot of a bundle comes back broken, a refund's answer gets lost, and a tin is exchanged for another."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

import attrs

from houtai.adapters.payments.embedded import Fault
from houtai.application.aftersales.apply import ApplyForClaim, apply_for_claim
from houtai.application.aftersales.decide import ApproveClaim, approve_claim
from houtai.application.aftersales.policy import SetAftersalesPolicy, set_aftersales_policy
from houtai.application.aftersales.queries import ClaimDetail, show_claim
from houtai.application.aftersales.quote import ClaimQuote, ClaimWish, QuoteClaim, quote_claim
from houtai.application.aftersales.returns import TellReturn, tell_return
from houtai.application.orders.queries import show_order
from houtai.application.outbound.plan import PlanWaves, propose_waves, usual_method
from houtai.application.outbound.waves import ReleasedWave, ReleaseWave, release_wave
from houtai.application.payments.cashier import Cashier
from houtai.domain.aftersales.claim import Claim
from houtai.domain.aftersales.quote import Quote
from houtai.domain.aftersales.reason import Reason
from houtai.domain.aftersales.refusals import MoreThanKept, NotEligible
from houtai.domain.aftersales.state import ClaimKind
from houtai.domain.ids import ClaimId, OrderId, WaveId, new_id
from houtai.domain.orders.line import OrderLine
from houtai.domain.outbound.order import OutboundOrder
from houtai.domain.refusal import Forbidden
from houtai.domain.warehouse.work import Task
from houtai.entrypoints.demo.at_station import AtStation, words
from houtai.entrypoints.demo.dispatch import LEAD, Hall
from houtai.entrypoints.demo.floor import PICKER
from houtai.entrypoints.demo.hands import GRAMS, TARES, arrive, journal_of
from houtai.entrypoints.demo.orders import payment_of, second_payment_of
from houtai.entrypoints.demo.stage import PROVIDER, amount

SERVICE: Final = "chen"
DESK: Final = "he"
BUYER: Final = "林晓燕"
SYMBOL: Final = "]d20106901234567908102026-SPRING"
"""On a large tin: its number and its lot, in one GS1 symbol."""


@attrs.define
class Case:
    """One claim of the story, and where it is told."""

    hall: Hall
    order: OrderId
    kind: ClaimKind
    reason: Reason
    code: str
    text: str
    evidence: tuple[str, ...] = ()
    id: ClaimId = attrs.field(factory=lambda: ClaimId(new_id()))

    def line(self) -> OrderLine:
        """The line that it is about."""
        lines = self.hall.stage.office.ask(show_order, self.order, self.hall.stage.house()).lines
        return next(line for line in lines if line.sku_code == self.code)

    def asks(self) -> ClaimQuote:
        """What one unit of it would give back."""
        wish = (ClaimWish(self.line().seq, 1),)
        act = self.hall.stage.act(SERVICE)
        return self.hall.stage.office.ask(quote_claim, QuoteClaim(self.order, self.kind, self.reason, wish), act)

    def applies(self, qty: int = 1) -> Claim:
        """Customer service takes it down as the buyer tells it."""
        wish = (ClaimWish(self.line().seq, qty),)
        cmd = ApplyForClaim(self.id, self.order, self.kind, self.reason, wish, self.text, self.evidence)
        return self.hall.stage.office.perform(apply_for_claim, cmd, self.hall.stage.act(SERVICE))

    def approves(self, who: str) -> Claim:
        """As the quote stands that they have seen."""
        seen = self.now().claim
        cmd = ApproveClaim(seen.id, seen.version, seen.offered_minor, note="照片清楚")
        return self.hall.stage.office.perform(approve_claim, cmd, self.hall.stage.act(who))

    def labelled(self) -> str:
        """The carrier has given the label for the way back its number, which the buyer reads in the claim's thread."""
        stage = self.hall.stage
        stage.tell(
            "relay", "the carrier gives the label for the way back its number; 林晓燕 reads it in her claim", stage.deliver
        )
        return self.now().claim.waybill

    def sent_back(self) -> Claim:
        """The buyer has given the parcel to the carrier, under our label."""
        known = self.now().claim
        cmd = TellReturn(self.id, known.carrier, known.waybill)
        return self.hall.stage.office.perform(tell_return, cmd, self.hall.stage.act(SERVICE))

    def now(self) -> ClaimDetail:
        """With all that hangs on it."""
        return self.hall.stage.office.ask(show_claim, self.id, self.hall.stage.act(DESK))


def told(quote: Quote, codes: Sequence[OrderLine]) -> str:
    """A quote as both sides read it: each row with its reason, the gifts that lost their trigger, the sum."""
    named = {line.seq: line.sku_code for line in codes}
    rows = [f"{row.part.value} {named.get(row.line, '')} {amount(row.amount_minor)}".replace("  ", " ") for row in quote.rows]
    gifts = [
        f"{named[due.line]} ×{due.qty} lost its trigger, {amount(due.worth_minor)} is taken off while it stays"
        for due in quote.gifts_due
    ]
    return "; ".join((*rows, *gifts, f"together {amount(quote.net_minor)}"))


def send_back_what_broke(hall: Hall) -> None:
    """林晓燕's pot came in pieces: quote, claim, another person's approval, parcel, inspection, a decision, two refunds."""
    stage, office = hall.stage, hall.stage.office
    pot = [hall.counter.shop.skus["POT-ZISHA"]]
    case = Case(
        hall,
        hall.counter.placed()[0],
        ClaimKind.RETURN_REFUND,
        Reason.DAMAGED_ON_THE_WAY,
        "POT-ZISHA",
        "茶壶碎了",
        ("chat/IMG_0815.jpg",),
    )
    rules = SetAftersalesPolicy(0, inspect_hours=24, warehouse=hall.warehouse, return_label=True)
    stage.tell(
        DESK,
        "sets the rules for claims: 7 days for a change of mind, 30 for what is broken, and a label for the way back",
        lambda: office.perform(set_aftersales_policy, rules, stage.act(DESK)),
    )
    stage.refuse(BUYER, "wants two pots paid back where she bought one", lambda: case.applies(2), MoreThanKept, NotEligible)
    quote = case.asks().quote
    assert quote is not None, "nothing speaks against it"
    lines = office.ask(show_order, case.order, stage.house()).lines
    stage.tell(SERVICE, f"asks what the broken pot gives back, before anybody decides: {told(quote, lines)}", lambda: None)
    claim = stage.tell(SERVICE, "takes the claim down, with the picture that 林晓燕 sent", case.applies)
    stage.refuse(SERVICE, "tries to approve it herself", lambda: case.approves(SERVICE), Forbidden)
    stage.tell(DESK, "sees the same quote and approves it; the goods are awaited", lambda: case.approves(DESK))
    waybill = case.labelled()
    stage.tell(BUYER, f"sends the pot back under {waybill}; the spoon she keeps", case.sent_back)

    desk = AtStation(stage, hall.floor.returns)
    stage.tell(
        PICKER,
        "at the returns desk: scans the waybill, then the pot; it is in the stock again at what it cost, and not for sale",
        lambda: desk.scans(Task.UNPACK, waybill, "POT-ZISHA", "C-DONE", "L-SH-R-01"),
        skus=pot,
    )
    looked = stage.tell(
        PICKER,
        "looks at it: in pieces, a picture, scrap; its cost is written down, and what was approved is decided",
        lambda: desk.scans(Task.INSPECT, claim.number, "POT-ZISHA", "C-DAMAGED", "C-SCRAP", "IMG_2041", "C-DONE"),
        skus=pot,
    )
    stage.tell("sun", f"reads on: {words(looked)}; {journal_of(stage, 'claim', claim)}", lambda: None)
    _pay_it_back(hall, case)


def _pay_it_back(hall: Hall, case: Case) -> None:
    """One refund for each tender; the answer about one gets lost, and the house asks instead of paying again."""
    stage = hall.stage
    cashier = Cashier(stage.office, {PROVIDER: stage.gateway})
    shares = ", ".join(amount(refund.amount.minor) for refund in case.now().refunds)

    def ask_after() -> None:
        stage.clock.advance(minutes=2)
        cashier.ask_unknown()
        stage.deliver()

    stage.gateway.arrange("refund", Fault.LOSE_ANSWER)
    stage.tell("relay", f"tells the provider of two refunds, {shares}; the answer about one gets lost: unknown", stage.deliver)
    stage.tell("the house", "asks the provider instead of paying again: it is done; the claim is completed", ask_after)
    late = "calls back about both, late and three times each: nothing happens any more"
    stage.tell("provider", late, lambda: stage.callbacks(copies=3))
    paid = [stage.gateway.money_out(payment) for payment in (payment_of(case.order), second_payment_of(case.order))]
    out = " and ".join(amount(minor) for minor in paid)
    assert sum(paid) == case.now().claim.decided_minor, "what was decided went out, once"
    stage.tell("sun", f"compares with the provider: {out} went out, once", lambda: None)


def exchange_a_tin(hall: Hall) -> None:
    """The large tin has a dent: another one leaves through a wave, and the first is sold as B grade."""
    stage = hall.stage
    tin = [hall.counter.shop.skus["TEA-250"]]
    assert hall.large is not None, "she has bought it"
    case = Case(hall, hall.large, ClaimKind.EXCHANGE, Reason.NOT_AS_DESCRIBED, "TEA-250", "罐子有凹痕")
    claim = stage.tell(SERVICE, "林晓燕's large tin has a dent, and she wants another: takes the claim down", case.applies)
    stage.tell(DESK, "approves the exchange", lambda: case.approves(DESK))
    waybill = case.labelled()
    stage.tell(BUYER, f"sends the tin back under {waybill}", case.sent_back)
    desk = AtStation(stage, hall.floor.returns)
    stage.tell(
        PICKER,
        "unpacks it: the screen asks for its lot",
        lambda: desk.scans(Task.UNPACK, waybill, "TEA-250", "2026-SPRING", "C-DONE", "L-SH-R-01"),
        skus=tin,
    )
    stage.tell(
        PICKER,
        "looks at it: opened, B grade, worth less from now on; another tin is reserved and with the warehouse",
        lambda: desk.scans(Task.INSPECT, claim.number, "TEA-250", "C-OPENED", "C-B-GRADE", "C-DONE", "C-DONE"),
        skus=tin,
    )
    stage.tell(
        PICKER,
        "opens a parcel that no claim has: a tin lies in it; taken down as nobody's, in no stock, with a number to stick on",
        lambda: desk.scans(Task.UNPACK, "YT2026112201", "YT2026112201", "TEA-100", "C-DONE"),
        skus=[hall.counter.shop.skus["TEA-100"]],
    )
    _send_another(hall, case)


def _send_another(hall: Hall, case: Case) -> None:
    """The replacement goes the way of every order: wave, walk, lane, scale, van."""
    stage, office = hall.stage, hall.stage.office
    tin = [hall.counter.shop.skus["TEA-250"]]

    def wave() -> ReleasedWave:
        (planned,) = office.ask(propose_waves, PlanWaves(hall.warehouse), stage.act(LEAD)).waves
        orders = tuple(one.outbound_id for one in planned.orders)
        method = usual_method(planned.shape)
        wish = ReleaseWave(WaveId(new_id()), hall.warehouse, orders, planned.shape, method, planned.template)
        return office.perform(release_wave, wish, stage.act(LEAD))

    made = stage.tell(LEAD, "releases the wave that is proposed: the replacement alone", wave)
    bench = AtStation(stage, hall.floor.bench)

    def fetch() -> None:
        bench.scans(Task.PICK, made.wave.number, "H-TOTE-2")
        bench.walks({"TEA-250": SYMBOL})
        bench.scans(Task.CHECK, made.wave.number, "TEA-250")
        stage.deliver()
        bench.goes_on("C-CANCEL", sent().waybill, "S")

    def sent() -> OutboundOrder:
        return hall.sent_for(OrderId(case.id))

    def leave() -> None:
        grams = GRAMS["TEA-250"] + TARES["S"]
        bench.scans(Task.WEIGH, sent().waybill, f"{grams}g")
        bench.scans(Task.HAND_OVER, stage.carrier.name, sent().waybill, "C-DONE", "C-DONE")
        stage.deliver()

    stage.tell(PICKER, "fetches it, scans it in the lane, its label is printed, and packs it", fetch)
    stage.tell(PICKER, "weighs it and hands it over: it is out of the stock, and the claim is completed", leave, skus=tin)
    stage.tell("sun", f"reads what the exchange cost: {journal_of(stage, 'claim', case.now().claim)}", lambda: None)
    stage.tell("the carrier", "pushes its news: the other tin has arrived", lambda: arrive(stage, [sent()]))
