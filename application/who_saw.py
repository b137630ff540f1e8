"""The question that every person whose data is kept may ask: who saw it in full, when and why."""

from __future__ import annotations

from typing import Protocol
from uuid import UUID

import attrs

from houtai.application.disclosures import Disclosure
from houtai.application.house import DISCLOSED_BY, DISCLOSED_OF
from houtai.application.paging import Page, Slice
from houtai.application.permission import needs
from houtai.application.ports import Reading
from houtai.domain.act import Act


class DisclosureViews(Protocol):
    """What the question reads."""

    @property
    def disclosures(self) -> Reading[UUID, Disclosure]:
        """Every look and every export."""


@attrs.frozen
class ListDisclosures:
    """Who saw this record in full, or what this actor saw and exported; each condition that is not None has to hold."""

    record_id: UUID | None = None
    actor: UUID | None = None
    page: Page = attrs.field(factory=Page)


@needs("access.log.read")
def list_disclosures(views: DisclosureViews, query: ListDisclosures, _: Act) -> Slice[Disclosure]:
    """One page of looks and exports, newest first unless the page says otherwise."""
    wanted = {DISCLOSED_OF: query.record_id, DISCLOSED_BY: query.actor}
    return views.disclosures.page(query.page, {index: value for index, value in wanted.items() if value is not None})
