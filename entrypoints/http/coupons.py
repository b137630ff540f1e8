"""Coupon templates and coupons over HTTP."""

from __future__ import annotations

from houtai.application.pricing.issue import (
    ClaimCoupon,
    IssueCoupons,
    IssueTo,
    MakeCodes,
    VoidCoupon,
    claim_coupon,
    issue_coupons,
    make_codes,
    void_coupon,
)
from houtai.application.pricing.queries import (
    ListCoupons,
    ListTemplates,
    list_coupons,
    list_templates,
    show_coupon,
    show_template,
)
from houtai.application.pricing.templates import (
    DefineTemplate,
    EditTemplate,
    MoveTemplate,
    define_template,
    edit_template,
    move_template,
)
from houtai.domain.ids import CouponId, CouponTemplateId, CustomerId, derive
from houtai.domain.pricing.coupons import TemplateState
from houtai.domain.pricing.refusals import (
    CouponNotValidNow,
    CouponSpent,
    CustomerLimitReached,
    QuotaSpent,
    TemplateFixed,
    TemplateNotOpen,
)
from houtai.entrypoints.http import wire
from houtai.entrypoints.http.coupons_wire import (
    BatchIn,
    ClaimIn,
    CouponOut,
    CouponQuery,
    CouponsOut,
    NewTemplate,
    Receivers,
    TemplateIn,
    TemplateOut,
    TemplateQuery,
    VoidIn,
    coupon_out,
    template_out,
    template_view_out,
)
from houtai.entrypoints.http.desk import Desk
from houtai.entrypoints.http.routes import Routes

ROUTES = Routes("coupons", "Coupon templates, the coupons that customers hold, and their use.")


@ROUTES.post("/coupon-templates", define_template, status=201, location="/coupon-templates/{id}")
def post_coupon_template(desk: Desk, body: NewTemplate) -> TemplateOut:
    """Draft a coupon template."""
    cmd = DefineTemplate(CouponTemplateId(desk.new_id(body.id)), body.code, body.currency, body.terms())
    return template_out(desk.perform(define_template, cmd), 0)


@ROUTES.get("/coupon-templates", list_templates)
def get_coupon_templates(desk: Desk, query: TemplateQuery) -> wire.Listed[TemplateOut]:
    """List coupon templates, newest first."""
    return wire.listed(desk.ask(list_templates, ListTemplates(query.state, query.page())), template_view_out)


@ROUTES.get("/coupon-templates/{template_id}", show_template)
def get_coupon_template(desk: Desk, template_id: wire.Id) -> TemplateOut:
    """Look at one coupon template."""
    return template_view_out(desk.ask(show_template, CouponTemplateId(template_id)))


@ROUTES.put("/coupon-templates/{template_id}", edit_template, refuses=(TemplateFixed,))
def put_coupon_template(desk: Desk, template_id: wire.Id, body: TemplateIn) -> TemplateOut:
    """Replace a template's terms; once it was open only name, quota, customer limit and claim code may change."""
    cmd = EditTemplate(CouponTemplateId(template_id), desk.expected_version, body.terms())
    return template_out(desk.perform(edit_template, cmd))


@ROUTES.move("/coupon-templates/{template_id}/start", move_template)
def post_coupon_template_start(desk: Desk, template_id: wire.Id) -> TemplateOut:
    """Open a template for issue, or go on with it."""
    return _moved(desk, template_id, TemplateState.ACTIVE)


@ROUTES.move("/coupon-templates/{template_id}/pause", move_template)
def post_coupon_template_pause(desk: Desk, template_id: wire.Id) -> TemplateOut:
    """Issue no more for now; what customers hold stays good."""
    return _moved(desk, template_id, TemplateState.PAUSED)


@ROUTES.move("/coupon-templates/{template_id}/end", move_template)
def post_coupon_template_end(desk: Desk, template_id: wire.Id) -> TemplateOut:
    """Issue no more for good; what customers hold stays good."""
    return _moved(desk, template_id, TemplateState.ENDED)


@ROUTES.post(
    "/coupon-templates/{template_id}/coupons",
    issue_coupons,
    status=201,
    refuses=(TemplateNotOpen, QuotaSpent, CustomerLimitReached),
)
def post_coupons(desk: Desk, template_id: wire.Id, body: Receivers) -> CouponsOut:
    """Issue a coupon to each of these customers, or to none."""
    batch = desk.new_id()
    to = tuple(
        IssueTo(CouponId(derive(batch, "coupon", place)), CustomerId(customer))
        for place, customer in enumerate(body.customer_ids)
    )
    issued = desk.perform(issue_coupons, IssueCoupons(CouponTemplateId(template_id), to))
    return CouponsOut(tuple(coupon_out(coupon) for coupon in issued))


@ROUTES.post("/coupon-templates/{template_id}/codes", make_codes, status=201, refuses=(TemplateNotOpen, QuotaSpent))
def post_coupon_codes(desk: Desk, template_id: wire.Id, body: BatchIn) -> CouponsOut:
    """Make coupons without an owner, each to be claimed by its code."""
    made = desk.perform(make_codes, MakeCodes(CouponTemplateId(template_id), desk.new_id(), body.qty))
    return CouponsOut(tuple(coupon_out(coupon) for coupon in made))


@ROUTES.post(
    "/coupon-claims",
    claim_coupon,
    status=201,
    refuses=(CouponSpent, CouponNotValidNow, TemplateNotOpen, QuotaSpent, CustomerLimitReached),
)
def post_coupon_claim(desk: Desk, body: ClaimIn) -> CouponOut:
    """Give a customer the coupon of a code."""
    cmd = ClaimCoupon(body.code, CustomerId(body.customer_id), CouponId(desk.new_id()))
    return coupon_out(desk.perform(claim_coupon, cmd))


@ROUTES.get("/coupons", list_coupons)
def get_coupons(desk: Desk, query: CouponQuery) -> wire.Listed[CouponOut]:
    """List coupons, newest first."""
    wanted = ListCoupons(
        template=None if query.template_id is None else CouponTemplateId(query.template_id),
        customer=None if query.customer_id is None else CustomerId(query.customer_id),
        state=query.state,
        page=query.page(),
    )
    return wire.listed(desk.ask(list_coupons, wanted), coupon_out)


@ROUTES.get("/coupons/{coupon_id}", show_coupon)
def get_coupon(desk: Desk, coupon_id: wire.Id) -> CouponOut:
    """Look at one coupon with every step of its use."""
    return coupon_out(desk.ask(show_coupon, CouponId(coupon_id)))


@ROUTES.move("/coupons/{coupon_id}/void", void_coupon)
def post_coupon_void(desk: Desk, coupon_id: wire.Id, body: VoidIn) -> CouponOut:
    """Take a coupon out of use that no order holds."""
    return coupon_out(desk.perform(void_coupon, VoidCoupon(CouponId(coupon_id), desk.expected_version, body.reason)))


def _moved(desk: Desk, template_id: wire.Id, to: TemplateState) -> TemplateOut:
    return template_out(desk.perform(move_template, MoveTemplate(CouponTemplateId(template_id), desk.expected_version, to)))
