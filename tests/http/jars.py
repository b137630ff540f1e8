"""A module of its own for the edge's tests, with one route of each kind: a jar holds beans, its count is its version."""

from __future__ import annotations

from typing import Annotated
from uuid import UUID

import attrs

from houtai.application.paging import Page, Slice
from houtai.application.permission import needs
from houtai.application.ports import Counter, HouseTx
from houtai.application.tx import HouseViews
from houtai.domain import limits
from houtai.domain.act import Act
from houtai.domain.money import Money
from houtai.domain.refusal import AlreadyExists, Kind, NotFound, Refusal, VersionConflict
from houtai.entrypoints.http import wire
from houtai.entrypoints.http.desk import Desk, Download, Notice, Reply, Upload
from houtai.entrypoints.http.routes import Routes

ROUTES = Routes("jars", "Jars of beans.")


@attrs.define(eq=False, slots=False)
class JarFull(Refusal):
    """No more beans go in."""

    code = "jars.full"
    kind = Kind.CONFLICT
    text = "the jar holds {held_qty} of {most_qty}"

    held_qty: int
    most_qty: int


@attrs.define(eq=False, slots=False)
class TooManyShakes(Refusal):
    """It was shaken too often."""

    code = "jars.shaken"
    kind = Kind.LIMITED
    text = "wait {retry_after_s} s"

    retry_after_s: int


@attrs.frozen
class Jar:
    """A jar."""

    id: UUID
    beans_qty: int
    version: int


@attrs.frozen
class MakeJar:
    """A new jar."""

    id: UUID
    beans_qty: int = attrs.field(validator=limits.any_qty)


@attrs.frozen
class FillJar:
    """More beans into a jar."""

    id: UUID
    expected_version: int
    beans_qty: int = attrs.field(validator=limits.positive_qty)


@attrs.frozen
class ListJars:
    """Which jars."""

    page: Page
    beans_qty: int


@needs("jars.make")
def make_jar(tx: HouseTx, cmd: MakeJar, act: Act) -> Jar:
    """Make a jar."""
    if tx.counters.find(str(cmd.id)) is not None:
        raise AlreadyExists(what="jar", key=str(cmd.id))
    tx.counters.add(Counter(str(cmd.id), cmd.beans_qty))
    return Jar(cmd.id, cmd.beans_qty, cmd.beans_qty + 1)


@needs("jars.fill")
def fill_jar(tx: HouseTx, cmd: FillJar, act: Act) -> Jar:
    """Fill a jar."""
    held = tx.counters.lock([str(cmd.id)]).get(str(cmd.id))
    if held is None:
        raise NotFound(what="jar", key=str(cmd.id))
    if held.last + 1 != cmd.expected_version:
        raise VersionConflict(what="jar", key=str(cmd.id), expected_version=cmd.expected_version, current_version=held.last + 1)
    if held.last + cmd.beans_qty > 100:
        raise JarFull(held_qty=held.last, most_qty=100)
    tx.counters.save(Counter(str(cmd.id), held.last + cmd.beans_qty))
    return Jar(cmd.id, held.last + cmd.beans_qty, held.last + cmd.beans_qty + 1)


@needs("jars.shake")
def shake_jar(tx: HouseTx, cmd: UUID, act: Act) -> None:
    """Shake a jar, which is always too much."""
    raise TooManyShakes(retry_after_s=7)


@needs("jars.read")
def find_jar(views: HouseViews, request: UUID, act: Act) -> Jar:
    """Look at a jar; those with an even id are there."""
    if request.int % 2:
        raise NotFound(what="jar", key=str(request))
    return Jar(request, 4, 5)


@needs("jars.read")
def list_jars(views: HouseViews, request: ListJars, act: Act) -> Slice[Jar]:
    """List jars."""
    found = tuple(Jar(UUID(int=2 * number), request.beans_qty, request.beans_qty + 1) for number in range(request.page.limit))
    return Slice(found, "bW9yZQ==")


class JarOut(wire.Versioned):
    """A jar as it goes out."""

    id: wire.Id
    beans_qty: int


class Label(wire.Wire):
    """What is written on a jar."""

    text: wire.Name
    price: wire.Money | None = None


class NewJar(wire.Wire):
    """A new jar."""

    beans_qty: wire.QtyOrZero
    id: wire.Id | None = None
    labels: Annotated[tuple[Label, ...], wire.Few] = ()
    best_before: wire.Moment | None = None


class Filling(wire.Wire):
    """Beans to add."""

    beans_qty: wire.Qty


class JarQuery(wire.PageQuery):
    """Which jars to list."""

    beans_qty: wire.QtyOrZero = 0
    empty: bool = False
    before: wire.Moment | None = None


class CountOut(wire.Wire):
    """How many bytes came."""

    bytes_qty: int


def present(jar: Jar) -> JarOut:
    return JarOut(id=jar.id, beans_qty=jar.beans_qty, version=jar.version)


@ROUTES.post("/jars", make_jar, status=201, location="/jars/{id}", example={"beans_qty": 3})
def post_jar(desk: Desk, body: NewJar) -> JarOut:
    """Make a jar.

    It starts with the beans that are asked for.
    """
    for label in body.labels:
        if label.price is not None:
            label.price.value() + Money.zero("CNY")
    return present(desk.perform(make_jar, MakeJar(desk.new_id(body.id), body.beans_qty)))


@ROUTES.get("/jars", list_jars)
def get_jars(desk: Desk, query: JarQuery) -> wire.Listed[JarOut]:
    """List the jars."""
    return wire.listed(desk.ask(list_jars, ListJars(query.page(), query.beans_qty)), present)


@ROUTES.get("/jars/{jar_id}", find_jar)
def get_jar(desk: Desk, jar_id: UUID) -> JarOut:
    """Look at a jar."""
    return present(desk.ask(find_jar, jar_id))


@ROUTES.patch("/jars/{jar_id}", fill_jar, refuses=(JarFull,))
def patch_jar(desk: Desk, jar_id: UUID, body: Filling) -> JarOut:
    """Fill a jar."""
    return present(desk.perform(fill_jar, FillJar(jar_id, desk.expected_version, body.beans_qty)))


@ROUTES.post("/jars/{jar_id}/shake", shake_jar, refuses=(TooManyShakes,))
def post_jar_shake(desk: Desk, jar_id: UUID) -> None:
    """Shake a jar."""
    desk.perform(shake_jar, jar_id)


@ROUTES.get("/jars/{jar_id}/label", find_jar, produces=("application/pdf",))
def get_jar_label(desk: Desk, jar_id: UUID) -> Download:
    """The jar's label as a file."""
    return Download(b"%PDF-1.7", "application/pdf", 'a "豆"\r\n.pdf')


@ROUTES.upload("/jar-imports", make_jar, accepts=("text/csv",), max_bytes=2_000_000)
def post_jar_import(desk: Desk, file: Upload) -> CountOut:
    """Take a file of jars."""
    return CountOut(len(file.content))


@ROUTES.notice("/jar-notices/{sender}", statuses=(202,))
def post_jar_notice(desk: Desk, sender: wire.Code, notice: Notice) -> Reply[CountOut]:
    """Take what a bean dealer says."""
    return Reply(CountOut(len(notice.raw)), 202)


@ROUTES.post("/jar-sums", None, keyed=False, public=True)
def post_jar_sum(desk: Desk, body: Filling) -> CountOut:
    """Count without doing anything."""
    return CountOut(body.beans_qty)


@ROUTES.get("/jar-breakdowns", None)
def get_jar_breakdown(desk: Desk) -> None:
    """Break in a way that nobody foresaw."""
    message = "secret beans"
    raise RuntimeError(message)
