"""One document of each kind as a Chinese warehouse prints it, and eyes that read paper."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, Final

import pypdfium2
import zxingcpp

from houtai.domain.printing.documents import (
    Arrow,
    Company,
    CountLine,
    CountSheet,
    Document,
    DocumentKind,
    ExpressWaybill,
    GoodsLine,
    HandlingUnitLabel,
    HandoverManifest,
    Invoice,
    InvoiceLine,
    LocationLabel,
    OutboundSheet,
    ParcelLine,
    PickLine,
    PickList,
    ProductLabel,
    SummarySheet,
    TransferSheet,
)
from houtai.domain.printing.parties import Party

SENDER: Final = Party("", "0571-88886666", "浙江省杭州市余杭区仓前街道文一西路 1218 号", company="杭州仓前仓")
RECIPIENT: Final = Party("欧阳小明", "13812345678", "上海市浦东新区世纪大道 100 号 3 幢 1702 室")
GOODS: Final = tuple(
    GoodsLine(
        sku=f"TEA-{100 + number}",
        name=name,
        spec=spec,
        lot="LOT2611",
        location=f"A-{number:02d}-02-1",
        unit="盒",
        qty=number,
    )
    for number, name, spec in [
        (1, "明前龙井 特级", "250g 礼盒装"),
        (2, "云南普洱熟茶 老班章 2018 年陈 七子饼 收藏级", "357g 单饼"),
        (3, "安溪铁观音 清香型", "125g × 2"),
        (12, "Earl Grey Tea, loose leaf, very long English product name that wraps", "100 g tin"),
    ]
)
PICKS: Final = tuple(
    PickLine(location=line.location, sku=line.sku, name=line.name, spec=line.spec, lot=line.lot, qty=line.qty, slot=str(place))
    for place, line in enumerate(GOODS, 1)
)

SAMPLES: Final[dict[DocumentKind, Document]] = {
    DocumentKind.EXPRESS_WAYBILL: ExpressWaybill(
        waybill="SF1234567890123",
        carrier="顺丰速运",
        service="标准快递",
        route_code="021-PD-56",
        sort_code="B3",
        consolidation="上海浦东集",
        sender=SENDER,
        recipient=RECIPIENT,
        goods="茶叶",
        pieces_qty=1,
        weight_g=1_250,
        paid_by="寄付月结",
        order_no="SO-20261122-000123",
        remark="易碎，请轻放",
        printed_on="2026-11-22 12:00",
    ),
    DocumentKind.PICK_LIST: PickList(
        wave="WV-20261122-000007",
        kind="边拣边分",
        warehouse="杭州仓前仓",
        picker="张师傅",
        orders_qty=4,
        made_on="2026-11-22 12:00",
        lines=PICKS,
    ),
    DocumentKind.OUTBOUND_SHEET: OutboundSheet(
        number="OB-20261122-000123",
        order_no="SO-20261122-000123",
        shop="天猫旗舰店",
        warehouse="杭州仓前仓",
        recipient=RECIPIENT,
        remark="送礼，勿放价格单",
        made_on="2026-11-22 12:00",
        lines=GOODS,
    ),
    DocumentKind.INVOICE: Invoice(
        number="IV-20261122-000123",
        currency="CNY",
        seller=Company(
            name="杭州后台茶业有限公司",
            tax_no="91330110MA2XXXXX0X",
            address="杭州市余杭区文一西路 1218 号",
            bank="招商银行杭州分行",
        ),
        buyer=Company(name="上海某某贸易有限公司", tax_no="91310115MA1XXXXX1Y"),
        order_no="SO-20261122-000123",
        issued_on="2026-11-22",
        lines=(
            InvoiceLine(
                name="明前龙井 特级",
                spec="250g 礼盒装",
                unit="盒",
                qty=2,
                price_minor=39_900,
                amount_minor=79_800,
                tax_minor=9_181,
            ),
            InvoiceLine(
                name="安溪铁观音 清香型", spec="125g × 2", unit="盒", qty=1, price_minor=1_250_000, amount_minor=1_250_000
            ),
        ),
        total_minor=1_329_800,
    ),
    DocumentKind.HANDOVER_MANIFEST: HandoverManifest(
        number="HM-20261122-000003",
        carrier="顺丰速运",
        warehouse="杭州仓前仓",
        dock="3 号月台",
        vehicle="浙A·12345",
        closed_on="2026-11-22 18:00",
        parcels=tuple(
            ParcelLine(
                waybill=f"SF12345678901{n:02d}", order_no=f"SO-20261122-{n:06d}", destination="上海市 浦东新区", weight_g=700 + n
            )
            for n in range(40)
        ),
    ),
    DocumentKind.SUMMARY_SHEET: SummarySheet(
        number="WV-20261122-000008", warehouse="杭州仓前仓", orders_qty=50, made_on="2026-11-22 12:00", lines=GOODS
    ),
    DocumentKind.TRANSFER_SHEET: TransferSheet(
        number="TR-20261122-000001",
        from_warehouse="杭州仓前仓",
        to_warehouse="成都青白江仓",
        reason="西南备货",
        made_on="2026-11-22",
        lines=GOODS,
    ),
    DocumentKind.COUNT_SHEET: CountSheet(
        number="CT-20261122-000004",
        warehouse="杭州仓前仓",
        reason="短拣",
        made_on="2026-11-22 12:00",
        lines=tuple(
            CountLine(location=line.location, sku=line.sku, name=line.name, spec=line.spec, lot=line.lot, book_qty=line.qty)
            for line in GOODS
        ),
    ),
    DocumentKind.LOCATION_LABEL: LocationLabel(
        code="L-A-03-02-1", path="A-03-02-1", zone="茶叶拣选区", check="47", arrow=Arrow.UP
    ),
    DocumentKind.PRODUCT_LABEL: ProductLabel(
        barcode="6901234567892", sku="TEA-100", name="明前龙井 特级", spec="250g", made_on="2026-04-01", expires_on="2027-09-30"
    ),
    DocumentKind.HANDLING_UNIT_LABEL: HandlingUnitLabel(
        lpn="H-000000012345",
        kind="托盘",
        warehouse="杭州仓前仓",
        contents="明前龙井 48 盒",
        destination="成都青白江仓",
        weight_g=35_500,
    ),
}


def pictures(pdf: bytes, dpi: int) -> list[Any]:
    """Each page as a printer of so many dots sees it: black and white."""
    document = pypdfium2.PdfDocument(pdf)
    try:
        return [page.render(scale=dpi / 72).to_pil().convert("L").point(lambda v: 255 if v > 127 else 0) for page in document]
    finally:
        document.close()


def read_codes(picture: Any) -> list[tuple[str, str]]:
    """Every bar code on a picture: its format and its text, sorted."""
    found = zxingcpp.read_barcodes(picture)
    return sorted((str(code.format).rsplit(".", 1)[-1], code.text) for code in found)


def texts_of(codes: Sequence[tuple[str, str]]) -> set[str]:
    """Only what the codes say."""
    return {text for _, text in codes}
