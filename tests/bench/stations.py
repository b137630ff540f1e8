"""From a scan to its reply: at stations in this process and over HTTP, in a warehouse with 100,000 filled bins.

    python tests/bench/stations.py [--db URL] [--json] [--quick] [--skus N] [--profile]

10,000 SKUs lie in ten places each. One station scans as fast as it is answered, then eight at once: looking up products and places
in turn, and moving one piece (place, product, place: the last scan moves). Every code is chosen anew, so that nothing is warm by
chance. One station also picks orders of two products walk by walk, checks, packs and weighs them, and scans them into the van. Each
case is three rounds, of which the best one counts. Processor time a scan is that of the process with the stations in it: of all but
PostgreSQL where they work in this process, of the client alone over HTTP. Over HTTP the server is a process of its own on the same machine as the client and the database, and the client is the one
that `houtai station --server` uses. Promised is the 95th percentile of one station: 20 ms in this process, 50 ms over HTTP.
`--profile` shows where the time of one station's moves goes, and measures nothing else.
"""

from __future__ import annotations

import cProfile
import pstats
import random
import sys
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack, contextmanager
from functools import partial
from pathlib import Path
from time import perf_counter, process_time

import attrs
import click

sys.path.insert(0, str(Path(__file__).parents[2]))  # also when run as a file

from houtai.adapters.stations_http import HttpStation
from houtai.application.stations.port import StationPort
from houtai.domain.outbound.order import OutboundOrder
from houtai.domain.warehouse.handling_unit import UnitKind
from houtai.domain.warehouse.reply import MessageLevel
from houtai.domain.warehouse.work import StationScreen, Task
from houtai.entrypoints.container import house
from houtai.entrypoints.garbage import collect_seldom
from houtai.entrypoints.settings import Settings
from houtai.entrypoints.terminal.opening import desk_of
from tests.bench.databases import databases
from tests.bench.figures import Figures, options, percentile
from tests.bench.server import serving
from tests.bench.yard import PIN, Yard, laid_out
from tests.stations.shipping import BOX

STATIONS = 8
FINE = (MessageLevel.SUCCESS, MessageLevel.INFO)
PROMISED_MS = {"in-process": 20, "over HTTP": 50}


@attrs.frozen
class Size:
    """How much lies there, how often each station does each task in a round, and how many orders are sent in one."""

    skus: int
    times: int
    orders: int
    rounds: int = 3

    @classmethod
    def of(cls, *, quick: bool) -> Size:
        """Small for a try, else as the figures are made."""
        return cls(300, 4, 1, 1) if quick else cls(10_000, 100, 20)


@attrs.define
class Clerk:
    """Somebody at a station: logged in, with their own count of scans and of milliseconds."""

    port: StationPort
    token: str
    yard: Yard
    pick: random.Random
    task: Task = Task.LOOK_UP
    seq: int = 0
    millis: dict[str, list[float]] = attrs.field(factory=dict)

    def open(self, task: Task) -> None:
        """Take up a task, from its beginning."""
        self.task, self.seq = task, self.port.open_task(self.token, task).seq
        self.scan("", "C-CANCEL", strict=False)

    def scan(self, name: str, code: str, *, strict: bool = True) -> StationScreen:
        """One scan, its time noted under this name; what is refused is a fault of the benchmark."""
        self.seq += 1
        begun = perf_counter()
        screen = self.port.scan(self.token, self.task, self.seq, code)
        took_ms = (perf_counter() - begun) * 1_000
        if strict:
            assert screen.message is None or screen.message.level in FINE, (code, screen.message)
            self.millis.setdefault(name, []).append(took_ms)
        return screen


def look_up(clerk: Clerk) -> None:
    """A product, and a place."""
    shelf = clerk.yard.shelf(clerk.pick)
    clerk.scan("look up a product", clerk.pick.choice(shelf.goods))
    clerk.scan("look up a place", shelf.barcode)


def move(clerk: Clerk) -> None:
    """One piece from a place to another."""
    start, end = clerk.pick.sample(clerk.yard.shelves, 2)
    clerk.scan("move: begin anew", "C-CANCEL", strict=False)
    clerk.scan("move: from", start.barcode)
    clerk.scan("move: product", clerk.pick.choice(start.goods))
    clerk.scan("move: to, which moves", end.barcode)


def send(clerk: Clerk, order: OutboundOrder) -> None:
    """One order from the shelf to the van."""
    dock, tote = clerk.yard.dock, f"H-T{order.number[-6:]}"
    dock.unit(UnitKind.TOTE, tote)
    clerk.open(Task.PICK)
    screen = clerk.scan("pick: tote, which begins the walk", tote)
    while screen.prompt.code != "prompt.wave":
        screen = clerk.scan(NAMES[screen.prompt.code], dock.next_scan(screen))
    clerk.open(Task.CHECK)
    clerk.scan("check: waybill", order.waybill)
    for code in ("CUP", "CUP", "POT"):
        clerk.scan("check: product", code)
    clerk.scan("check: box, which packs", BOX.code)
    clerk.open(Task.WEIGH)
    clerk.scan("weigh: waybill", order.waybill)
    clerk.scan("weigh: reading", f"{dock.grams(order)}g")
    clerk.open(Task.HAND_OVER)
    clerk.scan("hand over: carrier", "embedded")
    clerk.scan("hand over: parcel", order.waybill)


NAMES = {
    "prompt.location": "pick: place",
    "prompt.product": "pick: product, which picks",
    "prompt.slot": "pick: slot",
    "prompt.zero-check": "pick: empty?",
}
TASKS: dict[Task, Callable[[Clerk], None]] = {Task.LOOK_UP: look_up, Task.MOVE: move}


@contextmanager
def in_process(yard: Yard) -> Iterator[list[StationPort]]:
    """Every station's port on the database."""
    container = house(Settings.from_environment({"HOUTAI_DB": yard.database.url}))
    office = container.office()
    try:
        yield [desk_of(container, f"B{number}") for number in range(yard.people)]
    finally:
        office.close()


@contextmanager
def over_http(yard: Yard) -> Iterator[list[StationPort]]:
    """Every station's port on one server process, each with a connection of its own."""
    with serving(yard.database.url, 1, "", timers=False) as server, ExitStack() as stack:
        yield [stack.enter_context(HttpStation(server.url, f"B{number}")) for number in range(yard.people)]


WAYS = {"in-process": in_process, "over HTTP": over_http}


def clerks(ports: list[StationPort], yard: Yard) -> list[Clerk]:
    """Everybody logged in."""
    return [Clerk(port, port.log_in(f"S-B{number}", PIN).token, yard, random.Random(number)) for number, port in enumerate(ports)]


def worked(people: list[Clerk], task: Task, times: int) -> dict[str, list[float]]:
    """Milliseconds of the scans of this task, by all of them at once."""

    def work(clerk: Clerk) -> None:
        clerk.millis.clear()
        for _ in range(times):
            TASKS[task](clerk)

    for clerk in people:
        clerk.open(task)
    with ThreadPoolExecutor(len(people)) as threads:
        list(threads.map(work, people))
    names = people[0].millis
    return {name: [one for clerk in people for one in clerk.millis[name]] for name in names}


def sent(clerk: Clerk, orders: Sequence[OutboundOrder]) -> dict[str, list[float]]:
    """Milliseconds of the scans that these orders take."""
    clerk.millis.clear()
    for order in orders:
        send(clerk, order)
    return dict(clerk.millis)


@attrs.define
class Table:
    """The figures of one way to the house."""

    figures: Figures
    kind: str
    way: str

    def alone(self, task: str, rounds: Sequence[Callable[[], dict[str, list[float]]]]) -> None:
        """The rounds of one station, and what a scan costs this process whoever else uses the machine."""
        spent = process_time()
        found = [work() for work in rounds]
        scans = sum(len(millis) for one in found for millis in one.values())
        cpu_ms = (process_time() - spent) * 1_000 / scans
        self.told(1, found)
        self.figures.row(db=self.kind, way=self.way, stations=1, scan=task, cpu_ms_a_scan=cpu_ms)

    def told(self, stations: int, rounds: list[dict[str, list[float]]]) -> None:
        """A line for each scan, of the round in which most were answered soonest; a promise for a station that is alone."""
        for name in rounds[0]:
            best = min((one[name] for one in rounds if name in one), key=lambda millis: percentile(millis, 95))
            shown = {f"p{percent}": percentile(best, percent) for percent in (50, 95, 99)}
            self.figures.row(db=self.kind, way=self.way, stations=stations, scan=name, scans=len(best), **shown)
            if stations == 1:
                promised = PROMISED_MS[self.way]
                label = f"{self.kind}, {self.way}: {promised} ms to the p95 of {name}"
                self.figures.ratio(label, promised / shown["p95"], 1.0)


def measure(yard: Yard, size: Size, figures: Figures) -> None:
    """Both ways, alone and together."""
    for way, opened in WAYS.items():
        with opened(yard) as ports:
            people, table = clerks(ports, yard), Table(figures, yard.database.kind, way)
            for task in TASKS:
                worked(people[:1], task, 3)  # caches warm, connections open
                table.alone(task.value, [partial(worked, people[:1], task, size.times)] * size.rounds)
                begun = perf_counter()
                together = worked(people, task, max(1, size.times // 2))
                rate = sum(map(len, together.values())) / (perf_counter() - begun)
                table.told(len(people), [together])
                figures.row(db=yard.database.kind, way=way, stations=len(people), scan=task.value, scans_a_second=rate)
            sent(people[0], [yard.order()])
            made = [[yard.order() for _ in range(size.orders)] for _ in range(size.rounds)]
            table.alone("send", [partial(sent, people[0], orders) for orders in made])


def profiled(yard: Yard, rounds: int) -> None:
    """One station's moves under the profiler."""
    with in_process(yard) as ports:
        people = clerks(ports[:1], yard)
        worked(people, Task.MOVE, 3)
        people[0].open(Task.MOVE)
        watch = cProfile.Profile()
        watch.enable()
        for _ in range(rounds):
            move(people[0])
        watch.disable()
        pstats.Stats(watch).sort_stats("cumulative").print_stats(60)


@click.command()
@options
@click.option("--skus", type=click.IntRange(100, 100_000), default=None, help="How many SKUs, each in ten places.")
@click.option("--profile", is_flag=True, help="Show the functions of one station's moves instead.")
def main(db: str | None, quick: bool, json_out: bool, skus: int | None, profile: bool) -> None:  # click passes flags by name
    """Measure scans on SQLite and PostgreSQL, or on the one database named."""
    figures, size = Figures("stations", quick), Size.of(quick=quick)
    if skus is not None:
        size = attrs.evolve(size, skus=skus)
    collect_seldom()
    with databases(db) as found:
        for database in found:
            begun = perf_counter()
            with laid_out(database, skus=size.skus, people=STATIONS, orders=2 * (size.orders * size.rounds + 1)) as yard:
                bins = sum(len(shelf.goods) for shelf in yard.shelves)
                figures.row(db=database.kind, bins=bins, places=len(yard.shelves), seconds_to_fill=perf_counter() - begun)
                if profile:
                    profiled(yard, size.times)
                else:
                    measure(yard, size, figures)
    figures.end(json_out=json_out)


if __name__ == "__main__":
    main()
