"""Alipay's bill of a day's trades: a zip of tables in GBK, each field followed by a tab."""

from __future__ import annotations

import csv
import datetime as dt
import io
import zipfile
import zlib
from collections.abc import Iterator, Mapping
from typing import Final

from houtai.adapters.payments.alipay_words import YUAN, moment
from houtai.adapters.payments.names import payment_of, refund_of
from houtai.application.payments.ports import AnswerLost
from houtai.domain.money import Money
from houtai.domain.payments.bill import BillKind, BillLine
from houtai.domain.refusal import Refusal

_MAX_BYTES: Final = 256_000_000
_SUMS: Final = "汇总"  # the second table holds sums alone
_NUMBER: Final = "支付宝交易号"
_COMMENT: Final = "#"


def bill_lines(packed: bytes) -> tuple[BillLine, ...]:
    """The movements of a bill. Raises AnswerLost for one that is incomplete or cannot be read."""
    try:
        return tuple(_line(row) for text in _tables(packed) for row in _rows(text))
    except (zipfile.BadZipFile, zlib.error, EOFError, NotImplementedError) as error:
        raise AnswerLost("the bill cannot be unpacked") from error
    except (KeyError, ValueError, RuntimeError, csv.Error, Refusal) as error:
        raise AnswerLost("the bill cannot be read") from error


def _tables(packed: bytes) -> Iterator[str]:
    with zipfile.ZipFile(io.BytesIO(packed), metadata_encoding="gb18030") as files:
        if sum(one.file_size for one in files.infolist()) > _MAX_BYTES:
            raise ValueError("the bill is too long")
        for one in files.infolist():
            if one.filename.endswith(".csv") and _SUMS not in one.filename:
                yield files.read(one).decode("gb18030")


def _rows(text: str) -> Iterator[dict[str, str]]:
    """What stands between the comments, by the head's names without their units."""
    names: list[str] = []
    for fields in csv.reader(io.StringIO(text)):
        plain = [field.strip() for field in fields]
        if not plain or plain[0].startswith(_COMMENT):
            continue
        if plain[0] == _NUMBER:
            names = [name.partition("（")[0] for name in plain]
        else:
            yield dict(zip(names, plain, strict=True))
    if not names:
        raise ValueError("the bill has no head")


def _line(row: Mapping[str, str]) -> BillLine:
    """A trade or a refund, which bears a minus there; so does the fee that was taken."""
    at: dt.datetime = moment(row["完成时间"] or row["创建时间"])
    amount, fee = Money.of(row["订单金额"], YUAN), -Money.of(row["服务费"], YUAN)
    if row["业务类型"] == "退款":
        ours, attempt = refund_of(row["退款批次号/请求号"])
        return BillLine(BillKind.REFUNDED, at, ours, row["退款批次号/请求号"], -amount, fee, attempt)
    kind = BillKind.CAPTURED if row["业务类型"] == "交易" else BillKind.OTHER
    return BillLine(kind, at, payment_of(row["商户订单号"]), row[_NUMBER], amount, fee)
