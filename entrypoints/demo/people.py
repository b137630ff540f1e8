"""The demo's last scene, which the law asks for: a look with its reason, an export that is noted, a buyer who leaves."""

from __future__ import annotations

from houtai.application.customers.keep import EraseCustomer, RevealCustomer, erase_customer, reveal_customer
from houtai.application.export import NoteExport, note_export
from houtai.application.sheets import SheetFormat
from houtai.application.who_saw import ListDisclosures, list_disclosures
from houtai.domain.customers.customer import Customer
from houtai.entrypoints.demo.orders import Counter


def let_go_of_a_buyer(counter: Counter) -> None:
    """周建国 is called, asks who looked at his number, and wants to be forgotten; what he bought stays in the books."""
    stage, zhou = counter.stage, counter.buyers.zhou
    office = stage.office

    def look() -> Customer:
        return office.perform(reveal_customer, RevealCustomer(zhou, "核对送货时间"), stage.act("chen"))

    def export() -> None:
        office.perform(note_export, NoteExport("orders", SheetFormat.CSV, {"state": "paid"}), stage.act("owner"))

    def erase() -> None:
        office.perform(erase_customer, EraseCustomer(zhou, known.version), stage.act("chen"))

    known = stage.tell("chen", "looks up the number of 周建国 in full, and says why", look)
    stage.tell("owner", "takes the paid orders out as a file, receivers masked; that is noted too", export)
    seen = office.ask(list_disclosures, ListDisclosures(zhou), stage.act("owner")).items
    told = "; ".join(f"{one.actor_name}, because of {one.reason}" for one in seen)
    stage.tell("周建国", f"asks who saw his number: {told}", lambda: None)
    stage.tell("chen", "erases him: his ended orders keep the goods and the money, and no longer say who he was", erase)
