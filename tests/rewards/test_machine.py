"""A short play where orders are paid with points and grant some; `nox -s simulate -- --db rewards --minutes N` goes on for longer."""

from __future__ import annotations

from tests.simulation.play import play
from tests.simulation.tally import Tally


def test_no_fen_and_no_point_is_too_many_or_too_few_whatever_happens_in_whatever_order() -> None:
    tally = Tally()
    found = play("rewards", 20261124, episodes=3, steps=8, tally=tally)
    assert found is None, found
    assert tally.checks >= 12
    assert tally.deeds["apply_for_claim"]
