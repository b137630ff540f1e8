"""周 at a station of the demo: his badge, his scans, and what the screen says to the last of them."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from houtai.application.stations.desk import StationDesk
from houtai.domain.ids import StationId
from houtai.domain.warehouse.reply import MessageLevel
from houtai.domain.warehouse.words import Language
from houtai.domain.warehouse.work import StationScreen, Task
from houtai.entrypoints.demo.floor import BADGE, PIN
from houtai.entrypoints.demo.staff import DOOR
from houtai.entrypoints.demo.stage import Stage

_WRONG: Final = frozenset({MessageLevel.ERROR, MessageLevel.STOP})


class AtStation:
    """Somebody logged in at a station, who scans what the story says."""

    def __init__(self, stage: Stage, station: StationId) -> None:
        """周 shows his badge."""
        self._stage = stage
        self._desk = StationDesk(stage.office, stage.container.badge_door(), stage.container.authenticator(), station, DOOR)
        stage.clock.advance(seconds=5)
        self._token = self._desk.log_in(BADGE, PIN).token
        self._task = Task.LOOK_UP
        self._seq = 0

    def scans(self, task: Task, *codes: str) -> StationScreen:
        """Take the task up and scan these; the answer to the last. A scan that is refused ends the story."""
        self._task = task
        self._seq = self._desk.open_task(self._token, task).seq
        return self.goes_on(*codes)

    def goes_on(self, *codes: str) -> StationScreen:
        """Scan more at the same task."""
        for code in codes:
            self._seq += 1
            self._stage.clock.advance(seconds=3)
            screen = self._desk.scan(self._token, self._task, self._seq, code)
            if screen.message is not None and screen.message.level in _WRONG:
                message = f"{self._task.value}, {code}: {screen.message.text(Language.ENGLISH)}"
                raise AssertionError(message)
        return screen

    def walks(self, symbols: Mapping[str, str]) -> None:
        """Follow the screen on a walk until it is done; `symbols` are what is on the goods that say more than their code."""
        screen = self._desk.open_task(self._token, self._task)
        while screen.prompt.code != "prompt.wave":
            facts = dict(screen.prompt.facts)
            match screen.prompt.code:
                case "prompt.location":
                    code = f"L-SH-{facts['location']}"
                case "prompt.product":
                    code = symbols.get(facts["sku"], facts["sku"])
                case "prompt.slot":
                    code = facts["slot"]
                case _:
                    code = "C-YES"
            screen = self.goes_on(code)


def words(screen: StationScreen) -> str:
    """What the screen says, in English."""
    return "" if screen.message is None else screen.message.text(Language.ENGLISH)
