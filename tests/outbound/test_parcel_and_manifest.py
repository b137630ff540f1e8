"""Parcels hold what was checked, and a manifest takes each once, weighed and for its own carrier (G-31)."""

from __future__ import annotations

import attrs
import pytest

from houtai.domain.outbound.interception import stop
from houtai.domain.outbound.manifest import ManifestState
from houtai.domain.outbound.parcel import Parcel, ParcelState, check_parcels
from houtai.domain.outbound.refusals import Intercepted, NotWeighed, OnManifest, ParcelsDiffer, StepTooEarly, WrongCarrier
from houtai.domain.refusal import IllegalMove
from tests.outbound.arrange import NOON, manifest, packed, parcel, weighed


def ready(number: str = "H-1", carrier: str = "SF") -> Parcel:
    return parcel(number, carrier=carrier).sealed("BOX3", 120).weighed(900, NOON)


def test_parcels_hold_exactly_what_was_checked() -> None:
    going = packed(2, 5)
    whole = parcel(of=going)
    check_parcels(going, [whole])
    half = attrs.evolve(whole, contents=whole.contents[:1])
    rest = attrs.evolve(whole, contents=whole.contents[1:])
    check_parcels(going, [half, rest])
    for wrong in ([half], [whole, half], []):
        with pytest.raises(ParcelsDiffer):
            check_parcels(going, wrong)


def test_a_parcel_weighed_again_takes_the_new_weight() -> None:
    assert ready().weighed(905, NOON).weight_g == 905


def test_an_opened_parcel_has_no_weight_and_must_be_sealed_again() -> None:
    opened = ready().opened()
    assert (opened.state, opened.weight_g, opened.weighed_at) == (ParcelState.OPEN, 0, None)
    with pytest.raises(IllegalMove):
        opened.weighed(900, NOON)


def test_what_is_handed_over_stays_so() -> None:
    gone = ready().handed_over()
    with pytest.raises(IllegalMove):
        gone.stopped()


def test_a_manifest_counts_and_weighs() -> None:
    full, held = manifest().with_parcel(ready(), weighed())
    full, _ = full.with_parcel(ready("H-2"), weighed())
    assert (full.parcel_count, full.weight_g, held.manifest_number) == (2, 1800, "MF-1")
    assert full.closed(NOON).state is ManifestState.CLOSED


def test_a_manifest_takes_only_weighed_parcels_of_its_carrier_once() -> None:
    _, held = manifest().with_parcel(ready(), weighed())
    with pytest.raises(OnManifest):
        manifest().with_parcel(held, weighed())
    with pytest.raises(WrongCarrier):
        manifest().with_parcel(ready(carrier="YTO"), weighed())
    with pytest.raises(NotWeighed):
        manifest().with_parcel(parcel().sealed("BOX3", 1), packed())


def test_a_stopped_orders_parcel_never_reaches_the_carrier() -> None:
    stopped, _ = stop(weighed(), "refund")
    with pytest.raises(Intercepted):
        manifest().with_parcel(ready(), stopped)


def test_a_parcel_that_was_stopped_leaves_the_open_manifest() -> None:
    full, held = manifest().with_parcel(ready(), weighed())
    assert full.without(held.id).entries == ()
    assert full.without(ready("H-9").id) is full
    with pytest.raises(StepTooEarly):
        full.closed(NOON).without(held.id)


def test_a_manifest_closes_once_and_never_empty() -> None:
    with pytest.raises(StepTooEarly):
        manifest().closed(NOON)
    full, _ = manifest().with_parcel(ready(), weighed())
    closed = full.closed(NOON)
    with pytest.raises(IllegalMove):
        closed.closed(NOON)
    with pytest.raises(StepTooEarly):
        closed.with_parcel(ready("H-2"), weighed())


def test_only_an_empty_manifest_is_cancelled() -> None:
    full, _ = manifest().with_parcel(ready(), weighed())
    with pytest.raises(StepTooEarly):
        full.cancelled()
    assert manifest().cancelled().state is ManifestState.CANCELLED
