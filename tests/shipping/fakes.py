"""Carriers on loopback: each checks the signature of every request, works, and answers rightly, slowly, twice, oddly or not."""

from __future__ import annotations

import base64
import enum
import hashlib
import hmac
import json
import threading
import time
from collections import deque
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any, ClassVar
from urllib.parse import parse_qs, quote_plus

KEY, KEY_SECRET, CUSTOMER, SALT = "kd-key", "kd-secret", "kd-customer", "kd-salt"
PARTNER, CHECKWORD = "HOUTAI", "sf-checkword"
API_KEY, WEBHOOK = "EZTK-key", "ez-webhook"


class Mode(enum.Enum):
    """How one request goes wrong."""

    REFUSE_CONNECTION = "429"  # nothing is done, and it says so
    LOSE_REQUEST = "lose-request"  # closed before anything is done
    LOSE_ANSWER = "lose-answer"  # the work is done, then the line is cut
    FAIL_AFTER = "503-after"  # the work is done, then HTTP 503
    FAIL_BEFORE = "503-before"
    GARBAGE = "garbage"  # the work is done, the answer is no JSON
    TOO_LATE = "too-late"  # the work is done, the answer comes after the deadline
    DRIP = "drip"  # the work is done, the answer comes byte by byte for ever
    TWICE = "twice"  # the work is done, and the line, which stays open, brings its answer two times


class Fake:
    """A carrier's server. `orders` holds what it charges for, by our key; `calls` how often it was told to bind."""

    deadline_s: ClassVar[int] = 1

    def __init__(self) -> None:
        self.orders: dict[str, dict[str, Any]] = {}
        self.calls = 0
        self.modes: deque[Mode] = deque()
        self.forged = 0
        self.track: list[dict[str, Any]] = []
        fake = self

        class Handler(BaseHTTPRequestHandler):
            protocol_version = "HTTP/1.1"  # lines stay open, as carriers' do

            def log_message(self, *_: Any) -> None:
                return

            def do_GET(self) -> None:
                self._serve(b"")

            def do_POST(self) -> None:
                self._serve(self.rfile.read(int(self.headers.get("content-length", "0"))))

            def _serve(self, body: bytes) -> None:
                mode = fake.modes.popleft() if fake.modes and fake.spoils(self.path, body) else None
                if mode is Mode.LOSE_REQUEST:
                    self.connection.close()
                    return
                if mode in (Mode.REFUSE_CONNECTION, Mode.FAIL_BEFORE):
                    self._say(429 if mode is Mode.REFUSE_CONNECTION else 503, b'{"error": {"message": "busy"}}')
                    return
                status, told = fake.handle(self.command, self.path, dict(self.headers), body)
                if mode is Mode.LOSE_ANSWER:
                    self.connection.close()
                elif mode is Mode.DRIP:
                    self._drip()
                elif mode is Mode.TOO_LATE:
                    time.sleep(fake.deadline_s + 0.5)
                    self._say(status, told)
                elif mode in (Mode.FAIL_AFTER, Mode.GARBAGE):
                    garbage = b"<html>oops</html>" if mode is Mode.GARBAGE else b'{"error": {"message": "down"}}'
                    self._say(200 if mode is Mode.GARBAGE else 503, garbage)
                else:
                    self._say(status, told)
                    if mode is Mode.TWICE:
                        self._say(status, told)

            def _say(self, status: int, told: bytes) -> None:
                try:
                    self.send_response(status)
                    self.send_header("content-length", str(len(told)))
                    self.end_headers()
                    self.wfile.write(told)
                except OSError:
                    return

            def _drip(self) -> None:
                try:
                    self.send_response(200)
                    self.send_header("content-length", "1000")
                    self.end_headers()
                    for _ in range(40):
                        self.wfile.write(b" ")
                        self.wfile.flush()
                        time.sleep(0.1)
                except OSError:
                    return

        self._server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self._server.daemon_threads = True
        self.url = f"http://127.0.0.1:{self._server.server_address[1]}"
        threading.Thread(target=self._server.serve_forever, args=(0.02,), daemon=True).start()

    def close(self) -> None:
        self._server.shutdown()
        self._server.server_close()

    def spoils(self, path: str, body: bytes) -> bool:
        """Whether the arranged mode is for this request."""
        raise NotImplementedError

    def handle(self, method: str, path: str, headers: dict[str, str], body: bytes) -> tuple[int, bytes]:
        raise NotImplementedError

    def bound(self) -> list[str]:
        return sorted(order["number"] for order in self.orders.values() if not order.get("voided"))

    def order(self, key: str) -> dict[str, Any]:
        return self.orders.setdefault(key, {"number": f"{type(self).__name__}{len(self.orders) + 1:08d}"})


def _form(body: bytes) -> dict[str, str]:
    return {name: values[0] for name, values in parse_qs(body.decode(), keep_blank_values=True).items()}


def md5_upper(text: str) -> str:
    return hashlib.md5(text.encode()).hexdigest().upper()


class KuaidiFake(Fake):
    """kuaidi100: form posts, MD5 in upper case. It does not promise that one order id is one order."""

    def spoils(self, path: str, body: bytes) -> bool:
        return _form(body).get("method") in ("order", "cancel")

    def handle(self, method: str, path: str, headers: dict[str, str], body: bytes) -> tuple[int, bytes]:
        form = _form(body)
        param = json.loads(form["param"])
        if path == "/poll":
            good = param["key"] == KEY and param["parameters"]["salt"] == SALT
            return self._tell({"result": good, "returnCode": "200" if good else "601"})
        right = form["param"] + (KEY + CUSTOMER if path == "/query" else form["t"] + KEY + KEY_SECRET)
        if form["sign"] != md5_upper(right):
            self.forged += 1
            return self._tell({"result": False, "returnCode": "503", "message": "bad sign"})
        return self._tell(getattr(self, f"_{form.get('method', 'query')}")(param))

    def _order(self, param: dict[str, Any]) -> dict[str, Any]:
        self.calls += 1
        if len(param["recMan"]["mobile"]) < 7:
            return {"success": False, "code": 400, "message": "收件人电话不正确"}
        order = self.order(f"{param['orderId']}-{self.calls}")
        data = {"kuaidinum": order["number"], "taskId": "T1", "bulkpen": "杭州 B1", "childNum": ""}
        return {"success": True, "code": 200, "message": "success", "data": data}

    def _cancel(self, param: dict[str, Any]) -> dict[str, Any]:
        for order in self.orders.values():
            if order["number"] == param["kuaidinum"]:
                if order.get("gone"):
                    return {"result": False, "returnCode": "400", "message": "已揽收"}
                order["voided"] = True
                return {"result": True, "returnCode": "200", "message": "成功"}
        return {"result": False, "returnCode": "400", "message": "查无此单"}

    def _price(self, param: dict[str, Any]) -> dict[str, Any]:
        return {"result": True, "returnCode": "200", "data": {"price": "12.50", "serviceType": "标准快递"}}

    def _query(self, param: dict[str, Any]) -> dict[str, Any]:
        if not self.track:
            return {"result": False, "returnCode": "500", "message": "查询无结果"}
        return {"message": "ok", "status": "200", "nu": param["num"], "data": self.track}

    @staticmethod
    def _tell(told: dict[str, Any]) -> tuple[int, bytes]:
        return 200, json.dumps(told, ensure_ascii=False).encode()


class SfFake(Fake):
    """SF: one envelope for all, signed over the URL-encoded message by Java's rule."""

    def spoils(self, path: str, body: bytes) -> bool:
        return _form(body)["serviceCode"] in ("EXP_RECE_CREATE_ORDER", "EXP_RECE_UPDATE_ORDER")

    def handle(self, method: str, path: str, headers: dict[str, str], body: bytes) -> tuple[int, bytes]:
        form = _form(body)
        text = quote_plus(form["msgData"] + form["timestamp"] + CHECKWORD).replace("%2A", "*").replace("~", "%7E")
        if form["msgDigest"] != base64.b64encode(hashlib.md5(text.encode()).digest()).decode() or form["partnerID"] != PARTNER:
            self.forged += 1
            return 200, json.dumps({"apiResultCode": "A1006", "apiErrorMsg": "数字签名无效"}).encode()
        inner = getattr(self, "_" + form["serviceCode"].lower())(json.loads(form["msgData"]))
        outer = {"apiResultCode": "A1000", "apiErrorMsg": "", "apiResultData": json.dumps(inner, ensure_ascii=False)}
        return 200, json.dumps(outer, ensure_ascii=False).encode()

    def _exp_rece_create_order(self, message: dict[str, Any]) -> dict[str, Any]:
        self.calls += 1
        if len(message["contactInfoList"][1]["mobile"]) < 7:
            return {"success": False, "errorCode": "20011", "errorMsg": "收方电话不正确"}
        if message["orderId"] in self.orders:
            return {"success": False, "errorCode": "8016", "errorMsg": "重复下单"}
        self.order(message["orderId"])
        return self._told(message["orderId"])

    def _exp_rece_search_order_resp(self, message: dict[str, Any]) -> dict[str, Any]:
        if message["orderId"] not in self.orders:
            return {"success": False, "errorCode": "8018", "errorMsg": "未获取到订单信息"}
        return self._told(message["orderId"])

    def _exp_rece_update_order(self, message: dict[str, Any]) -> dict[str, Any]:
        order = self.orders[message["orderId"]]
        if order.get("gone"):
            return {"success": False, "errorCode": "8067", "errorMsg": "已揽收"}
        if order.get("voided"):
            return {"success": False, "errorCode": "8037", "errorMsg": "已消单"}
        order["voided"] = True
        return {"success": True, "errorCode": "S0000", "msgData": {"orderId": message["orderId"], "resStatus": 2}}

    def _exp_rece_search_routes(self, message: dict[str, Any]) -> dict[str, Any]:
        found = {"mailNo": message["trackingNumber"][0], "routes": self.track}
        return {"success": True, "errorCode": "S0000", "msgData": {"routeResps": [found]}}

    def _told(self, order_id: str) -> dict[str, Any]:
        number = {"waybillType": 1, "waybillNo": self.orders[order_id]["number"]}
        data = {"orderId": order_id, "filterResult": 2, "waybillNoInfoList": [number], "routeLabelInfo": [{"code": "1000"}]}
        return {"success": True, "errorCode": "S0000", "msgData": data}


class EasypostFake(Fake):
    """EasyPost: shipments found by id or reference, bought once, refunded in days."""

    refund_status = "submitted"

    def spoils(self, path: str, body: bytes) -> bool:
        return path.endswith(("/buy", "/refund"))

    def handle(self, method: str, path: str, headers: dict[str, str], body: bytes) -> tuple[int, bytes]:
        if path.startswith("/label/"):
            return 200, b"^XA^FD" + path.encode() + b"^FS^XZ"
        if headers.get("Authorization") != f"Bearer {API_KEY}":
            self.forged += 1
            return 401, b'{"error": {"message": "unauthorized"}}'
        parts = path.removeprefix("/v2/").split("/")
        told = json.loads(body) if body else {}
        if parts[0] == "trackers":
            tracker = told.get("tracker", told)
            return self._say({"object": "Tracker", "tracking_code": tracker["tracking_code"], "tracking_details": self.track})
        if parts == ["shipments"]:
            return self._create(told["shipment"])
        return self._existing(parts[1], parts[2] if len(parts) > 2 else "")

    def _create(self, wish: dict[str, Any]) -> tuple[int, bytes]:
        if len(wish["to_address"]["phone"]) < 7:
            return 422, b'{"error": {"message": "to_address phone invalid"}}'
        place = f"shp_{len(self.orders) + 1}"
        rates = [
            {
                "object": "Rate",
                "id": f"rate_{name}",
                "carrier": "USPS",
                "service": name,
                "rate": rate,
                "currency": "USD",
                "delivery_days": days,
            }
            for name, rate, days in (("Priority", "8.51", 2), ("Ground", "5.20", 5))
        ]
        made = {"object": "Shipment", "id": place, "reference": wish["reference"], "rates": rates}
        made |= {"tracking_code": None, "refund_status": None, "postage_label": None, "selected_rate": None}
        self.orders[wish["reference"] or place] = {"number": None, "made": made, "voided": True}
        return self._say(made)

    def _existing(self, name: str, deed: str) -> tuple[int, bytes]:
        order = next((one for key, one in self.orders.items() if name in (key, one["made"]["id"])), None)
        if order is None:
            return 404, b'{"error": {"message": "not found"}}'
        made = order["made"]
        if deed == "buy":
            self.calls += 1
            if made["tracking_code"]:
                return 422, b'{"error": {"message": "postage exists"}}'
            number = f"9400{made['id'].removeprefix('shp_'):0>18}"
            label = {
                "object": "PostageLabel",
                "label_url": f"{self.url}/label/{number}.png",
                "label_zpl_url": f"{self.url}/label/{number}.zpl",
            }
            made |= {"tracking_code": number, "postage_label": label, "selected_rate": made["rates"][1]}
            order |= {"number": number, "voided": False}
        if deed == "refund":
            if order.get("gone"):
                return 422, b'{"error": {"message": "already in transit"}}'
            made["refund_status"] = self.refund_status
            order["voided"] = True
        return self._say(made)

    @staticmethod
    def _say(told: dict[str, Any]) -> tuple[int, bytes]:
        return 200, json.dumps(told).encode()


def easypost_signature(raw: bytes) -> str:
    return "hmac-sha256-hex=" + hmac.new(WEBHOOK.encode(), raw, hashlib.sha256).hexdigest()
