"""Where each unit with a serial lies: it follows the goods, named where only some of them go."""

from __future__ import annotations

import datetime as dt
from collections.abc import Collection, Iterable
from typing import Self

import attrs

from houtai.application.warehouse.bin_ports import SERIAL_BY_BIN, BinsTx
from houtai.domain.warehouse.bin_refusals import SerialElsewhere, SerialsNeeded
from houtai.domain.warehouse.bins import Bin, BinId
from houtai.domain.warehouse.lots import Serial, SerialState


@attrs.define
class SerialBook:
    """The serials of some bins, locked, as they will be."""

    here: dict[BinId, dict[str, Serial]]
    _changed: dict[tuple[object, str], Serial] = attrs.field(factory=dict)

    @classmethod
    def lock(cls, tx: BinsTx, bins: Iterable[BinId]) -> Self:
        """Lock what lies in these bins, in one statement. Their heads are locked already."""
        here: dict[BinId, dict[str, Serial]] = {bin_id: {} for bin_id in bins}
        for serial in tx.serials.lock_by(SERIAL_BY_BIN, *here) if here else ():
            if serial.bin_id is not None:
                here[serial.bin_id][serial.code] = serial
        return cls(here)

    def follow(self, left: Bin, target: BinId | None, named: Collection[str], at: dt.datetime) -> None:
        """Units have gone from a bin, which `left` is now: the named serials went along, all of them if it is empty.

        Without a target they are gone. Raises SerialElsewhere for one that did not lie there, SerialsNeeded where more
        serials than units would be left behind.
        """
        lying = self.here.setdefault(left.id, {})
        for code in named:
            if code not in lying:
                raise SerialElsewhere(serial=code)
        for code in sorted(named if left.qty else lying):
            self._send(lying.pop(code), target, SerialState.GONE, at)
        if len(lying) > left.qty:
            raise SerialsNeeded(serials_qty=len(lying), left_qty=left.qty)

    def lose(self, left: Bin, target: BinId | None, at: dt.datetime) -> None:
        """Units have gone and nobody said which: the serials that are too many are missing, or went along to the target."""
        lying = self.here.setdefault(left.id, {})
        for code in sorted(lying)[left.qty :]:
            self._send(lying.pop(code), target, SerialState.MISSING, at)

    def write(self, tx: BinsTx) -> None:
        """Write what has changed."""
        for serial in self._changed.values():
            tx.serials.save(serial)

    def _send(self, serial: Serial, target: BinId | None, ended: SerialState, at: dt.datetime) -> None:
        state = ended if target is None else SerialState.STORED
        moved = attrs.evolve(serial, bin_id=target, state=state, since=at)
        self._changed[moved.key] = moved
        if target is not None:
            self.here.setdefault(target, {})[moved.code] = moved
