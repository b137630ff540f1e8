"""A day in the warehouse over its stations: whoever works reads the screen and scans; buyers cancel between any two scans."""

from __future__ import annotations

import random
from typing import Any, Final

import attrs

from houtai.application.office import Office
from houtai.application.orders.cancel import CancelOrder, cancel_order
from houtai.application.outbound.intercept import InterceptOrder, intercept_order
from houtai.application.outbound.ports import OUTBOUND_OF, OutboundViews
from houtai.application.outbound.queries import show_outbound
from houtai.application.permission import needs
from houtai.domain.act import Act
from houtai.domain.orders.order import Order
from houtai.domain.orders.state import OrderState
from houtai.domain.outbound.order import OutboundOrder
from houtai.domain.outbound.planning import ONE_PIECE, PlannedWave
from houtai.domain.outbound.refusals import MustReturn
from houtai.domain.outbound.state import OutboundState
from houtai.domain.outbound.wave import PickMethod
from houtai.domain.refusal import IllegalMove
from houtai.domain.warehouse.handling_unit import UnitKind
from houtai.domain.warehouse.work import StationScreen, Task
from tests.inventory.arrange import stock_of
from tests.stations.shipping import BOX, VERBS, Dock, Worker

CODES: Final = ("CUP", "BOWL", "POT", "TRAY")
SLOTS: Final = 12
_BEGUN: Final = {OutboundState.PICKED, OutboundState.CHECKED, OutboundState.PACKED}


@needs("tests.read")
def _sent_for(views: OutboundViews, query: Any, act: Act) -> list[OutboundOrder]:
    return views.outbound_orders.by(OUTBOUND_OF, query)


@attrs.define
class Odds:
    """How often what goes wrong between two scans, in hundredths."""

    cancel: int = 3
    short: int = 2
    skip: int = 5
    wrong: int = 5
    off_weight: int = 10


class Day:
    """Everything that is sold, and one person for each task; `dice` decides what goes wrong when."""

    def __init__(self, office: Office, clock: Any, dice: random.Random, orders: int, odds: Odds = Odds()) -> None:
        self.dock = Dock(office, clock)
        self.dice, self.odds = dice, odds
        self.dock.box(BOX)
        more = 2 * orders + 10
        self.opening = dict.fromkeys(CODES, 10 + more)
        self._fill(more)
        self.people = {task: self.dock.worker(f"p-{task.value}", *VERBS) for task in Task if task.value in _NEEDED}
        self.boss = self.dock.worker("boss", *VERBS, "outbound.accept-weight")
        self.orders = [self._sold() for _ in range(orders)]
        self.scans = 0
        self.shorts = self.carts = 0

    # -- before the doors open

    def _fill(self, more: int) -> None:
        """Each product on two more shelves, so that what one lacks another may have."""
        self.dock.shop.take_in(None, **dict.fromkeys(CODES, more))
        for place, code in enumerate(CODES, start=1):
            self.dock.put_away(self.dock.place(f"C-{place:02}-01-1"), **{code: more // 2})
            self.dock.put_away(self.dock.place(f"D-{place:02}-01-1"), **{code: more - more // 2})

    def _sold(self) -> Order:
        kinds = self.dice.sample(CODES, self.dice.choice((1, 1, 1, 2, 3)))
        single = len(kinds) == 1 and self.dice.random() < 0.6
        units: Any = {code: 1 if single else self.dice.randint(1, 3) for code in kinds}
        return self.dock.shop.paid(**units)

    # -- what happens between two scans

    def chance(self, hundredths: int) -> bool:
        """Whether it happens now."""
        return self.dice.random() * 100 < hundredths

    def maybe_cancel(self, at_hand: OutboundOrder | None = None) -> None:
        """Some buyer, or the warehouse, stops an order: any one, or the one that is being worked on."""
        if not self.chance(self.odds.cancel):
            return
        if at_hand is not None and self.chance(50):
            self._stop(at_hand)
            return
        order = self.dice.choice(self.orders)
        sent = self.sent_for(order)
        if sent and self.chance(25):
            self._stop(sent[0])
        else:
            self._cancel(order)

    def _stop(self, sent: OutboundOrder) -> None:
        try:
            self.dock.office.perform(intercept_order, InterceptOrder(sent.id, "wrong address"), self.dock.act)
        except MustReturn:
            assert self.dock.now(sent).state is OutboundState.SHIPPED

    def _cancel(self, order: Order) -> None:
        try:
            self.dock.office.perform(cancel_order, CancelOrder(order.id, "the buyer does not want it"), self.dock.act)
        except (MustReturn, IllegalMove):
            sent = self.sent_for(order)
            over = self.dock.shop.order(order).state is OrderState.CANCELLED
            assert over or any(one.state is OutboundState.SHIPPED for one in sent)

    def sent_for(self, order: Order) -> list[OutboundOrder]:
        """What the warehouse sends for it, as it is now."""
        return self.dock.office.ask(_sent_for, order.id, self.dock.act)

    # -- scanning

    def scan(self, worker: Worker, code: str, at_hand: OutboundOrder | None = None) -> StationScreen:
        """One scan, and before it whatever may happen; now and then somebody scans something else first."""
        self.maybe_cancel(at_hand)
        if self.chance(self.odds.wrong):
            worker.scan(self.dice.choice(("NONSENSE", "C-YES", "S-BOSS", "99999", "FAN")))
        self.scans += 1
        return worker.scan(code)

    # -- the tasks

    def wave(self, planned: PlannedWave) -> None:
        """Released with its labels, picked, sorted where it has to be, checked and packed, weighed."""
        one_piece = planned.shape in ONE_PIECE
        methods = (PickMethod.CLUSTER, PickMethod.THEN_SORT, PickMethod.ZONE, PickMethod.SINGLE)
        method = PickMethod.THEN_SORT if one_piece else self.dice.choice(methods)
        members = [self.dock.office.ask(show_outbound, one.outbound_id, self.dock.act).order for one in planned.orders]
        members = [one for one in members if not one.stopped]
        if not members:
            return
        made = self.dock.wave(*members, shape=planned.shape, method=method)
        for one in members:
            if self.dock.asked_for(one):
                self.dock.answer(one)
        for _ in made.runs:
            self.walk(method)
        if method is PickMethod.THEN_SORT and not one_piece:
            self.sort(made.wave.number)
        if one_piece:
            self.lane(made.wave.number, members)
        for one in members:
            self.bench(one)
            self.scale(one)

    def walk(self, method: PickMethod) -> None:
        """Somebody fetches what one walk wants."""
        li = self.people[Task.PICK]
        li.open(Task.PICK)
        self.carts += 1
        code = f"H-R{self.carts}"
        if method in (PickMethod.CLUSTER, PickMethod.ZONE):
            self.dock.unit(UnitKind.CART, code, rows=4, columns=5)
        else:
            self.dock.unit(UnitKind.TOTE, code)
        screen = li.scan(code)
        assert screen.message is not None
        while screen.prompt.code != "prompt.wave":
            screen = self._fetch(li, screen)

    def _fetch(self, li: Worker, screen: StationScreen) -> StationScreen:
        prompt = screen.prompt.code
        if prompt == "prompt.location" and self.chance(self.odds.skip):
            return self.scan(li, "C-SKIP")
        if prompt == "prompt.product" and self.chance(self.odds.short):
            self.scan(li, "C-SHORT")
            self.shorts += 1
            return self.scan(li, "C-SHORT")
        if prompt == "prompt.zero-check" and self.chance(30):
            return self.scan(li, "C-NO")
        if prompt == "prompt.go-on":
            return self.scan(li, "C-DONE")
        return self.scan(li, self.dock.next_scan(screen))

    def sort(self, wave: str) -> None:
        """What the tote holds goes into the slots of the wall."""
        li = self.people[Task.SORT]
        li.open(Task.SORT)
        wall = f"H-W{self.carts}"
        self.dock.unit(UnitKind.WALL, wall, rows=4, columns=5)
        self.scan(li, wave)
        screen = self.scan(li, wall)
        while screen.prompt.code != "prompt.sort-wave":
            if screen.prompt.code == "prompt.wall":  # every order of the wave was stopped, and with the last one it was over
                assert screen.message is not None
                assert screen.message.code == "outbound.not-ready", screen.message
                screen = li.scan("C-CANCEL")
                continue
            if screen.prompt.code == "prompt.sort-slot":
                screen = self.scan(li, dict(screen.prompt.facts)["slot"])
                continue
            codes = [code for code in CODES if any(row[1] == code for row in screen.rows)]
            before = screen.rows
            screen = self.scan(li, self.dice.choice(codes)) if codes else self.scan(li, "C-DONE")
            if codes and screen.prompt.code == "prompt.wall-product" and screen.rows == before:
                screen = self._surplus(li, codes)

    def _surplus(self, li: Worker, codes: list[str]) -> StationScreen:
        """A product that no slot lights for: those that waited for it were stopped. What nobody wants stays in the tote."""
        for code in codes:
            screen = li.scan(code)
            if screen.prompt.code == "prompt.sort-slot":
                return screen
        return self._leave(li)

    def _leave(self, li: Worker) -> StationScreen:
        screen = li.scan("C-DONE")
        return screen if screen.prompt.code == "prompt.sort-wave" else li.scan("C-CANCEL")

    def lane(self, wave: str, members: list[OutboundOrder]) -> None:
        """The pieces of the tote, one scan each, until the lane wants no more."""
        li = self.people[Task.CHECK]
        li.open(Task.CHECK)
        li.scan("C-CANCEL", "C-CANCEL")
        screen = li.scan(wave)
        for one in members:
            if screen.prompt.code == "prompt.fast-lane":
                screen = self.scan(li, one.lines[0].sku_code, one)
            if screen.prompt.code in ("prompt.any-box", "prompt.box"):
                screen = self.scan(li, "B1", one)
        li.scan("C-CANCEL", "C-CANCEL")

    def bench(self, order: OutboundOrder) -> None:
        """Every piece and the box, as long as the order goes on."""
        if self.dock.now(order).state not in _BEGUN:
            return
        li = self.people[Task.CHECK]
        li.open(Task.CHECK)
        screen = self.scan(li, order.number, order)
        for _ in range(60):
            if screen.prompt.code == "prompt.check":
                screen = self.scan(li, screen.rows[0][0], order)
            elif screen.prompt.code in ("prompt.any-box", "prompt.box"):
                screen = self.scan(li, "B1", order)
            else:
                return
        raise AssertionError(screen)

    def scale(self, order: OutboundOrder) -> None:
        """On the scale; now and then it shows too much, and a supervisor lets it pass or the bench looks again."""
        if self.dock.now(order).state is not OutboundState.PACKED:
            return
        li = self.people[Task.WEIGH]
        li.open(Task.WEIGH)
        self.scan(li, order.waybill or self.dock.waybill(order), order)
        off = self.chance(self.odds.off_weight)
        screen = self.scan(li, f"{self.dock.grams(order) + (500 if off else 3)}g", order)
        if screen.prompt.code != "prompt.weight-differs":
            li.scan("C-CANCEL")
            return
        if self.chance(50):
            self.scan(li, self.boss.badge, order)
            self.scan(li, "2", order)
            li.scan("C-CANCEL")
            return
        self.scan(li, "C-NO", order)
        li.scan("C-CANCEL")
        self.bench(order)
        self.scale(order)

    def van(self) -> None:
        """All that is weighed goes onto the carrier's manifest, and leaves."""
        li = self.people[Task.HAND_OVER]
        li.open(Task.HAND_OVER)
        self.scan(li, "embedded")
        count = 0
        for order in self.orders:
            for sent in self.sent_for(order):
                if sent.state is OutboundState.WEIGHED:
                    self.scan(li, sent.waybill, sent)
        screen = li.open(Task.HAND_OVER)
        while screen.prompt.code == "prompt.parcel" and screen.digits != "0" and count < 20:
            screen, count = self.scan(li, "C-DONE"), count + 1
        li.scan("C-CANCEL")

    def put_back(self) -> None:
        """What was stopped with goods off the shelf goes back."""
        li = self.people[Task.PUT_BACK]
        for order in self.orders:
            for sent in self.sent_for(order):
                if sent.state is OutboundState.INTERCEPTED:
                    li.open(Task.PUT_BACK)
                    screen = self.scan(li, sent.number)
                    while screen.prompt.code != "prompt.put-back":
                        screen = self._one_back(li, screen)

    def _one_back(self, li: Worker, screen: StationScreen) -> StationScreen:
        if screen.prompt.code == "prompt.put-back-goods":
            return self.scan(li, screen.rows[0][1])
        code = dict(screen.prompt.facts)["goods"]
        shelf = next(place for place in self.dock.places if place.path == f"C-{CODES.index(code) + 1:02}-01-1")
        return self.scan(li, shelf.barcode)

    # -- the whole day

    def run(self) -> None:
        """From release to the van, wave by wave; whoever lacks goods is cancelled in the evening."""
        for order in self.orders:
            if self.dock.shop.order(order).state is OrderState.CONFIRMED:
                self.dock.hand_over(order)
                self.maybe_cancel()
        for planned in self.dock.plan().waves:
            self.wave(planned)
        self.van()
        self.odds = Odds(0, 0, 0, 0, 0)
        for order in self.orders:
            if not any(one.state is OutboundState.SHIPPED for one in self.sent_for(order)):
                self._cancel(order)
        self.put_back()

    # -- what has to be true

    def shipped(self) -> list[Order]:
        """The orders that left."""
        return [order for order in self.orders if any(one.state is OutboundState.SHIPPED for one in self.sent_for(order))]

    def check(self) -> None:
        """Goods and money are whole: everything is at its place, on its way to a buyer, or paid back to the fen."""
        gone = self.shipped()
        assert {one.state for order in self.orders for one in self.sent_for(order)} <= {
            OutboundState.SHIPPED,
            OutboundState.CANCELLED,
        }
        self._goods(gone)
        self._money(gone)

    def _goods(self, gone: list[Order]) -> None:
        shop = self.dock.shop
        for code in CODES:
            sold = sum(line.qty for order in gone for line in order.lines if line.sku_id == shop.sku[code])
            stock = stock_of(self.dock.office, self.dock.act, shop.sku[code], self.dock.warehouse)
            bins = self.dock.bins(code)
            assert (stock.on_hand_qty, stock.reserved_qty) == (self.opening[code] - sold, 0), code
            assert sum(one.qty for one in bins) == stock.on_hand_qty, code
            assert sum(one.qty - one.free_qty - one.suspect_qty for one in bins) == 0, code

    def _money(self, gone: list[Order]) -> None:
        shop, left = self.dock.shop, {order.id for order in gone}
        back = [refund for order in self.orders if order.id not in left for refund in shop.refunds(order)]
        assert sum(refund.amount.minor for refund in back) == sum(o.paid_minor for o in self.orders if o.id not in left)
        assert [shop.refunds(order) for order in gone] == [[] for _ in gone]
        assert -shop.balance("revenue") == sum(order.paid_minor for order in gone)
        assert -shop.balance("customer-deposits") == 0


_NEEDED: Final = {"pick", "sort", "check", "weigh", "hand-over", "put-back"}
