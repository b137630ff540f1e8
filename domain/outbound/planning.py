"""Wave planning (波次): which released orders are picked together, by shape of basket, capacity and aisles (WO-1…4)."""

from __future__ import annotations

import datetime as dt
import enum
from collections import Counter
from collections.abc import Iterable, Sequence
from typing import Final

import attrs

from houtai.domain import limits
from houtai.domain.ids import ChannelId, OutboundId, SkuId
from houtai.domain.refusal import InvalidValue

MAX_COMPARED = 500  # orders looked at for the next place in a wave
MAX_AISLE = 4_095
LAST: Final = dt.datetime.max.replace(tzinfo=dt.UTC)


class BasketShape(enum.Enum):
    """The usual types of wave."""

    HOT = "hot"  # 爆款: one piece of what many order
    SINGLE = "single"  # 单品单件: one piece
    SINGLE_MANY = "single-many"  # 单品多件: several pieces of one SKU
    SAME = "same"  # 同品: one basket that several orders share
    MIXED = "mixed"  # 多品多件: several SKUs


ONE_PIECE: Final = frozenset({BasketShape.HOT, BasketShape.SINGLE})
"""The shapes that go through the fast lane: picked in bulk, label after scan."""


@attrs.frozen
class PlanItem:
    """So many pieces of a SKU out of one aisle; a line that two bins serve is two items."""

    sku_id: SkuId
    qty: int = attrs.field(validator=limits.positive_qty)
    aisle: int = attrs.field(default=0, validator=limits.between(0, MAX_AISLE))
    zone: str = ""


@attrs.frozen
class PlanOrder:
    """A released order as planning sees it: paid, audited, reserved, stopped by nobody."""

    outbound_id: OutboundId
    number: str
    items: tuple[PlanItem, ...] = attrs.field(validator=limits.at_most(limits.MAX_LINES * 60, low=1))
    made_at: dt.datetime
    carrier: str = ""
    channel_id: ChannelId | None = None
    weight_g: int = 0
    volume_cm3: int = 0
    priority: int = 0  # the higher the sooner
    ship_by: dt.datetime | None = None  # the carrier's cut-off

    @property
    def pieces(self) -> int:
        """All pieces."""
        return sum(item.qty for item in self.items)

    @property
    def skus(self) -> frozenset[SkuId]:
        """Its kinds of goods."""
        return frozenset(item.sku_id for item in self.items)

    @property
    def zones(self) -> frozenset[str]:
        """The zones its goods lie in."""
        return frozenset(item.zone for item in self.items)

    @property
    def basket(self) -> tuple[tuple[SkuId, int], ...]:
        """What it holds, whichever bins it comes from."""
        held = Counter[SkuId]()
        for item in self.items:
            held[item.sku_id] += item.qty
        return tuple(sorted(held.items()))

    @property
    def aisles(self) -> int:
        """Its aisles as bits."""
        bits = 0
        for item in self.items:
            bits |= 1 << item.aisle
        return bits

    @property
    def urgency(self) -> tuple[int, dt.datetime]:
        """What decides before everything else: priority, then the cut-off."""
        return -self.priority, self.ship_by or LAST


_cap = attrs.validators.optional(limits.between(1, limits.MAX_QTY))


@attrs.frozen
class WaveCapacity:
    """The most that one wave takes; None for no bound. `slots` are those of the cart or wall, one for each order."""

    orders: int | None = attrs.field(default=None, validator=_cap)
    lines: int | None = attrs.field(default=None, validator=_cap)
    pieces: int | None = attrs.field(default=None, validator=_cap)
    weight_g: int | None = attrs.field(default=None, validator=_cap)
    volume_cm3: int | None = attrs.field(default=None, validator=_cap)
    slots: int | None = attrs.field(default=None, validator=_cap)


_Load = tuple[int, int, int, int, int, int]  # orders, slots, lines, pieces, grams, cubic centimetres


def _load_of(order: PlanOrder) -> _Load:
    return 1, 1, len(order.items), order.pieces, order.weight_g, order.volume_cm3


def _sum(one: _Load, other: _Load) -> _Load:
    return (
        one[0] + other[0],
        one[1] + other[1],
        one[2] + other[2],
        one[3] + other[3],
        one[4] + other[4],
        one[5] + other[5],
    )


def _fits(load: _Load, most: WaveCapacity) -> bool:
    bounds = most.orders, most.slots, most.lines, most.pieces, most.weight_g, most.volume_cm3
    return all(bound is None or held <= bound for held, bound in zip(load, bounds, strict=True))


@attrs.frozen
class WaveFilter:
    """Which orders a template takes; what is empty asks nothing. Kinds and pieces are bounded on both sides."""

    carriers: frozenset[str] = frozenset()
    channels: frozenset[ChannelId] = frozenset()
    zones: frozenset[str] = frozenset()  # all goods of the order lie in these
    skus: frozenset[SkuId] = frozenset()  # all goods are among these
    kinds: tuple[int, int] = (1, limits.MAX_QTY)
    pieces: tuple[int, int] = (1, limits.MAX_QTY)

    def takes(self, order: PlanOrder) -> bool:
        """Whether the order is one of those."""
        return (
            (not self.carriers or order.carrier in self.carriers)
            and (not self.channels or order.channel_id in self.channels)
            and (not self.zones or order.zones <= self.zones)
            and (not self.skus or order.skus <= self.skus)
            and self.kinds[0] <= len(order.skus) <= self.kinds[1]
            and self.pieces[0] <= order.pieces <= self.pieces[1]
        )


@attrs.frozen
class WaveTemplate:
    """How one kind of wave is made. Orders of one wave agree in what `by_shape`, `by_carrier`, `by_channel` and `by_zone` name.

    One SKU that at least `hot_from` single-piece orders want is a HOT one; a basket that `same_from` orders share is a SAME one.
    Only who has the `skill` walks such a wave; '' for everybody.
    """

    name: str = attrs.field(validator=limits.text(1, 64))
    shapes: frozenset[BasketShape] = frozenset(BasketShape)
    chooses: WaveFilter = WaveFilter()
    capacity: WaveCapacity = WaveCapacity()
    by_shape: bool = True  # otherwise a wave of several shapes is a MIXED one
    by_carrier: bool = True
    by_channel: bool = False
    by_zone: bool = False
    hot_from: int = attrs.field(default=20, validator=limits.between(2, limits.MAX_QTY))
    same_from: int = attrs.field(default=5, validator=limits.between(2, limits.MAX_QTY))
    fewest_orders: int = attrs.field(default=1, validator=limits.between(1, limits.MAX_QTY))
    skill: str = attrs.field(default="", validator=limits.text(0, 40))


@attrs.frozen
class PlannedWave:
    """Orders to be picked together; the place in `orders` is the slot, counted from 1."""

    template: str
    shape: BasketShape
    carrier: str  # empty where the orders go with several
    orders: tuple[PlanOrder, ...]

    @property
    def slots(self) -> tuple[tuple[int, OutboundId], ...]:
        """Which order has which slot."""
        return tuple(enumerate((order.outbound_id for order in self.orders), 1))

    @property
    def aisle_visits(self) -> int:
        """In how many aisles somebody has to be."""
        bits = 0
        for order in self.orders:
            bits |= order.aisles
        return bits.bit_count()

    @property
    def ship_by(self) -> dt.datetime | None:
        """The first cut-off among its orders."""
        return min((order.ship_by for order in self.orders if order.ship_by is not None), default=None)


class LeftReason(enum.Enum):
    """Why an order is in no wave."""

    NO_TEMPLATE = "no-template"
    TOO_LARGE = "too-large"  # alone more than a wave takes
    TOO_FEW = "too-few"  # its wave would be smaller than is worth the walk


@attrs.frozen
class LeftOrder:
    """An order in no wave, and why."""

    outbound_id: OutboundId
    reason: LeftReason


@attrs.frozen
class WavePlan:
    """The waves, the most urgent first; who is left; and whose cut-off has passed, or will before the wave is out."""

    waves: tuple[PlannedWave, ...]
    left: tuple[LeftOrder, ...]
    late: tuple[OutboundId, ...]


def shape_of(order: PlanOrder) -> BasketShape:
    """The shape of the basket by itself."""
    if len(order.skus) > 1:
        return BasketShape.MIXED
    return BasketShape.SINGLE if order.pieces == 1 else BasketShape.SINGLE_MANY


def shapes_of(orders: Sequence[PlanOrder], template: WaveTemplate) -> dict[OutboundId, BasketShape]:
    """The shape of each among all: HOT and SAME are what several orders have in common."""
    baskets = Counter(order.basket for order in orders)
    found = {}
    for order in orders:
        shape, alike = shape_of(order), baskets[order.basket]
        if shape is BasketShape.SINGLE and alike >= template.hot_from:
            shape = BasketShape.HOT
        elif shape is not BasketShape.SINGLE and alike >= template.same_from:
            shape = BasketShape.SAME
        found[order.outbound_id] = shape
    return found


def plan_waves(
    orders: Iterable[PlanOrder], templates: Sequence[WaveTemplate], at: dt.datetime, lead: dt.timedelta = dt.timedelta()
) -> WavePlan:
    """Every order in one wave of the first template that takes it, or left with a reason.

    Within a group the most urgent order begins a wave; then the order that adds the fewest aisles, of the most urgent ones
    first, as long as it fits. Raises InvalidValue for an order that is named twice.
    """
    waiting = sorted(orders, key=lambda order: (order.urgency, order.made_at, order.number))
    if len({order.outbound_id for order in waiting}) < len(waiting):
        raise InvalidValue(field="orders", rule="must name each order once")
    late = tuple(order.outbound_id for order in waiting if order.ship_by is not None and order.ship_by < at + lead)
    waves, left = list[PlannedWave](), dict[OutboundId, LeftReason]()
    for template in templates:
        taken = [order for order in waiting if template.chooses.takes(order)]
        shapes = shapes_of(taken, template)
        made = _waves_of([order for order in taken if shapes[order.outbound_id] in template.shapes], shapes, template, left)
        waves += made
        placed = {order.outbound_id for wave in made for order in wave.orders}
        waiting = [order for order in waiting if order.outbound_id not in placed]
    for order in waiting:
        left.setdefault(order.outbound_id, LeftReason.NO_TEMPLATE)
    for wave in waves:
        for order in wave.orders:
            left.pop(order.outbound_id, None)
    waves.sort(key=lambda wave: min(order.urgency for order in wave.orders))
    return WavePlan(tuple(waves), tuple(LeftOrder(*one) for one in left.items()), late)


def _waves_of(
    orders: Sequence[PlanOrder],
    shapes: dict[OutboundId, BasketShape],
    template: WaveTemplate,
    left: dict[OutboundId, LeftReason],
) -> list[PlannedWave]:
    groups: dict[object, list[PlanOrder]] = {}
    for order in orders:
        if not _fits(_load_of(order), template.capacity):
            left[order.outbound_id] = LeftReason.TOO_LARGE
            continue
        groups.setdefault(_group_key(order, shapes[order.outbound_id], template), []).append(order)
    waves = []
    for group in groups.values():
        waiting = [_Waiting(order, _load_of(order), order.aisles, order.urgency) for order in group]
        while waiting:
            wave = _fill(waiting, template.capacity)
            if len(wave) < template.fewest_orders:
                left.update({order.outbound_id: LeftReason.TOO_FEW for order in wave})
                continue
            carriers, kinds = {order.carrier for order in wave}, {shapes[order.outbound_id] for order in wave}
            shape = kinds.pop() if len(kinds) == 1 else BasketShape.MIXED
            waves.append(PlannedWave(template.name, shape, carriers.pop() if len(carriers) == 1 else "", tuple(wave)))
    return waves


def _group_key(order: PlanOrder, shape: BasketShape, template: WaveTemplate) -> tuple[object, ...]:
    alike = order.basket if template.by_shape and shape in (BasketShape.HOT, BasketShape.SAME) else ()
    return (
        shape if template.by_shape else None,
        alike,
        order.carrier if template.by_carrier else "",
        order.channel_id if template.by_channel else None,
        order.zones if template.by_zone else frozenset(),
    )


@attrs.frozen
class _Waiting:
    """An order with what is asked of it again and again, reckoned once."""

    order: PlanOrder
    load: _Load
    aisles: int
    urgency: tuple[int, dt.datetime]


def _fill(left: list[_Waiting], capacity: WaveCapacity) -> list[PlanOrder]:
    """One wave, taken out of those that are left in order of urgency; the first of them begins it."""
    first = left.pop(0)
    wave, load, aisles = [first.order], first.load, first.aisles
    while (at := _next(left, load, aisles, capacity)) is not None:
        taken = left.pop(at)
        wave.append(taken.order)
        load, aisles = _sum(load, taken.load), aisles | taken.aisles
    return wave


def _next(left: Sequence[_Waiting], load: _Load, aisles: int, capacity: WaveCapacity) -> int | None:
    """Of the most urgent that still fit the one that adds the fewest aisles, and of those the one that shares most."""
    best: int | None = None
    figure, level, compared = (0, 0), None, 0
    for at, one in enumerate(left):
        if (level is not None and one.urgency != level) or compared == MAX_COMPARED:
            break
        if not _fits(_sum(load, one.load), capacity):
            continue
        level, compared = one.urgency, compared + 1
        mine = (one.aisles & ~aisles).bit_count(), -(one.aisles & aisles).bit_count()
        if best is None or mine < figure:
            best, figure = at, mine
    return best
