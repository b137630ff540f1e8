"""Rules about goods: stock that comes, goes and is set aside, prices, promotions, coupons and listings that change."""

from __future__ import annotations

import datetime as dt

from hypothesis import strategies as st
from hypothesis.stateful import precondition, rule

from houtai.application.catalog.publish import PauseListing, ResumeListing, pause_listing, resume_listing
from houtai.application.inventory.adjust import (
    DecideAdjustment,
    RequestAdjustment,
    approve_adjustment,
    reject_adjustment,
    request_adjustment,
)
from houtai.application.inventory.configure import SetAside, SetFence, set_aside, set_fence
from houtai.application.inventory.receive import ReceiveOpening, receive_opening
from houtai.application.orders.ports import OrdersViews
from houtai.application.permission import needs
from houtai.application.pricing.budget import DefineCampaign, MoveCampaign, define_campaign, move_campaign
from houtai.application.pricing.issue import (
    ExpireCoupons,
    IssueCoupons,
    IssueTo,
    VoidCoupon,
    expire_coupons,
    issue_coupons,
    void_coupon,
)
from houtai.application.pricing.promote import DefinePromotion, MovePromotion, PromotionTerms, define_promotion, move_promotion
from houtai.application.pricing.set_prices import SetPrice, SetPrices, set_prices
from houtai.application.pricing.templates import DefineTemplate, MoveTemplate, TemplateTerms, define_template, move_template
from houtai.domain.act import Act
from houtai.domain.ids import (
    AdjustmentId,
    CampaignId,
    CouponId,
    CouponTemplateId,
    CustomerId,
    ListingId,
    PromotionId,
    WarehouseId,
)
from houtai.domain.inventory.adjustment import AdjustmentLine, ReceiptLine
from houtai.domain.inventory.movement import Reason
from houtai.domain.inventory.stock import StockState
from houtai.domain.pricing.coupons import FixedValue, TemplateState
from houtai.domain.pricing.promotions import AmountOff, BuyAndGet, Rule, RunState
from houtai.domain.pricing.scope import GoodsScope
from tests.catalog.arrange import another
from tests.simulation.house import BUYERS, COSTS, LISTINGS, OTHER_CHANNEL, PLACES, SKUS, an_id
from tests.simulation.look import look_at_bins
from tests.simulation.records import Budget, Coupon, Promotion
from tests.simulation.steps import Steps, some

goods = st.sampled_from(sorted(COSTS))
place = st.sampled_from(PLACES)


@needs("tests.listing-version")
def listing_version(views: OrdersViews, query: ListingId, act: Act) -> int:
    """The listing's version as it is committed."""
    del act
    return views.listings.get(query).version


class Goods(Steps):
    """What the people in the warehouse and in marketing do."""

    def __init__(self) -> None:
        """Everything is on sale; no promotion runs."""
        super().__init__()
        self.promoted: list[tuple[PromotionId, int]] = []

    @rule(code=goods, where=place, qty=st.integers(1, 12))
    def goods_come_in(self, code: str, where: WarehouseId, qty: int) -> None:
        """At what they always cost, so that the model knows their value."""
        self.begin("goods_come_in")
        self.receive(code, where, qty)

    def receive(self, code: str, where: WarehouseId, qty: int) -> None:
        """Take units in at their cost."""
        line = ReceiptLine(1, SKUS[code], qty, COSTS[code])
        self.do(receive_opening, ReceiveOpening(an_id("receipt", self.fresh()), where, (line,)))
        self.shop.shelves[code, where].sellable += qty
        self.shop.received_minor += qty * COSTS[code]

    @rule(code=goods, where=place, delta=st.integers(-6, 6).filter(bool), approve=st.booleans())
    def stock_is_adjusted(self, code: str, where: WarehouseId, delta: int, approve: bool) -> None:  # drawn
        """Asked for by one, decided by another."""
        self.begin("stock_is_adjusted")
        shelf = self.shop.shelves[code, where]
        line = AdjustmentLine(1, SKUS[code], StockState.SELLABLE, delta, unit_minor=COSTS[code] if delta > 0 else None)
        adjustment = AdjustmentId(an_id("adjustment", self.fresh()))
        asked = self.do(request_adjustment, RequestAdjustment(adjustment, where, Reason.COUNT_DIFFERENCE, (line,)))
        assert asked is not None
        decide = DecideAdjustment(adjustment, asked.version)
        self.do(approve_adjustment, decide, reasons=("forbidden",))  # who asks does not decide
        if not approve:
            self.do(reject_adjustment, decide, act=another(self.act))
            return
        left = shelf.sellable - self._bound_at(code, where)
        reasons = ["inventory.would-undercut", "inventory.not-enough-on-hand"] if left + delta < 0 and delta < 0 else []
        if -delta > shelf.sellable - self.shop.allocated(code, where):
            reasons.append("warehouse.all-bins-promised")
        if self.do(approve_adjustment, decide, reasons=reasons, act=another(self.act)):
            shelf.sellable += delta
            self.thaw(code, where, max(0, -delta))
            self.shop.gained_minor += max(0, delta) * COSTS[code]
            self.shop.lost_minor += max(0, -delta) * COSTS[code]

    def thaw(self, code: str, where: WarehouseId, most: int) -> None:
        """Units that were doubted are lost, or cleared: no more of them than were, and as many are frozen no more."""
        bins = self.house.office.ask(look_at_bins, (SKUS[code], where), self.act)
        doubted = sum(one.suspect_qty for one in bins)
        cleared = self.shop.suspect[code, where] - doubted
        assert 0 <= cleared <= most, f"{cleared} doubted units of {code} are gone, {most} could be"
        shelf = self.shop.shelves[code, where]
        self.shop.suspect[code, where] = doubted
        shelf.frozen = max(0, shelf.frozen - cleared)

    def _bound_at(self, code: str, where: WarehouseId) -> int:
        """Units of it that are promised from this place now."""
        row = next((one for key, one in self.seen.stocks.items() if key == (SKUS[code], where)), None)
        held = sum(
            qty
            for hold in self.shop.holds.values()
            for sku, at, qty, binds in hold.lines
            if binds and hold.expires_at > self.now and (sku, at) == (code, where)
        )
        return held + (row.reserved_qty if row else 0)

    @rule(code=goods, where=place, safety=st.integers(0, 3), frozen=st.integers(0, 4))
    def stock_is_set_aside(self, code: str, where: WarehouseId, safety: int, frozen: int) -> None:
        """Safety stock, and what is being counted."""
        self.begin("stock_is_set_aside")
        shelf = self.shop.shelves[code, where]
        reasons = ("inventory.frozen-too-much",) if frozen > shelf.sellable - self._bound_at(code, where) else ()
        if self.do(set_aside, SetAside(SKUS[code], where, safety, frozen), reasons=reasons):
            shelf.safety, shelf.frozen = safety, frozen

    @rule(code=goods, where=place, qty=st.integers(0, 3))
    def stock_is_fenced(self, code: str, where: WarehouseId, qty: int) -> None:
        """For another channel, which never sells."""
        self.begin("stock_is_fenced")
        shelf = self.shop.shelves[code, where]
        available = shelf.sellable - shelf.frozen - shelf.safety - self._bound_at(code, where)
        reasons = ("inventory.fence-too-wide",) if qty and qty > available else ()
        if self.do(set_fence, SetFence(OTHER_CHANNEL, SKUS[code], where, qty), reasons=reasons):
            shelf.fenced = qty

    @rule(code=st.sampled_from(("CUP", "BOWL", "SET")), minor=st.integers(1, 40).map(lambda n: n * 990))
    def a_price_changes(self, code: str, minor: int) -> None:
        """From now on."""
        self.begin("a_price_changes")
        self.do(set_prices, SetPrices((SetPrice(SKUS[code], minor, "CNY"),)))
        self.shop.set_price(code, minor, self.now)

    @rule(product=st.sampled_from(sorted(LISTINGS)), seldom=st.integers(0, 3))
    def a_listing_goes_off_or_on(self, product: str, seldom: int) -> None:
        """The shelf of the channel; off more seldom than on."""
        self.begin("a_listing_goes_off_or_on")
        listing = LISTINGS[product]
        version = self.house.office.ask(listing_version, listing, self.act)
        on = self.shop.on_sale.get(product, True)
        if on and seldom:
            return
        self.do(pause_listing, PauseListing(listing, version + 1, "counting"), reasons=("version-conflict",))
        if on:
            self.do(pause_listing, PauseListing(listing, version, "counting"))
        else:
            self.do(resume_listing, ResumeListing(listing, version))
        self.shop.on_sale[product] = not on

    # -- marketing

    @rule(off=st.integers(0, 30).map(lambda n: n * 100), hours=some, budget=st.none() | st.integers(1, 60).map(lambda n: n * 100))
    def a_promotion_begins(self, off: int, hours: int, budget: int | None) -> None:
        """So much off every bowl, perhaps out of a campaign's budget; or a spoon with every cup. One of each kind at a time."""
        self.begin("a_promotion_begins")
        number = self.fresh()
        for place_, old in enumerate(self.shop.promotions):
            if old.active and bool(old.off) == bool(off):
                promotion, version = self.promoted[place_]
                self.do(move_promotion, MovePromotion(promotion, version, RunState.ENDED))
                old.active = False
        campaign = self._campaign(number, budget) if budget is not None and off else None
        what: Rule = AmountOff(off) if off else BuyAndGet(SKUS["SPOON"], buy_qty=1)
        scope = GoodsScope(skus=(SKUS["BOWL"],)) if off else GoodsScope(skus=(SKUS["CUP"],))
        ends = self.now + dt.timedelta(hours=hours)
        terms = PromotionTerms("活动", what, self.now, ends, scope=scope, campaign_id=campaign)
        promotion = PromotionId(an_id("promotion", number))
        self.do(define_promotion, DefinePromotion(promotion, f"P-{number}", "CNY", terms))
        running = self.do(move_promotion, MovePromotion(promotion, 1, RunState.ACTIVE))
        assert running is not None
        self.promoted.append((promotion, running.version))
        self.shop.promotions.append(Promotion(off, self.now, ends, campaign))

    def _campaign(self, number: int, minor: int) -> CampaignId:
        campaign = CampaignId(an_id("campaign", number))
        self.do(define_campaign, DefineCampaign(campaign, f"C-{number}", "双十一", "CNY", minor, 2))
        self.do(move_campaign, MoveCampaign(campaign, 1, RunState.ACTIVE))
        self.shop.budgets[campaign] = Budget(minor, 2)
        return campaign

    @rule(buyer=st.sampled_from(BUYERS), minor=st.integers(1, 300).map(lambda n: n * 100), hours=st.sampled_from((1, 24)))
    def a_coupon_is_issued(self, buyer: CustomerId, minor: int, hours: int) -> None:
        """Good for some hours."""
        self.begin("a_coupon_is_issued")
        number = self.fresh()
        ends = self.now + dt.timedelta(hours=hours)
        template, coupon = CouponTemplateId(an_id("template", number)), CouponId(an_id("coupon", number))
        terms = TemplateTerms("券", FixedValue(minor), self.now, ends, quota_qty=1)
        self.do(define_template, DefineTemplate(template, f"T-{number}", "CNY", terms))
        self.do(move_template, MoveTemplate(template, 1, TemplateState.ACTIVE))
        self.do(issue_coupons, IssueCoupons(template, (IssueTo(coupon, buyer),)))
        self.shop.coupons[coupon] = Coupon(buyer, minor, self.now, ends)
        spent = IssueCoupons(template, (IssueTo(CouponId(an_id("coupon", number, 2)), buyer),))
        self.do(issue_coupons, spent, reasons=("pricing.quota-spent", "pricing.customer-limit"))

    @precondition(lambda self: self.shop.coupons)
    @rule(choice=st.integers(0, 99))
    def a_coupon_is_voided(self, choice: int) -> None:
        """Not while an order holds it."""
        self.begin("a_coupon_is_voided")
        coupon_id = list(self.shop.coupons)[choice % len(self.shop.coupons)]
        coupon = self.shop.coupons[coupon_id]
        cmd = VoidCoupon(coupon_id, self.seen.coupons[coupon_id].version, "issued by mistake")
        if self.do(void_coupon, cmd, reasons=() if coupon.state == "issued" else ("illegal-move",)):
            coupon.state = "void"

    @rule()
    def coupons_expire(self) -> None:
        """The timer comes round."""
        self.begin("coupons_expire")
        over = [one for one in self.shop.coupons.values() if one.state == "issued" and one.valid_until <= self.now]
        assert self.do(expire_coupons, ExpireCoupons()) == len(over)
        for coupon in over:
            coupon.state = "expired"
