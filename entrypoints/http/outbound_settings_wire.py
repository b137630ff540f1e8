"""How a warehouse's way of sending travels over HTTP: the sender and carriers, wave templates, and the catalogue of boxes."""

from __future__ import annotations

from typing import Annotated
from uuid import UUID

from msgspec import Meta

from houtai.application.outbound.configure import SetBox, SetDispatch, SetTemplate
from houtai.domain.catalog.standing import Standing
from houtai.domain.ids import BoxId, CategoryId, ChannelId, PrinterId, SkuId, WarehouseId, WaveTemplateId
from houtai.domain.limits import MAX_QTY, MAX_WEIGHT_G
from houtai.domain.outbound.cartonise import Box
from houtai.domain.outbound.cut_off import MAX_CUT_OFFS, CutOff
from houtai.domain.outbound.paths import WalkMethod
from houtai.domain.outbound.planning import BasketShape, WaveCapacity, WaveFilter, WaveTemplate
from houtai.domain.outbound.wave import PickMethod
from houtai.domain.outbound.weighing import MAX_CATEGORIES, CategoryTolerance, WeighTolerance
from houtai.domain.outbound.work import DispatchSettings, PackBox, StoredTemplate
from houtai.domain.shipping.parcel import Contact
from houtai.entrypoints.http import wire
from houtai.entrypoints.http.orders_out import shown
from houtai.entrypoints.http.waybills_wire import ContactIn

Cap = Annotated[int, Meta(ge=1, le=MAX_QTY)]
FromTwo = Annotated[int, Meta(ge=2, le=MAX_QTY)]
Codes = Annotated[tuple[Annotated[str, Meta(min_length=1, max_length=64)], ...], wire.Few]
Ids = Annotated[tuple[wire.Id, ...], wire.Few]
BoxSide = Annotated[int, Meta(ge=1, le=20_000, description="An inner side in millimetres.")]
CutOffTime = Annotated[str, Meta(pattern="^([01][0-9]|2[0-3]):[0-5][0-9]$", max_length=5, examples=["17:30"])]
CarrierCodes = Annotated[tuple[wire.Code, ...], Meta(min_length=1, max_length=10)]


class ToleranceWire(wire.Wire):
    """How far a parcel may differ: the greater of so many grams and so many hundredths of a per cent of what is expected."""

    grams: wire.WeightG = 20
    basis_points: Annotated[int, Meta(ge=0, le=10_000)] = 300

    def value(self) -> WeighTolerance:
        """As the domain's tolerance."""
        return WeighTolerance(self.grams, self.basis_points)


class CategoryToleranceWire(wire.Wire):
    """How far a parcel may differ that holds goods of a category, or of one below it that has none of its own."""

    category_id: wire.Id
    tolerance: ToleranceWire


class CutOffWire(wire.Wire):
    """A time of every day on the house's clock, and the carrier whose van leaves then; '' for those with none of their own."""

    time: CutOffTime
    carrier: Annotated[str, Meta(max_length=64)] = ""


CategoryTolerances = Annotated[tuple[CategoryToleranceWire, ...], Meta(max_length=MAX_CATEGORIES)]
CutOffs = Annotated[tuple[CutOffWire, ...], Meta(max_length=MAX_CUT_OFFS)]


class DispatchIn(wire.Wire, kw_only=True):
    """How a warehouse sends from now on: its carriers in the order in which they are asked, its walks by `walk`."""

    sender: ContactIn
    carriers: CarrierCodes
    label_printer_id: wire.Id | None = None
    list_printer_id: wire.Id | None = None
    tolerance: ToleranceWire = ToleranceWire()
    category_tolerances: CategoryTolerances = ()
    zero_check: bool = True
    walk: WalkMethod = WalkMethod.SHORTEST
    cut_offs: CutOffs = ()

    def command(self, warehouse: WarehouseId, expected_version: int) -> SetDispatch:
        """As the use case takes it."""
        return SetDispatch(
            warehouse=warehouse,
            expected_version=expected_version,
            sender=self.sender.value(),
            carriers=self.carriers,
            label_printer=None if self.label_printer_id is None else PrinterId(self.label_printer_id),
            list_printer=None if self.list_printer_id is None else PrinterId(self.list_printer_id),
            tolerance=self.tolerance.value(),
            category_tolerances=tuple(
                CategoryTolerance(CategoryId(one.category_id), one.tolerance.value()) for one in self.category_tolerances
            ),
            zero_check=self.zero_check,
            walk=self.walk,
            cut_offs=tuple(CutOff(one.time, one.carrier) for one in self.cut_offs),
        )


class SenderOut(wire.Wire):
    """From whom the parcels come, as it stands on every label."""

    name: str
    phone: str
    region: str
    city: str
    district: str
    address: str
    country: str
    postcode: str
    company: str


class WaveFilterWire(wire.Wire):
    """Which orders a template takes; what is empty asks nothing. Kinds and pieces are bounded on both sides."""

    carriers: Codes = ()
    channel_ids: Ids = ()
    zones: Codes = ()
    sku_ids: Ids = ()
    kinds_from: Cap = 1
    kinds_to: Cap = MAX_QTY
    pieces_from: Cap = 1
    pieces_to: Cap = MAX_QTY

    def value(self) -> WaveFilter:
        """As the domain's filter."""
        return WaveFilter(
            carriers=frozenset(self.carriers),
            channels=frozenset(ChannelId(one) for one in self.channel_ids),
            zones=frozenset(self.zones),
            skus=frozenset(SkuId(one) for one in self.sku_ids),
            kinds=(self.kinds_from, self.kinds_to),
            pieces=(self.pieces_from, self.pieces_to),
        )


class WaveCapacityWire(wire.Wire):
    """The most that one wave takes; nothing for no bound."""

    orders: Cap | None = None
    lines: Cap | None = None
    pieces: Cap | None = None
    weight_g: Cap | None = None
    volume_cm3: Cap | None = None
    slots: Cap | None = None


class WaveTemplateIn(wire.Wire, kw_only=True):
    """How one kind of wave is made; templates are tried in the order of `place`. `by_zone` and such: what orders agree in."""

    name: Annotated[str, Meta(min_length=1, max_length=64)]
    method: PickMethod
    shapes: Annotated[tuple[BasketShape, ...], Meta(min_length=1, max_length=len(BasketShape))] = tuple(BasketShape)
    chooses: WaveFilterWire = WaveFilterWire()
    capacity: WaveCapacityWire = WaveCapacityWire()
    by_shape: bool = True
    by_carrier: bool = True
    by_channel: bool = False
    by_zone: bool = False
    hot_from: FromTwo = 20
    same_from: FromTwo = 5
    fewest_orders: Cap = 1
    skill: Annotated[str, Meta(max_length=40, description="Who walks such waves has it; '' for everybody.")] = ""
    place: Annotated[int, Meta(ge=1, le=10_000)] = 1

    def template(self) -> WaveTemplate:
        """As the domain's template."""
        return WaveTemplate(
            name=self.name,
            shapes=frozenset(self.shapes),
            chooses=self.chooses.value(),
            capacity=WaveCapacity(**{name: getattr(self.capacity, name) for name in WaveCapacityWire.__struct_fields__}),
            by_shape=self.by_shape,
            by_carrier=self.by_carrier,
            by_channel=self.by_channel,
            by_zone=self.by_zone,
            hot_from=self.hot_from,
            same_from=self.same_from,
            fewest_orders=self.fewest_orders,
            skill=self.skill,
        )

    def command(self, template: WaveTemplateId, warehouse: WarehouseId, expected_version: int, state: Standing) -> SetTemplate:
        """As the use case takes it."""
        return SetTemplate(
            id=template,
            expected_version=expected_version,
            warehouse=warehouse,
            template=self.template(),
            method=self.method,
            place=self.place,
            state=state,
        )


class NewWaveTemplate(WaveTemplateIn, kw_only=True):
    """A new template of a warehouse."""

    warehouse_id: wire.Id
    id: wire.Id | None = None


class WaveTemplateEdit(WaveTemplateIn, kw_only=True):
    """A template from now on, in use or put away."""

    state: Standing = Standing.ACTIVE


class WaveTemplateOut(wire.Versioned, kw_only=True):
    """A wave template."""

    id: UUID
    warehouse_id: UUID
    name: str
    method: PickMethod
    shapes: tuple[BasketShape, ...]
    chooses: WaveFilterWire
    capacity: WaveCapacityWire
    by_shape: bool
    by_carrier: bool
    by_channel: bool
    by_zone: bool
    hot_from: int
    same_from: int
    fewest_orders: int
    skill: str
    place: int
    state: Standing


class WaveTemplatesOut(wire.Wire):
    """A warehouse's templates in the order in which they are tried."""

    items: tuple[WaveTemplateOut, ...]


class DispatchOut(wire.Versioned, kw_only=True):
    """How a warehouse sends. Version 0 and no sender: nobody has said so yet."""

    warehouse_id: UUID
    sender: SenderOut | None
    carriers: tuple[str, ...]
    label_printer_id: UUID | None
    list_printer_id: UUID | None
    tolerance: ToleranceWire
    category_tolerances: tuple[CategoryToleranceWire, ...]
    zero_check: bool
    walk: WalkMethod
    cut_offs: tuple[CutOffWire, ...]


class BoxIn(wire.Wire, kw_only=True):
    """A box of the catalogue by its inner sides, with what it weighs, holds and costs; `filler_g` is its usual void fill."""

    code: wire.Code
    length_mm: BoxSide
    width_mm: BoxSide
    height_mm: BoxSide
    max_weight_g: Annotated[int, Meta(ge=1, le=MAX_WEIGHT_G)]
    cost_minor: wire.Minor = 0
    tare_g: wire.WeightG = 0
    filler_g: wire.WeightG = 0

    def command(self, box: BoxId, expected_version: int, state: Standing) -> SetBox:
        """As the use case takes it."""
        made = Box(
            code=self.code,
            length_mm=self.length_mm,
            width_mm=self.width_mm,
            height_mm=self.height_mm,
            max_weight_g=self.max_weight_g,
            cost_minor=self.cost_minor,
            tare_g=self.tare_g,
            filler_g=self.filler_g,
        )
        return SetBox(id=box, expected_version=expected_version, box=made, state=state)


class NewBox(BoxIn, kw_only=True):
    """A new box."""

    id: wire.Id | None = None


class BoxEdit(BoxIn, kw_only=True):
    """A box from now on, in use or put away."""

    state: Standing = Standing.ACTIVE


class BoxOut(wire.Versioned, kw_only=True):
    """A box of the catalogue."""

    id: UUID
    code: str
    length_mm: int
    width_mm: int
    height_mm: int
    max_weight_g: int
    cost_minor: int
    tare_g: int
    filler_g: int
    state: Standing


def template_out(stored: StoredTemplate) -> WaveTemplateOut:
    """A template as it goes out."""
    made = stored.template
    plain = {name: getattr(made, name) for name in ("name", "skill", "by_shape", "by_carrier", "by_channel", "by_zone")}
    counts = {name: getattr(made, name) for name in ("hot_from", "same_from", "fewest_orders")}
    return WaveTemplateOut(
        **plain,
        **counts,
        id=stored.id,
        warehouse_id=stored.warehouse_id,
        method=stored.method,
        shapes=tuple(shape for shape in BasketShape if shape in made.shapes),
        chooses=_filter(made.chooses),
        capacity=shown(WaveCapacityWire, made.capacity),
        place=stored.place,
        state=stored.state,
        version=stored.version,
    )


def _filter(chooses: WaveFilter) -> WaveFilterWire:
    return WaveFilterWire(
        carriers=tuple(sorted(chooses.carriers)),
        channel_ids=tuple(sorted(chooses.channels)),
        zones=tuple(sorted(chooses.zones)),
        sku_ids=tuple(sorted(chooses.skus)),
        kinds_from=chooses.kinds[0],
        kinds_to=chooses.kinds[1],
        pieces_from=chooses.pieces[0],
        pieces_to=chooses.pieces[1],
    )


def dispatch_out(warehouse_id: UUID, settings: DispatchSettings | None) -> DispatchOut:
    """A warehouse's way of sending as it goes out."""
    return DispatchOut(
        warehouse_id=warehouse_id,
        sender=None if settings is None else _sender(settings.sender),
        carriers=() if settings is None else settings.carriers,
        label_printer_id=None if settings is None else settings.label_printer_id,
        list_printer_id=None if settings is None else settings.list_printer_id,
        tolerance=_tolerance(WeighTolerance() if settings is None else settings.tolerance),
        category_tolerances=tuple(
            CategoryToleranceWire(one.category_id, _tolerance(one.tolerance))
            for one in (() if settings is None else settings.category_tolerances)
        ),
        zero_check=settings is None or settings.zero_check,
        walk=WalkMethod.SHORTEST if settings is None else settings.walk,
        cut_offs=() if settings is None else tuple(CutOffWire(one.time, one.carrier) for one in settings.cut_offs),
        version=0 if settings is None else settings.version,
    )


def _tolerance(one: WeighTolerance) -> ToleranceWire:
    return ToleranceWire(one.grams, one.basis_points)


def _sender(sender: Contact) -> SenderOut:
    return shown(SenderOut, sender)


def box_out(kept: PackBox) -> BoxOut:
    """A box as it goes out."""
    names = ("code", "length_mm", "width_mm", "height_mm", "max_weight_g", "cost_minor", "tare_g", "filler_g")
    return BoxOut(**{name: getattr(kept.box, name) for name in names}, id=kept.id, state=kept.state, version=kept.version)
