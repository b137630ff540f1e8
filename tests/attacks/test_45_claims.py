"""Attacks 45 to 51 on claims: everything back twice at once, one's own claim approved, ended ones moved, more back than left."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import httpx
import pytest

from houtai.domain.orders.order import Order
from tests.attacks.served import served
from tests.attacks.town import Person, Town, said

AT_ONCE = 16


@pytest.fixture(scope="module")
def line(built: Town) -> Iterator[httpx.Client]:
    """A real server under many callers."""
    with served(built.street.app) as port, httpx.Client(base_url=f"http://127.0.0.1:{port}", timeout=60) as client:
        yield client


def claim(order: Order, kind: str = "refund-only", **line: Any) -> dict[str, Any]:
    """All of the order's first line."""
    lines = [{"line": 1, "qty": order.lines[0].qty, **line}]
    return {"order_id": str(order.id), "kind": kind, "reason": "defective", "lines": lines}


def test_45_of_many_parallel_claims_for_everything_one_is_taken(town: Town, line: httpx.Client) -> None:
    order = town.bazaar.shop.paid(CUP=2)
    buyer = Person(line, town.people["admin"].token)
    with ThreadPoolExecutor(AT_ONCE) as pool:
        answers = Counter(pool.map(lambda _: said(buyer.post("/claims", claim(order))), range(AT_ONCE)))
    assert answers == {(201, ""): 1, (409, "aftersales.more-than-kept"): AT_ONCE - 1}


def test_45_no_claim_asks_for_more_money_than_was_paid(town: Town) -> None:
    order = town.bazaar.shop.paid(CUP=1)
    answer = town.people["admin"].post("/claims", claim(order, qty=0, allowance_minor=order.payable_minor + 1))
    assert said(answer) == (409, "aftersales.more-than-left")


def test_48_nobody_approves_or_rejects_their_own_claim(town: Town) -> None:
    admin, order = town.people["admin"], town.bazaar.shop.paid(CUP=1)
    made = admin.post("/claims", claim(order)).json()
    path = f"/claims/{made['id']}"
    since = town.seq()
    own = admin.post(f"{path}/approve", {"seen_minor": made["offered_minor"]}, version=made["version"])
    assert own.status_code == 403
    assert admin.post(f"{path}/reject", {"reason": "no"}, version=made["version"]).status_code == 403
    assert [deed for _, deed, _ in town.logged(since)] == ["approve_claim", "reject_claim"]


def test_50_a_claim_that_is_over_is_not_moved(town: Town) -> None:
    admin, order = town.people["admin"], town.bazaar.shop.paid(CUP=1)
    made = admin.post("/claims", claim(order)).json()
    path = f"/claims/{made['id']}"
    over = admin.post(f"{path}/cancel", {"reason": "never mind"}, version=made["version"]).json()
    steps: dict[str, dict[str, Any]] = {
        "cancel": {"reason": "once more"},
        "escalate": {"reason": "once more"},
        "resume": {"note": "once more"},
        "approve": {"seen_minor": made["offered_minor"]},
        "decide": {"seen_minor": made["offered_minor"]},
    }
    for step, body in steps.items():
        assert admin.post(f"{path}/{step}", body, version=over["version"]).status_code == 409, step


def test_51_no_more_is_claimed_back_than_was_shipped(town: Town) -> None:
    order = town.bazaar.shop.paid(CUP=1)
    answer = town.people["admin"].post("/claims", claim(order, "return-refund"))
    assert said(answer) == (409, "aftersales.not-eligible")
    assert answer.json()["objections"] == ["line 1: 0 units have left, not 1"]
