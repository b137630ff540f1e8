"""A brand that goods carry."""

from __future__ import annotations

import attrs

from houtai.domain import limits
from houtai.domain.catalog.code import code
from houtai.domain.catalog.standing import Standing
from houtai.domain.ids import BrandId


@attrs.frozen
class Brand:
    """Whose name is on the goods."""

    id: BrandId
    code: str = attrs.field(validator=code)
    name: str = attrs.field(validator=limits.text(1, 100))
    state: Standing = Standing.ACTIVE
    version: int = 1
