"""What every rule of the simulation stands on: doing a deed under bad luck, and looking at everything after it."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Collection
from typing import Any, ClassVar, TypeVar

from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant

from houtai.domain.act import Act
from houtai.domain.ids import CampaignId, PaymentId
from houtai.domain.refusal import Refusal
from tests.simulation.house import House
from tests.simulation.judge import differences, doctors_word, take_over
from tests.simulation.look import Named, Seen, everything, look
from tests.simulation.model import Shop, opened
from tests.simulation.tally import TALLY, Tally
from tests.simulation.weather import Died, Strike

T = TypeVar("T")
pick = st.integers(0, 99)
some = st.integers(1, 5)
# What a caller is told when luck was bad; the same call again, under its key, learns what happened.
LUCK = ("busy", "outcome-unknown")


class Steps(RuleBasedStateMachine):
    """An office, the model beside it, and the outside that both hear of."""

    kind: ClassVar[str] = "memory"
    tally: ClassVar[Tally] = TALLY

    def __init__(self) -> None:
        """A house just opened."""
        super().__init__()
        self.house = House(self.kind)
        self.shop: Shop = opened()
        self.truth: dict[str, tuple[PaymentId, int]] = {}  # the provider's own list of money by reference
        self.latest = self.now
        self.coming: Strike | None = None
        self.done: list[tuple[Callable[..., Any], Any, Act, str, Any]] = []
        self.made = 0
        self.sound = False  # whether the last step went well to its end
        self.tally.episodes += 1
        self.seen: Seen = self.settle()

    def teardown(self) -> None:
        """Close the house."""
        self.house.close()

    # -- doing

    def begin(self, rule: str) -> None:
        """A step begins."""
        self.sound = False
        self.tally.step(rule)

    @property
    def now(self) -> dt.datetime:
        return self.house.wrist.now()

    @property
    def act(self) -> Act:
        return self.house.act

    def fresh(self) -> int:
        """A number that was not used before in this episode."""
        self.made += 1
        return self.made

    def restart(self) -> None:
        """The process died and is up again."""
        self.tally.restarts += 1
        self.house.restart()

    def do(
        self, deed: Callable[[Any, Any, Act], T], cmd: Any, *, reasons: Collection[str] = (), act: Act | None = None
    ) -> T | None:
        """The deed's answer, or None where it was refused: for one of `reasons`, and not without one. Asked again in bad luck."""
        weather = self.house.weather
        key = f"key {self.fresh()}"
        act = act or self.act
        before = everything(self.house.inspected) if reasons else None
        if self.coming is not None:
            self.tally.strikes[self.coming.name] += 1
            weather.forecast(self.coming)
            self.coming = None
        while True:
            try:
                answer = self.house.office.perform(deed, cmd, act, key=key)
            except Died:
                self.restart()
                continue
            except Refusal as refusal:
                if refusal.code in LUCK:
                    continue
                self.house.weather.clear()
                self.tally.refusals[refusal.code] += 1
                assert refusal.code in reasons, f"{deed.__name__} was refused: {refusal.code}, {refusal}; expected {reasons}"
                assert everything(self.house.inspected) == before, f"{deed.__name__} was refused and left something"
                return None
            self.house.weather.clear()
            assert not reasons, f"{deed.__name__} went through in spite of {reasons}"
            self.tally.deeds[deed.__name__] += 1
            self.done.append((deed, cmd, act, key, answer))
            return answer

    # -- looking

    def settle(self) -> Seen:
        """Read the rows; the model takes over what the outside did, and must then say the same as they do."""
        shop = self.shop
        campaigns = tuple(map(CampaignId, shop.budgets))
        named = Named(tuple(shop.orders), tuple(shop.holds), tuple(shop.coupons), campaigns)
        self.seen = seen = self.house.office.ask(look, named, self.act)
        self.latest = max(self.latest, self.now)
        take_over(shop, seen, self.truth, self.now, self.latest)
        found = list(differences(shop, seen))
        assert not found, "\n".join(found)
        return seen

    @invariant()
    def everything_holds(self) -> None:
        """After every step, also after those that were refused."""
        self.settle()
        self.tally.checks += self.kind != "memory"
        found = doctors_word(self.house.inspected)
        assert not found, "\n".join(found)
        self.sound = True
