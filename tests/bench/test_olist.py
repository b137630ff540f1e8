"""The replay of a real marketplace, on a part of it: exact to the cent, every roughness named, the doctor satisfied."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.bench.olist import replay

FOLDER = Path(__file__).parents[3] / "shared" / "data" / "olist"


@pytest.mark.skipif(not FOLDER.is_dir(), reason="the Olist files are not beside the project")
def test_a_part_of_the_marketplace_is_replayed_to_the_cent(tmp_path: Path) -> None:
    report = replay(FOLDER, f"sqlite:///{tmp_path / 'olist.db'}", 150)
    assert report["exact"]
    assert report["doctor"] == {"ok": True, "broken": [], "checks": report["doctor"]["checks"]}
    assert (
        report["counts"]["orders"]
        + sum(count for what, count in report["reported"].items() if what.startswith("order without lines"))
        == 150
    )
    assert report["refused"].keys() <= {"holds released: orders.still-short"}
