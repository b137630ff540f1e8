"""Claims over HTTP: the documented order of calls from the wish to the money, what each refuses, and who sees what."""

from __future__ import annotations

from typing import Any
from uuid import UUID, uuid4

import attrs
import pytest

from houtai.application.aftersales.reship import NO_STOCK
from houtai.application.shipping.answers import RecordWaybillAnswer, record_waybill_answer
from houtai.domain.authority import Dimension, Grant
from houtai.domain.ids import WaybillId
from houtai.domain.money import Money
from houtai.domain.orders.order import Order
from houtai.domain.shipping.answer import CarrierAnswer, Standing
from houtai.domain.shipping.parcel import Label, LabelFormat
from tests.aftersales.desk import ServiceDesk
from tests.http_client import Caller

desk = pytest.fixture(lambda memory_desk: memory_desk, name="desk")


@attrs.define
class Counter:
    """Claims made and moved as a client does: by the version that the last answer had."""

    buyer: Caller
    checker: Caller

    def apply(self, order: Order, kind: str = "return-refund", reason: str = "defective", **line: Any) -> dict[str, Any]:
        body = {"order_id": str(order.id), "kind": kind, "reason": reason, "lines": [{"line": 1, "qty": 1, **line}]}
        made = self.buyer.post("/claims", body)
        assert made.status_code == 201, made.text
        assert made.headers["location"] == f"/v1/claims/{made.json()['id']}"
        found: dict[str, Any] = made.json()
        return found

    def move(self, claim: dict[str, Any], step: str, body: Any = None, who: Caller | None = None) -> dict[str, Any]:
        answer = (who or self.checker).post(f"/claims/{claim['id']}/{step}", body, version=claim["version"])
        assert answer.status_code == 200, answer.text
        found: dict[str, Any] = answer.json()
        assert answer.headers["etag"] == f'"{found["version"]}"'
        return found

    def approved(self, claim: dict[str, Any]) -> dict[str, Any]:
        return self.move(claim, "approve", {"seen_minor": claim["offered_minor"]})

    def received(self, desk: ServiceDesk, claim: dict[str, Any], qty: int = 1) -> dict[str, Any]:
        body = {"warehouse_id": str(desk.shop.warehouse), "lines": [{"line": 1, "qty": qty}]}
        answer = self.checker.post(f"/claims/{claim['id']}/receive", body)
        assert answer.status_code == 200, answer.text
        found: dict[str, Any] = answer.json()
        return found


@pytest.fixture
def counter(http_client: Caller) -> Counter:
    """Two people who may do everything: one makes, the other checks."""
    return Counter(http_client, http_client.as_("checker", Grant("*")))


def told(answer: Any) -> tuple[int, str]:
    return answer.status_code, answer.json().get("code", "")


def shipped(desk: ServiceDesk, **units: int) -> Order:
    order = desk.shop.paid((), None, **units)
    desk.shipped(order)
    return desk.shop.order(order)


def found(disposition: str = "restock", qty: int = 1, **more: Any) -> dict[str, Any]:
    return {"found": [{"line": 1, "qty": qty, "grade": "opened", "disposition": disposition, **more}]}


def test_a_return_from_the_wish_to_the_money(counter: Counter, desk: ServiceDesk) -> None:
    order, caller = shipped(desk, CUP=2, BOWL=1), counter.buyer
    wish = {"order_id": str(order.id), "kind": "return-refund", "reason": "defective", "lines": [{"line": 1, "qty": 1}]}
    quote = caller.post("/claims/quote", wish).json()
    assert (quote["objections"], quote["net_minor"], quote["currency"], quote["closes"]) == ([], 9_990, "CNY", False)
    assert quote["rows"] == [{"line": 1, "part": "goods", "qty": 1, "amount_minor": 9_990, "source": ""}]
    claim = counter.apply(order)
    assert (claim["state"], claim["queue"], claim["offered_minor"]) == ("applied", "customer-service", 9_990)
    claim = counter.move(claim, "take-over", {})
    assert (claim["state"], claim["assignee"]) == ("reviewing", str(caller.door.people["checker"][0]))
    claim = counter.approved(claim)
    assert claim["state"] == "awaiting-return"
    told_ = caller.post(f"/claims/{claim['id']}/return-waybill", {"carrier": "yto", "waybill": "YT1"}).json()
    assert told_["state"] == "in-transit"
    assert [one["id"] for one in caller.get("/claims", waybill="YT1").json()["items"]] == [claim["id"]]
    claim = counter.received(desk, claim)
    assert (claim["state"], claim["lines"][0]["received_qty"]) == ("received", 1)
    assert "received_minor" not in claim["lines"][0], "what goods cost is nobody's business here"
    claim = counter.move(claim, "inspect", found(note="unused", photos=["pictures/1.jpg"]))
    assert (claim["state"], claim["decided_minor"]) == ("refunding", 9_990)
    detail = caller.get(f"/claims/{claim['id']}").json()
    (refund,) = detail["refunds"]
    assert (refund["state"], refund["amount"]) == ("created", {"minor": 9_990, "currency": "CNY"})
    assert (detail["quote"], [row["amount_minor"] for row in detail["given_back"]]) == (None, [9_990])
    assert [(one["grade"], one["photos"]) for one in detail["inspections"]] == [("opened", ["pictures/1.jpg"])]
    assert caller.get("/refunds", order_id=str(order.id)).json()["items"] == [refund]
    desk.pay_out(order)
    detail = caller.get(f"/claims/{claim['id']}").json()
    assert (detail["claim"]["state"], detail["claim"]["due_at"], detail["refunds"][0]["state"]) == (
        "completed",
        None,
        "succeeded",
    )
    events = [one["event"] for one in detail["timeline"]]
    assert events[:4] == ["applied", "taken over", "approved", "goods awaited"]
    assert events[-2:] == ["money goes back", "completed"]
    assert caller.get(f"/orders/{order.id}/claims").json()["items"] == [detail["claim"]]
    ticket = caller.get(f"/tickets/{detail['ticket_id']}").json()["ticket"]
    assert (ticket["subject"], ticket["subject_id"], ticket["state"]) == ("claim", claim["id"], "resolved")
    thread = caller.get(f"/tickets/{ticket['id']}/messages").json()["items"]
    assert [one["text"].removeprefix(f"{claim['number']}: ") for one in thread if one["author"] != "internal"] == [
        "(no words)",
        "approved. Please send the goods back until 2026-12-02 and tell us the waybill.",
        "your goods have come, and somebody looks at them.",
        "approved. You get back 99.90 CNY.",
        "done.",
    ]


def test_what_stands_against_a_claim_is_told_before_and_refused_after(counter: Counter, desk: ServiceDesk) -> None:
    order = desk.shop.paid(CUP=1)
    wish = {"order_id": str(order.id), "kind": "return-refund", "reason": "not-wanted", "lines": [{"line": 1, "qty": 1}]}
    quote = counter.buyer.post("/claims/quote", wish).json()
    assert (quote["rows"], quote["objections"]) == ([], ["line 1: 0 units have left, not 1"])
    refused = counter.buyer.post("/claims", wish)
    assert (told(refused), refused.json()["objections"]) == ((409, "aftersales.not-eligible"), quote["objections"])
    wish |= {"kind": "refund-only", "lines": [{"line": 7, "qty": 1}]}
    unknown = counter.buyer.post("/claims", wish)
    assert unknown.json()["objections"] == [f"order {order.number} has no line 7"]
    wish["lines"] = [{"line": 1, "qty": -1}]
    below = counter.buyer.post("/claims", wish)
    assert told(below) == (422, "out-of-range")
    assert below.json()["errors"][0]["field"] == "lines[0].qty"
    wish |= {"kind": "steal", "lines": []}
    fields = {error["field"] for error in counter.buyer.post("/claims", wish).json()["errors"]}
    assert fields & {"kind", "lines"}
    assert counter.buyer.get("/claims").json()["items"] == []


def test_a_claim_counts_once_under_its_id_and_its_key(counter: Counter, desk: ServiceDesk) -> None:
    order = desk.shop.paid(CUP=2)
    body = {
        "id": str(uuid4()),
        "order_id": str(order.id),
        "kind": "refund-only",
        "reason": "not-wanted",
        "lines": [{"line": 1, "qty": 1}],
    }
    first = counter.buyer.post("/claims", body, key="once")
    assert counter.buyer.post("/claims", body, key="once").json() == first.json()
    assert told(counter.buyer.post("/claims", body, key="twice")) == (409, "already-exists")
    more = {**body, "id": str(uuid4()), "lines": [{"line": 1, "qty": 2}]}
    refused = counter.buyer.post("/claims", more)
    assert (told(refused), refused.json()["free_qty"]) == ((409, "aftersales.more-than-kept"), 1)


def test_a_decision_rests_on_what_was_seen_and_on_another_person(counter: Counter, desk: ServiceDesk) -> None:
    claim = counter.apply(desk.shop.paid(CUP=2), "refund-only", "not-wanted")
    path = f"/claims/{claim['id']}/approve"
    assert told(counter.checker.post(path, {"seen_minor": 9_990})) == (428, "precondition-required")
    assert told(counter.checker.post(path, {"seen_minor": 9_990}, version=9)) == (412, "version-conflict")
    own = counter.buyer.post(path, {"seen_minor": 9_990}, version=1)
    assert (told(own), own.json()["reason"]) == ((403, "forbidden"), "same-person")
    other = counter.checker.post(path, {"seen_minor": 9_989}, version=1)
    assert (told(other), other.json()["now_minor"]) == ((409, "aftersales.decision-differs"), 9_990)
    limited = counter.buyer.as_("limited", Grant("aftersales.*", limits={"refund_minor": 9_989}))
    over = limited.post(path, {"seen_minor": 9_990}, version=1)
    assert (told(over), over.json()["reason"]) == ((403, "forbidden"), "over-limit")
    done = counter.approved(claim)
    assert (done["state"], done["decided_minor"], done["approved_by"]) == (
        "refunding",
        9_990,
        str(counter.buyer.door.people["checker"][0]),
    )
    again = counter.checker.post(path, {"seen_minor": 9_990}, version=done["version"])
    assert told(again) == (409, "aftersales.claim-waits")
    late = counter.checker.post(f"/claims/{claim['id']}/reject", {"reason": "late"}, version=done["version"])
    assert told(late) == (409, "aftersales.claim-waits")


def test_what_was_found_is_less_than_was_approved_or_is_decided_by_a_person(counter: Counter, desk: ServiceDesk) -> None:
    claim = counter.approved(counter.apply(shipped(desk, CUP=2)))
    claim = counter.received(desk, claim, 2)
    over = counter.checker.post(f"/claims/{claim['id']}/inspect", found(qty=3))
    assert (told(over), over.json()["waiting_qty"]) == ((409, "aftersales.more-than-came"), 2)
    stale = counter.checker.post(f"/claims/{claim['id']}/inspect", found(qty=1), version=1)
    assert told(stale) == (412, "version-conflict")
    claim = counter.move(claim, "inspect", found(qty=2))
    assert (claim["state"], claim["decided_minor"]) == ("inspected", None)
    detail = counter.buyer.get(f"/claims/{claim['id']}").json()
    assert detail["quote"]["net_minor"] == 19_980
    done = counter.move(claim, "decide", {"seen_minor": 19_980, "note": "both are ours"})
    assert (done["state"], done["decided_minor"]) == ("refunding", 19_980)


def test_refused_goods_go_back_to_the_buyer(counter: Counter, desk: ServiceDesk) -> None:
    claim = counter.received(desk, counter.approved(counter.apply(shipped(desk, CUP=1))))
    claim = counter.move(claim, "reject", {"reason": "this is not our cup"})
    assert (claim["state"], claim["outcome"], claim["lines"][0]["back_qty"]) == ("reshipping", "rejected", 1)
    path, sent = f"/claims/{claim['id']}/send-back", {"carrier": "yto", "waybill": "YT9"}
    over = counter.checker.post(path, {**sent, "lines": [{"line": 1, "qty": 2}]})
    assert told(over) == (409, "aftersales.more-than-came")
    done = counter.checker.post(path, {**sent, "lines": [{"line": 1, "qty": 1}]}).json()
    assert (done["state"], done["lines"][0]["returned_qty"]) == ("rejected", 1)
    assert told(counter.checker.post(path, {**sent, "lines": [{"line": 1, "qty": 1}]})) == (409, "aftersales.claim-waits")


def test_a_replacement_that_is_out_of_stock_is_sent_when_it_is_there(counter: Counter, desk: ServiceDesk) -> None:
    order = shipped(desk, CUP=1)
    claim = counter.apply(order, "exchange", replacement_id=str(desk.shop.sku["POT"]))
    claim = counter.received(desk, counter.approved(claim))
    last = desk.shop.paid(POT=desk.stock("POT").available_qty)
    claim = counter.move(claim, "inspect", found())
    assert (claim["state"], claim["next_action"]) == ("reshipping", NO_STOCK)
    path = f"/claims/{claim['id']}/reship"
    refused = counter.checker.post(path, version=claim["version"])
    assert (told(refused), [one["wanted_qty"] for one in refused.json()["shortages"]]) == ((409, "inventory.out-of-stock"), [1])
    assert counter.buyer.get("/outbound-orders", kind="replacement").json()["items"] == []
    desk.cancel(last)
    claim = counter.move(claim, "reship")
    assert claim["next_action"] != NO_STOCK
    (sent,) = counter.buyer.get("/outbound-orders", kind="replacement").json()["items"]
    assert sent["source_id"] == claim["id"]
    assert told(counter.checker.post(path, version=claim["version"])) == (409, "aftersales.claim-waits")


def test_a_claim_is_escalated_settled_and_taken_back(counter: Counter, desk: ServiceDesk) -> None:
    claim = counter.apply(desk.shop.paid(CUP=1), "refund-only", "not-wanted")
    claim = counter.move(claim, "escalate", {"reason": "they threaten to sue"})
    assert (claim["state"], claim["resumes"], claim["queue"]) == ("escalated", "applied", "service-lead")
    assert told(counter.checker.post(f"/claims/{claim['id']}/escalate", {"reason": "x"}, version=claim["version"])) == (
        409,
        "illegal-move",
    )
    claim = counter.move(claim, "resume", {"note": "we go on", "hours": 2})
    assert (claim["state"], claim["resumes"]) == ("applied", None)
    early = counter.checker.post(f"/claims/{claim['id']}/resume", {"note": "again"}, version=claim["version"])
    assert told(early) == (409, "aftersales.claim-waits")
    stale = counter.buyer.post(f"/claims/{claim['id']}/cancel", {"reason": "never mind"}, version=1)
    assert told(stale) == (412, "version-conflict")
    done = counter.buyer.post(f"/claims/{claim['id']}/cancel", {"reason": "never mind"}).json()
    assert (done["state"], done["queue"], done["due_at"]) == ("cancelled", "", None)
    assert told(counter.buyer.post(f"/claims/{claim['id']}/cancel", {"reason": "again"})) == (409, "illegal-move")


def test_claims_are_listed_by_what_is_asked(counter: Counter, desk: ServiceDesk) -> None:
    one = counter.apply(desk.shop.paid(CUP=1), "refund-only", "not-wanted")
    two = counter.move(counter.apply(desk.shop.paid(BOWL=1), "refund-only", "goodwill"), "take-over", {})

    def listed(**query: Any) -> list[str]:
        answer = counter.buyer.get("/claims", **query)
        assert answer.status_code == 200, answer.text
        return [claim["id"] for claim in answer.json()["items"]]

    assert listed() == [two["id"], one["id"]]
    assert (listed(state="reviewing"), listed(kind="exchange")) == ([two["id"]], [])
    assert listed(order_id=one["order_id"]) == [one["id"]]
    assert listed(assignee=two["assignee"]) == [two["id"]]
    assert listed(queue="customer-service", customer_id=str(desk.shop.buyer)) == [two["id"], one["id"]]
    assert listed(overdue_at=one["opened_at"]) == []
    assert listed(overdue_at="2027-01-01T00:00:00Z", limit=1) == [two["id"]]
    assert listed(waybill="YT1") == []


def test_a_buyer_makes_reads_and_takes_back_their_own_claims_alone(counter: Counter, desk: ServiceDesk) -> None:
    order = desk.shop.paid(CUP=2)
    buyer = counter.buyer.as_("buyer", Grant("aftersales.*", own_only=True))
    buyer.door.people["buyer"] = (desk.shop.buyer, buyer.door.people["buyer"][1])
    stranger = counter.buyer.as_("stranger", Grant("aftersales.*", own_only=True))
    own = attrs.evolve(counter, buyer=buyer).apply(order, "refund-only", "not-wanted")
    assert [one["id"] for one in buyer.get("/claims").json()["items"]] == [own["id"]]
    assert stranger.get("/claims").json()["items"] == []
    counter.move(own, "escalate", {"reason": "they shout"})
    lines = [buyer.get(f"/claims/{own['id']}").json()["timeline"], counter.buyer.get(f"/claims/{own['id']}").json()["timeline"]]
    assert [(one[-1]["event"], one[-1]["reason"], bool(one[0]["details"])) for one in lines] == [
        ("escalated", "", False),
        ("escalated", "they shout", True),
    ]
    for caller, status in ((buyer, 200), (stranger, 404)):
        assert caller.get(f"/claims/{own['id']}").status_code == status
    body = {"order_id": str(order.id), "kind": "refund-only", "reason": "not-wanted", "lines": [{"line": 1, "qty": 1}]}
    assert told(stranger.post("/claims", body)) == (404, "not-found")
    assert told(stranger.post("/claims/quote", body)) == (404, "not-found")
    assert told(buyer.post(f"/claims/{own['id']}/take-over", {}, version=1)) == (403, "forbidden")
    assert told(stranger.post(f"/claims/{own['id']}/cancel", {"reason": "x"})) == (404, "not-found")
    assert buyer.post(f"/claims/{own['id']}/cancel", {"reason": "x"}).json()["state"] == "cancelled"


def test_whoever_may_not_see_remarks_does_not_see_the_buyers_words(counter: Counter, desk: ServiceDesk) -> None:
    order = desk.shop.paid(CUP=1)
    body = {"order_id": str(order.id), "kind": "refund-only", "reason": "not-wanted", "lines": [{"line": 1, "qty": 1}]}
    said = {"text": "ask my wife under 13800138000", "evidence": ["pictures/wife.jpg"]}
    claim = counter.buyer.post("/claims", body | said).json()
    hidden = counter.buyer.as_("hidden", Grant("aftersales.*", hidden=frozenset({"remark"})))
    for answer in (hidden.get("/claims"), hidden.get(f"/claims/{claim['id']}"), hidden.get(f"/orders/{order.id}/claims")):
        assert "wife" not in answer.text
        assert "•••" in answer.text
    assert counter.buyer.get(f"/claims/{claim['id']}").json()["claim"]["text"] == said["text"]


def test_whoever_works_for_one_channel_sees_and_moves_no_claim_of_another(counter: Counter, desk: ServiceDesk) -> None:
    claim = counter.apply(desk.shop.paid(CUP=1), "refund-only", "not-wanted")
    for channel, status, count in ((desk.shop.channel, 200, 1), (uuid4(), 404, 0)):
        clerk = counter.buyer.as_(f"clerk-{count}", Grant("aftersales.*", {Dimension.CHANNEL: frozenset({channel})}))
        assert clerk.get(f"/claims/{claim['id']}").status_code == status
        assert len(clerk.get("/claims").json()["items"]) == count
        assert clerk.post(f"/claims/{claim['id']}/take-over", {}, version=1).status_code == status


def test_a_label_for_the_way_back_is_asked_for_and_read_as_a_pdf(counter: Counter, desk: ServiceDesk) -> None:
    claim = counter.apply(shipped(desk, CUP=1), reason="not-wanted")
    path = f"/claims/{claim['id']}/return-label"
    assert told(counter.checker.post(path)) == (409, "aftersales.claim-waits")
    claim = counter.approved(claim)
    assert told(counter.checker.post(path, version=1)) == (412, "version-conflict")
    asked = counter.checker.post(path, version=claim["version"]).json()
    assert (asked["label"], asked["waybill"]) == (True, "")
    assert told(counter.checker.post(path)) == (409, "aftersales.claim-waits")
    assert told(counter.buyer.get(path)) == (404, "not-found")
    (waybill,) = counter.buyer.get("/waybills", parcel_id=claim["id"]).json()["items"]
    label = Label("YT77", LabelFormat.ZPL, b"^XA^XZ", charge=Money(900, "CNY"))
    answer = RecordWaybillAnswer(WaybillId(UUID(waybill["id"])), CarrierAnswer(Standing.DONE, label))
    desk.office.perform(record_waybill_answer, answer, desk.act)
    paper = counter.buyer.get(path)
    assert (paper.status_code, paper.headers["content-type"], paper.content[:5]) == (200, "application/pdf", b"%PDF-")
    found_ = counter.buyer.get("/claims", waybill="YT77").json()["items"]
    assert [(one["id"], one["label_minor"]) for one in found_] == [(claim["id"], 900)]
    stranger = counter.buyer.as_("stranger", Grant("aftersales.*", own_only=True))
    assert told(stranger.get(path)) == (404, "not-found")


def test_a_parcel_of_nobody_is_taken_down_and_given_to_its_claim(counter: Counter, desk: ServiceDesk) -> None:
    goods = [{"sku_id": str(desk.shop.sku["CUP"]), "qty": 1}]
    body = {"warehouse_id": str(desk.shop.warehouse), "waybill": "YT7", "goods": goods, "note": "no name on it"}
    made = counter.checker.post("/return-parcels", body)
    parcel = made.json()
    path = f"/return-parcels/{parcel['id']}"
    assert (made.status_code, made.headers["location"], parcel["state"]) == (201, f"/v1{path}", "unknown")
    assert (parcel["goods"], parcel["queue"]) == (goods, "returns-desk")
    assert [one["id"] for one in counter.checker.get("/return-parcels", open="true").json()["items"]] == [parcel["id"]]
    claim = counter.approved(counter.apply(shipped(desk, CUP=1)))
    lines = [{"line": 1, "qty": 1}]
    assert told(counter.checker.post(f"{path}/assign", {"claim_id": claim["id"], "lines": lines})) == (
        428,
        "precondition-required",
    )
    over = counter.checker.post(f"{path}/assign", {"claim_id": claim["id"], "lines": [{"line": 1, "qty": 2}]}, version=1)
    assert (told(over), over.json()["free_qty"]) == ((409, "aftersales.more-than-kept"), 1)
    given = counter.checker.post(f"{path}/assign", {"claim_id": claim["id"], "lines": lines}, version=1).json()
    assert (given["state"], given["claim_id"], given["due_at"]) == ("assigned", claim["id"], None)
    assert counter.buyer.get(f"/claims/{claim['id']}").json()["claim"]["state"] == "received"
    assert counter.checker.get("/return-parcels", open="true").json()["items"] == []
    assert counter.checker.get(path).json() == given
    late = counter.checker.post(f"{path}/send-back", {"reason": "not ours"}, version=2)
    assert told(late) == (409, "illegal-move")


def test_a_parcel_that_is_nobodys_goes_back(counter: Counter, desk: ServiceDesk) -> None:
    parcel = counter.checker.post("/return-parcels", {"warehouse_id": str(desk.shop.warehouse)}).json()
    path = f"/return-parcels/{parcel['id']}/send-back"
    assert told(counter.checker.post(path, {"reason": "not ours"}, version=2)) == (412, "version-conflict")
    assert counter.checker.post(path, {"reason": "not ours"}, version=1).json()["state"] == "sent-back"
    elsewhere = counter.buyer.get("/return-parcels", warehouse_id=str(uuid4()))
    assert elsewhere.json()["items"] == []


def test_policies_of_the_house_and_of_a_channel_are_set_read_and_listed(counter: Counter, desk: ServiceDesk) -> None:
    caller, path = counter.buyer, f"/channels/{desk.shop.channel}/aftersales-policy"
    assert (caller.get("/aftersales-policy").json()["version"], caller.get("/aftersales-policies").json()["items"]) == (0, [])
    house = caller.put("/aftersales-policy", {"return_days": 14}).json()
    assert (house["version"], house["channel_id"], caller.get(path).json()["return_days"]) == (1, None, 14)
    own = caller.put(path, {"return_days": 15, "auto_approve_minor": 9_990, "warehouse_id": str(desk.shop.warehouse)}).json()
    assert (own["version"], own["channel_id"]) == (1, str(desk.shop.channel))
    assert caller.get("/aftersales-policies").json()["items"] == [house, own]
    assert told(caller.put(path, {"return_days": 16})) == (412, "version-conflict")
    assert caller.put(path, {"return_days": 16}, version=1).json()["version"] == 2
    assert told(caller.put(path, {"return_days": 3_651}, version=2)) == (422, "out-of-range")
    clerk = caller.as_("clerk", Grant("aftersales.*", {Dimension.CHANNEL: frozenset({desk.shop.channel})}))
    assert [one["return_days"] for one in clerk.get("/aftersales-policies").json()["items"]] == [16]
    assert clerk.get("/aftersales-policy").status_code == 403


def test_what_the_rule_covers_is_approved_at_once(counter: Counter, desk: ServiceDesk) -> None:
    counter.buyer.put("/aftersales-policy", {"auto_approve_minor": 9_990})
    claim = counter.apply(desk.shop.paid(CUP=2), "refund-only", "not-wanted")
    assert (claim["state"], claim["approved_by"], claim["decided_minor"]) == ("refunding", None, 9_990)
