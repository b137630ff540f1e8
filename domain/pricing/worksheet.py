"""The sheet on which one quote is worked out: lines with what is left to pay, and everything taken off them so far."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Mapping, Sequence
from uuid import UUID

import attrs

from houtai.domain.ids import CampaignId
from houtai.domain.money import Money, allocate
from houtai.domain.pricing.basket import Basket
from houtai.domain.pricing.bearers import BearerSplit
from houtai.domain.pricing.book import PriceBook
from houtai.domain.pricing.prices import UnitPrice
from houtai.domain.pricing.promotions import ReturnPolicy, SpendAndSave
from houtai.domain.pricing.quote import Applied, Discount, Gift, NotApplied, Quote, QuoteLine, Source, TraceStep
from houtai.domain.pricing.scope import GoodsScope, Item


@attrs.define(eq=False)
class WorkLine:
    """A line while it is being worked on; `left_minor` is what remains to pay after the steps so far."""

    line: int
    basket_line: int
    item: Item
    qty: int
    price: UnitPrice
    unit_minor: int
    gross_minor: int
    left_minor: int
    bundle: Item | None = None
    bundle_qty: int = 0
    promoted: bool = False  # an order promotion has taken it
    closed: bool = False  # and shares it with no other


@attrs.frozen
class BundleLines:
    """The lines that one bundle of the basket stands for, and what it costs as a whole."""

    bundle: Item
    qty: int
    price: UnitPrice
    price_minor: int  # of all of them
    lines: tuple[WorkLine, ...]
    shares: tuple[int, ...]


@attrs.frozen
class Cause:
    """Where a discount comes from and how it is treated."""

    source_type: Source
    source_id: UUID
    code: str
    bearers: BearerSplit
    campaign_id: CampaignId | None = None
    on_return: ReturnPolicy = ReturnPolicy.KEEP
    rule: SpendAndSave | None = None


@attrs.define(eq=False)
class Tally:
    """What one cause takes in all: line promotions come line by line and are one discount all the same."""

    cause: Cause
    wanted_minor: int = 0
    amount_minor: int = 0
    lines: list[int] = attrs.field(factory=list)


@attrs.define(eq=False)
class Worksheet:
    """One quote in the making."""

    basket: Basket
    book: PriceBook
    at: dt.datetime
    lines: list[WorkLine] = attrs.field(factory=list)
    bundles: list[BundleLines] = attrs.field(factory=list)
    rows: list[Discount] = attrs.field(factory=list)
    tallies: dict[tuple[Source, UUID], Tally] = attrs.field(factory=dict)
    not_applied: list[NotApplied] = attrs.field(factory=list)
    gifts: list[Gift] = attrs.field(factory=list)
    trace: list[TraceStep] = attrs.field(factory=list)
    drawn: dict[CampaignId, int] = attrs.field(factory=dict)

    @property
    def left_minor(self) -> int:
        """What remains to pay in all."""
        return sum(line.left_minor for line in self.lines)

    def money(self, minor: int) -> str:
        """An amount as the trace shows it."""
        return str(Money(minor, self.book.currency))

    def note(self, step: str, text: str, change_minor: int = 0) -> None:
        """One line of the trace; `change_minor` has been applied already."""
        self.trace.append(TraceStep(step, text, self.left_minor - change_minor, change_minor))

    def skip(self, source_id: UUID, code: str, reason: str) -> None:
        """Record a promotion that is on and gives nothing."""
        skipped = NotApplied(source_id, code, reason)
        if skipped not in self.not_applied:
            self.not_applied.append(skipped)

    def covered(self, scope: GoodsScope) -> list[WorkLine]:
        """The lines of a choice of goods that still cost something. A bundle's lines are also found under the bundle."""
        return [
            line
            for line in self.lines
            if line.left_minor and (scope.covers(line.item) or (line.bundle is not None and scope.covers(line.bundle)))
        ]

    def can_bear(self, campaign_id: CampaignId | None, amount_minor: int) -> bool:
        """Whether the campaign runs and its budget holds this on top of what this quote draws already."""
        if campaign_id is None:
            return True
        allowance = self.book.campaigns.get(campaign_id)
        if allowance is None or not allowance.active or allowance.left_uses == 0:
            return False
        drawn = self.drawn.get(campaign_id, 0)
        return allowance.left_minor is None or drawn + amount_minor <= allowance.left_minor

    def draw(self, campaign_id: CampaignId | None, amount_minor: int) -> None:
        """Remember that this quote takes so much of a campaign's budget."""
        if campaign_id is not None:
            self.drawn[campaign_id] = self.drawn.get(campaign_id, 0) + amount_minor

    def take(self, cause: Cause, shares: Iterable[tuple[WorkLine, int]], text: str, wanted_minor: int | None = None) -> None:
        """Take each share off its line and write the typed rows. No share exceeds what is left of its line."""
        reckoned = list(shares)
        total = 0
        for line, amount in reckoned:
            if not amount:
                continue
            line.left_minor -= amount
            total += amount
            borne = cause.bearers.of(amount, merchant_goods=line.item.merchant_id is not None)
            self.rows.append(Discount(line.line, cause.source_type, cause.source_id, amount, borne, cause.on_return))
        self.draw(cause.campaign_id, total)
        wanted = total if wanted_minor is None else wanted_minor
        tally = self.tallies.setdefault((cause.source_type, cause.source_id), Tally(cause))
        tally.wanted_minor += wanted
        tally.amount_minor += total
        tally.lines.extend(line.line for line, _ in reckoned)
        clipped = f" (clipped by {self.money(wanted - total)})" if wanted > total else ""
        self.note(cause.source_type.value, f"{text}{clipped}", -total)

    def spread(self, cause: Cause, lines: Sequence[WorkLine], amount_minor: int, text: str) -> None:
        """Take one amount off several lines by what is left of each (R-2); what exceeds them all is clipped."""
        left = [line.left_minor for line in lines]
        self.take(cause, zip(lines, allocate(amount_minor, left, left), strict=True), text, amount_minor)

    def quote(self) -> Quote:
        """The finished quote, without freight."""
        taken: dict[int, int] = {}
        for row in self.rows:
            taken[row.line] = taken.get(row.line, 0) + row.amount_minor
        return Quote(
            channel_id=self.basket.channel_id,
            buyer_id=self.basket.buyer_id,
            currency=self.book.currency,
            lines=tuple(_finished(line, taken) for line in self.lines),
            discounts=tuple(self.rows),
            applied=tuple(_applied(tally) for tally in self.tallies.values()),
            not_applied=tuple(self.not_applied),
            gifts=tuple(self.gifts),
            trace=tuple(self.trace),
        )


def _applied(tally: Tally) -> Applied:
    return Applied(
        source_type=tally.cause.source_type,
        source_id=tally.cause.source_id,
        code=tally.cause.code,
        wanted_minor=tally.wanted_minor,
        amount_minor=tally.amount_minor,
        lines=tuple(tally.lines),
        campaign_id=tally.cause.campaign_id,
        on_return=tally.cause.on_return,
        rule=tally.cause.rule,
    )


def _finished(line: WorkLine, taken: Mapping[int, int]) -> QuoteLine:
    return QuoteLine(
        line=line.line,
        basket_line=line.basket_line,
        sku_id=line.item.sku_id,
        sku_code=line.item.code,
        title=line.item.title,
        merchant_id=line.item.merchant_id,
        qty=line.qty,
        weight_g=line.item.weight_g * line.qty,
        list_minor=line.price.list_minor,
        unit_minor=line.unit_minor,
        gross_minor=line.gross_minor,
        discount_minor=taken.get(line.line, 0),
        bundle_sku_id=line.bundle.sku_id if line.bundle else None,
        bundle_qty=line.bundle_qty,
    )
