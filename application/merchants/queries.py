"""Reading merchants: one, and the list, each within the actor's reach."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import attrs

from houtai.application.merchants.ports import BY_CODE, BY_ID, BY_STATE, MerchantsViews
from houtai.application.paging import Page, Slice
from houtai.application.permission import MERCHANT, needs
from houtai.application.reach import demand_within
from houtai.domain import limits
from houtai.domain.act import Act
from houtai.domain.authority import Dimension
from houtai.domain.ids import MerchantId
from houtai.domain.merchants.merchant import Merchant, MerchantState


@attrs.frozen
class GetMerchant:
    """One merchant."""

    merchant: MerchantId


@attrs.frozen
class ListMerchants:
    """A page of merchants, newest first, of one state or all."""

    page: Page = Page()  # noqa: RUF009  # frozen
    state: MerchantState | None = None


@attrs.frozen
class MerchantsByCode:
    """Merchants by their codes, for imports."""

    codes: tuple[str, ...] = attrs.field(validator=limits.at_most(10_000))


@needs("merchants.read", along=(MERCHANT,))
def get_merchant(views: MerchantsViews, query: GetMerchant, act: Act) -> Merchant:
    """The merchant. NotFound also for another merchant's actor."""
    demand_within(act, "merchants.read", "merchant", query.merchant, merchant=query.merchant)
    return views.merchants.get(query.merchant)


@needs("merchants.read", along=(MERCHANT,))
def list_merchants(views: MerchantsViews, query: ListMerchants, act: Act) -> Slice[Merchant]:
    """Those the actor may see."""
    where: dict[Any, Any] = {}
    reach = act.authority.reach("merchants.read", Dimension.MERCHANT, at=act.at)
    if reach is not None:
        where[BY_ID] = reach
    if query.state is not None:
        where[BY_STATE] = query.state.value
    return views.merchants.page(query.page, where)


@needs("merchants.read", along=(MERCHANT,))
def merchants_by_code(views: MerchantsViews, query: MerchantsByCode, act: Act) -> Mapping[str, MerchantId]:
    """Ids by code, those out of reach left out."""
    reach = act.authority.reach("merchants.read", Dimension.MERCHANT, at=act.at)
    found = views.merchants.by(BY_CODE, *sorted(set(query.codes))) if query.codes else []
    return {merchant.code: merchant.id for merchant in found if reach is None or merchant.id in reach}
