"""WeChat Pay v3 on loopback: checks the Authorization of every request, signs every answer, seals what it tells."""

from __future__ import annotations

import base64
import datetime as dt
import gzip
import hashlib
import json
import re
import secrets
from collections.abc import Mapping
from typing import Any
from urllib.parse import parse_qs, urlsplit

from cryptography import x509
from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric.padding import PKCS1v15
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.x509.oid import NameOID

from houtai.domain.money import Money
from tests.payments.fakes import Back, Fake, Mode, Told, Trade, rsa_key

MCHID, APPID, SERIAL = "1900000001", "wx1234567890abcdef", "5157F09EFDC096DE15EBE81A47057A7232F1B8E1"
APIV3_KEY = "0123456789abcdef0123456789ABCDEF"
KEY_ID = "PUB_KEY_ID_0119000000012026112200000000000001"
BEIJING = dt.timezone(dt.timedelta(hours=8))
HEAD = (
    "交易时间,公众账号ID,商户号,特约商户号,设备号,微信订单号,商户订单号,用户标识,交易类型,交易状态,付款银行,货币种类,应结订单金额,"
    "代金券金额,微信退款单号,商户退款单号,退款金额,充值券退款金额,退款类型,退款状态,商品名称,商户数据包,手续费,费率,订单金额,"
    "申请退款金额,费率备注"
)


class WechatFake(Fake):
    """`serial` names the key that it signs with: its public key's id, or the serial of a certificate."""

    def __init__(self, now: Any, serial: str = KEY_ID) -> None:
        super().__init__(now)
        self.serial = serial
        self.nonces: set[str] = set()
        self.bill = b""
        self.hash_of: bytes | None = None
        self.certificates: list[x509.Certificate] = []
        self.lists_by = "platform"  # the key that signs the list of certificates
        self.real_time = False  # whether a library asks that does not know the test's clock
        self.mchid, self.appid = MCHID, APPID

    def spoils(self, method: str, path: str, body: bytes) -> bool:
        return method == "POST"

    def handle(self, method: str, path: str, headers: dict[str, str], body: bytes) -> Told:
        if not self._is_ours(method, path, headers, body):
            self.forged += 1
            return self.signed(401, {"code": "SIGN_ERROR", "message": "签名错误"})
        parts = urlsplit(path)
        query = {name: values[0] for name, values in parse_qs(parts.query).items()}
        told = json.loads(body) if body else {}
        routes = {
            "/v3/pay/transactions/native": self._native,
            "/v3/refund/domestic/refunds": self._refund,
            "/v3/bill/tradebill": self._bill,
            "/v3/certificates": self._certificates,
        }
        if parts.path == "/v3/bill/file":
            return 200, {"content-type": "application/octet-stream"}, gzip.compress(self.bill)
        if parts.path in routes:
            return self.signed(*routes[parts.path](told | query))
        name = parts.path.rsplit("/", 1)[-1]
        if "/refunds/" in parts.path:
            known = name in self.backs
            return self.signed(*((200, self.refund(name)) if known else (404, {"code": "RESOURCE_NOT_EXISTS", "message": "无"})))
        known = name in self.trades and query["mchid"] == MCHID
        return self.signed(*((200, self.trade(name)) if known else (404, {"code": "ORDER_NOT_EXIST", "message": "无"})))

    def _is_ours(self, method: str, path: str, headers: Mapping[str, str], body: bytes) -> bool:
        scheme, _, rest = headers.get("authorization", "").partition(" ")
        given = dict(re.findall(r'(\w+)="([^"]*)"', rest))
        message = f"{method}\n{path}\n{given.get('timestamp')}\n{given.get('nonce_str')}\n".encode() + body + b"\n"
        now = dt.datetime.now(dt.UTC) if self.real_time else self.now()
        try:
            key = rsa_key("merchant").public_key()
            key.verify(base64.b64decode(given["signature"]), message, PKCS1v15(), hashes.SHA256())
            fresh = abs(int(given["timestamp"]) - now.timestamp()) <= 300 and given["nonce_str"] not in self.nonces
        except (InvalidSignature, KeyError, ValueError):
            return False
        self.nonces.add(given["nonce_str"])
        named = (scheme, given["mchid"], given["serial_no"])
        return fresh and named == ("WECHATPAY2-SHA256-RSA2048", MCHID, SERIAL)

    def _native(self, told: Mapping[str, Any]) -> tuple[int, dict[str, Any]]:
        name, amount = told["out_trade_no"], Money(told["amount"]["total"], told["amount"]["currency"])
        assert (told["mchid"], told["appid"], told["notify_url"][:8]) == (MCHID, APPID, "https://")
        if name in self.trades:
            self.trades[name].calls += 1
            if self.trades[name].state == "paid":
                return 400, {"code": "ORDERPAID", "message": "该订单已支付"}
            if self.trades[name].state == "closed":
                return 400, {"code": "ORDER_CLOSED", "message": "该订单已关闭"}
        self.trades.setdefault(name, Trade(amount))
        return 200, {"code_url": f"weixin://wxpay/bizpayurl?pr={name[:9]}"}

    def _refund(self, told: Mapping[str, Any]) -> tuple[int, dict[str, Any]]:
        amount, trade, name = told["amount"], told["out_trade_no"], told["out_refund_no"]
        if amount["total"] != (self.trades[trade].paid or self.trades[trade].amount).minor:
            return 400, {"code": "INVALID_REQUEST", "message": "订单金额不一致"}
        refused = self.give_back(name, trade, Money(amount["refund"], amount["currency"]))
        return (403, {"code": "NOT_ENOUGH", "message": refused}) if refused else (200, self.refund(name))

    def _bill(self, told: Mapping[str, Any]) -> tuple[int, dict[str, Any]]:
        self.bill = self.bill_of(dt.date.fromisoformat(told["bill_date"]))
        if not self.bill:
            return 400, {"code": "NO_STATEMENT_EXIST", "message": "账单文件不存在"}
        digest = hashlib.sha1(self.bill if self.hash_of is None else self.hash_of).hexdigest()
        return 200, {"hash_type": "SHA1", "hash_value": digest, "download_url": f"{self.url}/v3/bill/file?token=x"}

    def _certificates(self, _: Mapping[str, Any]) -> tuple[int, dict[str, Any]]:
        data = []
        for one in self.certificates:
            pem = one.public_bytes(serialization.Encoding.PEM)
            serial = {"serial_no": f"{one.serial_number:X}", "effective_time": "2026-01-01T00:00:00+08:00"}
            data.append({**serial, "expire_time": "2031-01-01T00:00:00+08:00", "encrypt_certificate": sealed(pem)})
        return 200, {"data": data}

    def signed(self, status: int, told: Mapping[str, Any]) -> Told:
        """An answer under the platform's key, unless the mode is against it."""
        raw = json.dumps(told, ensure_ascii=False).encode()
        at = self.now() - dt.timedelta(hours=1) if self.mode is Mode.STALE else self.now()
        key = self.lists_by if "data" in told else "platform"
        headers = {} if self.mode is Mode.UNSIGNED else self.headers(raw, at, key)
        if self.mode is Mode.TAMPERED:
            raw = raw.replace(b'"', b' "', 1)
        return status, {**headers, "content-type": "application/json"}, raw

    def headers(self, raw: bytes, at: dt.datetime, key: str = "platform") -> dict[str, str]:
        stamp, nonce = str(int(at.timestamp())), secrets.token_hex(16)
        given = rsa_key(key).sign(f"{stamp}\n{nonce}\n".encode() + raw + b"\n", PKCS1v15(), hashes.SHA256())
        return {
            "Wechatpay-Serial": self.serial,
            "Wechatpay-Timestamp": stamp,
            "Wechatpay-Nonce": nonce,
            "Wechatpay-Signature": base64.b64encode(given).decode(),
            "Wechatpay-Signature-Type": "WECHATPAY2-SHA256-RSA2048",
        }

    def trade(self, name: str) -> dict[str, Any]:
        trade = self.trades[name]
        told = {"mchid": self.mchid, "appid": self.appid, "out_trade_no": name, "trade_state_desc": "测试"}
        if trade.paid is None:
            state = "CLOSED" if trade.state == "closed" else "NOTPAY"
            return {**told, "trade_state": state, "amount": {"total": trade.amount.minor, "currency": "CNY"}}
        assert trade.at is not None
        back = any(one.trade == name for one in self.backs.values())
        amount = {"total": trade.paid.minor, "payer_total": trade.paid.minor, "currency": trade.paid.currency}
        at = trade.at.astimezone(BEIJING).isoformat()
        told |= {"trade_state": "REFUND" if back else "SUCCESS", "transaction_id": trade.ref, "success_time": at}
        return {**told, "amount": amount, "trade_type": "NATIVE", "payer": {"openid": "o"}}

    def refund(self, name: str) -> dict[str, Any]:
        back = self.backs[name]
        status = {"done": "SUCCESS", "pending": "PROCESSING", "failed": "ABNORMAL"}[back.state]
        told = {"refund_id": back.ref, "out_refund_no": name, "out_trade_no": back.trade, "status": status}
        told |= {"success_time": back.at.astimezone(BEIJING).isoformat()} if back.state == "done" else {}
        return {**told, "amount": {"total": 1, "refund": back.amount.minor, "currency": back.amount.currency}}

    def paid_notice(self, name: str, number: str = "1") -> bytes:
        return self.notice("TRANSACTION.SUCCESS", self.trade(name), number)

    def refund_notice(self, name: str, number: str = "1") -> bytes:
        back = self.backs[name]
        event = {"done": "REFUND.SUCCESS", "failed": "REFUND.ABNORMAL"}[back.state]
        told = {"mchid": self.mchid, **self.refund(name)}
        told["refund_status"] = told.pop("status")
        del told["amount"]["currency"]
        return self.notice(event, told, number)

    def notice(self, event: str, told: Mapping[str, Any], number: str = "1", key: str = APIV3_KEY) -> bytes:
        plain = json.dumps(told, ensure_ascii=False).encode()
        at = self.now().astimezone(BEIJING).isoformat()
        body = {"id": f"EV-{number}", "create_time": at, "event_type": event, "resource_type": "encrypt-resource"}
        return json.dumps({**body, "summary": "支付成功", "resource": sealed(plain, key)}, ensure_ascii=False).encode()

    def bill_of(self, day: dt.date) -> bytes:
        rows = [self._row(name, trade) for name, trade in self.trades.items() if trade.paid]
        rows += [self._row(back.trade, self.trades[back.trade], name, back) for name, back in self.backs.items()]
        rows = [row for row in rows if row.startswith(f"`{day.isoformat()}")]
        if not rows:
            return b""
        tail = [
            "总交易单数,应结订单总金额,退款总金额,充值券退款总金额,手续费总金额,订单总金额,申请退款总金额",
            "`1,`1.00,`0.00,`0.00,`0.00000,`1.00,`0.00",
        ]
        return "\ufeff".encode() + "\r\n".join([HEAD, *rows, *tail, ""]).encode()

    def _row(self, trade_no: str, trade: Trade, refund_no: str = "", back: Back | None = None) -> str:
        at = trade.at if back is None else back.at
        assert at is not None
        assert trade.paid is not None
        row = dict.fromkeys(HEAD.split(","), "") | {
            "公众账号ID": APPID,
            "商户号": MCHID,
            "商品名称": "杯子, 大",
            "货币种类": "CNY",
        }
        row |= {"交易时间": at.astimezone(BEIJING).strftime("%Y-%m-%d %H:%M:%S"), "交易状态": "SUCCESS", "费率": "0.60%"}
        row |= {"微信订单号": trade.ref, "商户订单号": trade_no, "手续费": "0.12000", "订单金额": yuan(trade.paid)}
        row |= {"微信退款单号": "0", "商户退款单号": "0", "申请退款金额": "0.00"}
        if back is not None:
            row |= {"交易状态": "REFUND", "微信退款单号": back.ref, "商户退款单号": refund_no, "订单金额": "0.00"}
            row |= {"申请退款金额": yuan(back.amount), "手续费": "-0.05000"}
            row |= {"退款状态": {"done": "SUCCESS"}.get(back.state, "PROCESSING")}
        return ",".join(f"`{value}" for value in row.values())


def yuan(amount: Money) -> str:
    return str(amount).partition(" ")[0]


def sealed(plain: bytes, key: str = APIV3_KEY) -> dict[str, str]:
    nonce, beside = secrets.token_hex(6), "transaction"
    data = AESGCM(key.encode()).encrypt(nonce.encode(), plain, beside.encode())
    text = base64.b64encode(data).decode()
    return {"algorithm": "AEAD_AES_256_GCM", "ciphertext": text, "associated_data": beside, "nonce": nonce, "original_type": "t"}


def certificate(key: str, serial: int, until: dt.datetime) -> x509.Certificate:
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "Tenpay.com")])
    made = x509.CertificateBuilder().subject_name(name).issuer_name(name).public_key(rsa_key(key).public_key())
    made = made.serial_number(serial).not_valid_before(until - dt.timedelta(days=1825)).not_valid_after(until)
    return made.sign(rsa_key("authority"), hashes.SHA256())
