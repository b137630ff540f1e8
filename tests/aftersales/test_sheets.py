"""Applications from a channel's sheet, and claims out to one: each claim once, every wrong cell named, on every adapter."""

from __future__ import annotations

import csv
import io
from typing import Any
from uuid import UUID

import pytest

from houtai.adapters.sheets.files import Files
from houtai.application.aftersales.claims_file import ClaimsFile, ClaimsTaken, take_in_claims
from houtai.application.aftersales.export import COLUMNS as OUT, ExportClaims, claim_rows
from houtai.application.aftersales.import_claims import ImportClaim, ImportedLine, check_claim, import_claim
from houtai.application.aftersales.queries import ListClaims, list_claims
from houtai.application.aftersales.sheet_columns import COLUMNS
from houtai.application.sheets import BadHeader, SheetFormat
from houtai.domain.aftersales.claim import Claim
from houtai.domain.aftersales.reason import Reason
from houtai.domain.aftersales.state import ClaimKind, ClaimState
from houtai.domain.authority import Dimension, Grant
from houtai.domain.ids import ClaimId, new_id
from houtai.domain.orders.order import Order
from houtai.domain.refusal import Forbidden, InvalidValue
from tests.aftersales.desk import REFUND, ServiceDesk
from tests.catalog.arrange import another

TITLES = [column.title for column in COLUMNS]


def row(bought: Order, external: str = "TK-1", /, **cells: Any) -> list[str]:
    """A line of the sheet: a cup that the buyer does not want."""
    plain = {
        "channel_code": "SHOP",
        "order": bought.number,
        "external_id": external,
        "kind": "仅退款",
        "reason": "七天无理由",
        "sku_code": "CUP",
        "qty": "1",
        "text": "不想要了",
    }
    found = {**plain, **cells}
    return [str(found.get(column.key, "")) for column in COLUMNS]


def sheet(*rows: list[str], header: list[str] | None = None, encoding: str = "utf-8") -> bytes:
    written = io.StringIO()
    csv.writer(written).writerows([header or TITLES, *rows])
    return written.getvalue().encode(encoding)


def taken(desk: ServiceDesk, content: bytes, **more: Any) -> ClaimsTaken:
    file = ClaimsFile(new_id(), content, SheetFormat.CSV, "claims.csv", **more)
    return take_in_claims(desk.office, Files(), file, desk.act)


def results(found: ClaimsTaken) -> list[tuple[int, str]]:
    return [(one.row, one.result.value) for one in found.report.results]


def errors(found: ClaimsTaken) -> list[tuple[int, str, str]]:
    return [(one.row, one.column, one.rule) for one in found.report.errors]


def claims(desk: ServiceDesk) -> tuple[Claim, ...]:
    return desk.office.ask(list_claims, ListClaims(), desk.act).items[::-1]


def test_applications_are_taken_over_once(desk: ServiceDesk) -> None:
    one, two = desk.shop.paid(CUP=2, BOWL=2), desk.shop.paid(BOWL=1)
    content = sheet(row(one), row(one, sku_code="BOWL", qty="2"), row(two, "TK-2", line="1", sku_code="", kind="refund-only"))
    assert results(taken(desk, content)) == [(2, "imported"), (3, "imported"), (4, "imported")]
    first, second = claims(desk)
    assert (first.external_id, first.order_id, first.kind, first.reason) == (
        "TK-1",
        one.id,
        ClaimKind.REFUND_ONLY,
        Reason.NOT_WANTED,
    )
    assert [(line.line, line.qty) for line in first.lines] == [(desk.seq(one, "CUP"), 1), (desk.seq(one, "BOWL"), 2)]
    assert (first.text, second.order_id, second.state) == ("不想要了", two.id, ClaimState.APPLIED)
    assert results(taken(desk, content)) == [(2, "skipped"), (3, "skipped"), (4, "skipped")]
    assert claims(desk) == (first, second)


def test_the_order_is_known_by_the_channels_number_too(desk: ServiceDesk) -> None:
    order = desk.shop.import_order(desk.shop.sold_by_channel("TM-1", CUP=1))
    found = taken(desk, sheet(row(order, order="TM-1", qty="", amount="12.50", reason="补偿")))
    assert errors(found) == []
    (claim,) = claims(desk)
    assert (claim.order_id, claim.lines[0].allowance_minor, claim.lines[0].qty) == (order.id, 1_250, 0)


def test_a_wrong_row_keeps_back_its_own_claim_alone(desk: ServiceDesk) -> None:
    one, two = desk.shop.paid(CUP=1, BOWL=1), desk.shop.paid(CUP=1)
    found = taken(desk, sheet(row(one, sku_code="POT"), row(one, sku_code="BOWL"), row(two, "TK-2")))
    assert results(found) == [(2, "failed"), (3, "failed"), (4, "imported")]
    assert errors(found) == [(2, "sku_code", "the order has no POT"), (3, "", "row 2 of the same claim is wrong")]
    assert [claim.external_id for claim in claims(desk)] == ["TK-2"]
    again = taken(desk, sheet(row(one), row(one, sku_code="BOWL"), row(two, "TK-2")))
    assert results(again) == [(2, "imported"), (3, "imported"), (4, "skipped")]


@pytest.mark.parametrize(
    ("cells", "column", "rule"),
    [
        ({"channel_code": "NONE"}, "channel_code", "there is no channel NONE"),
        ({"order": "SO-404"}, "order", "there is no order SO-404 on this channel"),
        ({"kind": "借"}, "kind", "must be one of 仅退款, 退货退款, 换货, 维修, 补发, 价保"),
        ({"external_id": ""}, "external_id", "must not be empty"),
        ({"qty": "1.5"}, "qty", "must be a whole number in plain digits, like 1234"),
        ({"qty": "-1"}, "qty", "must be a whole number in plain digits, like 1234"),
        ({"qty": "", "amount": "1e3"}, "amount", "must be an amount in CNY, like 12.50"),
        ({"qty": "", "amount": "1.005"}, "amount", "must be an amount in CNY, like 12.50"),
        ({"line": "7"}, "line", "the order has no line 7"),
        ({"sku_code": ""}, "sku_code", "give the line or its SKU"),
        ({"replacement_code": "NONE", "kind": "换货"}, "replacement_code", "there is no SKU NONE"),
        ({"external_id": "x" * 129}, "external_id", "must have 1 to 128 characters"),
        ({"text": "x" * 2_001}, "text", "must have 0 to 2000 characters"),
    ],
)
def test_every_wrong_cell_is_named(memory_desk: ServiceDesk, cells: dict[str, str], column: str, rule: str) -> None:
    found = taken(memory_desk, sheet(row(memory_desk.shop.paid(CUP=1), **cells)))
    assert errors(found) == [(2, column, rule)]
    assert claims(memory_desk) == ()


def test_what_stands_against_a_claim_is_told_of_its_row(memory_desk: ServiceDesk) -> None:
    order = memory_desk.shop.paid(CUP=1)
    found = taken(memory_desk, sheet(row(order, kind="退货退款"), row(order, "TK-2", qty="2"), row(order, "TK-3", qty="")))
    assert [(one.row, one.column, one.code) for one in found.report.errors] == [
        (2, "", "aftersales.not-eligible"),
        (3, "", "aftersales.not-eligible"),
        (4, "", "aftersales.not-eligible"),
    ]


def test_rows_of_one_claim_do_not_contradict_each_other(memory_desk: ServiceDesk) -> None:
    one, two = memory_desk.shop.paid(CUP=1, BOWL=1), memory_desk.shop.paid(CUP=1)
    found = taken(memory_desk, sheet(row(one), row(two, sku_code="BOWL", reason="拍错")))
    assert errors(found) == [
        (2, "", "row 3 of the same claim is wrong"),
        (3, "order", "differs from row 2 of the same claim"),
        (3, "reason", "differs from row 2 of the same claim"),
    ]


def test_a_number_of_another_order_is_not_taken_twice(memory_desk: ServiceDesk) -> None:
    one, two = memory_desk.shop.paid(CUP=1), memory_desk.shop.paid(CUP=1)
    assert errors(taken(memory_desk, sheet(row(one)))) == []
    assert errors(taken(memory_desk, sheet(row(two)))) == [(2, "external_id", "stands on another order already")]


def test_a_dry_run_tells_the_same_and_changes_nothing(desk: ServiceDesk) -> None:
    order = desk.shop.paid(CUP=1)
    content = sheet(row(order), row(order, "TK-2", kind="退货退款"), row(order, "TK-3", sku_code="POT"))
    found = taken(desk, content, dry_run=True)
    assert results(found) == [(2, "imported"), (3, "failed"), (4, "failed")]
    assert (found.report.applied, claims(desk)) == (False, ())
    assert errors(found)[1:] == [(4, "sku_code", "the order has no POT")]
    taken(desk, content)
    assert results(taken(desk, sheet(row(order)), dry_run=True)) == [(2, "skipped")]


def test_a_file_goes_back_with_its_errors_in_its_own_language(memory_desk: ServiceDesk) -> None:
    order = memory_desk.shop.paid(CUP=1)
    wrong = row(order, kind="退", sku_code="POT")
    found = taken(memory_desk, sheet(wrong, row(order, "TK-2", text='=HYPERLINK("x")'), encoding="gbk"))
    assert results(found) == [(2, "failed"), (3, "imported")]
    marked = list(csv.DictReader(io.StringIO(found.marked(Files(), SheetFormat.CSV).decode("utf-8-sig"))))
    assert [one["错误原因"] for one in marked] == ["售后类型: 只能是: 仅退款, 退货退款, 换货, 维修, 补发, 价保", ""]
    assert (marked[1]["买家描述"], claims(memory_desk)[0].text) == ('\'=HYPERLINK("x")', '=HYPERLINK("x")')
    english = taken(memory_desk, sheet(wrong, header=[column.key for column in COLUMNS]))
    (told,) = csv.DictReader(io.StringIO(english.marked(Files(), SheetFormat.CSV).decode("utf-8-sig")))
    assert told["错误原因"].startswith("kind: must be one of")


@pytest.mark.parametrize("header", [[*TITLES[:-1], "买家密码"], TITLES[:3], [*TITLES, TITLES[0]]])
def test_a_header_that_does_not_fit_is_refused(memory_desk: ServiceDesk, header: list[str]) -> None:
    with pytest.raises(BadHeader):
        taken(memory_desk, sheet(header=header))


def test_a_row_of_another_length_is_told(memory_desk: ServiceDesk) -> None:
    order = memory_desk.shop.paid(CUP=1)
    assert errors(taken(memory_desk, sheet([*row(order), "more"]))) == [(2, "", "has 12 cells, the header has 11")]


def test_orders_out_of_reach_are_as_if_they_were_not_there(memory_desk: ServiceDesk) -> None:
    order = memory_desk.shop.paid(CUP=1)
    elsewhere = Grant("aftersales.*", {Dimension.CHANNEL: frozenset({new_id()})})
    wish = ImportClaim(
        ClaimId(new_id()), "SHOP", order.number, "TK-1", REFUND, Reason.NOT_WANTED, (ImportedLine(sku_code="CUP", qty=1),)
    )
    clerk = another(memory_desk.act, UUID(int=78), (elsewhere,))
    message = f"there is no order {order.number}"
    with pytest.raises(InvalidValue, match=message):
        memory_desk.office.perform(import_claim, wish, clerk)
    with pytest.raises(InvalidValue, match=message):
        memory_desk.office.ask(check_claim, wish, clerk)
    with pytest.raises(Forbidden):
        memory_desk.office.perform(import_claim, wish, another(memory_desk.act, UUID(int=79), (Grant("orders.read"),)))
    assert memory_desk.office.ask(claim_rows, ExportClaims(), clerk).items == ()


def test_claims_leave_line_by_line(desk: ServiceDesk) -> None:
    order = desk.shop.paid(CUP=2, BOWL=1)
    desk.shipped(order)
    taken(desk, sheet(row(order, kind="退货退款", reason="质量问题")))
    (claim,) = claims(desk)
    claim = desk.look(desk.back(desk.tell(desk.approve(claim)), CUP=1, BOWL=1), "CUP", 1)
    rows = desk.office.ask(claim_rows, ExportClaims(), desk.act).items
    told = [dict(zip([column.title for column in OUT], one, strict=True)) for one in rows]
    assert [(one["SKU编码"], one["申请数量"], one["收到数量"], one["留下数量"]) for one in told] == [
        ("CUP", "1", "1", "1"),
        ("BOWL", "0", "1", "0"),
    ]
    assert {
        (one["售后单号"], one["平台售后单号"], one["渠道编码"], one["报价"], one["退款"], one["退货运单号"]) for one in told
    } == {(claim.number, "TK-1", "SHOP", "99.90", "", "YT1")}
    assert all("不想要了" not in one for one in rows)
