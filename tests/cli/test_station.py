"""`houtai station` as it is called: which house it is for, and what a wrong or silent server answers."""

from __future__ import annotations

import pytest

from tests.cli.conftest import Program


def test_a_database_and_a_server_at_once_are_wrong_use(houtai: Program) -> None:
    ran = houtai("station", "M1", "--db", "sqlite:///x.db", "--server", "https://houtai.example", "--json")
    assert (ran.code, ran.out) == (2, "")
    assert "two ways to one house" in ran.error()["message"]


@pytest.mark.parametrize("server", ["houtai.example", "http://10.0.0.9", "https://somebody:secret@houtai.example"])
def test_a_server_that_is_none_or_would_hear_the_pin_in_the_clear_is_wrong_use(houtai: Program, server: str) -> None:
    ran = houtai("station", "M1", "--server", server, "--json")
    assert ran.code == 2
    assert "--server" in ran.err
    assert "secret" not in ran.err


def test_a_server_that_does_not_answer_is_told_before_any_badge_is_asked_for(houtai: Program) -> None:
    ran = houtai("station", "M1", "--server", "http://127.0.0.1:9", "--json")
    assert (ran.code, ran.error()["code"]) == (4, "busy")
    assert "cannot be reached" in ran.err
