"""The whole demo: four stories on one database, and the doctor's verdict on what they left behind."""

from __future__ import annotations

import datetime as dt
from pathlib import Path
from typing import Any, Final

import attrs

from houtai.adapters.opening import open_database
from houtai.adapters.sql.doctor.all_checks import CHECKS
from houtai.adapters.sql.doctor.examine import Report, examine
from houtai.entrypoints.demo import dispatch, floor, hands, orders, paper, parcels, people, prices, put_right, shop, staff
from houtai.entrypoints.demo.stage import Stage, Step

LENGTH: Final = dt.timedelta(hours=3)  # the stories take less; they begin this long ago


@attrs.frozen
class Played:
    """What was told, which files were printed, and what the doctor says of it."""

    steps: tuple[Step, ...]
    report: Report
    folder: Path | None = None  # where the printed files lie; None where nothing could be printed
    papers: tuple[str, ...] = ()  # by their paths below it

    def as_plain(self) -> dict[str, Any]:
        """As one JSON document: ``{"steps": [...], "papers": {"folder": …, "files": [...]}, "doctor": {"ok": true, ...}}``."""
        papers = {"folder": None if self.folder is None else str(self.folder), "files": list(self.papers)}
        return {"steps": [attrs.asdict(step) for step in self.steps], "papers": papers, "doctor": self.report.as_plain()}


def play(url: str) -> Played:
    """Tell the four stories in the empty database behind `url`, then have it examined."""
    stage = Stage(url, dt.datetime.now(dt.UTC) - LENGTH)
    try:
        opened = _list_goods(stage)
        counter = _sell(stage, opened)
        _put_right(_ship(stage, opened, counter))
        stage.scene = "A buyer leaves"
        people.let_go_of_a_buyer(counter)
    finally:
        stage.close()
    database = open_database(url)
    try:
        report = examine(database, CHECKS)
    finally:
        database.close()
    papers = [] if stage.folder is None else [str(path.relative_to(stage.folder)) for path in stage.folder.rglob("*.pdf")]
    return Played(tuple(stage.steps), report, stage.folder, tuple(sorted(papers)))


def _list_goods(stage: Stage) -> shop.Shop:
    """F-1: the house opens, and a product comes onto its channels with stock and prices."""
    stage.scene = "The house opens"
    staff.hire(stage)
    opened = shop.open_shop(stage)
    stage.scene = "F-1: a product is listed"
    shop.describe_goods(stage, opened)
    prices.set_the_prices(stage, opened)
    shop.take_in_stock(stage, opened)
    shop.write_off_damage(stage, opened)
    shop.list_goods(stage, opened)
    stage.scene = "F-1: it gets its promotions"
    prices.run_promotions(stage, opened)
    return opened


def _sell(stage: Stage, opened: shop.Shop) -> orders.Counter:
    """F-2: orders are placed, paid, confirmed, refused, cancelled and paid back."""
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
    return counter


def _ship(stage: Stage, opened: shop.Shop, counter: orders.Counter) -> dispatch.Hall:
    """F-3: from the confirmed orders to the carrier's van, with what lies on the way."""
    stage.scene = "Parcels get their waybills"
    parcels.give_to_the_carrier(stage, opened)
    stage.scene = "The floor is drawn, and goods are put away"
    drawn = floor.draw_the_floor(stage, opened)
    stage.scene = "A shelf gets its label"
    paper.label_the_shelves(stage, opened)
    stage.scene = "F-3: orders go to the warehouse"
    hall = dispatch.equip(stage, counter, drawn)
    dispatch.sell_a_little_more(hall)
    dispatch.release_and_wave(hall)
    dispatch.print_lists(hall)
    stage.scene = "F-3: they are picked, and one tin is missing"
    hands.pick_the_cart(hall)
    hands.count_the_shelf(hall)
    stage.scene = "F-3: a buyer changes her mind on the way"
    hands.change_on_the_way(hall)
    stage.scene = "F-3: checked, packed, weighed"
    hands.check_and_pack(hall)
    hands.weigh_them(hall)
    hands.run_the_fast_lane(hall)
    stage.scene = "F-3: the van comes"
    hands.hand_over(hall)
    return hall


def _put_right(hall: dispatch.Hall) -> None:
    """Money back and goods once more: what buyers want put right, then one order that waits for tomorrow."""
    stage = hall.stage
    stage.scene = "Money back: a pot came in pieces"
    put_right.send_back_what_broke(hall)
    stage.scene = "Money back: a tin is exchanged"
    put_right.exchange_a_tin(hall)
    stage.scene = "The day ends"
    dispatch.leave_one_for_tomorrow(hall)
