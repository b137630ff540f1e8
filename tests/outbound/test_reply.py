"""Replies: every refusal and text in two languages, the level decides the sound, and an error leaves the state alone."""

from __future__ import annotations

import importlib
import inspect
import pkgutil
import re

import attrs
import pytest

import houtai.domain.outbound
from houtai.domain.outbound.checking import AlreadyChecked
from houtai.domain.outbound.refusals import Intercepted
from houtai.domain.refusal import NotFound, Refusal
from houtai.domain.warehouse.reply import SOUNDS, MessageLevel, Reply, Sound, StationMessage, asks, phrase, refused
from houtai.domain.warehouse.scan import BarcodeNotFound
from houtai.domain.warehouse.words import TEXTS, Language

MODULES = [
    importlib.import_module(found.name)
    for found in pkgutil.walk_packages(houtai.domain.outbound.__path__, "houtai.domain.outbound.")
]
REFUSALS = sorted(
    {
        member
        for module in MODULES
        for _, member in inspect.getmembers(module, inspect.isclass)
        if issubclass(member, Refusal) and "outbound" in member.__module__
    },
    key=lambda refusal: refusal.code,
)


def gaps(text: str) -> set[str]:
    return set(re.findall(r"{(\w+)}", text))


@pytest.mark.parametrize("refusal", REFUSALS, ids=lambda refusal: refusal.code)
def test_every_refusal_of_a_station_is_told_in_both_languages(refusal: type[Refusal]) -> None:
    fields = {field.name for field in attrs.fields(refusal)}
    assert all(gaps(TEXTS[refusal.code][language]) <= fields for language in Language)


@pytest.mark.parametrize("code", TEXTS)
def test_each_text_is_there_in_both_languages_and_is_chinese_in_one(code: str) -> None:
    assert re.search("[\u4e00-\u9fff]", TEXTS[code][Language.CHINESE])
    assert TEXTS[code][Language.ENGLISH].isascii() or "±" in TEXTS[code][Language.ENGLISH]


@pytest.mark.parametrize(
    "code", [code for code in TEXTS if not code.startswith(("scan.", "outbound.", "check.", "pick.", "sort."))]
)
def test_prompts_and_messages_say_the_same_in_both_languages(code: str) -> None:
    chinese, english = (gaps(TEXTS[code][language]) for language in Language)
    assert chinese == english


def test_a_phrase_fills_its_gaps_in_either_language() -> None:
    told = phrase("prompt.check", checked=2, qty=5)
    assert [told.text(language) for language in Language] == ["请扫商品，已验 2/5", "Scan a piece, 2 of 5 checked"]


def test_a_refused_scan_leaves_the_state_alone_and_sounds_wrong() -> None:
    state = object()
    reply = refused(state, phrase("prompt.waybill"), BarcodeNotFound(scanned="ABC"))
    assert reply.state is state
    assert (reply.message and reply.message.code, reply.sound) == ("scan.not-found", Sound.WRONG)


def test_a_stopped_order_rings_the_alarm() -> None:
    reply = refused(0, phrase("prompt.waybill"), Intercepted(number="FO-1", reason="refund"))
    assert reply.message is not None
    assert (reply.message.level, reply.sound) == (MessageLevel.STOP, Sound.ALARM)
    assert reply.message.text(Language.CHINESE).startswith("拦截！FO-1")


def test_what_is_done_already_is_only_said() -> None:
    assert refused(0, phrase("prompt.waybill"), AlreadyChecked(waybill="SF1")).sound is Sound.SILENT


def test_a_refusal_from_below_is_told_in_its_own_words() -> None:
    reply = refused(0, phrase("prompt.waybill"), NotFound(what="wave", key="W-1"))
    assert reply.message is not None
    assert reply.message.text(Language.ENGLISH) == "Not possible: no wave W-1"


def test_only_a_warning_that_the_same_scan_answers_is_a_question() -> None:
    warnings = [code for code in ("confirm-short", "line-short") if asks(StationMessage(MessageLevel.WARNING, phrase(code)))]
    assert (warnings, asks(StationMessage(MessageLevel.ERROR, phrase("confirm-short")))) == (["confirm-short"], False)


def test_without_a_message_nothing_is_heard_and_each_level_has_a_sound() -> None:
    assert Reply(0, phrase("prompt.wave")).sound is Sound.SILENT
    assert (
        Reply(0, phrase("prompt.wave"), message=StationMessage(MessageLevel.SUCCESS, phrase("picked", qty=1))).sound is Sound.OK
    )
    assert set(SOUNDS) == set(MessageLevel)
