"""What buyers paid for the way back is theirs where they have nothing to answer for, whatever else they get (R-6, R-14)."""

from __future__ import annotations

from typing import Any

import pytest

from houtai.adapters.sql.doctor.all_checks import CHECKS
from houtai.adapters.sql.doctor.examine import examine
from houtai.adapters.sql.store import SqlStore
from houtai.application.aftersales.quote import ClaimWish, QuoteClaim, quote_claim
from houtai.application.payments.queries import ListCases, list_cases
from houtai.domain.aftersales.claim import Claim, Disposition, Grade
from houtai.domain.aftersales.reason import Reason
from houtai.domain.aftersales.state import ClaimKind, ClaimState
from houtai.domain.orders.order import Order
from houtai.domain.orders.state import OrderState
from houtai.domain.payments.case import Case, CaseKind, CaseState
from tests.aftersales.desk import EXCHANGE, RETURN, ServiceDesk
from tests.aftersales.test_forget import handed_over

PROVED = 800


def bought(desk: ServiceDesk, **units: Any) -> Order:
    order = desk.shop.paid(**units)
    desk.shipped(order)
    return order


def here(desk: ServiceDesk, order: Order, kind: ClaimKind = RETURN, reason: Reason = Reason.DEFECTIVE, **units: int) -> Claim:
    """Sent back at the buyer's cost, and here."""
    return desk.back(desk.tell(desk.approve(desk.claim(order, kind, reason, **units)), proved_minor=PROVED), **units)


def owed_by_hand(desk: ServiceDesk) -> list[Case]:
    found = desk.office.ask(list_cases, ListCases(), desk.act).items
    return [case for case in found if case.kind is CaseKind.OWED_BY_HAND]


def doctor_says(desk: ServiceDesk) -> list[str]:
    store: Any = desk.office._store
    return [finding.id for finding in examine(store, CHECKS).broken()] if isinstance(store, SqlStore) else []


def test_it_goes_out_with_the_goods_when_a_person_has_seen_it(desk: ServiceDesk) -> None:
    order = bought(desk, CUP=2)
    claim = desk.look(here(desk, order, CUP=1), "CUP", 1)
    assert (claim.state, desk.owed(order)) == (ClaimState.INSPECTED, [])
    desk.decide(claim, 9_990 + PROVED)
    assert (desk.owed(order), owed_by_hand(desk)) == ([9_990 + PROVED], [])
    assert desk.books("freight-cost", "accounts-payable", "customer-deposits") == {
        "freight-cost": PROVED + desk.shop.balance("freight-accrued") * -1,
        "accounts-payable": 0,
        "customer-deposits": 0,
    }


def test_whoever_returns_all_gets_the_way_back_by_hand_since_no_tender_can_hold_it(desk: ServiceDesk) -> None:
    order = bought(desk, CUP=1)
    claim = desk.look(here(desk, order, CUP=1), "CUP", 1)
    assert claim.state is ClaimState.INSPECTED
    claim = desk.decide(claim, 9_990)
    (case,) = owed_by_hand(desk)
    assert (claim.decided_minor, desk.owed(order), case.state) == (9_990, [9_990], CaseState.OPEN)
    assert (case.facts["claim"], case.facts["amount"]) == (claim.number, "8.00 CNY")
    assert desk.shop.order(order).state is OrderState.CLOSED_REFUNDED
    assert desk.books("accounts-payable", "customer-deposits") == {"accounts-payable": -PROVED, "customer-deposits": 0}
    assert doctor_says(desk) == []


def test_what_went_out_for_the_way_back_lacks_when_the_rest_comes_back_and_is_paid_by_hand(desk: ServiceDesk) -> None:
    order = bought(desk, CUP=2)
    desk.decide(desk.look(here(desk, order, CUP=1), "CUP", 1), 9_990 + PROVED)
    rest = desk.look(desk.back(desk.approve(desk.claim(order, RETURN, CUP=1)), CUP=1), "CUP", 1)
    assert (rest.decided_minor, sum(desk.owed(order))) == (9_990 - PROVED, order.payable_minor)
    assert [case.facts["amount"] for case in owed_by_hand(desk)] == ["8.00 CNY"]
    assert doctor_says(desk) == []


def test_an_exchange_pays_the_way_back_and_is_done_when_goods_and_money_have_left(desk: ServiceDesk) -> None:
    order = bought(desk, CUP=1)
    claim = desk.look(here(desk, order, EXCHANGE, CUP=1), "CUP", 1, Disposition.TO_SUPPLIER, Grade.DAMAGED)
    assert (claim.state, desk.sent_by(claim)) == (ClaimState.INSPECTED, [])
    claim = desk.decide(claim, PROVED)
    assert (claim.state, desk.owed(order)) == (ClaimState.RESHIPPING, [PROVED])
    handed_over(desk, claim)
    assert desk.now(claim).state is ClaimState.REFUNDING
    desk.pay_out(order)
    assert (desk.now(claim).state, doctor_says(desk)) == (ClaimState.COMPLETED, [])


def test_a_repair_pays_the_way_here(desk: ServiceDesk) -> None:
    order = bought(desk, CUP=1)
    claim = desk.look(here(desk, order, ClaimKind.REPAIR, CUP=1), "CUP", 1, Disposition.REPAIR, Grade.DAMAGED)
    claim = desk.send_back(desk.decide(claim, PROVED), CUP=1)
    assert (claim.state, desk.owed(order)) == (ClaimState.REFUNDING, [PROVED])


@pytest.mark.parametrize("kind", [RETURN, EXCHANGE])
def test_whoever_changed_their_mind_bears_the_way_back(desk: ServiceDesk, kind: ClaimKind) -> None:
    order = bought(desk, CUP=1)
    claim = desk.look(here(desk, order, kind, Reason.NOT_WANTED, CUP=1), "CUP", 1)
    assert (claim.decided_minor, sum(desk.owed(order))) == ((9_990, 9_990) if kind is RETURN else (0, 0))


def test_what_is_refused_pays_no_way_back(desk: ServiceDesk) -> None:
    order = bought(desk, CUP=1)
    claim = desk.look(here(desk, order, CUP=1), "CUP", 1, Disposition.TO_CUSTOMER, Grade.NOT_OURS)
    assert (claim.decided_minor, desk.owed(order)) == (0, [])


def test_a_quote_for_an_exchange_shows_the_way_back(desk: ServiceDesk) -> None:
    order = bought(desk, CUP=1)
    asked = QuoteClaim(order.id, EXCHANGE, Reason.DEFECTIVE, (ClaimWish(1, 1),), proved_minor=5_000)
    quote = desk.office.ask(quote_claim, asked, desk.act).quote
    assert quote is not None
    assert quote.net_minor == 1_200  # the policy's cap
