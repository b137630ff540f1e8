"""The floor of the simulated house: shelves, totes, carts, printers and how each warehouse sends; and a press that may fail."""

from __future__ import annotations

from collections import deque
from typing import Final
from uuid import UUID

import attrs

from houtai.application.office import Office
from houtai.application.outbound.configure import SetDispatch, set_dispatch
from houtai.application.printing.configure import AddPrinter, add_printer
from houtai.application.printing.ports import Rendered, Sending
from houtai.application.warehouse.locations import DefineLocation, define_location
from houtai.application.warehouse.units import MakeUnit, make_unit
from houtai.domain.ids import HandlingUnitId, LocationId, PrinterId, WarehouseId, derive
from houtai.domain.printing.job import Outcome, Result
from houtai.domain.printing.layout import Size
from houtai.domain.printing.printer import PrinterConfiguration, PrinterLanguage, Transport
from houtai.domain.shipping.parcel import Contact
from houtai.domain.warehouse.handling_unit import UnitKind

CARRIERS: Final = ("embedded", "second")
PATHS: Final = ("A-01-01-1", "A-01-02-1", "B-01-01-1", "P-01-01-1")
SENDER: Final = Contact("后台仓", "021-55556666", "上海市", "上海市", "青浦区", "华徐公路999号")
EVERYTHING: Final = PrinterConfiguration(PrinterLanguage.PDF, Transport.FILE, "desk", tuple(Size)[:8])
TOTES, CARTS = 5, 3


def location_of(place: WarehouseId, path: str) -> LocationId:
    """A shelf's id, the same in every run."""
    return LocationId(derive(place, "location", path))


def tote_of(place: WarehouseId, number: int) -> HandlingUnitId:
    """A tote's id."""
    return HandlingUnitId(derive(place, "tote", number))


def cart_of(place: WarehouseId, number: int) -> HandlingUnitId:
    """The id of a cart with four slots."""
    return HandlingUnitId(derive(place, "cart", number))


def draw_floor(office: Office, place: WarehouseId, code: str) -> None:
    """Four places, totes and carts, one printer for everything, two carriers."""
    act = office.act_of_system()
    for path in PATHS:
        office.perform(define_location, DefineLocation(location_of(place, path), place, path), act)
    stand = location_of(place, PATHS[-1])
    for number in range(TOTES):
        cmd = MakeUnit(tote_of(place, number), place, f"H-{code}-T{number}", UnitKind.TOTE, stand)
        office.perform(make_unit, cmd, act)
    for number in range(CARTS):
        cmd = MakeUnit(cart_of(place, number), place, f"H-{code}-C{number}", UnitKind.CART, stand, rows=2, columns=2)
        office.perform(make_unit, cmd, act)
    printer = PrinterId(derive(place, "printer"))
    office.perform(add_printer, AddPrinter(printer, f"P-{code}", "打印机", place, EVERYTHING), act)
    settings = SetDispatch(
        warehouse=place, expected_version=0, sender=SENDER, carriers=CARRIERS, label_printer=printer, list_printer=printer
    )
    office.perform(set_dispatch, settings, act)


@attrs.define
class PaperPress:
    """Printers that print, until told otherwise; what may be on paper is never sent again without a person's word."""

    coming: deque[Result] = attrs.field(factory=deque)
    out: dict[UUID, int] = attrs.field(factory=dict)  # the round of each job in which bytes reached paper, or may have

    def render(self, sending: Sending) -> Rendered:
        """See `Press.render`."""
        return Rendered(sending.job.subject.encode(), "text/plain", "txt", 1)

    def send(self, sending: Sending, rendered: Rendered, deadline_ms: int) -> Outcome:
        """See `Press.send`."""
        del rendered, deadline_ms
        job = sending.job
        assert self.out.get(job.id, 0) < job.rounds, f"{job.subject} was sent again though it may be on paper"
        result = self.coming.popleft() if self.coming else Result.DONE
        if result in (Result.DONE, Result.ACCEPTED, Result.UNCERTAIN):
            self.out[job.id] = job.rounds
        return Outcome(result, "" if result is Result.DONE else "out of paper")

    def ask(self, sending: Sending, deadline_ms: int) -> Outcome:
        """See `Press.ask`."""
        del sending, deadline_ms
        return Outcome(Result.DONE)
