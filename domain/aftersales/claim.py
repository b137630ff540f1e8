"""A claim: what a buyer wants put right about an order, until goods and money are where they belong (SM-AS)."""

from __future__ import annotations

import datetime as dt
import enum
from collections.abc import Mapping
from typing import Final
from uuid import UUID

import attrs

from houtai.domain import limits
from houtai.domain.aftersales.quote import Wish, WishLine
from houtai.domain.aftersales.reason import Reason
from houtai.domain.aftersales.state import ENDED, MOVES, WAITS, ClaimKind, ClaimState
from houtai.domain.ids import AccountId, ChannelId, ClaimId, CustomerId, OrderId, SkuId, WarehouseId
from houtai.domain.money import MAX_MINOR
from houtai.domain.moves import check_move
from houtai.domain.refusal import InvalidValue

MAX_EVIDENCE = 20
_WORDS: Final = {"mask": "remark"}  # what a buyer says may hold anything


class Grade(enum.Enum):
    """What a unit is like when somebody has looked at it."""

    AS_NEW = "as-new"
    OPENED = "opened"
    DAMAGED = "damaged"
    NOT_OURS = "not-ours"  # the goods are right and the unit is not the one that was sold


class Disposition(enum.Enum):
    """What becomes of a unit that came back."""

    RESTOCK = "restock"
    B_GRADE = "b-grade"
    TO_SUPPLIER = "to-supplier"  # lies as damaged until a goods issue takes it there
    SCRAP = "scrap"
    REPAIR = "repair"  # goes back to the buyer afterwards
    TO_CUSTOMER = "to-customer"  # refused: goes back to the buyer as it is

    @property
    def kept(self) -> bool:
        """Whether the house keeps the unit, so that the buyer gets something for it."""
        return self not in (Disposition.REPAIR, Disposition.TO_CUSTOMER)


@attrs.frozen
class ClaimLine:
    """One line of the order in a claim: what is claimed, and of goods that came what was found.

    `unshipped_qty` of the units have not left the house; an allowance is money without units. More units than claimed may
    come, and of lines that were not claimed at all. `sku_id` is what the buyer has, `replacement_id` what an exchange sends for
    it, None for the same. `difference_minor` is what the claimed units of it cost more when the claim was made, or, negative,
    less.
    """

    line: int
    qty: int = attrs.field(default=0, validator=limits.between(0, limits.MAX_QTY))
    unshipped_qty: int = attrs.field(default=0, validator=limits.between(0, limits.MAX_QTY))
    allowance_minor: int = attrs.field(default=0, validator=limits.between(0, MAX_MINOR))
    sku_id: SkuId | None = None
    replacement_id: SkuId | None = None
    difference_minor: int = attrs.field(default=0, validator=limits.between(-MAX_MINOR, MAX_MINOR))
    received_qty: int = 0
    received_minor: int = 0  # what they brought back into the stock
    kept_qty: int = 0  # units that were looked at and stay here
    back_qty: int = 0  # units that were looked at and go back to the buyer
    returned_qty: int = 0  # units of those that left
    sent_qty: int = 0  # units that were sent instead, or once more
    sent_minor: int = 0  # what all that left took out of the stock

    def __attrs_post_init__(self) -> None:
        assert self.kept_qty + self.back_qty <= self.received_qty, "no unit is looked at that did not come"
        assert self.returned_qty <= self.back_qty, "no unit goes back that is kept"
        others = self.qty and self.replacement_id not in (None, self.sku_id)
        assert others or not self.difference_minor, "only other goods cost more or less"
        if self.unshipped_qty > self.qty:
            raise InvalidValue(field="unshipped_qty", rule=f"must be at most qty, {self.qty}")

    @property
    def waiting_qty(self) -> int:
        """Units that came and were not looked at yet."""
        return self.received_qty - self.kept_qty - self.back_qty

    @property
    def spoken_for_qty(self) -> int:
        """Units that no other claim may name meanwhile."""
        return max(self.qty, self.received_qty - self.back_qty)

    def difference_of(self, qty: int) -> int:
        """What so many replacements cost more than what they replace, or, negative, less."""
        return self.difference_minor // self.qty * qty if self.qty else 0


@attrs.frozen
class Claim:
    """One claim on one order. `offered_minor` is what the quote said when it was made, `decided_minor` what was decided.

    `external_id` is the channel's own number for it. `label` says that the house asked a carrier for the way back.
    `outcome` is the end that a claim in RESHIPPING comes to once the goods have left, `resumes` where an ESCALATED one goes on.
    While it is open it has an owner (`queue`, perhaps `assignee`), a next action and a due time.
    """

    id: ClaimId
    number: str = attrs.field(validator=limits.code)
    order_id: OrderId
    order_number: str
    channel_id: ChannelId
    customer_id: CustomerId | None
    kind: ClaimKind
    reason: Reason
    lines: tuple[ClaimLine, ...] = attrs.field(validator=limits.at_most(limits.MAX_LINES * 60, low=1))
    maker: UUID
    opened_at: dt.datetime = attrs.field(validator=limits.aware)
    queue: str = attrs.field(validator=limits.text(0, 64))
    next_action: str = attrs.field(validator=limits.text(0, 500))
    due_at: dt.datetime | None
    state: ClaimState = ClaimState.APPLIED
    text: str = attrs.field(default="", validator=limits.text(0, 2_000), metadata=_WORDS)
    evidence: tuple[str, ...] = attrs.field(default=(), validator=limits.at_most(MAX_EVIDENCE), metadata=_WORDS)
    assignee: AccountId | None = None
    freight: bool | None = None
    proved_minor: int = attrs.field(default=0, validator=limits.between(0, MAX_MINOR))
    label_minor: int = attrs.field(default=0, validator=limits.between(0, MAX_MINOR))
    offered_minor: int = 0
    approved_by: UUID | None = None
    approved_minor: int = 0
    decided_minor: int | None = None
    warehouse_id: WarehouseId | None = None
    carrier: str = attrs.field(default="", validator=limits.text(0, 64))
    waybill: str = attrs.field(default="", validator=limits.text(0, 64))
    outcome: ClaimState | None = None
    resumes: ClaimState | None = None
    external_id: str = attrs.field(default="", validator=limits.text(0, 128))
    label: bool = False
    version: int = 1

    def __attrs_post_init__(self) -> None:
        assert len({one.line for one in self.lines}) == len(self.lines), "a line of the order stands in a claim once"
        assert (self.due_at is None) == (self.state in ENDED), "an open claim has a due time, and no other"

    @property
    def open(self) -> bool:
        """Whether somebody has to act."""
        return self.state not in ENDED

    @property
    def needs_receiver(self) -> bool:
        """Whether goods may still go to the buyer or be fetched from them, so that somebody has to know where they live."""
        return self.open and (self.kind.goods_back or self.kind.goods_out)

    @property
    def stands(self) -> ClaimState:
        """Its state, and of one that is escalated the state to which it goes back."""
        return self.resumes if self.state is ClaimState.ESCALATED and self.resumes is not None else self.state

    @property
    def undecided(self) -> bool:
        """Whether its units are spoken for, and no row of what was given back says so yet."""
        return self.open and self.decided_minor is None

    @property
    def waiting_qty(self) -> int:
        """Units that came and were not looked at yet."""
        return sum(one.waiting_qty for one in self.lines)

    @property
    def kept_qty(self) -> int:
        """Units that came back and stay."""
        return sum(one.kept_qty for one in self.lines)

    @property
    def back_qty(self) -> int:
        """Units that came and go back to the buyer."""
        return sum(one.back_qty for one in self.lines)

    @property
    def to_go_back(self) -> int:
        """Units of those that have not left yet."""
        return sum(one.back_qty - one.returned_qty for one in self.lines)

    @property
    def to_send(self) -> dict[int, int]:
        """By line, the units that the house sends in the place of others, or once more, and that have not left yet."""
        if not self.kind.goods_out:
            return {}
        owed = {one.line: (one.kept_qty if self.kind.goods_back else one.qty) - one.sent_qty for one in self.lines}
        return {seq: qty for seq, qty in owed.items() if qty}

    @property
    def looked_at(self) -> bool:
        """Whether somebody has looked at units that came back, so that these count and not those that were claimed."""
        return self.kind.goods_back and any(one.kept_qty or one.back_qty for one in self.lines)

    @property
    def differences(self) -> dict[int, int]:
        """By line, what is sent costs more than what it replaces, or, negative, less; where the same is sent nothing."""
        found = {one.line: one.difference_of(one.kept_qty if self.looked_at else one.qty) for one in self.lines}
        return {seq: minor for seq, minor in found.items() if minor}

    def line(self, seq: int) -> ClaimLine:
        """What it says of a line of the order; nothing claimed where it does not name it."""
        return next((one for one in self.lines if one.line == seq), ClaimLine(seq))

    def moved(self, state: ClaimState, at: dt.datetime, *, hours: int | None = None, **fields: object) -> Claim:
        """In another state, with whose turn it is there and until when. Raises IllegalMove."""
        check_move("claim", MOVES, self.state, state)
        return self.edited(state=state, **_turn(state, at, hours), **fields)

    def edited(self, **fields: object) -> Claim:
        """The next version with these fields set."""
        return attrs.evolve(self, version=self.version + 1, **fields)  # type: ignore[arg-type]  # fields by name

    def with_lines(self, changed: Mapping[int, ClaimLine]) -> tuple[ClaimLine, ...]:
        """The lines with these in the places of their numbers, new ones behind them."""
        known = {one.line for one in self.lines}
        more = [one for seq, one in sorted(changed.items()) if seq not in known]
        return (*(changed.get(one.line, one) for one in self.lines), *more)

    def wish(self, return_minor: int) -> Wish:
        """What a quote is asked for: the units that are claimed, once goods were looked at those that stay here.

        Raises InvalidValue where nothing is left to give anything for.
        """
        lines = []
        for one in self.lines:
            qty = one.kept_qty if self.looked_at else one.qty
            if qty or one.allowance_minor:
                lines.append(WishLine(one.line, qty, min(one.unshipped_qty, qty), one.allowance_minor))
        return Wish(tuple(lines), self.reason, self.freight, return_minor)


def _turn(state: ClaimState, at: dt.datetime, hours: int | None) -> dict[str, object]:
    """Owner, next action and due time of a state; none of a state that is an end."""
    if state in ENDED:
        return {"queue": "", "next_action": "", "due_at": None, "assignee": None}
    wait = WAITS.get(state)
    if wait is None:  # passed through within one deed
        return {}
    due_at = at + dt.timedelta(hours=wait.hours if hours is None else hours)
    return {"queue": wait.queue, "next_action": wait.next_action, "due_at": due_at, "assignee": None}


@attrs.frozen
class Inspection:
    """What somebody found when they looked at units of a claim that came back; never changed."""

    claim_id: ClaimId
    seq: int
    line: int
    qty: int = attrs.field(validator=limits.positive_qty)
    grade: Grade
    disposition: Disposition
    at: dt.datetime = attrs.field(validator=limits.aware)
    actor: UUID
    note: str = attrs.field(default="", validator=limits.text(0, 500))
    photos: tuple[str, ...] = attrs.field(default=(), validator=limits.at_most(MAX_EVIDENCE))
    loss_minor: int = 0

    @property
    def key(self) -> tuple[ClaimId, int]:
        """Which of the claim's."""
        return self.claim_id, self.seq
