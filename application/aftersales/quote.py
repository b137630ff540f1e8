"""What a claim would give back, shown to both sides before anybody decides, and every reason why it may not be made."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping, Sequence

import attrs

from houtai.application.aftersales.policy import policy_for
from houtai.application.aftersales.ports import CLAIMS_OF_ORDER, GIVEN_BACK_OF, AftersalesTx, AftersalesViews
from houtai.application.orders.reach import demand_order
from houtai.application.orders.ship import WINDOW
from houtai.application.permission import CHANNEL, MERCHANT, needs
from houtai.application.pricing.book import prices_on
from houtai.application.rewards.withdraw import granted_by
from houtai.domain import limits
from houtai.domain.act import Act
from houtai.domain.aftersales.claim import Claim, ClaimLine
from houtai.domain.aftersales.difference import difference_objections, given_for_cheaper, other_goods, with_differences
from houtai.domain.aftersales.eligible import goods_objections, objections
from houtai.domain.aftersales.gifts import not_sent
from houtai.domain.aftersales.given_back import GivenBack, Part, standing
from houtai.domain.aftersales.policy import AftersalesPolicy
from houtai.domain.aftersales.quote import Quote, Wish, WishLine, quote, return_freight, way_back_alone
from houtai.domain.aftersales.reason import Reason
from houtai.domain.aftersales.refusals import NotEligible
from houtai.domain.aftersales.state import ClaimKind
from houtai.domain.ids import ClaimId, OrderId, SkuId
from houtai.domain.money import MAX_MINOR
from houtai.domain.orders.order import Order

APPLY = "aftersales.apply"


@attrs.frozen
class ClaimWish:
    """Of one line of the order so many units, or money without units.

    `unshipped_qty` None takes units that have not left first, where only money is wanted. `sku` is what the buyer has, where an
    earlier exchange sent another; `replacement` what an exchange sends for it, None: the same once more.
    """

    line: int = attrs.field(validator=limits.between(1, limits.MAX_LINES * 60))
    qty: int = attrs.field(default=0, validator=limits.between(0, limits.MAX_QTY))
    allowance_minor: int = attrs.field(default=0, validator=limits.between(0, MAX_MINOR))
    unshipped_qty: int | None = attrs.field(default=None, validator=attrs.validators.optional(limits.between(0, limits.MAX_QTY)))
    sku: SkuId | None = None
    replacement: SkuId | None = None


@attrs.frozen
class QuoteClaim:
    """What would come of a claim. `proved_minor` is what the buyer would pay for the way back."""

    order: OrderId
    kind: ClaimKind
    reason: Reason
    lines: tuple[ClaimWish, ...] = attrs.field(validator=limits.at_most(limits.MAX_LINES * 60, low=1))
    proved_minor: int = attrs.field(default=0, validator=limits.between(0, MAX_MINOR))


@attrs.frozen
class ClaimQuote:
    """What the claim would give back as it stands, and why it may not be made: nothing where it may.

    `differences` are what replacements cost more than what they replace, or, negative, less, by line.
    """

    order: OrderId
    order_number: str
    currency: str
    objections: tuple[str, ...]
    quote: Quote | None
    differences: Mapping[int, int] = attrs.field(factory=dict)


@needs(APPLY, along=(CHANNEL, MERCHANT), own=True)
def quote_claim(views: AftersalesViews, query: QuoteClaim, act: Act) -> ClaimQuote:
    """Rows with their reasons and the sum, exactly as a claim made now would have them. Raises NotFound, MoreThanKept."""
    order = views.orders.get(query.order)
    demand_order(act, APPLY, order)
    policy = policy_for(views, order.channel_id)
    lines, against = checked_lines(views, order, query.kind, query.reason, query.lines, policy, act.at)
    found, differences = None, {}
    if not against:
        differences = {one.line: one.difference_minor for one in lines if one.difference_minor}
        way_back = return_freight(
            query.reason, proved_minor=query.proved_minor, cap_minor=policy.freight_cap_minor, label_minor=0
        )
        wish = Wish(tuple(WishLine(one.line, one.qty, one.unshipped_qty, one.allowance_minor) for one in lines), query.reason)
        wish = attrs.evolve(wish, return_freight_minor=way_back if query.kind.goods_back else 0)
        found = reckon(views, order, wish, ClaimId(query.order), None, differences, pays=pays(query.kind))
    return ClaimQuote(order.id, order.number, order.currency, against, found, differences)


def pays(kind: ClaimKind) -> bool:
    """Whether a claim of this kind gives money for its units."""
    return kind in (ClaimKind.REFUND_ONLY, ClaimKind.RETURN_REFUND, ClaimKind.PRICE_PROTECT)


def checked_lines(
    source: AftersalesTx | AftersalesViews,
    order: Order,
    kind: ClaimKind,
    reason: Reason,
    wishes: tuple[ClaimWish, ...],
    policy: AftersalesPolicy,
    now: dt.datetime,
) -> tuple[tuple[ClaimLine, ...], tuple[str, ...]]:
    """The lines of a claim with what replacements cost more or less today, and every reason against it.

    The last parcel's delivery is when the time to complain began. Raises NotEligible for a line that is named twice.
    """
    lines = _with_gifts(source, order, kind, _lines_of(order, kind, wishes))
    held = standing(order.lines, past_of(source, order.id)).lines
    delivered_at = None if order.complete_at is None else order.complete_at - WINDOW
    against = objections(order, held, kind, reason, lines, policy, delivered_at=delivered_at, now=now)
    others = other_goods(order, lines)
    named = others | {one.replacement_id for one in lines if one.replacement_id is not None}
    skus = source.skus.many(named) if named else {}
    priced = prices_on(source, others, order.currency, order.channel_id, now) if others else {}
    prices = {sku_id: price.unit_minor for sku_id, price in priced.items()}
    lines = with_differences(order, lines, prices)
    against += goods_objections(order, lines, skus, _sent_before(source, order, lines))
    return lines, against + difference_objections(order, reason, lines, skus, prices)


def _lines_of(order: Order, kind: ClaimKind, wishes: tuple[ClaimWish, ...]) -> tuple[ClaimLine, ...]:
    """The lines of a claim as they are wished for. Raises NotEligible for a line that is named twice."""
    if len({wish.line for wish in wishes}) != len(wishes):
        raise NotEligible(number=order.number, objections=("a line is named twice",))
    known = {line.seq: line for line in order.lines}
    made = []
    for wish in wishes:
        line = known.get(wish.line)
        free = min(wish.qty, line.open_qty) if kind is ClaimKind.REFUND_ONLY and line is not None else 0
        unshipped = free if wish.unshipped_qty is None else min(wish.qty, wish.unshipped_qty)
        sku_id = wish.sku or (None if line is None else line.sku_id)
        made.append(ClaimLine(wish.line, wish.qty, unshipped, wish.allowance_minor, sku_id, wish.replacement))
    return tuple(made)


def _with_gifts(
    source: AftersalesTx | AftersalesViews, order: Order, kind: ClaimKind, lines: tuple[ClaimLine, ...]
) -> tuple[ClaimLine, ...]:
    """The lines, and where units are given up the gifts as well that lose their trigger and have not left (R-11)."""
    past = past_of(source, order.id)
    before = standing(order.lines, past).lines
    named = {one.line: one for one in lines}
    fits = all(one.line in before and one.qty <= before[one.line].kept_qty for one in lines)
    if kind is not ClaimKind.REFUND_ONLY or not fits or not any(line.is_gift and line.open_qty for line in order.lines):
        return lines
    busy = busy_with(source, order.id, None)
    free = {
        line.seq: min(line.open_qty, before[line.seq].kept_qty - busy.get(line.seq, 0))
        for line in order.lines
        if line.seq not in named
    }
    gone = [GivenBack(order.id, one.line, Part.GOODS, 0, one.qty) for one in lines if one.qty]
    gifts = not_sent(standing(order.lines, [*past, *gone]), free)
    skus = {line.seq: line.sku_id for line in order.lines}
    return (*lines, *(ClaimLine(seq, qty, qty, sku_id=skus[seq]) for seq, qty in gifts.items()))


def _sent_before(
    source: AftersalesTx | AftersalesViews, order: Order, lines: tuple[ClaimLine, ...]
) -> set[tuple[int, SkuId | None]]:
    """By line, what earlier claims have sent; looked up only where the buyer says to have other goods than the order's."""
    own = {line.seq: line.sku_id for line in order.lines}
    others = any(one.sku_id not in (None, own.get(one.line)) for one in lines)
    earlier = source.claims.by(CLAIMS_OF_ORDER, order.id) if others else ()
    return {(line.line, line.replacement_id) for claim in earlier for line in claim.lines if line.sent_qty}


def reckon(
    source: AftersalesTx | AftersalesViews,
    order: Order,
    wish: Wish,
    case_id: ClaimId,
    claim_id: ClaimId | None,
    differences: Mapping[int, int],
    *,
    pays: bool,
) -> Quote:
    """The quote over everything that was given back so far and every other claim that is under way.

    A claim that only sends goods pays the way back and what these cost less, and names no more units than there are. Raises what
    `quote` raises.
    """
    busy = busy_with(source, order.id, claim_id)
    granted = granted_by(source, order) if pays else None
    past = past_of(source, order.id)
    found = quote(order, past, wish, case_id, busy, granted=granted)
    if pays:
        return found
    return _beside_goods(source, order, past, wish.reason, wish.return_freight_minor, case_id, differences)


def _beside_goods(
    source: AftersalesTx | AftersalesViews,
    order: Order,
    past: Sequence[GivenBack],
    reason: Reason,
    way_back_minor: int,
    case_id: ClaimId,
    differences: Mapping[int, int],
) -> Quote:
    """What goes back beside goods that are sent: what they cost less, and the way back; a label takes off no more than that."""
    given = given_for_cheaper(differences, standing(order.lines, past).lines)
    if not given:
        return way_back_alone(order, past, max(0, way_back_minor), case_id)
    most = sum(one.allowance_minor for one in given)
    wish = Wish(given, reason, return_freight_minor=max(way_back_minor, -most))
    return quote(order, past, wish, case_id, granted=granted_by(source, order))


def offer_of(source: AftersalesTx | AftersalesViews, claim: Claim, order: Order, policy: AftersalesPolicy) -> Quote:
    """What the claim gives back as it stands: for what stays here of goods that came, else for what is claimed.

    A unit that was to be repaired and stays here is paid back, as one that was returned. What the buyer proved to have paid for
    the way back is theirs also where they get goods (R-14), and what cheaper goods cost less.
    """
    way_back = 0
    if claim.kind.goods_back:
        way_back = return_freight(
            claim.reason, proved_minor=claim.proved_minor, cap_minor=policy.freight_cap_minor, label_minor=claim.label_minor
        )
    nothing = claim.kind.goods_back and not claim.kept_qty and not any(one.allowance_minor for one in claim.lines)
    beyond_repair = claim.kind is ClaimKind.REPAIR and claim.kept_qty
    if nothing or not (pays(claim.kind) or beyond_repair):
        right = claim.kept_qty or (claim.kind is ClaimKind.REPAIR and claim.back_qty)
        past = past_of(source, order.id)
        return _beside_goods(source, order, past, claim.reason, way_back if right else 0, claim.id, claim.differences)
    return reckon(source, order, claim.wish(way_back), claim.id, claim.id, {}, pays=True)


def past_of(source: AftersalesTx | AftersalesViews, order_id: OrderId) -> list[GivenBack]:
    """Everything that was given back of an order so far."""
    return [entry.row for entry in source.given_back.by(GIVEN_BACK_OF, order_id)]


def busy_with(source: AftersalesTx | AftersalesViews, order_id: OrderId, but: ClaimId | None) -> dict[int, int]:
    """Units of each line that stand in claims nobody has decided yet, one claim apart."""
    found: dict[int, int] = {}
    for claim in source.claims.by(CLAIMS_OF_ORDER, order_id):
        if claim.undecided and claim.id != but:
            for one in claim.lines:
                found[one.line] = found.get(one.line, 0) + one.spoken_for_qty
    return found
