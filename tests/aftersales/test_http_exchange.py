"""Exchanges for goods of another price over HTTP: the quote, the claim and its lines say what they cost more or less."""

from __future__ import annotations

from typing import Any

import pytest

from houtai.domain.authority import Grant
from tests.aftersales.desk import ServiceDesk
from tests.aftersales.test_http import Counter, found, shipped, told
from tests.http_client import Caller

LESS, MORE = 9_990 - 5_990, 15_000 - 9_990

desk = pytest.fixture(lambda memory_desk: memory_desk, name="desk")


@pytest.fixture
def counter(http_client: Caller) -> Counter:
    """Two people who may do everything: one makes, the other checks."""
    return Counter(http_client, http_client.as_("checker", Grant("*")))


def wished(desk: ServiceDesk, code: str, reason: str, **units: int) -> dict[str, Any]:
    """An exchange of a cup."""
    line = {"line": 1, "qty": 1, "replacement_id": str(desk.shop.sku[code])}
    return {"order_id": str(shipped(desk, **units).id), "kind": "exchange", "reason": reason, "lines": [line]}


def test_cheaper_goods_are_quoted_claimed_and_paid_back(counter: Counter, desk: ServiceDesk) -> None:
    wish = wished(desk, "BOWL", "not-wanted", CUP=1)
    quote = counter.buyer.post("/claims/quote", wish).json()
    assert (quote["net_minor"], quote["forgone_minor"], quote["objections"]) == (LESS, 0, [])
    assert quote["differences"] == [{"line": 1, "difference_minor": -LESS}]
    assert quote["rows"] == [{"line": 1, "part": "allowance", "qty": 0, "amount_minor": LESS, "source": ""}]
    claim = counter.buyer.post("/claims", wish).json()
    assert (claim["offered_minor"], claim["lines"][0]["difference_minor"]) == (LESS, -LESS)
    shown = counter.buyer.get(f"/claims/{claim['id']}").json()["quote"]
    assert {name: shown[name] for name in ("net_minor", "differences")} == {
        name: quote[name] for name in ("net_minor", "differences")
    }
    claim = counter.move(counter.received(desk, counter.approved(claim)), "inspect", found())
    detail = counter.buyer.get(f"/claims/{claim['id']}").json()
    assert (claim["state"], claim["decided_minor"], detail["given_back"]) == ("reshipping", LESS, quote["rows"])
    assert [one["amount"]["minor"] for one in detail["refunds"]] == [LESS]


def test_dearer_goods_are_refused_or_stand_with_what_is_forgone_before_whoever_approves(
    counter: Counter, desk: ServiceDesk
) -> None:
    wish = wished(desk, "POT", "defective", CUP=1)
    refused = counter.buyer.post("/claims", {**wish, "reason": "not-wanted"})
    assert told(refused) == (409, "aftersales.not-eligible")
    assert refused.json()["objections"] == [
        "line 1: POT is 50.10 dearer than CUP; exchanges collect no difference: return it and buy the other"
    ]
    quote = counter.buyer.post("/claims/quote", wish).json()
    assert (quote["net_minor"], quote["forgone_minor"]) == (0, MORE)
    claim = counter.buyer.post("/claims", wish).json()
    assert counter.buyer.get(f"/claims/{claim['id']}").json()["quote"]["forgone_minor"] == MORE
    path, seen = f"/claims/{claim['id']}/approve", {"seen_minor": 0}
    poor = counter.buyer.as_("poor", Grant("aftersales.*", limits={"refund_minor": MORE - 1}))
    assert poor.post(path, seen, version=claim["version"]).status_code == 403
    rich = counter.buyer.as_("rich", Grant("aftersales.*", limits={"refund_minor": MORE}))
    assert rich.post(path, seen, version=claim["version"]).json()["state"] == "awaiting-return"
