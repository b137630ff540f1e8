"""Migrating PostgreSQL as its owner, and running the program's commands as a login that owns nothing."""

from __future__ import annotations

from collections.abc import Callable, Iterator

import pytest

from houtai.adapters.sql.migrate import newest
from tests.cli.conftest import Program, Ran
from tests.stores import PostgresServer

As = Callable[..., Ran]


@pytest.fixture
def called_as(houtai: Program, monkeypatch: pytest.MonkeyPatch, postgres_server: PostgresServer) -> Iterator[As]:
    """The program run on one empty database, as its "owner" or as the login of the "program"."""
    name = postgres_server.create()
    urls = {"owner": postgres_server.url(name), "program": postgres_server.program_url(name)}

    def call(who: str, *arguments: str) -> Ran:
        monkeypatch.setenv("HOUTAI_DB", urls[who])  # a password may not stand in the arguments
        return houtai(*arguments, "--json")

    yield call
    postgres_server.drop(name)


def test_the_program_works_with_what_the_owner_migrated(called_as: As) -> None:
    assert called_as("owner", "migrate").json() == {"before": None, "after": newest(), "not_done": []}
    assert called_as("program", "user", "first").code == 0
    report = called_as("program", "doctor").json()
    assert (report["ok"], [one["ok"] for one in report["checks"] if one["id"] in ("A5", "T1", "T3")]) == (True, [True] * 3)


def test_the_program_cannot_migrate_and_says_who_can(called_as: As) -> None:
    refused = called_as("program", "migrate")
    assert (refused.code, refused.error()["code"]) == (3, "migrate.not-the-owner")


def test_migrating_again_as_the_program_leaves_the_rights_and_says_so(called_as: As) -> None:
    called_as("owner", "migrate")
    again = called_as("program", "migrate").json()
    assert (again["before"], len(again["not_done"])) == (newest(), 1)
