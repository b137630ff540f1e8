"""Customers over HTTP: masked in every answer but one."""

from __future__ import annotations

from houtai.domain.authority import Grant
from tests.http_client import Caller

WANG = {
    "name": "王小明",
    "phone": "13812345678",
    "addresses": [{"region": "浙江省", "city": "杭州市", "street": "文三路 1 号"}],
}


def test_a_customer_is_registered_seen_masked_revealed_edited_and_erased(http_client: Caller) -> None:
    made = http_client.post("/customers", WANG)
    path = made.headers["location"].removeprefix("/v1")
    assert (made.json()["name"], made.json()["phone"], made.json()["address"]) == ("王**", "138******78", "浙江省 杭州市 ***")
    assert http_client.get(path).json() == made.json()
    full = http_client.post(f"{path}/reveal", {"reason": "核对地址"}).json()
    assert (full["name"], full["addresses"][0]["street"]) == ("王小明", "文三路 1 号")
    assert http_client.put(path, {"name": "=HYPERLINK(1)", "phone": "13900000000"}, version=1).json()["version"] == 2
    assert [found["id"] for found in http_client.get("/customers", phone="13900000000").json()["items"]] == [full["id"]]
    assert http_client.post(f"{path}/erase", version=2).json()["state"] == "erased"
    assert http_client.put(path, {"name": "王"}, version=3).json()["code"] == "illegal-move"


def test_a_buyer_learns_who_saw_them_page_by_page(http_client: Caller) -> None:
    asked, other = (http_client.post("/customers", {"name": name, "phone": ""}).json()["id"] for name in ("王小明", "李雷"))
    for customer, reason in ((asked, "first look"), (other, "another one"), (asked, "second look")):
        assert http_client.post(f"/customers/{customer}/reveal", {"reason": reason}).status_code == 200
    newest = http_client.get("/disclosures", record_id=asked, limit=1).json()
    older = http_client.get("/disclosures", record_id=asked, limit=1, cursor=newest["next_cursor"]).json()
    assert (newest["has_more"], older["has_more"]) == (True, False)
    looks = [*newest["items"], *older["items"]]
    assert {(look["how"], look["what"], look["record_id"], look["reason"]) for look in looks} == {
        ("shown", "customer", asked, "first look"),
        ("shown", "customer", asked, "second look"),
    }
    actor = looks[0]["actor"]
    assert len(http_client.get("/disclosures", actor=actor).json()["items"]) == 3
    assert http_client.get("/disclosures", record_id=other, actor=asked).json()["items"] == []
    assert "王" not in http_client.get("/disclosures").text


def test_support_lists_masked_and_reveals_nothing(http_client: Caller) -> None:
    made = http_client.post("/customers", WANG).json()
    support = http_client.as_("support", Grant("customers.read"))
    assert support.get("/customers").json()["items"] == [made]
    assert support.post(f"/customers/{made['id']}/reveal", {"reason": "好奇一下"}).status_code == 403
    assert http_client.post(f"/customers/{made['id']}/reveal", {"reason": ""}).status_code == 422


def test_a_phone_that_nobody_can_dial_is_refused(http_client: Caller) -> None:
    answer = http_client.post("/customers", {"name": "王", "phone": "=1+1"})
    assert (answer.status_code, answer.json()["errors"][0]["field"]) == (422, "phone")
