"""Templates: how a kind of document looks, in versions that stay as they were printed with."""

from __future__ import annotations

import enum
from collections.abc import Iterable, Sequence
from typing import Final

import attrs

from houtai.domain import limits
from houtai.domain.ids import ChannelId, PrintTemplateId
from houtai.domain.moves import Moves
from houtai.domain.printing.documents import DocumentKind
from houtai.domain.refusal import InvalidValue


class Language(enum.Enum):
    """The language of a document's fixed words."""

    CHINESE = "zh"
    ENGLISH = "en"


class Size(enum.Enum):
    """The paper, width × height in millimetres."""

    A4 = "a4"
    A5 = "a5"
    MM_100_180 = "100x180"
    MM_100_150 = "100x150"
    MM_76_130 = "76x130"
    MM_100_100 = "100x100"
    MM_60_40 = "60x40"
    MM_40_30 = "40x30"
    ROLL_80 = "roll-80"  # a receipt printer's endless paper

    @property
    def mm(self) -> tuple[int, int]:
        """Width and height in millimetres."""
        return _MM[self]


_MM: Final = {
    Size.A4: (210, 297),
    Size.A5: (148, 210),
    Size.MM_100_180: (100, 180),
    Size.MM_100_150: (100, 150),
    Size.MM_76_130: (76, 130),
    Size.MM_100_100: (100, 100),
    Size.MM_60_40: (60, 40),
    Size.MM_40_30: (40, 30),
    Size.ROLL_80: (80, 200),
}
_SHEETS: Final = (Size.A4, Size.A5)
SIZES: Final[dict[DocumentKind, tuple[Size, ...]]] = {
    DocumentKind.EXPRESS_WAYBILL: (Size.MM_100_150, Size.MM_76_130, Size.MM_100_180),
    DocumentKind.PICK_LIST: (*_SHEETS, Size.ROLL_80),
    DocumentKind.OUTBOUND_SHEET: (Size.A5, Size.A4, Size.ROLL_80),
    DocumentKind.INVOICE: _SHEETS,
    DocumentKind.HANDOVER_MANIFEST: _SHEETS,
    DocumentKind.SUMMARY_SHEET: (*_SHEETS, Size.ROLL_80),
    DocumentKind.TRANSFER_SHEET: _SHEETS,
    DocumentKind.COUNT_SHEET: (*_SHEETS, Size.ROLL_80),
    DocumentKind.LOCATION_LABEL: (Size.MM_60_40, Size.MM_100_100),
    DocumentKind.PRODUCT_LABEL: (Size.MM_60_40, Size.MM_40_30),
    DocumentKind.HANDLING_UNIT_LABEL: (Size.MM_100_100, Size.MM_100_150),
    DocumentKind.CLOUD: (Size.MM_100_180, Size.MM_100_150, Size.MM_76_130),
}
"""The papers that each kind of document is laid out for, the usual one first."""


@attrs.frozen
class Layout:
    """What may be chosen of a document's look. An empty `title` is the document's usual one."""

    size: Size
    language: Language = Language.CHINESE
    title: str = attrs.field(default="", validator=limits.text(0, 40))
    footer: str = attrs.field(default="", validator=limits.text(0, 100))


class TemplateState(enum.Enum):
    """Whether a template is offered."""

    ACTIVE = "active"
    RETIRED = "retired"


TEMPLATE_MOVES: Final[Moves[TemplateState]] = {
    TemplateState.ACTIVE: frozenset({TemplateState.RETIRED}),
    TemplateState.RETIRED: frozenset(),
}


@attrs.frozen
class Template:
    """A named look of one kind of document; `edition` is the latest that was published.

    One with a `carrier` or a `channel_id` is taken by itself for documents of that carrier, or of that shop; one with neither
    only where it is named.
    """

    id: PrintTemplateId
    code: str = attrs.field(validator=limits.code)
    kind: DocumentKind
    name: str = attrs.field(validator=limits.text())
    edition: int = 1
    state: TemplateState = TemplateState.ACTIVE
    version: int = 1
    carrier: str = attrs.field(default="", validator=limits.text(0, 40))
    channel_id: ChannelId | None = None


def suiting(templates: Iterable[Template], carrier: str, channel_id: ChannelId | None) -> list[Template]:
    """Those made for documents of this carrier and shop, the narrowest first: for both, for the carrier, for the shop."""
    found = [
        one
        for one in templates
        if one.state is TemplateState.ACTIVE
        and (one.carrier or one.channel_id is not None)
        and one.carrier in ("", carrier)
        and one.channel_id in (None, channel_id)
    ]
    return sorted(found, key=lambda one: (not one.carrier, one.channel_id is None, one.code))


@attrs.frozen
class Edition:
    """One published look of a template. It is never changed, so that what was printed with it can be printed again."""

    template_id: PrintTemplateId
    edition: int
    layout: Layout

    @property
    def key(self) -> tuple[PrintTemplateId, int]:
        """Template and edition."""
        return (self.template_id, self.edition)


def usual_layout(kind: DocumentKind, language: Language = Language.CHINESE, held: Sequence[Size] = ()) -> Layout:
    """How a document looks for which no template was chosen: on the first of its papers that the printer holds."""
    return Layout(next((size for size in SIZES[kind] if size in held), SIZES[kind][0]), language)


def check_layout(kind: DocumentKind, layout: Layout) -> None:
    """Refuse with InvalidValue a paper that this kind of document is not laid out for."""
    if layout.size not in SIZES[kind]:
        listed = ", ".join(size.value for size in SIZES[kind])
        raise InvalidValue(field="size", rule=f"must be one of {listed} for a {kind.value}")
