"""A short play of orders, claims, refunds and bad luck; `nox -s simulate -- --db claims --minutes N` goes on for longer."""

from __future__ import annotations

from tests.simulation.play import play
from tests.simulation.tally import Tally


def test_no_fen_and_no_unit_is_too_many_or_too_few_whatever_happens_in_whatever_order() -> None:
    tally = Tally()
    found = play("claims", 20261123, episodes=4, steps=10, tally=tally)
    assert found is None, found
    assert tally.checks >= 20
    assert {"apply_for_claim", "leave", "notice"} <= set(tally.deeds)
