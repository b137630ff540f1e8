"""Which look a document has where none is named: its carrier's, its shop's, or the usual one."""

from __future__ import annotations

from typing import Any

import attrs
import pytest

from houtai.application.office import Office
from houtai.application.outbound.labels import label_wish
from houtai.application.printing.configure import PublishTemplate, RetireTemplate, publish_template, retire_template
from houtai.domain.act import Act
from houtai.domain.ids import ChannelId, PrintJobId, PrintTemplateId, new_id
from houtai.domain.printing.documents import DocumentKind, ExpressWaybill
from houtai.domain.printing.layout import Layout, Size
from houtai.domain.printing.refusals import PrintedBefore
from tests.outbound.arrange import order
from tests.printing.room import LABELS, WAYBILL, Room


@pytest.fixture
def room(office: Office, system: Act) -> Room:
    return Room(office, system)


SHOP, OTHER_SHOP = ChannelId(new_id()), ChannelId(new_id())


def publish_for(room: Room, code: str, size: Size = Size.MM_100_150, **whom: Any) -> PrintTemplateId:
    """A look for a carrier, a shop or both; without them one that has to be named."""
    template = PrintTemplateId(new_id())
    cmd = PublishTemplate(template, code, code, DocumentKind.EXPRESS_WAYBILL, Layout(size, title=code), **whom)
    room.office.perform(publish_template, cmd, room.act)
    return template


def test_a_document_has_the_look_of_its_carrier_and_shop(room: Room) -> None:
    publish_for(room, "general")
    carrier, shop = publish_for(room, "sf", carrier="SF"), publish_for(room, "shop", channel=SHOP)
    both = publish_for(room, "both", carrier="SF", channel=SHOP)
    printer = room.printer()

    assert isinstance(WAYBILL, ExpressWaybill)

    def chosen(waybill: str, carrier: str = "", channel: ChannelId | None = None) -> PrintTemplateId | None:
        return room.ask_for(printer, attrs.evolve(WAYBILL, waybill=waybill), carrier=carrier, channel=channel).template_id

    assert chosen("W1", "SF", SHOP) == both
    assert chosen("W2", "SF", OTHER_SHOP) == carrier
    assert chosen("W3", "YTO", SHOP) == shop
    assert chosen("W4", "YTO", OTHER_SHOP) is None
    assert chosen("W5") is None
    room.office.perform(retire_template, RetireTemplate(both, 1), room.act)
    assert chosen("W6", "SF", SHOP) == carrier


def test_a_look_on_paper_that_the_printer_does_not_hold_is_passed_by(room: Room) -> None:
    publish_for(room, "wide", Size.MM_100_180, carrier="SF")
    narrow = room.printer(attrs.evolve(LABELS, sizes=(Size.MM_76_130,)))
    assert room.ask_for(narrow, carrier="SF").size is Size.MM_76_130


def test_a_look_published_later_makes_no_second_label(room: Room) -> None:
    printer = room.printer()
    first = room.ask_for(printer, carrier="SF")
    later = publish_for(room, "sf", carrier="SF")
    assert room.ask_for(printer, carrier="SF") == first
    with pytest.raises(PrintedBefore):
        room.ask_for(printer, carrier="SF", template=later)


def test_a_label_is_asked_for_in_the_name_of_its_carrier_and_shop(room: Room) -> None:
    assert isinstance(WAYBILL, ExpressWaybill)
    wish = label_wish(order(channel_id=SHOP), PrintJobId(new_id()), room.printer(), WAYBILL)
    assert (wish.carrier, wish.channel, wish.template) == (WAYBILL.carrier, SHOP, None)
