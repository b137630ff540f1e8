"""The steps of packing at the bench: the box that is really used, or several boxes with what lies in each."""

from __future__ import annotations

from typing import Final

import attrs

from houtai.application.outbound.pack import Pack, PackedParcel, pack
from houtai.application.warehouse.station_sight import Scanned
from houtai.application.warehouse.station_steps import Deed, Step, View, not_now, positive, says, typed_qty
from houtai.domain.ids import SkuId
from houtai.domain.outbound.checking import NotInOrder
from houtai.domain.outbound.order import OutboundOrder
from houtai.domain.outbound.parcel import Content
from houtai.domain.outbound.refusals import TooMany
from houtai.domain.warehouse.codes import Command
from houtai.domain.warehouse.reply import MessageLevel, phrase
from houtai.domain.warehouse.scan import Match, choose

COLUMNS: Final = ("label.product", "label.boxed", "label.qty")


@attrs.frozen
class PackingState:
    """Which boxes are proposed; and for several boxes those that are closed, the one being filled, and what lies in it."""

    proposed: tuple[str, ...] = ()
    several: bool = False
    closed: tuple[PackedParcel, ...] = ()
    box: str = ""
    inside: tuple[tuple[SkuId, int], ...] = ()
    last: SkuId | None = None


def pack_step(state: PackingState, scanned: Scanned, order: OutboundOrder) -> Step[PackingState]:
    """Go on; a deed ends it. Raises what `choose` raises, NotInOrder, TooMany, NotNow; what differs from the check is refused."""
    command = scanned.code.command
    if state.several:
        return _several(state, scanned, order)
    if command is Command.FULL:
        return Step(attrs.evolve(state, several=True))
    if command is Command.DONE:
        return _packed(state, order, (PackedParcel(),))
    if command is not None:
        raise not_now(command)
    match = choose(scanned.code, scanned.found, ("box",), expected=_named(state.proposed))
    return _packed(state, order, (PackedParcel(match.name),))


def _packed(state: PackingState, order: OutboundOrder, parcels: tuple[PackedParcel, ...]) -> Step[PackingState]:
    message = says(MessageLevel.SUCCESS, "packed", number=order.number, count=len(parcels))
    return Step(state, message, Deed(pack, Pack(order.id, parcels)))


def _several(state: PackingState, scanned: Scanned, order: OutboundOrder) -> Step[PackingState]:
    command = scanned.code.command
    if command is Command.UNDO:
        return Step(PackingState(state.proposed), says(MessageLevel.INFO, "begun-anew"))
    if command is Command.DONE and state.box:
        return _packed(state, order, _closed(state, order).closed)
    if command is not None:
        raise not_now(command)
    qty = typed_qty(scanned)
    if qty is not None and state.last is not None:
        return Step(_with(state, order, state.last, positive(qty), ""))
    wanted = ("product", "box") if state.box else ("box",)
    match = choose(scanned.code, scanned.found, wanted, expected=_named(state.proposed))
    if match.what == "box":
        return Step(attrs.evolve(_closed(state, order), box=match.name, inside=(), last=None))
    return Step(_more(state, order, match))


def _more(state: PackingState, order: OutboundOrder, match: Match) -> PackingState:
    sku_id = SkuId(match.key)
    return _with(state, order, sku_id, dict(state.inside).get(sku_id, 0) + match.qty, match.name)


def _with(state: PackingState, order: OutboundOrder, sku_id: SkuId, qty: int, named: str) -> PackingState:
    """So many of the product in the box. Raises NotInOrder, TooMany beyond what was checked and lies in no other box."""
    lines = [line for line in order.lines if line.sku_id == sku_id and line.checked_qty]
    if not lines:
        raise NotInOrder(sku=named or str(sku_id), number=order.number)
    elsewhere = sum(content.qty for parcel in state.closed for content in parcel.contents if content.sku_id == sku_id)
    limit = sum(line.checked_qty for line in lines) - elsewhere
    if qty > limit:
        raise TooMany(line=lines[0].seq, step="packed", wanted_qty=qty, limit_qty=limit)
    return attrs.evolve(state, inside=tuple({**dict(state.inside), sku_id: qty}.items()), last=sku_id)


def _closed(state: PackingState, order: OutboundOrder) -> PackingState:
    """The box that was being filled is closed, its pieces on the lines of the order in turn; an empty one is left out."""
    used: dict[int, int] = {}
    for content in (content for parcel in state.closed for content in parcel.contents):
        used[content.line] = used.get(content.line, 0) + content.qty
    contents = []
    for sku_id, qty in state.inside:
        left = qty
        for line in order.lines:
            part = min(left, line.checked_qty - used.get(line.seq, 0)) if line.sku_id == sku_id else 0
            if part:
                contents.append(Content(line.seq, sku_id, part))
                left -= part
    if not contents:
        return attrs.evolve(state, box="", inside=(), last=None)
    parcel = PackedParcel(state.box, tuple(contents))
    return attrs.evolve(state, closed=(*state.closed, parcel), box="", inside=(), last=None)


def _named(boxes: tuple[str, ...]) -> str:
    return " + ".join(boxes) or "-"


def show_packing(state: PackingState, order: OutboundOrder, facts: tuple[tuple[str, str], ...]) -> View:
    """The box to take; for several boxes what lies in which, and what is left."""
    if not state.several:
        prompt = phrase("prompt.box", box=_named(state.proposed)) if state.proposed else phrase("prompt.any-box")
        return View(prompt, "", facts)
    number = len(state.closed) + 1
    prompt = phrase("prompt.fill-box", number=number, box=state.box) if state.box else phrase("prompt.next-box", number=number)
    boxed: dict[SkuId, int] = dict(state.inside)
    for content in (content for parcel in state.closed for content in parcel.contents):
        boxed[content.sku_id] = boxed.get(content.sku_id, 0) + content.qty
    checked: dict[SkuId, tuple[str, int]] = {}
    for line in order.lines:
        if line.checked_qty:
            checked[line.sku_id] = line.sku_code, checked.get(line.sku_id, ("", 0))[1] + line.checked_qty
    rows = tuple((code, str(boxed.get(sku_id, 0)), str(qty)) for sku_id, (code, qty) in checked.items())
    return View(prompt, str(number), facts, COLUMNS, rows)
