"""How the catalogue says no."""

from __future__ import annotations

import attrs

from houtai.domain.refusal import Kind, Refusal


@attrs.define(eq=False, slots=False)
class NotOnSale(Refusal):
    """Some of the wanted goods cannot be bought on this channel now; every one of them is named."""

    code = "catalog.not-on-sale"
    text = "not on sale here: {skus}"

    skus: tuple[str, ...]


@attrs.define(eq=False, slots=False)
class CategoryCycle(Refusal):
    """A category would stand below itself."""

    code = "catalog.category-cycle"
    kind = Kind.INVALID
    text = "category {category} cannot stand below itself"

    category: str


@attrs.define(eq=False, slots=False)
class CategoryTooDeep(Refusal):
    """The tree has an end."""

    code = "catalog.category-too-deep"
    kind = Kind.INVALID
    text = "categories go {limit} levels deep at most"

    limit: int


@attrs.define(eq=False, slots=False)
class AttributeClash(Refusal):
    """A category defines an attribute that it inherits already."""

    code = "catalog.attribute-clash"
    kind = Kind.INVALID
    text = "attribute {attribute} is defined in {category} already"

    attribute: str
    category: str


@attrs.define(eq=False, slots=False)
class BarcodeTaken(Refusal):
    """A barcode belongs to one SKU only."""

    code = "catalog.barcode-taken"
    text = "barcode {barcode} belongs to SKU {sku}"

    barcode: str
    sku: str


@attrs.define(eq=False, slots=False)
class VariantTaken(Refusal):
    """The product has a SKU for this combination of option values."""

    code = "catalog.variant-taken"
    text = "{product} has {values} already, as SKU {sku}"

    product: str
    values: str
    sku: str


@attrs.define(eq=False, slots=False)
class BadBundle(Refusal):
    """The components do not make a bundle."""

    code = "catalog.bad-bundle"
    kind = Kind.INVALID
    text = "bundle {sku}: {rule}"

    sku: str
    rule: str


@attrs.define(eq=False, slots=False)
class StillInUse(Refusal):
    """The record cannot retire or change shape while others rest on it."""

    code = "catalog.still-in-use"
    text = "{what} {key} is still used by {by}"

    what: str
    key: str
    by: str


@attrs.define(eq=False, slots=False)
class NotReady(Refusal):
    """The product does not yet fulfil what its category and the channel ask; each finding names the field and the rule."""

    code = "catalog.not-ready"
    kind = Kind.INVALID
    text = "{product} is not ready for {channel}: {findings}"

    product: str
    channel: str
    findings: tuple[str, ...]


@attrs.define(eq=False, slots=False)
class ReasonNeeded(Refusal):
    """The deed needs a reason that others will read."""

    code = "catalog.reason-needed"
    kind = Kind.INVALID
    text = "{deed} needs a reason"

    deed: str


@attrs.define(eq=False, slots=False)
class ChangePending(Refusal):
    """A listing has one open change at a time."""

    code = "catalog.change-pending"
    text = "listing {listing} has an open change in state {state}"

    listing: str
    state: str


@attrs.define(eq=False, slots=False)
class StillHeldBack(Refusal):
    """The listing is off the shelf because of facts, and comes back by itself when they are over."""

    code = "catalog.still-held-back"
    text = "listing {listing} is held back by {causes}: {reason}"

    listing: str
    causes: tuple[str, ...]
    reason: str


@attrs.define(eq=False, slots=False)
class MerchantNotSelling(Refusal):
    """Goods of a merchant who is not let sell do not go to a channel."""

    code = "catalog.merchant-not-selling"
    text = "listing {listing} belongs to merchant {merchant}, who is {state}"

    listing: str
    merchant: str
    state: str
