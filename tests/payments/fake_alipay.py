"""Alipay on loopback: checks RSA2 of every request, signs the very signs of every answer, sends forms as notices."""

from __future__ import annotations

import base64
import datetime as dt
import io
import json
import zipfile
from collections.abc import Mapping
from typing import Any
from urllib.parse import parse_qsl, urlencode

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric.padding import PKCS1v15

from houtai.domain.money import Money
from tests.payments.fakes import Fake, Mode, Told, Trade, rsa_key

APP_ID, SELLER = "2026112200000001", "2088123456789012"
BEIJING = dt.timezone(dt.timedelta(hours=8))
HEAD = (
    "支付宝交易号,商户订单号,业务类型,商品名称,创建时间,完成时间,门店编号,门店名称,操作员,终端号,对方账户,订单金额（元）,商家实收（元）,"
    "支付宝红包（元）,集分宝（元）,支付宝优惠（元）,商家优惠（元）,券核销金额（元）,券名称,商家红包消费金额（元）,卡消费金额（元）,"
    "退款批次号/请求号,服务费（元）,分润（元）,备注"
)


class AlipayFake(Fake):
    """`remark` stands in every answer; `seller` and `app` are whom notices name."""

    def __init__(self, now: Any) -> None:
        super().__init__(now)
        self.remark = '{"a": "} unbalanced'
        self.seller, self.app = SELLER, APP_ID
        self.real_time = False
        self.system_error = ""  # the method that fails inside
        self.bill_cut = False

    def spoils(self, method: str, path: str, body: bytes) -> bool:
        return dict(parse_qsl(body.decode())).get("method") in ("alipay.trade.precreate", "alipay.trade.refund")

    def handle(self, method: str, path: str, headers: dict[str, str], body: bytes) -> Told:
        if path.startswith("/bill"):
            packed = self.bill_of(dt.date.fromisoformat(path.rpartition("=")[2]))
            return 200, {"content-type": "application/zip"}, packed[:-40] if self.bill_cut else packed
        form = dict(parse_qsl(body.decode(), keep_blank_values=True)) or dict(parse_qsl(path.partition("?")[2]))
        api = form.get("method", "")
        if not self._is_ours(form):
            self.forged += 1
            told = {"code": "40002", "msg": "Invalid Arguments", "sub_code": "isv.invalid-signature", "sub_msg": "无效签名"}
            return self.answer("error_response", told)
        wish = json.loads(form["biz_content"])
        if self.system_error == api:
            told = {"code": "20000", "msg": "Service Currently Unavailable", "sub_code": "isp.unknow-error"}
        else:
            told = getattr(self, "_" + api.replace(".", "_"))(wish, form)
        return self.answer(api.replace(".", "_") + "_response", {**told, "remark": self.remark})

    def _is_ours(self, form: Mapping[str, str]) -> bool:
        message = "&".join(f"{name}={form[name]}" for name in sorted(form) if name != "sign")
        now = dt.datetime.now(dt.UTC) if self.real_time else self.now()
        try:
            given = base64.b64decode(form["sign"])
            rsa_key("merchant").public_key().verify(given, message.encode(), PKCS1v15(), hashes.SHA256())
            at = dt.datetime.strptime(form["timestamp"], "%Y-%m-%d %H:%M:%S").replace(tzinfo=BEIJING)
        except (InvalidSignature, KeyError, ValueError):
            return False
        fresh = abs(at - now) <= dt.timedelta(minutes=15) or self.real_time
        return fresh and (form["app_id"], form["sign_type"], form["charset"]) == (APP_ID, "RSA2", "utf-8")

    def answer(self, name: str, told: Mapping[str, Any]) -> Told:
        node = json.dumps(told, ensure_ascii=False).replace("/", "\\/")
        sign = sign_of(node.encode())
        if self.mode is Mode.TAMPERED:
            node = node.replace('"msg"', ' "msg"', 1)
        text = f'{{"{name}":{node},"sign":"{sign}"}}'
        if self.mode is Mode.UNSIGNED:
            text = f'{{"{name}":{node}}}'
        return 200, {"content-type": "text/html;charset=utf-8"}, text.encode()

    def _alipay_trade_precreate(self, wish: Mapping[str, Any], form: Mapping[str, str]) -> dict[str, Any]:
        name = wish["out_trade_no"]
        assert form["notify_url"].startswith("https://")
        if name in self.trades:
            self.trades[name].calls += 1
            if self.trades[name].state == "paid":
                return _no("ACQ.TRADE_HAS_SUCCESS", "交易已被支付")
        self.trades.setdefault(name, Trade(Money.of(wish["total_amount"], "CNY")))
        return _yes({"out_trade_no": name, "qr_code": f"https://qr.alipay.com/bax{name[:9]}"})

    def _alipay_trade_query(self, wish: Mapping[str, Any], _: object) -> dict[str, Any]:
        trade = self.trades.get(wish["out_trade_no"])
        if trade is None or trade.state == "open":  # nobody has scanned the code
            return _no("ACQ.TRADE_NOT_EXIST", "交易不存在")
        told = {"out_trade_no": wish["out_trade_no"], "trade_no": trade.ref, "total_amount": yuan(trade.paid or trade.amount)}
        if trade.paid is None:
            return _yes({**told, "trade_status": "TRADE_CLOSED" if trade.state == "closed" else "WAIT_BUYER_PAY"})
        whole = self.money_out(wish["out_trade_no"]) == trade.paid.minor
        status = "TRADE_CLOSED" if whole else "TRADE_SUCCESS"
        currency = {"trans_currency": trade.paid.currency} if trade.paid.currency != "CNY" else {}
        return _yes({**told, "trade_status": status, "send_pay_date": local(trade.at), **currency})

    def _alipay_trade_refund(self, wish: Mapping[str, Any], _: object) -> dict[str, Any]:
        trade, name = wish["out_trade_no"], wish["out_request_no"]
        known = name in self.backs
        refused = self.give_back(name, trade, Money.of(wish["refund_amount"], "CNY"))
        if refused:
            return _no("ACQ.SELLER_BALANCE_NOT_ENOUGH", refused)
        so_far = Money(self.money_out(trade), "CNY")  # of the trade, whatever this refund was
        change = "N" if known or self.take_long else "Y"
        return _yes({"out_trade_no": trade, "refund_fee": yuan(so_far), "fund_change": change})

    def _alipay_trade_fastpay_refund_query(self, wish: Mapping[str, Any], _: object) -> dict[str, Any]:
        if self.trades.get(wish["out_trade_no"]) is None:
            return _no("ACQ.TRADE_NOT_EXIST", "交易不存在")
        back = self.backs.get(wish["out_request_no"])
        if back is None or back.state != "done" or back.trade != wish["out_trade_no"]:
            return _yes({})
        told = {"out_request_no": wish["out_request_no"], "refund_amount": yuan(back.amount), "refund_status": "REFUND_SUCCESS"}
        return _yes({**told, "out_trade_no": back.trade, "gmt_refund_pay": local(back.at)})

    def _alipay_data_dataservice_bill_downloadurl_query(self, wish: Mapping[str, Any], _: object) -> dict[str, Any]:
        day = dt.date.fromisoformat(wish["bill_date"])
        if len(self.rows_of(day)) == 0:
            return _no("isp.bill_not_exist", "账单不存在")
        return _yes({"bill_download_url": f"{self.url}/bill?day={day}"})

    def notice(self, name: str, number: str = "1", key: str = "platform", **more: str) -> bytes:
        """The form about a trade, signed; `more` replaces fields, an empty text takes one away."""
        trade = self.trades[name]
        told = {
            "notify_time": local(self.now()),
            "notify_type": "trade_status_sync",
            "notify_id": f"n{number}",
            "charset": "utf-8",
            "version": "1.0",
            "app_id": self.app,
            "seller_id": self.seller,
            "out_trade_no": name,
            "trade_no": trade.ref,
            "trade_status": "TRADE_SUCCESS",
            "subject": "杯子 + 大 & {",
            "body": "",
            "total_amount": yuan(trade.paid or trade.amount),
            "gmt_payment": local(trade.at) if trade.at else "",
        }
        told |= {"trans_currency": trade.paid.currency} if trade.paid and trade.paid.currency != "CNY" else {}
        told |= more
        if trade.at is None:
            del told["gmt_payment"]
        message = "&".join(f"{one}={told[one]}" for one in sorted(told))
        return urlencode({**told, "sign": sign_of(message.encode(), key), "sign_type": "RSA2"}).encode()

    def rows_of(self, day: dt.date) -> list[str]:
        rows = []
        for name, trade in self.trades.items():
            if trade.paid is not None:
                rows.append(row(trade.ref, name, "交易", local(trade.at), yuan(trade.paid), "-0.12"))
        for name, back in self.backs.items():
            if back.state == "done":
                ref = self.trades[back.trade].ref
                rows.append(row(ref, back.trade, "退款", local(back.at), "-" + yuan(back.amount), "0.05", name))
        return [one for one in rows if day.isoformat() in one]

    def bill_of(self, day: dt.date) -> bytes:
        lines = ["#支付宝业务明细查询", f"#账号：[{SELLER}]", "#---业务明细列表---", HEAD, *self.rows_of(day), "#---列表结束---"]
        packed = io.BytesIO()
        with zipfile.ZipFile(packed, "w", zipfile.ZIP_DEFLATED) as files:
            for what, text in (("业务明细", "\r\n".join(lines)), ("业务明细(汇总)", "#支付宝业务汇总查询\r\n门店,笔数\r\n,1")):
                files.writestr(GbkName(f"{SELLER}_{day:%Y%m%d}_{what}.csv"), text.encode("gbk"))
        return packed.getvalue()


class GbkName(zipfile.ZipInfo):
    """A name in a zip as programs in Chinese write it: in GBK, without a word of that."""

    def _encodeFilenameFlags(self) -> tuple[bytes, int]:  # noqa: N802  # zipfile's own name
        return self.filename.encode("gbk"), self.flag_bits


def row(ref: str, name: str, kind: str, at: str, amount: str, fee: str, request: str = "") -> str:
    fields = dict.fromkeys(HEAD.split(","), "")
    fields |= {
        "支付宝交易号": ref,
        "商户订单号": name,
        "业务类型": kind,
        "商品名称": '"杯子, 大"',
        "创建时间": at,
        "完成时间": at,
    }
    fields |= {"订单金额（元）": amount, "退款批次号/请求号": request, "服务费（元）": fee}
    return ",".join(f"{value}\t" if not value.startswith('"') else value for value in fields.values())


def sign_of(message: bytes, key: str = "platform") -> str:
    return base64.b64encode(rsa_key(key).sign(message, PKCS1v15(), hashes.SHA256())).decode()


def local(at: dt.datetime | None) -> str:
    assert at is not None
    return at.astimezone(BEIJING).strftime("%Y-%m-%d %H:%M:%S")


def yuan(amount: Money) -> str:
    return str(amount).partition(" ")[0]


def _yes(told: Mapping[str, Any]) -> dict[str, Any]:
    return {"code": "10000", "msg": "Success", **told}


def _no(sub_code: str, sub_msg: str) -> dict[str, Any]:
    return {"code": "40004", "msg": "Business Failed", "sub_code": sub_code, "sub_msg": sub_msg}
