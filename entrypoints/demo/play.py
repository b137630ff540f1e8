"""The whole demo: both stories on one database, and the doctor's verdict on what they left behind."""

from __future__ import annotations

import datetime as dt
from typing import Any, Final

import attrs

from houtai.adapters.opening import open_database
from houtai.adapters.sql.doctor.all_checks import CHECKS
from houtai.adapters.sql.doctor.examine import Report, examine
from houtai.entrypoints.demo import floor, orders, paper, parcels, people, prices, shop, staff
from houtai.entrypoints.demo.stage import Stage, Step

LENGTH: Final = dt.timedelta(hours=3)  # the stories take less; they begin this long ago


@attrs.frozen
class Played:
    """What was told, and what the doctor says of it."""

    steps: tuple[Step, ...]
    report: Report

    def as_plain(self) -> dict[str, Any]:
        """As one JSON document: ``{"steps": [...], "doctor": {"ok": true, ...}}``."""
        return {"steps": [attrs.asdict(step) for step in self.steps], "doctor": self.report.as_plain()}


def play(url: str) -> Played:
    """Tell both stories in the empty database behind `url`, then have it examined."""
    stage = Stage(url, dt.datetime.now(dt.UTC) - LENGTH)
    try:
        stage.scene = "The house opens"
        staff.hire(stage)
        opened = shop.open_shop(stage)
        stage.scene = "F-1: a product is listed"
        shop.describe_goods(stage, opened)
        shop.take_in_stock(stage, opened)
        shop.write_off_damage(stage, opened)
        shop.list_goods(stage, opened)
        stage.scene = "F-1: it gets its prices"
        prices.set_the_prices(stage, opened)
        prices.run_promotions(stage, opened)
        counter = orders.Counter(stage, opened, prices.greet_buyers(stage))
        stage.scene = "F-2: an order is placed, paid and confirmed"
        orders.buy_and_pay(counter)
        stage.scene = "F-2: what is refused"
        orders.refuse_what_must_be(counter)
        stage.scene = "F-2: what stops for a person"
        orders.hold_and_release(counter)
        stage.scene = "F-2: what is put back"
        orders.change_of_mind(counter)
        stage.scene = "F-2: what channels sell"
        orders.sell_on_channels(counter)
        stage.scene = "Parcels get their waybills"
        parcels.give_to_the_carrier(stage, opened)
        stage.scene = "The floor is drawn, and goods are put away"
        floor.draw_the_floor(stage, opened)
        stage.scene = "A shelf gets its label"
        paper.label_the_shelves(stage, opened)
        stage.scene = "A buyer leaves"
        people.let_go_of_a_buyer(counter)
    finally:
        stage.close()
    database = open_database(url)
    try:
        return Played(tuple(stage.steps), examine(database, CHECKS))
    finally:
        database.close()
