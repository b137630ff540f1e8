"""An exchange for goods of another price: cheaper ones give back what they cost less, dearer ones are for those who are wronged."""

from __future__ import annotations

from typing import Any
from uuid import UUID

import attrs
import pytest
from hypothesis import given, strategies as st

from houtai.adapters.sql.doctor.all_checks import CHECKS
from houtai.adapters.sql.doctor.examine import examine
from houtai.adapters.sql.store import SqlStore
from houtai.application.aftersales.apply import ApplyForClaim, apply_for_claim
from houtai.application.aftersales.decide import ApproveClaim, DecideClaim, approve_claim, decide_claim
from houtai.application.aftersales.export import COLUMNS, ExportClaims, claim_rows
from houtai.application.aftersales.policy import policy_for
from houtai.application.aftersales.ports import AftersalesViews
from houtai.application.aftersales.quote import ClaimQuote, ClaimWish, QuoteClaim, offer_of, quote_claim
from houtai.application.office import Office
from houtai.application.permission import needs
from houtai.application.pricing.set_prices import WithdrawPrice, withdraw_price
from houtai.domain.act import Act
from houtai.domain.aftersales.claim import Claim, ClaimLine, Disposition, Grade
from houtai.domain.aftersales.difference import forgone, given_for_cheaper, with_differences
from houtai.domain.aftersales.given_back import GivenBack, Part, standing
from houtai.domain.aftersales.quote import Wish, WishLine, quote
from houtai.domain.aftersales.reason import Reason
from houtai.domain.aftersales.refusals import DecisionDiffers, NotEligible
from houtai.domain.aftersales.state import ClaimState
from houtai.domain.authority import Grant
from houtai.domain.catalog.product import Source
from houtai.domain.ids import ClaimId, SkuId, new_id
from houtai.domain.orders.order import Order
from houtai.domain.refusal import Forbidden
from tests.aftersales.desk import EXCHANGE, RETURN, ServiceDesk
from tests.aftersales.orders import orders
from tests.aftersales.test_forget import handed_over
from tests.aftersales.test_other_goods import another as other_sku
from tests.catalog.arrange import another, some_merchant
from tests.conftest import StillClock
from tests.orders.shop import Shop
from tests.orders.test_statements import counted

LESS = 9_990 - 5_990  # a bowl for a cup
MORE = 15_000 - 9_990  # a pot for a cup
WORDS = "exchanges collect no difference: return it and buy the other"


@needs("tests.read")
def offered(views: AftersalesViews, query: Claim, act: Act) -> int:
    """What this claim would give back."""
    order = views.orders.get(query.order_id)
    return offer_of(views, query, order, policy_for(views, order.channel_id)).net_minor


def bought(desk: ServiceDesk, **units: Any) -> Order:
    order = desk.shop.paid(**units)
    desk.shipped(order)
    return order


def wish(desk: ServiceDesk, code: str | SkuId, qty: int = 1, sku: str = "") -> ClaimWish:
    replacement = desk.shop.sku[code] if isinstance(code, str) else code
    return ClaimWish(1, qty, sku=desk.shop.sku[sku] if sku else None, replacement=replacement)


def asked(desk: ServiceDesk, order: Order, *wishes: ClaimWish, reason: Reason = Reason.DEFECTIVE) -> Claim:
    cmd = ApplyForClaim(ClaimId(new_id()), order.id, EXCHANGE, reason, wishes)
    return desk.office.perform(apply_for_claim, cmd, desk.act)


def quoted(desk: ServiceDesk, order: Order, *wishes: ClaimWish, reason: Reason = Reason.DEFECTIVE) -> ClaimQuote:
    return desk.office.ask(quote_claim, QuoteClaim(order.id, EXCHANGE, reason, wishes), desk.act)


def objections(desk: ServiceDesk, order: Order, wished: ClaimWish, reason: Reason = Reason.DEFECTIVE) -> tuple[str, ...]:
    """Of the claim, which are those of the quote."""
    with pytest.raises(NotEligible) as told:
        asked(desk, order, wished, reason=reason)
    found = quoted(desk, order, wished, reason=reason)
    assert (found.objections, found.quote, found.differences) == (told.value.objections, None, {})
    return told.value.objections


def limited(desk: ServiceDesk, minor: int) -> Act:
    """Somebody else, up to so much."""
    return another(desk.act, UUID(int=79), (Grant("aftersales.*", limits={"refund_minor": minor}),))


def swapped(desk: ServiceDesk, order: Order, code: str, *, sku: str = "") -> Claim:
    """Exchanged, sent and paid out."""
    claim = desk.look(desk.back(desk.approve(asked(desk, order, wish(desk, code, sku=sku))), CUP=1), "CUP", 1)
    handed_over(desk, claim)
    desk.pay_out(order)
    return desk.now(claim)


def allowances(desk: ServiceDesk, claim: Claim) -> list[tuple[int, int, int]]:
    return [(row.line, row.qty, row.amount_minor) for row in desk.detail(claim).given_back if row.part is Part.ALLOWANCE]


def doctor_says(desk: ServiceDesk) -> list[str]:
    store: Any = desk.office._store
    return [finding.id for finding in examine(store, CHECKS).broken()] if isinstance(store, SqlStore) else []


def test_goods_of_the_same_price_cost_nothing_and_give_nothing(desk: ServiceDesk) -> None:
    order = bought(desk, CUP=1)
    desk.shop.price("BOWL", 9_990)
    claim = desk.approve(asked(desk, order, wish(desk, "BOWL")))
    claim = desk.look(desk.back(claim, CUP=1), "CUP", 1)
    assert (claim.lines[0].difference_minor, claim.decided_minor, desk.owed(order)) == (0, 0, [])


def test_the_same_once_more_costs_nothing_whatever_its_price_is_now(desk: ServiceDesk) -> None:
    order = bought(desk, CUP=1)
    desk.shop.price("CUP", 99_900)
    for wished in (wish(desk, "CUP"), ClaimWish(1, 1)):
        found = quoted(desk, order, wished, reason=Reason.NOT_WANTED)
        assert (found.objections, found.differences) == ((), {})


def test_cheaper_goods_give_back_what_they_cost_less_when_the_claim_is_decided(desk: ServiceDesk) -> None:
    order = bought(desk, CUP=2)
    found = quoted(desk, order, wish(desk, "BOWL"), reason=Reason.NOT_WANTED)
    assert found.quote is not None
    assert (found.differences, found.quote.net_minor) == ({1: -LESS}, LESS)
    claim = asked(desk, order, wish(desk, "BOWL"), reason=Reason.NOT_WANTED)
    assert (claim.state, claim.offered_minor, claim.lines[0].difference_minor) == (ClaimState.APPLIED, LESS, -LESS)
    assert desk.detail(claim).quote == attrs.evolve(
        found.quote, rows=tuple(attrs.evolve(row, case_id=claim.id) for row in found.quote.rows)
    )
    claim = desk.back(desk.approve(claim), CUP=1)
    desk.shop.price("BOWL", 1)  # what was agreed holds
    before = desk.books("sales-returns", "customer-deposits", "refund-payable")
    claim = desk.look(claim, "CUP", 1)
    assert (claim.state, claim.decided_minor, desk.owed(order)) == (ClaimState.RESHIPPING, LESS, [LESS])
    assert allowances(desk, claim) == [(1, 0, LESS)]
    after = desk.books("sales-returns", "customer-deposits", "refund-payable")
    assert {code: after[code] - before[code] for code in after} == {
        "sales-returns": LESS,
        "customer-deposits": 0,
        "refund-payable": -LESS,
    }
    handed_over(desk, claim)
    assert desk.now(claim).state is ClaimState.REFUNDING
    desk.pay_out(order)
    assert (desk.now(claim).state, doctor_says(desk)) == (ClaimState.COMPLETED, [])


def test_what_came_for_less_gives_back_less_when_it_is_returned(desk: ServiceDesk) -> None:
    order = bought(desk, CUP=1)
    swapped(desk, order, "BOWL")
    back = ApplyForClaim(ClaimId(new_id()), order.id, RETURN, Reason.DEFECTIVE, (ClaimWish(1, 1, sku=desk.shop.sku["BOWL"]),))
    claim = desk.look(desk.back(desk.approve(desk.office.perform(apply_for_claim, back, desk.act)), CUP=1), "CUP", 1)
    assert (claim.decided_minor, sorted(desk.owed(order)), doctor_says(desk)) == (5_990, [LESS, 5_990], [])


def test_only_units_that_stay_here_give_something_back(desk: ServiceDesk) -> None:
    order = bought(desk, CUP=3)
    claim = desk.approve(asked(desk, order, wish(desk, "BOWL", 3)))
    assert claim.approved_minor == 3 * LESS
    claim = desk.look(desk.back(claim, CUP=3), "CUP", 2)
    claim = desk.look(claim, "CUP", 1, Disposition.TO_CUSTOMER, Grade.NOT_OURS)
    assert (claim.decided_minor, allowances(desk, claim), claim.to_send) == (2 * LESS, [(1, 0, 2 * LESS)], {1: 2})


def test_what_goes_back_to_the_buyer_gives_nothing(desk: ServiceDesk) -> None:
    order = bought(desk, CUP=1)
    claim = desk.back(desk.approve(asked(desk, order, wish(desk, "BOWL"))), CUP=1)
    claim = desk.look(claim, "CUP", 1, Disposition.TO_CUSTOMER, Grade.NOT_OURS)
    assert (claim.decided_minor, desk.owed(order)) == (0, [])


def test_no_more_goes_back_than_the_line_has_left_and_whoever_approves_sees_how_much(desk: ServiceDesk) -> None:
    order = bought(desk, CUP=1)
    claim = asked(desk, order, wish(desk, "BOWL"))
    desk.refunded(order, minor={"CUP": 9_000})
    with pytest.raises(DecisionDiffers) as told:
        desk.approve(claim)
    assert (told.value.seen_minor, told.value.now_minor) == (LESS, 990)
    claim = desk.look(desk.back(desk.approve(claim, seen_minor=990), CUP=1), "CUP", 1)
    assert (claim.decided_minor, sorted(desk.owed(order)), doctor_says(desk)) == (990, [990, 9_000], [])


def test_a_line_with_nothing_left_gives_nothing_back(desk: ServiceDesk) -> None:
    order = bought(desk, CUP=1)
    desk.refunded(order, minor={"CUP": 9_990})
    claim = desk.look(desk.back(desk.approve(asked(desk, order, wish(desk, "BOWL"))), CUP=1), "CUP", 1)
    assert (claim.decided_minor, allowances(desk, claim), desk.owed(order)) == (0, [], [9_990])


def test_the_way_back_is_paid_beside_it_when_a_person_has_seen_both(desk: ServiceDesk) -> None:
    order = bought(desk, CUP=1)
    claim = desk.tell(desk.approve(asked(desk, order, wish(desk, "BOWL"))), proved_minor=800)
    claim = desk.look(desk.back(claim, CUP=1), "CUP", 1)
    assert claim.state is ClaimState.INSPECTED
    assert (desk.decide(claim, LESS + 800).decided_minor, desk.owed(order)) == (LESS + 800, [LESS + 800])


def test_a_label_of_ours_takes_off_no_more_than_cheaper_goods_give_back(desk: ServiceDesk) -> None:
    order = bought(desk, CUP=1)
    for label, given_minor in ((1_000, LESS - 1_000), (LESS + 1, 0)):
        claim = asked(desk, order, wish(desk, "BOWL"), reason=Reason.NOT_WANTED)
        here = (attrs.evolve(claim.lines[0], received_qty=1, kept_qty=1),)
        assert desk.office.ask(offered, attrs.evolve(claim, label_minor=label, lines=here), desk.act) == given_minor
        desk.reject(claim)


def test_what_was_swapped_for_less_is_swapped_again_at_the_price_of_what_the_buyer_has(desk: ServiceDesk) -> None:
    order = bought(desk, CUP=1)
    swapped(desk, order, "BOWL")
    swapped(desk, order, "TRAY", sku="BOWL")
    dearer = objections(desk, order, wish(desk, "CUP", sku="TRAY"), Reason.ORDERED_WRONG)
    assert dearer == (f"line 1: CUP is 50.90 dearer than TRAY; {WORDS}",)
    assert (sorted(desk.owed(order)), doctor_says(desk)) == ([5_990 - 4_900, LESS], [])


def test_what_was_given_away_is_never_paid_out(desk: ServiceDesk) -> None:
    order = bought(desk, CUP=1)
    swapped(desk, order, "POT")
    assert quoted(desk, order, wish(desk, "CUP", sku="POT")).differences == {}
    assert quoted(desk, order, wish(desk, "BOWL", sku="POT")).differences == {1: -LESS}


@pytest.mark.parametrize("reason", [Reason.NOT_WANTED, Reason.ORDERED_WRONG])
def test_nobody_gets_dearer_goods_who_only_would_like_them(desk: ServiceDesk, reason: Reason) -> None:
    order = bought(desk, CUP=2)
    assert objections(desk, order, wish(desk, "POT", 2), reason) == (f"line 1: POT is 50.10 dearer than CUP; {WORDS}",)


def test_dearer_goods_for_a_defect_are_approved_within_the_limit_on_what_is_forgone(desk: ServiceDesk) -> None:
    order = bought(desk, CUP=2)
    found = quoted(desk, order, wish(desk, "POT", 2))
    assert found.quote is not None
    assert (found.differences, found.quote.net_minor) == ({1: 2 * MORE}, 0)
    claim = asked(desk, order, wish(desk, "POT", 2))
    assert (claim.state, claim.offered_minor, forgone(claim.differences)) == (ClaimState.APPLIED, 0, 2 * MORE)
    approve = ApproveClaim(claim.id, claim.version, 0)
    with pytest.raises(Forbidden):
        desk.office.perform(approve_claim, approve, limited(desk, 2 * MORE - 1))
    claim = desk.office.perform(approve_claim, approve, limited(desk, 2 * MORE))
    claim = desk.look(desk.back(claim, CUP=2), "CUP", 2)
    assert (claim.state, claim.decided_minor, desk.owed(order)) == (ClaimState.RESHIPPING, 0, [])
    assert [(line.sku_code, line.qty) for one in desk.sent_by(claim) for line in one.lines] == [("POT", 2)]


def test_more_units_than_were_approved_forgo_more_so_a_person_decides_within_their_limit(desk: ServiceDesk) -> None:
    order = bought(desk, CUP=2)
    claim = desk.approve(asked(desk, order, wish(desk, "POT")))
    claim = desk.look(desk.back(claim, CUP=2), "CUP", 2)
    assert (claim.state, forgone(claim.differences)) == (ClaimState.INSPECTED, 2 * MORE)
    decide = DecideClaim(claim.id, claim.version, 0)
    with pytest.raises(Forbidden):
        desk.office.perform(decide_claim, decide, limited(desk, 2 * MORE - 1))
    assert desk.office.perform(decide_claim, decide, limited(desk, 2 * MORE)).to_send == {1: 2}


def test_one_line_may_be_dearer_and_another_cheaper_and_the_limit_holds_for_both(desk: ServiceDesk) -> None:
    order = bought(desk, CUP=1, BOWL=1)
    claim = asked(desk, order, wish(desk, "POT"), attrs.evolve(wish(desk, "TRAY"), line=2))
    assert (claim.offered_minor, claim.differences) == (5_990 - 4_900, {1: MORE, 2: 4_900 - 5_990})
    approve = ApproveClaim(claim.id, claim.version, claim.offered_minor)
    with pytest.raises(Forbidden):
        desk.office.perform(approve_claim, approve, limited(desk, MORE + 1_089))
    desk.office.perform(approve_claim, approve, limited(desk, MORE + 1_090))


def test_goods_without_a_price_on_the_channel_replace_nothing(desk: ServiceDesk) -> None:
    order = bought(desk, CUP=1)
    assert objections(desk, order, wish(desk, other_sku(desk))) == ("line 1: OTHER has no price on the channel",)


def test_what_is_not_sold_any_more_counts_as_it_was_listed_when_it_was_bought(desk: ServiceDesk) -> None:
    order, opened = bought(desk, CUP=1), desk.act.at
    desk.shop.clock.advance(hours=1)
    desk.office.perform(withdraw_price, WithdrawPrice(desk.shop.sku["CUP"], 1, "CNY", opened), desk.act)
    assert quoted(desk, order, wish(desk, "BOWL")).differences == {1: -LESS}


def test_what_goods_of_others_cost_is_told_to_nobody(desk: ServiceDesk) -> None:
    order = bought(desk, CUP=1)
    theirs = other_sku(desk, merchant=some_merchant(desk.office, desk.act), source=Source.MERCHANT)
    assert objections(desk, order, wish(desk, theirs), Reason.NOT_WANTED) == (f"line 1: its seller has no SKU {theirs}",)


def test_a_sheet_of_claims_says_what_replacements_cost_more_or_less(desk: ServiceDesk) -> None:
    order = bought(desk, CUP=1, BOWL=2)
    asked(desk, order, wish(desk, "POT"), attrs.evolve(wish(desk, "TRAY", 2), line=2))
    rows = desk.office.ask(claim_rows, ExportClaims(), desk.act).items
    place = [column.key for column in COLUMNS].index("difference")
    assert [row[place] for row in rows] == ["50.10", "-21.80"]


def test_prices_of_all_lines_are_read_at_once(sql_store: Any, clock: StillClock) -> None:
    desk = ServiceDesk(Shop(Office(sql_store, clock), clock))
    order = bought(desk, CUP=1, BOWL=1)
    fresh = SqlStore(sql_store.engine.url)
    desk.office = Office(fresh, clock)  # which keeps nothing in mind yet
    with counted(fresh) as sent:
        quoted(desk, order, wish(desk, "POT"), attrs.evolve(wish(desk, "TRAY"), line=2))
    fresh.close()
    assert len([one for one in sent if "price_sheets" in one]) == 1


AMOUNT = st.integers(0, 40_000)
CASE = UUID(int=1000)


@given(orders(), st.data())
def test_cheaper_goods_and_then_all_of_them_back_give_back_what_was_paid(bought: Order, data: st.DataObject) -> None:
    prices: dict[SkuId, int] = {}
    lines = []
    for line in bought.lines:
        assert line.sku_id is not None
        new = SkuId(UUID(int=700 + line.seq))
        prices |= {line.sku_id: data.draw(AMOUNT), new: data.draw(AMOUNT)}
        lines.append(ClaimLine(line.seq, data.draw(st.integers(1, line.qty)), sku_id=line.sku_id, replacement_id=new))
    rows: list[GivenBack] = []
    for claimed in with_differences(bought, tuple(lines), prices):
        assert claimed.sku_id is not None
        assert claimed.replacement_id is not None
        each = prices[claimed.replacement_id] - prices[claimed.sku_id]
        assert [claimed.difference_of(qty) for qty in (0, 1, claimed.qty)] == [0, each, each * claimed.qty]
        now = standing(bought.lines, rows)
        differences = {claimed.line: claimed.difference_minor}
        assert forgone(differences) == max(0, each) * claimed.qty
        allowed = given_for_cheaper(differences, now.lines)
        least = min(max(0, -each) * claimed.qty, now.lines[claimed.line].left_minor)
        assert [one.allowance_minor for one in allowed] == ([least] if least else [])
        if allowed:
            rows += quote(bought, rows, Wish(allowed, Reason.NOT_WANTED), CASE).rows
    everything = tuple(WishLine(line.seq, line.qty) for line in bought.lines)
    rows += quote(bought, rows, Wish(everything, Reason.DEFECTIVE), CASE).rows
    for line in bought.lines:
        told = [row.amount_minor for row in rows if row.line == line.seq and row.part in (Part.GOODS, Part.ALLOWANCE)]
        assert sum(told) == line.paid_minor
    assert 0 <= standing(bought.lines, rows).total_minor <= bought.payable_minor
