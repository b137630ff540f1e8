"""A wave may ask for a skill: its walks are given to people who have it, whoever asks and whether they name it or not."""

from __future__ import annotations

import pytest

from houtai.application.office import Office
from houtai.application.outbound.begin_walk import StartPicking, start_picking
from houtai.application.outbound.configure import SetTemplate, set_template
from houtai.application.outbound.waves import ReleasedWave
from houtai.application.warehouse.people import Duties, EnrolStaff, enrol_staff
from houtai.domain.act import Act
from houtai.domain.authority import Grant
from houtai.domain.ids import HandlingUnitId, StaffId, WaveTemplateId, new_id
from houtai.domain.outbound.planning import WaveTemplate
from houtai.domain.outbound.refusals import SkillNeeded
from houtai.domain.outbound.wave import PickMethod
from houtai.domain.outbound.work import PickRun
from houtai.domain.refusal import NotFound
from houtai.domain.warehouse.handling_unit import UnitKind
from houtai.domain.warehouse.station import Flow
from tests.access.door import House, open_house
from tests.catalog.arrange import another
from tests.conftest import StillClock
from tests.orders.shop import Shop
from tests.outbound.floor import Floor

COLD = "cold-store"


@pytest.fixture
def floor(office: Office, clock: StillClock) -> Floor:
    made = Floor(Shop(office, clock))
    template = WaveTemplate("cold", skill=COLD)
    cmd = SetTemplate(
        id=WaveTemplateId(new_id()), expected_version=0, warehouse=made.warehouse, template=template, method=PickMethod.CLUSTER
    )
    office.perform(set_template, cmd, made.act)
    return made


def somebody(floor: Floor, house: House, name: str, *skills: str) -> Act:
    """Somebody who works here and has these skills."""
    account = house.person(name, Grant("outbound.*"))
    duties = Duties(frozenset({Flow.PICK}), (floor.warehouse,), frozenset(skills))
    floor.office.perform(enrol_staff, EnrolStaff(StaffId(new_id()), account.id, f"S-{name.upper()}", duties), floor.act)
    return another(floor.act, account.id)


def cold(floor: Floor) -> ReleasedWave:
    return floor.printed(floor.released(CUP=1, POT=1), template="cold")


def take_on(floor: Floor, unit: HandlingUnitId, act: Act, **more: object) -> PickRun:
    return floor.office.perform(start_picking, StartPicking(floor.warehouse, unit, **more), act)  # type: ignore[arg-type]  # by name


def test_a_walk_goes_to_whoever_has_the_skill_and_to_nobody_else(floor: Floor, clock: StillClock) -> None:
    made, cart, house = cold(floor), floor.cart(), open_house(floor.office, clock)
    li, wang = somebody(floor, house, "li"), somebody(floor, house, "wang", COLD, "forklift")
    assert made.wave.skill == COLD
    for stranger in (li, floor.act):  # staff without it, and an account that is no staff
        with pytest.raises(NotFound):
            take_on(floor, cart, stranger)
        with pytest.raises(SkillNeeded):
            take_on(floor, cart, stranger, run=made.runs[0].id)
    assert take_on(floor, cart, wang).wave_id == made.wave.id


def test_who_lacks_it_is_given_the_next_walk(floor: Floor, clock: StillClock) -> None:
    cold(floor)
    usual = floor.printed(floor.released(BOWL=1, POT=1))
    li = somebody(floor, open_house(floor.office, clock), "li")
    assert take_on(floor, floor.unit(UnitKind.CART, "H-CART7", rows=2, columns=2), li).wave_id == usual.wave.id


def test_a_wave_of_no_template_or_of_one_that_is_unknown_asks_for_none(floor: Floor) -> None:
    for name in ("", "nonsense"):
        assert floor.wave(floor.released(CUP=1, POT=1), template=name).wave.skill == ""
