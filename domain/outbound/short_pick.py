"""The short pick in six steps, as data: what has to be counted, freed, doubted, found elsewhere, and told upwards."""

from __future__ import annotations

import enum
from collections.abc import Sequence

import attrs

from houtai.domain import limits
from houtai.domain.outbound.picking import CountWish, NotNow, Picking, PickLine, PickShare, PickStep, served
from houtai.domain.refusal import InvalidValue


class ShortChoice(enum.Enum):
    """What can become of units that are nowhere (step 6)."""

    SPLIT = "split"  # the rest goes now, these later or from another warehouse
    WAIT = "wait"
    REFUND = "refund"


@attrs.frozen
class BinFacts:
    """The stock in doubt as the books have it: what should lie there, and what of it others have picked or reserved."""

    on_hand_qty: int = attrs.field(validator=limits.any_qty)
    others_qty: int = attrs.field(validator=limits.any_qty)


@attrs.frozen
class ShortPick:
    """All that follows from one short pick.

    1 `count` that stock; 2 `freed` are this and my other unpicked units of it, in this wave only; 3 `suspect_qty` of what the
    books still have are nobody's and must not be sold again until counted; 4 `freed` is also the wish to find them elsewhere;
    5 `picking` goes on with the next line; 6 what is not found is told by `unserved`.
    """

    count: CountWish
    freed: tuple[PickShare, ...]
    suspect_qty: int
    picking: Picking

    @property
    def freed_qty(self) -> int:
        """How many units are to be found elsewhere."""
        return sum(share.qty for share in self.freed)


@attrs.frozen
class ShortException:
    """Units of an order line that are nowhere: somebody decides, and nothing is short-shipped silently (step 6)."""

    share: PickShare
    choices: tuple[ShortChoice, ...] = tuple(ShortChoice)


def short_pick(picking: Picking, facts: BinFacts) -> ShortPick:
    """The location holds no more of it; what was found is placed already. Raises NotNow otherwise, or away from the location."""
    line = picking.line
    if picking.step is not PickStep.PRODUCT or line is None:
        raise NotNow(deed="a short pick", due=picking.step.value)
    if picking.in_hand:
        raise NotNow(deed="a short pick", due="placing what is in hand")
    doubted = [one for one in picking.lines if one.stock == line.stock and one.rest_qty]
    freed = tuple(share for one in doubted for share in served(one.shares, one.picked_qty, one.rest_qty))
    closed = {one.number: attrs.evolve(one, shares=served(one.shares, 0, one.picked_qty)) for one in doubted}
    left = attrs.evolve(
        picking,
        lines=tuple(closed.get(one.number, one) for one in picking.lines),
        queue=tuple(number for number in picking.queue if number not in closed),
    )
    location, sku_id, lot = line.stock
    suspect = facts.on_hand_qty - min(facts.on_hand_qty, facts.others_qty)
    return ShortPick(CountWish(location, sku_id, lot, "short-pick"), freed, suspect, left)


def found_elsewhere(short: ShortPick, offers: Sequence[PickLine]) -> tuple[Picking, tuple[ShortException, ...]]:
    """The picking with the lines that other locations offer, each in its place of the walk that is left; and what is nowhere.

    Raises InvalidValue for an offer of units that nobody lacks, or under a number that is taken.
    """
    lacking = {(share.outbound_id, share.line): 0 for share in short.freed}
    for share in short.freed:
        lacking[share.outbound_id, share.line] += share.qty
    for share in (share for offer in offers for share in offer.shares):
        key = share.outbound_id, share.line
        lacking[key] = lacking.get(key, 0) - share.qty
        if lacking[key] < 0:
            raise InvalidValue(field="offers", rule=f"must not hold more of line {share.line} than is lacking")
    picking = short.picking
    if {line.number for line in picking.lines} & {offer.number for offer in offers}:
        raise InvalidValue(field="offers", rule="must have numbers of their own")
    lines = (*picking.lines, *offers)
    queue = picking.queue
    for offer in sorted(offers, key=lambda one: one.sequence):
        queue = _queued(queue, offer, {line.number: line.sequence for line in lines})
    missing = tuple(
        ShortException(PickShare(outbound_id, line, qty)) for (outbound_id, line), qty in sorted(lacking.items()) if qty
    )
    return attrs.evolve(picking, lines=lines, queue=queue), missing


def _queued(queue: tuple[int, ...], offer: PickLine, sequence: dict[int, int]) -> tuple[int, ...]:
    """In front of the first line that is walked to later; at the end where there is none."""
    at = next((place for place, number in enumerate(queue) if sequence[number] > offer.sequence), len(queue))
    return (*queue[:at], offer.number, *queue[at:])
