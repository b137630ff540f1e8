"""One line an event, for people or as JSON, without secrets and without what persons told us."""

from __future__ import annotations

import json
import logging
from typing import Any

import pytest
from sqlalchemy import create_engine
from sqlalchemy.exc import IntegrityError

from houtai.application.observer import DEED
from houtai.domain.refusal import Busy
from houtai.entrypoints.logs import FORMS, REQUEST, HumanLines, JsonLines, fault, one_line

BREAKS = ["a\rb", "a\nb", "a\r\nb", "a\u2028b", "a\u0085b", "a\x0bb", "a\x1b[2Jb", "a\u202eb"]


def line(form: str, event: str, *arguments: Any, error: BaseException | None = None, **facts: Any) -> str:
    """What is written for a record."""
    told = None if error is None else (type(error), error, error.__traceback__)
    record = logging.LogRecord("houtai.test", logging.INFO, __file__, 1, event, arguments, told)
    record.facts = facts
    return {"json": JsonLines, "human": HumanLines}[form]().format(record)


@pytest.mark.parametrize("form", FORMS)
@pytest.mark.parametrize("evil", BREAKS, ids=ascii)
def test_nobody_writes_a_line_of_their_own(form: str, evil: str) -> None:
    written = line(form, "said %s", evil, actor_id=evil)
    assert len(written.splitlines()) == 1
    assert not any(sign in written for sign in evil if not sign.isprintable())


def test_a_line_of_json_says_for_whom_and_for_what() -> None:
    token, deed = REQUEST.set({"request_id": "7", "route": "/v1/orders"}), DEED.set("place_order")
    try:
        told = json.loads(line("json", "slow statement", duration_ms=612.5))
    finally:
        REQUEST.reset(token)
        DEED.reset(deed)
    del told["time"]
    assert told == {
        "level": "info",
        "logger": "houtai.test",
        "event": "slow statement",
        "deed": "place_order",
        "request_id": "7",
        "route": "/v1/orders",
        "duration_ms": 612.5,
    }


@pytest.mark.parametrize(
    ("text", "kept"),
    [
        ("connect postgresql://houtai:s3cret@db/houtai", "connect postgresql://houtai:***@db/houtai"),
        ("password=s3cret rest", "password=*** rest"),
        ("Authorization: Bearer abc.def", "Authorization: Bearer ***"),
        ("key htk_0123_abcDEF", "key htk_***"),
        ("call 13800138000 now", "call *** now"),
        ("call +86 138 0013 8000 now", "call *** now"),
        ("mail wang@example.com", "mail ***@***"),
        ("card 6222020200112233445", "card ***"),
        ("order SO-20261122-000123", "order SO-20261122-000123"),
        ("id 0192f0c1-1380-7138-8001-380013800012", "id 0192f0c1-1380-7138-8001-380013800012"),
    ],
)
def test_what_looks_like_a_secret_or_a_person_is_blanked_and_ids_are_not(text: str, kept: str) -> None:
    assert one_line(text) == kept


def test_a_row_that_a_database_quotes_stays_out_of_the_log() -> None:
    """The driver's message and SQLAlchemy's parameters hold what was to be written: names, phones, addresses."""
    engine = create_engine("sqlite://")
    with engine.connect() as connection:
        connection.exec_driver_sql("CREATE TABLE persons (name TEXT UNIQUE)")
        connection.exec_driver_sql("INSERT INTO persons VALUES (?)", ("王小明",))
        with pytest.raises(IntegrityError) as raised:
            connection.exec_driver_sql("INSERT INTO persons VALUES (?)", ("王小明",))
    engine.dispose()
    said = fault(raised.value)
    assert "王小明" in str(raised.value)
    assert "王小明" not in "".join(said)
    assert said[-1] == "sqlalchemy.exc.IntegrityError"


def test_a_fault_is_told_by_kind_and_place_causes_first() -> None:
    try:
        try:
            int("13800138000 of somebody")
        except ValueError as cause:
            raise Busy(what="the store cannot be reached") from cause
    except Busy as busy:
        said = fault(busy)
    kinds = [entry for entry in said if " in test_" not in entry]
    assert kinds == ["ValueError", "houtai.domain.refusal.Busy: busy"]
    assert sum("test_logs.py" in entry for entry in said) == 2


def test_in_the_form_for_people_the_lines_of_a_fault_stand_behind_a_bar() -> None:
    written = line("human", "it broke", error=OSError(28, "No space left on device"), timer="outbox")
    first, *rest = written.splitlines()
    assert first.endswith("INFO    houtai.test it broke timer=outbox")
    assert rest == ["    | OSError: No space left on device"]
