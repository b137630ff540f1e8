"""A wish is granted once under its key, and an edit rests on the version that its author saw."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from uuid import UUID

import pytest

from houtai.domain.act import Origin
from houtai.domain.ids import new_id
from houtai.entrypoints.http.desk import Desk, House
from tests.http.jars import NewJar, post_jar
from tests.http.test_bad_input import problem
from tests.http_client import Caller

JAR = {"beans_qty": 3}


def test_the_same_key_and_body_get_the_same_answer(jar_client: Caller) -> None:
    first, second = (jar_client.post("/jars", JAR, key="again") for _ in range(2))
    assert (first.status_code, first.content, first.headers["location"]) == (
        second.status_code,
        second.content,
        second.headers["location"],
    )


def test_two_spellings_of_a_body_are_the_same_wish(jar_client: Caller) -> None:
    first = jar_client.post("/jars", JAR, key="again")
    headers = {"authorization": "Bearer owner", "idempotency-key": "again", "content-type": "application/json"}
    second = jar_client.client.post("/v1/jars", content='{ "labels": [], "beans_qty" : 3 }', headers=headers)
    assert first.json() == second.json()


def test_the_same_key_with_another_body_is_refused(jar_client: Caller) -> None:
    jar_client.post("/jars", JAR, key="again")
    assert problem(jar_client.post("/jars", {"beans_qty": 4}, key="again")) == (422, "idempotency-key-reused")


def test_the_same_key_on_another_route_is_refused(jar_client: Caller) -> None:
    jar_client.post("/jars", JAR, key="again")
    assert problem(jar_client.post(f"/jars/{UUID(int=2)}/shake", key="again")) == (422, "idempotency-key-reused")


def test_a_key_belongs_to_one_person(jar_client: Caller) -> None:
    mine = jar_client.post("/jars", JAR, key="again")
    jar_client.door.people["other"] = (UUID(int=777), jar_client.door.people["owner"][1])
    theirs = jar_client.client.post(
        "/v1/jars", json={"beans_qty": 5}, headers={"authorization": "Bearer other", "idempotency-key": "again"}
    )
    assert (theirs.status_code, theirs.json()["beans_qty"]) == (201, 5)
    assert theirs.json()["id"] != mine.json()["id"]


def test_sixteen_callers_with_one_key_make_one_jar(jar_client: Caller) -> None:
    with ThreadPoolExecutor(16) as crowd:
        answers = list(crowd.map(lambda _: jar_client.post("/jars", JAR, key="crowd").json()["id"], range(16)))
    assert len(set(answers)) == 1


def test_new_records_sort_by_time_whatever_the_key(jar_client: Caller) -> None:
    made = [jar_client.post("/jars", JAR, key=f"{9 - turn}") for turn in range(3)]
    ids = [answer.json()["id"] for answer in made]
    assert ids == sorted(ids)


def test_a_caller_may_bring_the_id(jar_client: Caller) -> None:
    own = str(new_id())
    assert jar_client.post("/jars", {**JAR, "id": own}).headers["location"] == f"/v1/jars/{own}"
    assert problem(jar_client.post("/jars", {**JAR, "id": own})) == (409, "already-exists")


def test_a_refused_wish_may_be_tried_again_under_its_key(jar_client: Caller) -> None:
    path = f"/jars/{UUID(int=2)}/shake"
    answers = {problem(jar_client.post(path, key="again")) for _ in range(2)}
    assert answers == {(429, "jars.shaken")}


@pytest.mark.parametrize("key", ["a" * 256, "a\tb", "\xe9", " ", ""])
def test_a_key_is_printable_and_bounded(jar_client: Caller, key: str) -> None:
    headers = [(b"authorization", b"Bearer owner"), (b"idempotency-key", key.encode("latin-1"))]
    response = jar_client.client.post("/v1/jars", json=JAR, headers=headers)
    assert problem(response) == (400, "idempotency-key-invalid")


@pytest.mark.parametrize("key", ["a", "a" * 255, "order 7 / line 3"])
def test_any_printable_key_will_do(jar_client: Caller, key: str) -> None:
    assert jar_client.post("/jars", JAR, key=key).status_code == 201


def test_a_post_without_a_key_is_refused(jar_client: Caller) -> None:
    response = jar_client.client.post("/v1/jars", json=JAR, headers={"authorization": "Bearer owner"})
    assert problem(response) == (400, "idempotency-key-required")


def test_what_does_nothing_needs_no_key(jar_client: Caller) -> None:
    assert jar_client.client.post("/v1/jar-sums", json=JAR).json() == {"bytes_qty": 3}


def test_an_edit_rests_on_the_version_it_names(jar_client: Caller) -> None:
    made = jar_client.post("/jars", JAR)
    path = made.headers["location"].removeprefix("/v1")
    edited = jar_client.patch(path, {"beans_qty": 2}, version=int(made.headers["etag"].strip('"')))
    assert (edited.json()["beans_qty"], edited.headers["etag"]) == (5, '"6"')


def test_an_edit_on_an_old_version_is_stale(jar_client: Caller) -> None:
    path = jar_client.post("/jars", JAR).headers["location"].removeprefix("/v1")
    response = jar_client.patch(path, {"beans_qty": 2}, version=3)
    assert problem(response) == (412, "version-conflict")
    assert (response.json()["expected_version"], response.json()["current_version"]) == (3, 4)


def test_an_edit_without_a_version_is_refused(jar_client: Caller) -> None:
    path = jar_client.post("/jars", JAR).headers["location"].removeprefix("/v1")
    assert problem(jar_client.patch(path, {"beans_qty": 2})) == (428, "precondition-required")


@pytest.mark.parametrize("tag", ["4", "*", 'W/"4"', '"4", "5"', '"x"', '"01"', '"-1"', '"99999999999"', '""'])
def test_only_one_plain_etag_names_a_version(jar_client: Caller, tag: str) -> None:
    headers = {"authorization": "Bearer owner", "if-match": tag}
    response = jar_client.client.patch(f"/v1/jars/{UUID(int=2)}", json={"beans_qty": 2}, headers=headers)
    assert problem(response) == (400, "invalid-header")


def test_a_refusal_brings_its_numbers(jar_client: Caller) -> None:
    path = jar_client.post("/jars", JAR).headers["location"].removeprefix("/v1")
    response = jar_client.patch(path, {"beans_qty": 98}, version=4)
    assert problem(response) == (409, "jars.full")
    assert (response.json()["held_qty"], response.json()["most_qty"]) == (3, 100)
    assert (response.json()["title"], response.json()["detail"]) == ("Full", "the jar holds 3 of 100")


def test_who_tries_too_often_is_told_how_long_to_wait(jar_client: Caller) -> None:
    response = jar_client.post(f"/jars/{UUID(int=2)}/shake")
    assert (response.status_code, response.headers["retry-after"]) == (429, "7")


def test_a_request_performs_one_use_case(jar_client: Caller) -> None:
    door = jar_client.door
    desk = Desk(House(door.office, door), door.act_of_token("owner", Origin()))
    post_jar(desk, NewJar(beans_qty=1))
    with pytest.raises(AssertionError, match="one use case"):
        post_jar(desk, NewJar(beans_qty=1))
