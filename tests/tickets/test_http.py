"""Tickets over HTTP: their stories and refusals."""

from __future__ import annotations

from typing import Any
from uuid import uuid4

import pytest

from houtai.application.office import Office
from houtai.domain.authority import Grant
from tests.conftest import StillClock
from tests.http_client import Caller
from tests.tickets.talk import Talk

DUE = "2026-11-25T00:00:00Z"


@pytest.fixture
def talk(memory_office: Office, clock: StillClock) -> Talk:
    """In the office behind the routes."""
    return Talk(memory_office, clock)


def opened(http_client: Caller, talk: Talk, text: str = "the cup is broken") -> dict[str, Any]:
    body = {"channel_id": str(talk.channel), "customer_id": str(talk.buyer), "title": "a cup", "text": text}
    made = http_client.post("/tickets", body)
    assert made.status_code == 201
    found: dict[str, Any] = http_client.get(made.headers["location"].removeprefix("/v1")).json()["ticket"]
    return found


def now(http_client: Caller, ticket: dict[str, Any]) -> dict[str, Any]:
    found: dict[str, Any] = http_client.get(f"/tickets/{ticket['id']}").json()["ticket"]
    return found


def test_a_ticket_is_opened_answered_assigned_and_resolved(http_client: Caller, talk: Talk) -> None:
    ticket = opened(http_client, talk)
    path = f"/tickets/{ticket['id']}"
    answered = http_client.post(f"{path}/replies", {"text": "we are sorry"}).json()
    assert (answered["state"], answered["responded_at"]) == ("in-progress", answered["opened_at"])
    assignment = {"queue": "tea", "next_action": "look", "due_at": DUE}
    assigned = http_client.post(f"{path}/assign", assignment, version=answered["version"]).json()
    wait = {"for_customer": True, "next_action": "ask again", "due_at": DUE}
    waiting = http_client.post(f"{path}/wait", wait, version=assigned["version"]).json()
    assert http_client.post(f"{path}/buyer-messages", {"text": "here"}).json()["state"] == "in-progress"
    begun = http_client.post(f"{path}/resolve", version=waiting["version"] + 1).json()
    reopened = http_client.post(f"{path}/reopen", version=begun["version"]).json()
    assert (waiting["state"], begun["state"], reopened["state"]) == ("waiting-customer", "resolved", "in-progress")
    refused = http_client.post(f"{path}/begin", version=reopened["version"])
    assert (refused.status_code, refused.json()["code"]) == (409, "illegal-move")


def test_merged_tickets_are_one_conversation(http_client: Caller, talk: Talk) -> None:
    gone = opened(http_client, talk, "one")
    talk.clock.advance(minutes=1)
    survivor = opened(http_client, talk, "two")
    merged = http_client.post(f"/tickets/{gone['id']}/merge", {"into": survivor["id"]}, version=gone["version"])
    assert (merged.status_code, merged.json()["id"]) == (200, survivor["id"])
    assert http_client.post(f"/tickets/{gone['id']}/buyer-messages", {"text": "three"}).json()["id"] == survivor["id"]
    thread = http_client.get(f"/tickets/{survivor['id']}/messages").json()["items"]
    assert [(one["text"], one["ticket_number"]) for one in thread] == [
        ("one", gone["number"]),
        ("two", survivor["number"]),
        ("three", survivor["number"]),
    ]
    assert http_client.get(f"/tickets/{survivor['id']}").json()["merged"] == [gone["number"]]
    again = http_client.post(f"/tickets/{survivor['id']}/merge", {"into": gone["id"]}, version=merged.json()["version"] + 1)
    assert again.json()["code"] == "tickets.merged-into-itself"


def test_a_part_is_split_off(http_client: Caller, talk: Talk) -> None:
    ticket = opened(http_client, talk)
    (message,) = http_client.get(f"/tickets/{ticket['id']}/messages", newest_first="true").json()["items"]
    split = {"title": "the other thing", "message_ids": [message["id"]]}
    new = http_client.post(f"/tickets/{ticket['id']}/split", split, version=ticket["version"])
    assert (new.status_code, new.json()["split_from"]) == (201, ticket["id"])
    foreign = {"title": "no", "message_ids": [str(uuid4())]}
    refused = http_client.post(f"/tickets/{ticket['id']}/split", foreign, version=ticket["version"] + 1)
    assert (refused.status_code, refused.json()["code"]) == (422, "tickets.not-of-thread")


def test_notes_are_for_who_may_read_them(http_client: Caller, talk: Talk) -> None:
    ticket = opened(http_client, talk)
    http_client.post(f"/tickets/{ticket['id']}/notes", {"text": "between us", "attachments": ["pictures/1.jpg"]})
    outsider = http_client.as_("outsider", Grant("tickets.read"))
    mine = http_client.get(f"/tickets/{ticket['id']}/messages").json()["items"]
    theirs = outsider.get(f"/tickets/{ticket['id']}/messages").json()["items"]
    assert [one["author"] for one in mine] == ["buyer", "internal"]
    assert mine[1]["attachments"] == ["pictures/1.jpg"]
    assert [one["author"] for one in theirs] == ["buyer"]
    assert outsider.post(f"/tickets/{ticket['id']}/notes", {"text": "x"}).json()["code"] == "forbidden"


def test_what_there_is_to_do_is_listed_by_urgency(http_client: Caller, talk: Talk) -> None:
    first, second = opened(http_client, talk), opened(http_client, talk)
    soon = {"queue": "tea", "next_action": "look", "due_at": "2026-11-22T05:00:00Z"}
    http_client.post(f"/tickets/{second['id']}/assign", soon, version=second["version"])
    todo = http_client.get("/tickets-to-do").json()["items"]
    assert [one["id"] for one in todo] == [second["id"], first["id"]]
    assert [one["id"] for one in http_client.get("/tickets", queue="tea", state="new").json()["items"]] == [second["id"]]


def test_the_same_message_of_the_buyer_is_taken_once(http_client: Caller, talk: Talk) -> None:
    ticket, message = opened(http_client, talk), str(uuid4())
    for _ in range(2):
        assert http_client.post(f"/tickets/{ticket['id']}/buyer-messages", {"text": "hello?", "id": message}).status_code == 200
    assert now(http_client, ticket)["messages"] == 2
    other = http_client.post(f"/tickets/{ticket['id']}/buyer-messages", {"text": "bye", "id": message})
    assert (other.status_code, other.json()["code"]) == (409, "already-exists")
