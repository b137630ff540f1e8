"""Whole programs: workers that put their figures together, and a relay that has nothing to deliver from."""

from __future__ import annotations

import time
import urllib.request
from pathlib import Path

import pytest

from tests.cli.conftest import Program, db as db, houtai as houtai, migrated as migrated  # noqa: PLC0414  # fixtures
from tests.cli.test_serve import serving
from tests.faults.cluster import free_port
from tests.operations.test_metrics import figures

ASKED = 12


def told(port: int) -> dict[str, float]:
    with urllib.request.urlopen(f"http://127.0.0.1:{port}/metrics", timeout=20) as answer:
        return figures(answer.read().decode())


def test_several_workers_are_one_house_in_the_figures(db: str, monkeypatch: pytest.MonkeyPatch) -> None:
    port = free_port()
    monkeypatch.setenv("HOUTAI_METRICS", f"127.0.0.1:{port}")
    monkeypatch.setenv("HOUTAI_LOG", "json")
    with serving(db, "--workers", "2") as server:
        assert {server.call("/health/version")[0] for _ in range(ASKED)} == {200}
        until = time.monotonic() + 20
        found = told(port)
        while found["houtai_http_in_flight"] and time.monotonic() < until:  # the last answer is here before its end is counted
            found = told(port)
        code, said = server.stop()
    assert found['houtai_http_requests_total{method="GET",route="/health/version",status="200"}'] == ASKED
    assert found["houtai_http_in_flight"] == 0
    assert found['houtai_resident_bytes{process="workers"}'] > found['houtai_resident_bytes{process="main"}'] / 2
    assert any(name.startswith("houtai_timer_last_success") for name in found)
    assert (code, "Traceback" in said) == (0, False)


@pytest.mark.parametrize(("where", "code"), [("sqlite:///none.db", 4), ("memory://", 2)])
def test_a_relay_without_a_database_makes_none(houtai: Program, tmp_path: Path, where: str, code: int) -> None:
    assert houtai("relay", "--db", where).code == code
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize(("name", "wrong"), [("HOUTAI_LOG", "xml"), ("HOUTAI_SLOW_MS", "-1"), ("HOUTAI_METRICS", "9464")])
def test_a_setting_that_makes_no_sense_is_wrong_use(
    houtai: Program, db: str, monkeypatch: pytest.MonkeyPatch, name: str, wrong: str
) -> None:
    monkeypatch.setenv(name, wrong)
    assert houtai("relay", "--db", db).code == 2
