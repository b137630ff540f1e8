"""How a warehouse sends, by which templates its waves are made, and which boxes there are: edited documents with versions."""

from __future__ import annotations

from typing import Final

import attrs

from houtai.application.inventory.scope import demand_at
from houtai.application.outbound.ports import BOX_BY_CODE, OutboundTx
from houtai.application.permission import WAREHOUSE, needs
from houtai.application.plain import SECRET
from houtai.application.timeline import write_line
from houtai.domain import limits
from houtai.domain.act import Act
from houtai.domain.catalog.standing import MOVES, Standing
from houtai.domain.ids import BoxId, PrinterId, WarehouseId, WaveTemplateId
from houtai.domain.moves import check_move
from houtai.domain.outbound.cartonise import Box
from houtai.domain.outbound.cut_off import MAX_CUT_OFFS, CutOff
from houtai.domain.outbound.paths import WalkMethod
from houtai.domain.outbound.planning import WaveTemplate
from houtai.domain.outbound.wave import PickMethod
from houtai.domain.outbound.weighing import MAX_CATEGORIES, CategoryTolerance, WeighTolerance
from houtai.domain.outbound.work import DispatchSettings, PackBox, StoredTemplate
from houtai.domain.refusal import AlreadyExists, NotFound, VersionConflict
from houtai.domain.shipping.parcel import Contact

CONFIGURE: Final = "outbound.configure"


@attrs.frozen(kw_only=True)
class SetDispatch:
    """How this warehouse sends from now on. `expected_version` 0 says that nobody has said so before."""

    warehouse: WarehouseId
    expected_version: int
    sender: Contact = attrs.field(metadata={SECRET: True})
    carriers: tuple[str, ...] = attrs.field(validator=limits.at_most(10, 1))
    label_printer: PrinterId | None = None
    list_printer: PrinterId | None = None
    tolerance: WeighTolerance = attrs.field(factory=WeighTolerance)
    category_tolerances: tuple[CategoryTolerance, ...] = attrs.field(default=(), validator=limits.at_most(MAX_CATEGORIES))
    zero_check: bool = True
    walk: WalkMethod = WalkMethod.SHORTEST
    cut_offs: tuple[CutOff, ...] = attrs.field(default=(), validator=limits.at_most(MAX_CUT_OFFS))


@needs(CONFIGURE, along=(WAREHOUSE,))
def set_dispatch(tx: OutboundTx, cmd: SetDispatch, act: Act) -> DispatchSettings:
    """What is released already stays as it is.

    Raises NotFound for an unknown warehouse or category, or a printer that is unknown or stands in another one, VersionConflict,
    and InvalidValue for cut-offs of a carrier that does not send from here or a category that is named twice.
    """
    demand_at(act, CONFIGURE, tx.warehouses.get(cmd.warehouse))
    wanted = {one for one in (cmd.label_printer, cmd.list_printer) if one is not None}
    printers = tx.printers.many(wanted)
    for printer_id in sorted(wanted):
        if printer_id not in printers or printers[printer_id].warehouse_id != cmd.warehouse:
            raise NotFound(what="printer", key=str(printer_id))
    _check_categories(tx, cmd)
    before = tx.dispatch_settings.lock([cmd.warehouse]).get(cmd.warehouse)
    version = 0 if before is None else before.version
    _check_version("dispatch settings", cmd.warehouse, cmd.expected_version, version)
    after = DispatchSettings(
        warehouse_id=cmd.warehouse,
        sender=cmd.sender,
        carriers=cmd.carriers,
        label_printer_id=cmd.label_printer,
        list_printer_id=cmd.list_printer,
        tolerance=cmd.tolerance,
        category_tolerances=cmd.category_tolerances,
        zero_check=cmd.zero_check,
        walk=cmd.walk,
        cut_offs=cmd.cut_offs,
        version=version + 1,
    )
    if before is None:
        tx.dispatch_settings.add(after)
    else:
        tx.dispatch_settings.save(after)
    write_line(tx, act, "dispatch-settings", after, "set", before=None if before is None else before.state)
    return after


def _check_categories(tx: OutboundTx, cmd: SetDispatch) -> None:
    named = [one.category_id for one in cmd.category_tolerances]
    known = tx.categories.many(named)
    for category_id in named:
        if category_id not in known:
            raise NotFound(what="category", key=str(category_id))


@attrs.frozen(kw_only=True)
class SetTemplate:
    """A kind of wave as it is made from now on. `expected_version` 0 makes a new one."""

    id: WaveTemplateId
    expected_version: int
    warehouse: WarehouseId
    template: WaveTemplate
    method: PickMethod
    place: int = attrs.field(default=1, validator=limits.between(1, 10_000))
    state: Standing = Standing.ACTIVE


@needs(CONFIGURE, along=(WAREHOUSE,))
def set_template(tx: OutboundTx, cmd: SetTemplate, act: Act) -> StoredTemplate:
    """Raises NotFound, VersionConflict; a new one is ACTIVE (IllegalMove otherwise)."""
    demand_at(act, CONFIGURE, tx.warehouses.get(cmd.warehouse))
    before = tx.wave_templates.lock([cmd.id]).get(cmd.id)
    if before is not None and before.warehouse_id != cmd.warehouse:
        raise NotFound(what="stored template", key=str(cmd.id))
    _check_version("wave template", cmd.id, cmd.expected_version, 0 if before is None else before.version)
    after = StoredTemplate(cmd.id, cmd.warehouse, cmd.template, cmd.method, cmd.place, cmd.state, cmd.expected_version + 1)
    _check_standing("wave template", None if before is None else before.state, after.state)
    if before is None:
        tx.wave_templates.add(after)
    else:
        tx.wave_templates.save(after)
    write_line(tx, act, "wave-template", after, "set", before=None if before is None else before.state)
    return after


@attrs.frozen(kw_only=True)
class SetBox:
    """A box of the catalogue as it is from now on. `expected_version` 0 makes a new one."""

    id: BoxId
    expected_version: int
    box: Box
    state: Standing = Standing.ACTIVE


@needs(CONFIGURE)
def set_box(tx: OutboundTx, cmd: SetBox, act: Act) -> PackBox:
    """Raises VersionConflict, and AlreadyExists for a code that another box has; a new one is ACTIVE (IllegalMove otherwise)."""
    before = tx.pack_boxes.lock([cmd.id]).get(cmd.id)
    _check_version("box", cmd.id, cmd.expected_version, 0 if before is None else before.version)
    named = tx.pack_boxes.first(BOX_BY_CODE, cmd.box.code)
    if named is not None and named.id != cmd.id:
        raise AlreadyExists(what="box", key=cmd.box.code)
    after = PackBox(cmd.id, cmd.box, cmd.state, cmd.expected_version + 1)
    _check_standing("box", None if before is None else before.state, after.state)
    if before is None:
        tx.pack_boxes.add(after)
    else:
        tx.pack_boxes.save(after)
    write_line(tx, act, "pack-box", after, "set", before=None if before is None else before.state)
    return after


def _check_version(what: str, key: object, expected: int, current: int) -> None:
    if expected != current:
        raise VersionConflict(what=what, key=str(key), expected_version=expected, current_version=current)


def _check_standing(what: str, before: Standing | None, after: Standing) -> None:
    """A new one is in use; another state than before has to be a legal move. Raises IllegalMove."""
    if before is None and after is not Standing.ACTIVE:
        check_move(what, MOVES, after, Standing.RETIRED)
    elif before is not None and before is not after:
        check_move(what, MOVES, before, after)
