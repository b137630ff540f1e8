"""The literals that grants are held to, verbs and masks, are what the code says."""

from __future__ import annotations

import inspect

import attrs

import houtai.adapters
import houtai.application
import houtai.domain
import houtai.entrypoints
from houtai.application import permission
from houtai.application.masking import MASK_KEY
from houtai.application.verbs import HOUSE_VERBS
from houtai.domain.authority import MASKS
from tests.test_reference_page import modules

MODULES = list(modules(houtai.domain, houtai.application, houtai.adapters, houtai.entrypoints))


def test_the_verbs_of_the_house_are_those_that_its_deeds_need() -> None:
    elsewhere = {verb for verb, place in permission._SAID_BY.items() if not place.startswith("houtai.")}
    assert set(permission.VERBS) - elsewhere == HOUSE_VERBS


def test_the_masks_are_those_of_the_answers() -> None:
    classes = {member for module in MODULES for _, member in inspect.getmembers(module, attrs.has)}
    named = {field.metadata[MASK_KEY] for one in classes for field in attrs.fields(one) if MASK_KEY in field.metadata}
    assert named == MASKS
