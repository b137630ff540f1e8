"""Which warehouses serve an order: one or two by trying every choice, more by a greedy search, each with its reasons (OMS-3)."""

from __future__ import annotations

import enum
import itertools
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Final

import attrs

from houtai.domain import limits
from houtai.domain.ids import MerchantId, SkuId, WarehouseId
from houtai.domain.money import MAX_MINOR
from houtai.domain.outbound.refusals import CannotRoute

MAX_EXACT_GROUPS = 8
KEPT_ALTERNATIVES = 3
_amount = limits.between(0, MAX_MINOR)


class RouteRule(enum.Enum):
    """What makes one choice better than another; the first rule that tells them apart decides."""

    FEWEST_PARCELS = "fewest-parcels"
    PREFERRED = "preferred"
    REGION = "region"
    LOWEST_COST = "lowest-cost"
    FASTEST = "fastest"


USUAL_RULES: Final = (RouteRule.FEWEST_PARCELS, RouteRule.REGION, RouteRule.PREFERRED, RouteRule.LOWEST_COST, RouteRule.FASTEST)


@attrs.frozen
class RouteLine:
    """A line to be served. Lines with the same `sealed` number, 0 apart, leave one warehouse together."""

    line: int
    sku_id: SkuId
    qty: int = attrs.field(validator=limits.positive_qty)
    unit_g: int = attrs.field(default=0, validator=limits.between(0, limits.MAX_WEIGHT_G))
    merchant_id: MerchantId | None = None
    sealed: int = attrs.field(default=0, validator=limits.between(0, limits.MAX_LINES))


@attrs.frozen
class Site:
    """A warehouse as routing sees it, for this receiver.

    A merchant's own warehouse sends that merchant's goods only. `rank` is its place in the house's preference, `home` whether it
    serves the receiver's region. A parcel costs `handling_minor` and the carrier's first and begun further steps of weight,
    and takes `hours`.
    """

    warehouse_id: WarehouseId
    rank: int = attrs.field(default=0, validator=limits.between(0, 10_000))
    home: bool = False
    merchant_id: MerchantId | None = None
    handling_minor: int = attrs.field(default=0, validator=_amount)
    first_g: int = attrs.field(default=1_000, validator=limits.between(1, limits.MAX_WEIGHT_G))
    first_minor: int = attrs.field(default=0, validator=_amount)
    step_g: int = attrs.field(default=1_000, validator=limits.between(1, limits.MAX_WEIGHT_G))
    step_minor: int = attrs.field(default=0, validator=_amount)
    hours: int = attrs.field(default=0, validator=limits.between(0, 10_000))

    def serves(self, line: RouteLine) -> bool:
        """Whether goods of this owner may leave from here."""
        return self.merchant_id is None or self.merchant_id == line.merchant_id

    def cost_minor(self, weight_g: int) -> int:
        """What one parcel of this weight costs from here."""
        steps = -(-max(0, weight_g - self.first_g) // self.step_g)
        return self.handling_minor + self.first_minor + steps * self.step_minor


@attrs.frozen(order=True)
class RoutePart:
    """So many units of a line from one warehouse."""

    warehouse_id: WarehouseId
    line: int
    sku_id: SkuId
    qty: int


@attrs.frozen
class Route:
    """One choice of warehouses with its figures; one parcel a warehouse is reckoned."""

    parts: tuple[RoutePart, ...]
    parcels: int
    rank: int
    away: int  # parcels that do not come from the receiver's region
    cost_minor: int
    hours: int

    @property
    def warehouses(self) -> tuple[WarehouseId, ...]:
        """The warehouses in their order."""
        return tuple(sorted({part.warehouse_id for part in self.parts}))

    def score(self, rule: RouteRule) -> int:
        """Its figure under the rule; less is better."""
        figures = {
            RouteRule.FEWEST_PARCELS: self.parcels,
            RouteRule.PREFERRED: self.rank,
            RouteRule.REGION: self.away,
            RouteRule.LOWEST_COST: self.cost_minor,
            RouteRule.FASTEST: self.hours,
        }
        return figures[rule]


@attrs.frozen
class LostRoute:
    """A choice that was not taken: which rule was against it, with both figures; no rule where both were alike."""

    route: Route
    rule: RouteRule | None
    figure: int
    best_figure: int


@attrs.frozen
class RouteChoice:
    """The best choice and the next ones, each with the reason why it lost."""

    best: Route
    lost: tuple[LostRoute, ...]


StockAt = Mapping[tuple[SkuId, WarehouseId], int]
_Group = tuple[RouteLine, ...]


def route(
    lines: Sequence[RouteLine], sites: Sequence[Site], stock: StockAt, rules: Sequence[RouteRule] = USUAL_RULES
) -> RouteChoice:
    """The best warehouses for the lines, by the rules in their order. Raises CannotRoute, which names what lacks.

    Every single warehouse and every pair is tried, each with every way to share the groups between the two (up to eight groups; a
    longer order fills one of the pair first). Pairs are left out where one warehouse holds all and the fewest parcels come first.
    A line is cut only where no warehouse of the pair holds it whole. Where no pair is enough, warehouses are taken greedily, each
    time the one that serves most of what is left.
    """
    order = tuple(dict.fromkeys((*rules, *USUAL_RULES)))
    found = {candidate.parts: candidate for candidate in _singles(lines, sites, stock)}
    if not found or order[0] is not RouteRule.FEWEST_PARCELS:
        found |= {candidate.parts: candidate for candidate in _pairs(lines, sites, stock)}
    if not found:
        greedy = _greedy(lines, sites, stock)
        found = {greedy.parts: greedy}
    ranked = sorted(found.values(), key=lambda one: (*(one.score(rule) for rule in order), one.parts))
    best = ranked[0]
    others = _one_per_choice(ranked)[:KEPT_ALTERNATIVES]
    return RouteChoice(best, tuple(_reason(one, best, order) for one in others))


def _one_per_choice(ranked: Sequence[Route]) -> list[Route]:
    """The best route of each further choice of warehouses."""
    seen, kept = {ranked[0].warehouses}, []
    for one in ranked[1:]:
        if one.warehouses not in seen:
            seen.add(one.warehouses)
            kept.append(one)
    return kept


def _reason(one: Route, best: Route, order: Sequence[RouteRule]) -> LostRoute:
    for rule in order:
        if one.score(rule) != best.score(rule):
            return LostRoute(one, rule, one.score(rule), best.score(rule))
    return LostRoute(one, None, 0, 0)


def _groups(lines: Iterable[RouteLine]) -> list[_Group]:
    """Sealed lines together, every other line by itself."""
    held: dict[tuple[int, int], list[RouteLine]] = {}
    for line in lines:
        held.setdefault((line.sealed, 0 if line.sealed else line.line), []).append(line)
    return [tuple(group) for group in held.values()]


@attrs.define
class _Taking:
    """What is left on the shelves while a choice is tried."""

    stock: StockAt
    taken: Counter[tuple[SkuId, WarehouseId]] = attrs.field(factory=Counter)
    parts: list[RoutePart] = attrs.field(factory=list)

    def left(self, line: RouteLine, site: Site) -> int:
        key = line.sku_id, site.warehouse_id
        return max(0, self.stock.get(key, 0) - self.taken[key]) if site.serves(line) else 0

    def take(self, line: RouteLine, site: Site, qty: int) -> int:
        """As many of them as are there; says how many."""
        took = min(qty, self.left(line, site))
        if took:
            self.taken[line.sku_id, site.warehouse_id] += took
            self.parts.append(RoutePart(site.warehouse_id, line.line, line.sku_id, took))
        return took

    def holds(self, group: _Group, site: Site) -> bool:
        """Whether the site has the whole group, its lines counted together."""
        if len(group) == 1:
            return group[0].qty <= self.left(group[0], site)
        wanted = Counter[SkuId]()
        for line in group:
            wanted[line.sku_id] += line.qty
        return all(site.serves(line) and wanted[line.sku_id] <= self.left(line, site) for line in group)


def _singles(lines: Sequence[RouteLine], sites: Sequence[Site], stock: StockAt) -> Iterator[Route]:
    groups, weights = _groups(lines), {line.line: line.unit_g for line in lines}
    for site in sites:
        taking = _Taking(stock)
        if all(_serve(taking, group, (site,)) for group in groups):
            yield _figures(taking.parts, {site.warehouse_id: site}, weights)


def _pairs(lines: Sequence[RouteLine], sites: Sequence[Site], stock: StockAt) -> Iterator[Route]:
    groups, weights = _groups(lines), {line.line: line.unit_g for line in lines}
    for first, second in itertools.combinations(sites, 2):
        by_id = {site.warehouse_id: site for site in (first, second)}
        for choice in _choices(groups, first, second, stock):
            taking = _Taking(stock)
            if all(_serve(taking, group, pair) for group, pair in zip(groups, choice, strict=True)):
                yield _figures(taking.parts, by_id, weights)


def _choices(groups: Sequence[_Group], first: Site, second: Site, stock: StockAt) -> Iterator[Sequence[tuple[Site, Site]]]:
    """For each group which of the two is asked first; in a long order it is the same for all groups.

    A group that shares no SKU with others and that one of the two cannot hold whole has no choice to try.
    """
    one, other = (first, second), (second, first)
    if len(groups) > MAX_EXACT_GROUPS:
        yield [one] * len(groups)
        yield [other] * len(groups)
        return
    wanted_by = Counter(sku_id for group in groups for sku_id in {line.sku_id for line in group})
    untouched = _Taking(stock)
    options = []
    for group in groups:
        here, there = untouched.holds(group, first), untouched.holds(group, second)
        alone = all(wanted_by[line.sku_id] == 1 for line in group)
        options.append((one if here else other,) if alone and here != there else (one, other))
    yield from itertools.product(*options)


def _serve(taking: _Taking, group: _Group, sites: Sequence[Site]) -> bool:
    """Take the group from the first site that holds all of it, else cut a line that is not sealed; False where it lacks."""
    whole = next((site for site in sites if taking.holds(group, site)), None)
    if whole is not None:
        for line in group:
            taking.take(line, whole, line.qty)
        return True
    if group[0].sealed:
        return False
    (line,) = group
    rest = line.qty
    for site in sites:
        rest -= taking.take(line, site, rest)
    return not rest


def _greedy(lines: Sequence[RouteLine], sites: Sequence[Site], stock: StockAt) -> Route:
    """Warehouses one by one, each time the one that serves most units of what is left."""
    taking, groups, left = _Taking(stock), _groups(lines), list(sites)
    rest = {line.line: line.qty for line in lines}
    while any(rest.values()) and left:
        site = max(left, key=lambda one: (_reach(taking, groups, rest, one), -one.rank, -left.index(one)))
        left.remove(site)
        for group in groups:
            if group[0].sealed and not (rest[group[0].line] and taking.holds(group, site)):
                continue
            for line in group:
                rest[line.line] -= taking.take(line, site, rest[line.line])
    missing = tuple(sorted((line, qty) for line, qty in rest.items() if qty))
    if missing:
        raise CannotRoute(missing=missing)
    weights = {line.line: line.unit_g for line in lines}
    return _figures(taking.parts, {site.warehouse_id: site for site in sites}, weights)


def _reach(taking: _Taking, groups: Sequence[_Group], rest: Mapping[int, int], site: Site) -> int:
    free = Counter[SkuId]()
    reached = 0
    for group in groups:
        if group[0].sealed and not taking.holds(group, site):
            continue
        for line in group:
            had = min(rest[line.line], taking.left(line, site) - free[line.sku_id])
            free[line.sku_id] += max(0, had)
            reached += max(0, had)
    return reached


def _figures(parts: Sequence[RoutePart], sites: Mapping[WarehouseId, Site], unit_g: Mapping[int, int]) -> Route:
    weight = Counter[WarehouseId]()
    for part in parts:
        weight[part.warehouse_id] += part.qty * unit_g[part.line]
    used = [sites[warehouse] for warehouse in weight]
    return Route(
        parts=tuple(sorted(parts, key=lambda part: (part.line, part.warehouse_id))),
        parcels=len(used),
        rank=sum(site.rank for site in used),
        away=sum(not site.home for site in used),
        cost_minor=sum(site.cost_minor(weight[site.warehouse_id]) for site in used),
        hours=max((site.hours for site in used), default=0),
    )
