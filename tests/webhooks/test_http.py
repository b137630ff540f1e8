"""Webhooks over HTTP: set up, changed, tried, replayed; a secret is in one answer and in no other."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest

from houtai.domain.authority import Dimension, Grant
from houtai.domain.ids import new_id
from tests.conftest import StillClock
from tests.http_client import Caller, calling
from tests.webhooks.hooks import BROKEN, TAKEN, URL, Hooks

NEW = {"url": URL, "types": ["order.placed", "order.paid"], "description": "our ERP"}


@pytest.fixture
def caller(memory_hooks: Hooks) -> Iterator[Caller]:
    """The owner calling over the shop."""
    with calling(memory_hooks.office) as made:
        yield made


def some_endpoint(caller: Caller, **more: Any) -> Any:
    return caller.post("/webhook-endpoints", {**NEW, **more}).json()


def test_an_endpoint_is_set_up_and_its_secret_is_in_that_answer_alone(caller: Caller) -> None:
    made = caller.post("/webhook-endpoints", NEW)
    assert made.status_code == 201
    secret = made.json()["secret"]
    assert secret.startswith("whsec_")
    seen = caller.get(made.headers["location"].removeprefix("/v1"))
    assert (seen.json()["url"], seen.json()["state"], seen.headers["etag"]) == (URL, "active", '"1"')
    listed = caller.get("/webhook-endpoints")
    assert [one["id"] for one in listed.json()["items"]] == [made.json()["id"]]
    assert secret not in seen.text + listed.text


@pytest.mark.parametrize(
    "url",
    [
        "http://127.0.0.1/",
        "https://127.0.0.1/",
        "https://169.254.169.254/",
        "https://[::1]/",
        "https://0x7f000001/",
        "file:///etc/passwd",
    ],
)
def test_58_an_address_that_is_not_public_is_refused(caller: Caller, url: str) -> None:
    refused = caller.post("/webhook-endpoints", {**NEW, "url": url})
    assert (refused.status_code, refused.json()["code"], refused.json()["field"]) == (422, "invalid-value", "url")
    endpoint = some_endpoint(caller)
    assert caller.patch(f"/webhook-endpoints/{endpoint['id']}", {"url": url}, version=1).status_code == 422


@pytest.mark.parametrize(
    "wrong", [{"types": []}, {"types": ["order.vanished"]}, {"types": ["webhook.test"]}, {"secret": "whsec_mine"}]
)
def test_what_an_endpoint_cannot_be_is_refused(caller: Caller, wrong: dict[str, Any]) -> None:
    assert caller.post("/webhook-endpoints", {**NEW, **wrong}).status_code in (400, 422)


def test_it_is_changed_on_its_version(caller: Caller) -> None:
    path = f"/webhook-endpoints/{some_endpoint(caller)['id']}"
    changed = caller.patch(path, {"types": ["refund.failed"], "description": ""}, version=1)
    assert (changed.json()["types"], changed.json()["description"], changed.json()["url"]) == (["refund.failed"], "", URL)
    assert caller.patch(path, {}, version=1).status_code == 412


def test_a_secret_is_changed_and_the_old_one_is_good_for_a_while(caller: Caller) -> None:
    endpoint = some_endpoint(caller)
    rotated = caller.post(f"/webhook-endpoints/{endpoint['id']}/rotate-secret", {"overlap_s": 60})
    assert (rotated.status_code, rotated.json()["secret"] != endpoint["secret"]) == (200, True)
    assert [one["ends_at"] is None for one in rotated.json()["endpoint"]["secrets"]] == [True, False]
    for _ in range(2):
        caller.post(f"/webhook-endpoints/{endpoint['id']}/rotate-secret", {})
    assert caller.post(f"/webhook-endpoints/{endpoint['id']}/rotate-secret", {}).json()["code"] == "webhooks.too-many-secrets"


def test_it_is_paused_resumed_and_disabled(caller: Caller) -> None:
    path = f"/webhook-endpoints/{some_endpoint(caller)['id']}"
    for deed, state in (("pause", "paused"), ("resume", "active"), ("disable", "disabled")):
        assert caller.post(f"{path}/{deed}", {"reason": "so"}).json()["state"] == state
    assert caller.post(f"{path}/disable", {}).json()["code"] == "illegal-move"
    assert caller.post(f"{path}/test", {}).json()["code"] == "webhooks.endpoint-not-active"
    assert [one["state"] for one in caller.get("/webhook-endpoints", state="disabled").json()["items"]] == ["disabled"]


def test_what_became_of_a_delivery_is_seen_and_it_goes_out_again(caller: Caller, memory_hooks: Hooks, clock: StillClock) -> None:
    endpoint = some_endpoint(caller)
    tried = caller.post(f"/webhook-endpoints/{endpoint['id']}/test", {})
    assert (tried.status_code, tried.json()["type"], tried.json()["state"]) == (201, "webhook.test", "pending")
    path = tried.headers["location"].removeprefix("/v1")
    assert caller.post(f"{path}/replay").json()["code"] == "illegal-move"
    memory_hooks.line.answer(BROKEN, TAKEN)
    memory_hooks.deliver()
    clock.advance(seconds=5)
    memory_hooks.deliver()
    seen = caller.get(path).json()
    assert [(one["number"], one["status"], one["excerpt"]) for one in seen["attempts"]] == [(1, 500, "oops"), (2, 200, "")]
    assert caller.post(f"{path}/replay").json()["state"] == "pending"
    listed = caller.get("/webhook-deliveries", endpoint_id=endpoint["id"], state="pending").json()["items"]
    assert [one["id"] for one in listed] == [seen["id"]]


def test_a_replay_since_a_moment_is_taken_up(caller: Caller, memory_hooks: Hooks) -> None:
    endpoint = some_endpoint(caller)
    since = memory_hooks.clock.now().isoformat()
    assert caller.post(f"/webhook-endpoints/{endpoint['id']}/replay", {"since": since}).status_code == 204
    long_ago = caller.post(f"/webhook-endpoints/{endpoint['id']}/replay", {"since": "2001-01-01T00:00:00Z"})
    assert (long_ago.status_code, long_ago.json()["field"]) == (422, "since")


def test_a_reader_changes_nothing_and_a_merchants_clerk_sees_nothing_of_others(caller: Caller) -> None:
    endpoint = some_endpoint(caller)
    delivery = caller.post(f"/webhook-endpoints/{endpoint['id']}/test", {}).json()
    reader = caller.as_("reader", Grant("webhooks.read"))
    assert reader.post("/webhook-endpoints", NEW).json()["code"] == "forbidden"
    assert reader.post(f"/webhook-deliveries/{delivery['id']}/replay").json()["code"] == "forbidden"
    stranger = caller.as_("stranger", Grant("*", {Dimension.MERCHANT: frozenset({new_id()})}))
    for path in (f"/webhook-endpoints/{endpoint['id']}", f"/webhook-deliveries/{delivery['id']}"):
        assert stranger.get(path).status_code == 404
    assert stranger.post(f"/webhook-endpoints/{endpoint['id']}/rotate-secret", {}).status_code == 404
    assert stranger.get("/webhook-endpoints").json()["items"] == []
    assert stranger.get("/webhook-deliveries").json()["items"] == []
