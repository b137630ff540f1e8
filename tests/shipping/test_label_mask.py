"""An express label shows no whole name, no number that can be called and no door (GB/T 41833-2022)."""

from __future__ import annotations

import re

import pytest
from hypothesis import given, strategies as st

from houtai.domain.shipping.label_mask import HIDDEN_DIGITS, mask_address, mask_name, mask_phone


@pytest.mark.parametrize(
    ("name", "shown"),
    [("张三", "张*"), ("张三丰", "张**"), ("欧阳修", "欧**"), ("张", "*"), ("", ""), ("Ann Lee", "A******"), ("  李四 ", "李*")],
)
def test_one_sign_of_a_name_is_shown(name: str, shown: str) -> None:
    assert mask_name(name) == shown


@pytest.mark.parametrize(
    ("phone", "shown"),
    [
        ("13800138000", "138******00"),
        ("+8613800138000", "+861********00"),
        ("138 0013 8000", "138 **** **00"),
        ("010-87654321", "010-******21"),
        ("8765432", "******2"),
        ("110", "***"),
        ("17012345678-4321", "170******78-****"),
        ("17012345678转4321", "170******78转****"),
        ("", ""),
    ],
)
def test_six_digits_of_a_number_are_hidden(phone: str, shown: str) -> None:
    assert mask_phone(phone) == shown


@pytest.mark.parametrize(
    ("address", "shown"),
    [
        ("中山路12号", "中山路12号"),
        ("文三路90号东部软件园3号楼2单元501室", "文三路90号东部软件园3号楼***"),
        ("幸福小区3栋501", "幸福小区3栋***"),
        ("幸福小区3栋2单元501", "幸福小区3栋***"),
        ("幸福小区3-2-501", "幸福小区***"),
        ("科技南十二路2号金蝶软件园B10", "科技南十二路2号金蝶软件园***"),
        ("长安街1号A座1204户", "长安街1号A座***"),
        ("人民路5号六层", "人民路5号***"),
        ("和平里七区十六号楼三门302 放门口", "和平里七区十六号楼***"),
        ("建国路88号SOHO现代城#1203", "建国路88号SOHO现代城***"),
        ("123 Main St Apt 4B", "123 Main St***"),
        ("1 Market Street, Suite 300, ring twice", "1 Market Street***"),
        ("花园路甲12号501房", "花园路甲12号***"),
    ],
)
def test_the_door_is_hidden_with_all_behind_it(address: str, shown: str) -> None:
    assert mask_address(address) == shown


@given(st.text(alphabet="0123456789+- ()转x", max_size=32))
def test_whatever_the_number_six_digits_are_hidden_or_all(phone: str) -> None:
    digits, left = (len(re.sub(r"\D", "", text)) for text in (phone, mask_phone(phone)))
    assert digits - left >= min(digits, HIDDEN_DIGITS)
    assert left <= 5


@given(st.text(min_size=1, max_size=40))
def test_whatever_the_name_one_sign_of_it_is_hidden(name: str) -> None:
    stripped = name.strip()
    assert len(mask_name(name)) == len(stripped)
    assert mask_name(name)[1:] == "*" * (len(stripped) - 1 if stripped else 0)


@given(st.integers(1, 99), st.integers(1, 40), st.integers(100, 4099), st.sampled_from(["{}单元{}室", "{}-{}", "{}层{}户"]))
def test_no_room_stays(building: int, unit: int, room: int, form: str) -> None:
    shown = mask_address(f"星湖街苑{building}栋" + form.format(unit, room))
    assert str(room) not in shown.removeprefix(f"星湖街苑{building}")
