"""Orders, parcels, claims, refunds and bad luck in any order: never a fen too many or too few, never a unit lost."""

from __future__ import annotations

from collections.abc import Sequence

from hypothesis import strategies as st
from hypothesis.stateful import initialize, invariant, precondition, rule

from houtai.adapters.sql.doctor.all_checks import CHECKS
from houtai.adapters.sql.doctor.examine import examine_through
from houtai.application.aftersales.apply import ApplyForClaim, apply_for_claim
from houtai.application.aftersales.quote import ClaimWish
from houtai.application.aftersales.timers import run_claim_timers
from houtai.application.orders.cancel import CancelOrder, cancel_order
from houtai.application.orders.timers import run_due_timers
from houtai.application.payments.refund import MoveRefund, retry_refund
from houtai.domain.aftersales.claim import Claim
from houtai.domain.aftersales.eligible import TAKES_CLAIMS
from houtai.domain.aftersales.reason import Reason
from houtai.domain.aftersales.state import ENDED, ClaimKind, ClaimState
from houtai.domain.ids import ClaimId, new_id
from houtai.domain.orders.line import OrderLine
from houtai.domain.orders.order import Order
from houtai.domain.orders.state import PAID_FOR
from houtai.domain.payments.refund import RefundState
from tests.aftersales.deeds import FAULTS, ON_ITS_WAY, Deeds, Draw, chosen, few, pick
from tests.aftersales.model import differences

BASKETS: Sequence[dict[str, int]] = (
    {"CUP": 3},
    {"CUP": 1, "BOWL": 2},
    {"SET": 1, "BOWL": 1},
    {"POT": 1, "TRAY": 3},
    {"SET": 2, "CUP": 1},
)
REASONS = (Reason.NOT_WANTED, Reason.DEFECTIVE, Reason.NOT_DELIVERED)


class Counters(Deeds):
    """What happens, and after each of it everything is looked at."""

    def teardown(self) -> None:
        """Everybody does what is left, then nothing may be missing; the shop closes."""
        try:
            self.all_settles()
        finally:
            self.counter.close()

    # -- what happens

    @initialize(baskets=st.lists(st.sampled_from(BASKETS), min_size=1, max_size=2), gone=st.integers(0, 11))
    def the_day_begins(self, baskets: list[dict[str, int]], gone: int) -> None:
        """With paid orders; the first has left whole or in part, or is still here."""
        for number, basket in enumerate(baskets):
            self.buy(basket, coupon=bool(gone % 2), tenders=1 + number % 2, pays=9)
        self.told = self.counter.rows()
        if gone >= 3:
            self.counter.release(self.orders(*PAID_FOR)[0], apart=gone >= 7)
            self.told = self.counter.rows()
            for sent in self.to_leave()[: 9 if gone % 3 else 2]:
                self.counter.leave(sent)

    @rule(basket=st.sampled_from(BASKETS), tenders=st.integers(1, 2), pays=st.integers(0, 5))
    def somebody_buys(self, basket: dict[str, int], tenders: int, pays: int) -> None:
        """And pays, mostly at once; the provider's word for it comes at once, or later."""
        if len(self.counter.orders) < 4:
            self.buy(basket, coupon=pays == 5, tenders=tenders, pays=pays)

    def buy(self, basket: dict[str, int], *, coupon: bool, tenders: int, pays: int) -> None:
        order = self.attempt("place", lambda: self.counter.place(basket, coupon=coupon, tenders=tenders))
        if order is not None and pays:
            for tender in order.tenders:
                self.counter.gateway.pay(tender.payment_id)
            if pays > 1:
                self.bring_all()

    @precondition(lambda self: self.to_leave() or self.orders(*PAID_FOR))
    @rule(choice=pick, apart=st.booleans())
    def goods_move(self, choice: int, apart: bool) -> None:  # drawn
        """A parcel leaves, of an order or instead of something; or an order goes to the warehouse, in one piece or in several."""
        if self.to_leave() and (choice % 2 or not self.orders(*PAID_FOR)):
            sent = chosen(self.to_leave(), choice)
            self.attempt("leave", lambda: self.counter.leave(sent))
        else:
            order = chosen(self.orders(*PAID_FOR), choice)
            self.attempt("release", lambda: self.counter.release(order, apart=apart))

    @precondition(lambda self: self.orders(*TAKES_CLAIMS))
    @rule(
        choice=pick,
        kind=st.sampled_from(ClaimKind),
        reason=st.sampled_from(REASONS),
        wild=st.sampled_from((6, 3, 4, 7, 5, 8, 1, 2, 9, 0)),
        data=st.data(),
    )
    def somebody_complains(self, choice: int, kind: ClaimKind, reason: Reason, wild: int, data: Draw) -> None:
        """About something that they have or wait for; now and then about everything, and now and then about anything."""
        order = chosen(self.told.orders.values() if wild == 0 else self.orders(*TAKES_CLAIMS), choice)
        if wild and not any(line.shipped_qty for line in order.lines):
            kind = ClaimKind.REFUND_ONLY
        if kind is ClaimKind.PRICE_PROTECT:
            reason = Reason.PRICE_FELL
        wishes = self.wishes(order, kind, wild, data)
        cmd = ApplyForClaim(ClaimId(new_id()), order.id, kind, reason, wishes) if wishes else None
        if cmd is not None and self.perform(apply_for_claim, cmd) is not None:
            for _ in range(data.draw(st.sampled_from((7, 3, 1, 0)))):
                self.told = self.counter.rows()
                self.step(self.told.claims[cmd.claim], data)

    def wishes(self, order: Order, kind: ClaimKind, wild: int, data: Draw) -> tuple[ClaimWish, ...]:
        """Units that are there to be claimed, or money without them."""
        of_money = kind is ClaimKind.PRICE_PROTECT or (kind is ClaimKind.REFUND_ONLY and wild in (1, 2))
        if of_money:
            minor = data.draw(st.sampled_from((1, 700, 4_999)))
            return (ClaimWish(chosen(order.lines, data.draw(pick)).seq, 0, minor),)
        if wild == 0:
            return tuple(ClaimWish(chosen(order.lines, data.draw(pick)).seq, data.draw(few)) for _ in range(2))
        free = {line.seq: self.free(order, line, kind) for line in order.lines}
        if wild > 5:
            named = {line.seq: free[line.seq] for line in order.lines}
        else:
            lines = [chosen(order.lines, data.draw(pick)) for _ in range(data.draw(few))]
            named = {line.seq: min(data.draw(few), free[line.seq]) for line in lines}
        instead = data.draw(st.sampled_from((None, "BOWL", "TRAY", "POT"))) if kind is ClaimKind.EXCHANGE else None
        sent = None if instead is None else self.desk.shop.sku[instead]
        return tuple(ClaimWish(seq, qty, replacement=sent) for seq, qty in named.items() if qty > 0)

    def free(self, order: Order, line: OrderLine, kind: ClaimKind) -> int:
        """Units of a line that nobody has claimed; of goods that are sent or come back, those that have left."""
        gone = sum(row.qty for row in self.told.given_back.get(order.id, ()) if row.line == line.seq)
        busy = sum(
            one.line(line.seq).spoken_for_qty for one in self.told.claims.values() if one.order_id == order.id and one.undecided
        )
        there = line.qty - gone - busy
        return there if kind is ClaimKind.REFUND_ONLY else min(there, line.shipped_qty)

    def open_claims(self) -> list[Claim]:
        return [one for one in self.told.claims.values() if one.state not in ENDED]

    @precondition(lambda self: self.open_claims())
    @rule(choice=pick, data=st.data())
    def a_claim_goes_on(self, choice: int, data: Draw) -> None:
        """By one step."""
        self.step(chosen(self.open_claims(), choice), data)

    @precondition(lambda self: self.open_claims())
    @rule(choice=pick, data=st.data())
    def a_claim_goes_far(self, choice: int, data: Draw) -> None:
        """By several steps, one after the other."""
        claim = chosen(self.open_claims(), choice)
        for _ in range(5):
            self.step(self.told.claims[claim.id], data)
            self.told = self.counter.rows()

    @precondition(lambda self: self.told.payments)
    @rule(choice=pick, what=st.integers(0, 11), fault=FAULTS)
    def money_moves(self, choice: int, what: int, fault: object) -> None:
        """At the provider, on the way, or past everybody by hand."""
        gateway, error = self.counter.gateway, bool(choice % 3 == 0)
        if what == 0:
            gateway.pay(chosen(self.payments(), choice).id)  # late, or once more
        elif what <= 3:
            self.one_notice(choice)
        elif what <= 7 and self.refunds(*ON_ITS_WAY):
            self.tell(chosen(self.refunds(*ON_ITS_WAY), choice), fault)  # type: ignore[arg-type]  # a fault or None
        elif what <= 9 and self.refunds(RefundState.SUBMITTED, RefundState.SUCCEEDED):
            self.bank_speaks(chosen(self.refunds(RefundState.SUBMITTED, RefundState.SUCCEEDED), choice), error=error)
        elif what == 10 and self.refunds(RefundState.FAILED):
            self.see_to(chosen(self.refunds(RefundState.FAILED), choice), choice % 4)
        elif choice % 3 == 0:
            self.refund_by_hand(chosen(self.payments(), choice), (1, 777, 20_000)[choice // 3 % 3])

    def one_notice(self, choice: int) -> None:
        """Any of those on their way; one in three comes once more some day."""
        self.counter.hear()
        if self.counter.bag:
            notice = chosen(self.counter.bag, choice)
            self.bring(notice)
            if choice % 3:
                self.counter.bag.remove(notice)

    @precondition(lambda self: self.told.claims)
    @rule(choice=pick, luck=st.integers(0, 9))
    def somebody_changes_their_mind(self, choice: int, luck: int) -> None:
        """About a claim, or now and then about an order."""
        if luck == 9:
            order = chosen(self.told.orders.values(), choice)
            self.perform(cancel_order, CancelOrder(order.id, "changed their mind"))
        else:
            self.turn(chosen(self.open_claims() or self.told.claims.values(), choice), luck)

    @rule(hours=st.sampled_from([0.2, 1, 30, 80, 260]))
    def time_passes(self, hours: float) -> None:
        """And everybody's timers run."""
        self.desk.shop.clock.advance(hours=hours)
        self.tally.step("time")
        run_due_timers(self.counter.office)
        run_claim_timers(self.counter.office)
        self.counter.cashier.ask_unknown()

    # -- what must hold

    @invariant()
    def nothing_is_missing(self) -> None:
        """The rows agree with the model, and the doctor finds nothing."""
        self.told = self.counter.rows()
        found = list(differences(self.counter, self.model))
        assert not found, "\n".join(found)
        if self.tally.steps == self.looked_at:
            return  # nothing was tried since
        self.looked_at = self.tally.steps
        with self.counter.store.survey() as views:
            broken = examine_through(views.connection, CHECKS).broken()
        self.tally.checks += 1
        assert not broken, "\n".join(f"{one.id} ({one.promise}): {one.first}" for one in broken)

    def all_settles(self) -> None:
        """Nobody errs any more: every notice comes, every refund goes out, and the provider has paid what the rows say."""
        waits = (*ON_ITS_WAY, RefundState.FAILED)
        for _ in range(12):
            self.bring_all()
            self.desk.shop.clock.advance(seconds=1)
            self.told = self.counter.rows()
            if not self.refunds(*waits):
                break
            for refund in self.refunds(RefundState.FAILED):
                self.perform(retry_refund, MoveRefund(refund.id, refund.version, "once more"), self.desk.boss)
            for refund in self.refunds(*ON_ITS_WAY):
                self.tell(refund)
                self.bank_speaks(refund, error=False)
        self.nothing_is_missing()
        waiting = [(one.state.value, one.attempt, one.error, self.counter.standing(one)) for one in self.refunds(*waits)]
        assert not waiting, f"refunds that never end: {waiting}"
        for payment in self.told.payments.values():
            by_hand = [one for one in self.refunds(RefundState.MANUAL) if one.payment_id == payment.id]
            out = self.counter.gateway.money_out(payment.id) + sum(one.amount.minor for one in by_hand)
            assert out == payment.refunded_minor, f"{out} left of {payment.id}, the rows say {payment.refunded_minor}"
        stuck = [one.number for one in self.told.claims.values() if one.state is ClaimState.REFUNDING]
        assert not stuck, f"{stuck} wait for money that is out"
