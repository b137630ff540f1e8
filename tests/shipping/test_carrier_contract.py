"""One contract for every carrier: told once, asked after, voided, tracked, and believed only where it signed (F9)."""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Callable, Iterator
from typing import Any

import attrs
import pytest

from houtai.application.shipping.ports import CarrierAway, CarrierSilent
from houtai.domain.ids import new_id
from houtai.domain.shipping.answer import CarrierAnswer, Standing
from houtai.domain.shipping.refusals import PushNotGenuine
from houtai.domain.shipping.tracking import TrackState
from tests.conftest import StillClock
from tests.shipping.dock import RECEIVER, SHIPMENT
from tests.shipping.fakes import Mode
from tests.shipping.kits import KITS, Kit

BAD = attrs.evolve(SHIPMENT, receiver=attrs.evolve(RECEIVER, phone="12"))
LOST = (Mode.LOSE_REQUEST, Mode.LOSE_ANSWER, Mode.FAIL_AFTER, Mode.FAIL_BEFORE, Mode.GARBAGE, Mode.TOO_LATE)


@pytest.fixture(params=KITS, ids=lambda made: made.__name__)
def kit(request: pytest.FixtureRequest, clock: StillClock) -> Iterator[Kit]:
    make: Callable[[Any], Kit] = request.param
    made = make(clock)
    yield made
    made.close()


def number_of(answer: CarrierAnswer) -> str:
    assert answer.label is not None, answer
    return answer.label.number


def test_a_shipment_gets_one_number_with_its_label(kit: Kit) -> None:
    answer = kit.carrier.buy(new_id(), SHIPMENT)
    assert (answer.standing, kit.bound()) == (Standing.DONE, [number_of(answer)])
    assert answer.label is not None
    assert answer.label.content


def test_the_same_key_is_the_same_waybill_and_another_key_another(kit: Kit) -> None:
    if not kit.is_asked:
        pytest.skip("this carrier does not promise it, so the house never tells it twice")
    key = new_id()
    first, again, other = (number_of(kit.carrier.buy(one, SHIPMENT)) for one in (key, key, new_id()))
    assert (first, kit.bound()) == (again, sorted([first, other]))


def test_a_bad_address_is_refused_in_words(kit: Kit) -> None:
    answer = kit.carrier.buy(new_id(), BAD)
    assert (answer.standing, bool(answer.error), kit.bound()) == (Standing.REFUSED, True, [])


def test_what_was_never_told_is_not_known(kit: Kit) -> None:
    expected = Standing.NOT_KNOWN if kit.is_asked else Standing.NO_ANSWER
    assert kit.carrier.ask(new_id()).standing is expected


@pytest.mark.parametrize("mode", LOST, ids=lambda mode: mode.value)
def test_a_lost_answer_is_told_apart_and_asking_finds_out_without_a_second_waybill(kit: Kit, mode: Mode) -> None:
    key = new_id()
    kit.fail("buy", mode)
    with pytest.raises(CarrierSilent):
        kit.carrier.buy(key, SHIPMENT)
    answer = kit.carrier.ask(key)
    if not kit.is_asked:
        assert answer.standing is Standing.NO_ANSWER
        assert len(kit.bound()) <= 1
        return
    if answer.standing is Standing.NOT_KNOWN:
        answer = kit.carrier.buy(key, SHIPMENT)
    assert kit.bound() == [number_of(answer)]


def test_an_answer_that_comes_twice_is_never_taken_for_the_next_one(kit: Kit) -> None:
    if kit.fake is None:
        pytest.skip("the embedded carrier has no line that could bring it twice")
    kit.fail("buy", Mode.TWICE)
    numbers = [number_of(kit.carrier.buy(new_id(), SHIPMENT)) for _ in range(3)]
    assert (len(set(numbers)), kit.bound()) == (3, sorted(numbers))


def test_an_answer_that_drips_for_ever_is_cut_at_the_deadline(clock: StillClock) -> None:
    from tests.shipping.kits import kuaidi100, sf

    for make in (kuaidi100, sf):
        made = make(clock)
        made.fail("buy", Mode.DRIP)
        begun = dt.datetime.now(dt.UTC)
        with pytest.raises(CarrierSilent):
            made.carrier.buy(new_id(), SHIPMENT)
        made.close()
        assert (dt.datetime.now(dt.UTC) - begun).total_seconds() < 3


def test_a_carrier_that_will_not_hear_us_now_has_done_nothing(kit: Kit) -> None:
    kit.fail("buy", Mode.REFUSE_CONNECTION)
    with pytest.raises(CarrierAway):
        kit.carrier.buy(new_id(), SHIPMENT)
    assert kit.bound() == []


def test_a_carrier_that_is_gone_has_done_nothing_or_does_not_say(kit: Kit) -> None:
    if kit.fake is None:
        pytest.skip("the embedded carrier is always there")
    kit.close()
    with pytest.raises((CarrierAway, CarrierSilent)):
        kit.carrier.buy(new_id(), SHIPMENT)


def test_a_void_undoes_and_a_second_one_does_no_harm(kit: Kit) -> None:
    key = new_id()
    number = number_of(kit.carrier.buy(key, SHIPMENT))
    done = Standing.PENDING if kit.voids_late else Standing.DONE
    assert kit.carrier.ask_void(key, number).standing is Standing.NOT_KNOWN
    assert [kit.carrier.void(key, number).standing for _ in range(2)] == [done, done]
    assert kit.bound() == []


def test_a_lost_answer_to_a_void_is_asked_after(kit: Kit) -> None:
    key = new_id()
    number = number_of(kit.carrier.buy(key, SHIPMENT))
    kit.fail("void", Mode.LOSE_ANSWER)
    with pytest.raises(CarrierSilent):
        kit.carrier.void(key, number)
    answer = kit.carrier.ask_void(key, number)
    if answer.standing is Standing.NOT_KNOWN:
        answer = kit.carrier.void(key, number)
    assert (answer.standing in (Standing.DONE, Standing.PENDING), kit.bound()) == (True, [])


def test_what_the_carrier_has_is_not_voided(kit: Kit) -> None:
    key = new_id()
    number = number_of(kit.carrier.buy(key, SHIPMENT))
    kit.leave(number)
    assert (kit.carrier.void(key, number).standing, kit.bound()) == (Standing.REFUSED, [number])


def test_a_track_is_told_in_our_words_at_the_right_moment(kit: Kit, clock: StillClock) -> None:
    number = number_of(kit.carrier.buy(new_id(), SHIPMENT))
    assert kit.carrier.track(SHIPMENT, number) == ()
    kit.happened(number, clock.now())
    (event,) = kit.carrier.track(SHIPMENT, number)
    assert (event.number, event.at) == (number, clock.now())
    assert event.state in (TrackState.PICKED_UP, TrackState.IN_TRANSIT)


def test_a_push_is_read_once_and_a_replay_is_the_same_news(kit: Kit, clock: StillClock) -> None:
    headers, raw = kit.pushed("SF1", clock.now())
    first, again = (kit.carrier.parse_push(headers, raw, clock.now()) for _ in range(2))
    assert [(event.number, event.state, event.at) for event in first] == [("SF1", TrackState.DELIVERED, clock.now())]
    assert [event.key for event in first] == [event.key for event in again]


def test_a_push_that_was_changed_or_is_not_signed_is_not_believed(kit: Kit, clock: StillClock) -> None:
    headers, raw = kit.pushed("SF1", clock.now())
    bare = dict.fromkeys(headers, "")
    for given, body in (
        (headers, raw.replace(b"SF1", b"SF2")),
        (bare, re.sub(rb"(sign|msgDigest)=[^&]*", b"", raw)),
        ({}, b""),
        (headers, b"\xff\xfe"),
    ):
        with pytest.raises(PushNotGenuine):
            kit.carrier.parse_push(given, body, clock.now())


def test_a_push_with_a_signature_of_strange_signs_is_not_believed(kit: Kit, clock: StillClock) -> None:
    headers, raw = kit.pushed("SF1", clock.now())
    strange = dict.fromkeys(headers, "签名") or {"x-hmac-signature": "签名"}
    body = raw.replace(b"sign=", b"sign=%E7%AD%BE").replace(b"msgDigest=", b"msgDigest=%E7%AD%BE")
    with pytest.raises(PushNotGenuine):
        kit.carrier.parse_push(strange, body, clock.now())


def test_a_carrier_gives_numbers_ahead_or_says_that_it_does_not(kit: Kit) -> None:
    if kit.fake is not None:
        with pytest.raises(CarrierAway):
            kit.carrier.numbers(new_id(), 5)
        return
    key = new_id()
    block = kit.carrier.numbers(key, 5)
    assert (len(set(block)), kit.carrier.numbers(key, 5)) == (5, block)


def test_rates_come_cheapest_first_where_the_carrier_says_any(kit: Kit) -> None:
    charges = [quote.charge.minor for quote in kit.carrier.rates(SHIPMENT)]
    assert charges == sorted(charges)
    assert all(quote.carrier == kit.carrier.name for quote in kit.carrier.rates(SHIPMENT))


def test_every_request_was_signed_as_the_carrier_checks_it(kit: Kit, clock: StillClock) -> None:
    wish = attrs.evolve(SHIPMENT, receiver=attrs.evolve(RECEIVER, address="a*b~c d+e&f=g%h'\"{} 𠮷"), remark='{"x": 1}')
    assert kit.carrier.buy(new_id(), wish).standing is Standing.DONE
    assert kit.fake is None or kit.fake.forged == 0


def test_no_secret_shows_where_an_account_is_printed(kit: Kit) -> None:
    from tests.shipping import fakes

    told = repr(getattr(kit.carrier, "_account", ""))
    secrets = (fakes.KEY_SECRET, fakes.SALT, fakes.CHECKWORD, fakes.API_KEY, fakes.WEBHOOK)
    assert [secret for secret in secrets if secret in told] == []
