"""The replay of a real marketplace, on a part of it: exact to the cent, every roughness named, the doctor satisfied."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from tests.bench.olist import replay

FOLDER = Path(__file__).parents[3] / "shared" / "data" / "olist"


@pytest.fixture(scope="module")
def report(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Any]:
    """What the replay of the first 150 orders says."""
    if not FOLDER.is_dir():
        pytest.skip("the Olist files are not beside the project")
    return replay(FOLDER, f"sqlite:///{tmp_path_factory.mktemp('olist') / 'olist.db'}", 150)


def test_a_part_of_the_marketplace_is_replayed_to_the_cent(report: dict[str, Any]) -> None:
    assert report["exact"]
    assert report["doctor"] == {"ok": True, "broken": [], "checks": report["doctor"]["checks"]}
    assert (
        report["counts"]["orders"]
        + sum(count for what, count in report["reported"].items() if what.startswith("order without lines"))
        == 150
    )
    assert report["refused"].keys() <= {"holds released: orders.still-short", "exceptions settled: orders.still-unmatched"}


def test_what_the_files_say_was_shipped_is_shipped_to_the_cent(report: dict[str, Any]) -> None:
    counts, money, shipped = report["counts"], report["money"], report["shipped"]["orders"]
    left_here = sum(count for what, count in report["reported"].items() if what.startswith("shipped by the files, not"))
    assert (shipped, left_here) == (64, 5)
    assert counts["orders released"] == shipped
    assert counts["parcels weighed"] == counts["parcels on a manifest"] >= shipped
    assert 0 < counts["orders completed"] <= counts["deliveries"] <= shipped
    states = money["states"]
    assert (states["state completed"], states["state completed"] + states["state released"]) == (
        counts["orders completed"],
        shipped,
    )
    for sums in (money[name] for name in ("goods shipped", "freight shipped", "freight charged", "freight accrued")):
        assert sums["files"] == sums["booked"] > 0


def test_what_was_paid_for_orders_that_ended_goes_back_to_the_cent_by_the_way_it_came(report: dict[str, Any]) -> None:
    counts, money = report["counts"], report["tenders"]
    assert counts["cancellations"] == report["money"]["states"]["state cancelled"] > 0
    assert counts["refunds paid back"] >= counts["cancellations"]
    for sums in money.values():
        assert (sums["in"], sums["out"]) == (sums["files_in"], sums["files_out"])
    assert sum(sums["out"] for sums in money.values()) > 0
