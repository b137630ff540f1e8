"""Every text that a station shows, in Chinese and in English, by code; refusals are told by theirs."""

from __future__ import annotations

import enum
from typing import Final

from houtai.domain.warehouse.station_words import STATION_WORDS
from houtai.domain.warehouse.words_outbound import OUTBOUND_WORDS
from houtai.domain.warehouse.words_returns import RETURN_WORDS


class Language(enum.Enum):
    """In which language a station speaks; each person chooses."""

    CHINESE = "zh"
    ENGLISH = "en"


_PROMPTS: Final = {
    "prompt.wave": ("请扫波次或小车", "Scan a wave or a cart"),
    "prompt.location": ("请到 {location}，扫库位", "Go to {location} and scan it"),
    "prompt.product": ("请扫商品 {sku}，还差 {rest} 件", "Scan {sku}, {rest} to go"),
    "prompt.slot": ("放入 {slot}，请扫格口", "Put it into {slot} and scan the slot"),
    "prompt.zero-check": ("{location} 空了吗？空了扫 C-YES，没空扫 C-NO", "Is {location} empty? Scan C-YES or C-NO"),
    "prompt.wall-product": ("请扫要播种的商品", "Scan a product to sort"),
    "prompt.waybill": ("请扫面单", "Scan a waybill"),
    "prompt.check": ("请扫商品，已验 {checked}/{qty}", "Scan a piece, {checked} of {qty} checked"),
    "prompt.fast-lane": ("请扫商品，自动打单", "Scan a piece; its label will be printed"),
    "prompt.box": ("建议用 {box}，请扫实际用箱", "{box} is proposed; scan the box you use"),
    "prompt.weigh": ("请放上包裹，扫面单", "Put the parcel on the scale and scan its waybill"),
    "prompt.carrier": ("请扫承运商或月台", "Scan a carrier or a dock"),
    "prompt.parcel": ("请扫包裹，已扫 {count} 件", "Scan a parcel, {count} on the manifest"),
}

_MESSAGES: Final = {
    "picked": ("已拣 {qty} 件", "{qty} picked"),
    "line-skipped": ("已跳过，稍后再拣", "Skipped; it comes again at the end"),
    "line-short": ("缺货 {qty} 件，已报盘点", "{qty} short; a count was asked for"),
    "slot-full": ("{slot} 已齐", "{slot} is complete"),
    "checked": ("已验 {checked}/{qty}", "{checked} of {qty} checked"),
    "order-checked": ("验货完成", "The order is checked"),
    "label-printing": ("面单打印中：{waybill}", "Printing label {waybill}"),
    "weight-fits": ("重量正常 {weight} 克", "{weight} g fits"),
    "weight-too-light": (
        "偏轻：{weight} 克，应为 {expected} ± {allowed} 克，请复核",
        "Too light: {weight} g, not {expected} ± {allowed} g",
    ),
    "weight-too-heavy": (
        "偏重：{weight} 克，应为 {expected} ± {allowed} 克，请复核",
        "Too heavy: {weight} g, not {expected} ± {allowed} g",
    ),
    "weight-unknown": ("已记录 {weight} 克（无标准重量）", "{weight} g noted; no weight is known to compare with"),
    "on-manifest": ("已装车 {count} 件，共 {weight} 克", "{count} on the manifest, {weight} g"),
    "manifest-closed": ("交接完成：{number}，{count} 件", "Manifest {number} is closed; parcels: {count}"),
    "confirm-location": ("不是建议库位，再扫一次 {scanned} 确认", "Not the proposed place; scan {scanned} again to confirm"),
    "confirm-reweigh": ("已称过 {weight} 克，再扫一次替换", "Weighed before: {weight} g; scan again to replace it"),
    "interrupted": ("订单已取消：{number}，请放回 {slot}", "Order {number} was stopped; its goods are in {slot}"),
    "refused": ("不能继续：{what}", "Not possible: {what}"),
}

_REFUSALS: Final = {
    "scan.unreadable": ("扫码无效：{rule}", "Unreadable: {rule}"),
    "scan.not-found": ("找不到条码 {scanned}", "Nothing has the code {scanned}"),
    "scan.wrong-record": ("扫错了：{scanned}，应为 {expected}", "Wrong {what} {scanned}; {expected} is due"),
    "scan.ambiguous": ("{scanned} 对应 {count} 项，请再扫：{finer}", "{scanned} means {count} things; scan the {finer}"),
    "scan.broken-gs1": ("GS1 条码有误（第 {place} 位）：{rule}", "Broken GS1 code at place {place}: {rule}"),
    "pick.not-now": ("现在不能做这一步，应先：{due}", "Not now: {due} is due"),
    "sort.no-open-slot": ("没有格口需要 {sku}，请放失物区", "No slot wants {sku}; put it to lost and found"),
    "check.not-in-order": ("{sku} 不在订单 {number} 里", "{sku} is not in order {number}"),
    "check.over-quantity": ("{sku} 多了：已验 {checked_qty}/{qty}", "Too many of {sku}: checked {checked_qty} of {qty}"),
    "check.serial-to-scan": ("{sku} 有序列号，请逐件扫描序列号", "{sku} is numbered: scan the serial of each piece"),
    "check.not-this-serial": (
        "{sku} 序列号 {serial} 不是为该单拣的，或已验过",
        "{sku} serial {serial} was not picked for this order, or is checked already",
    ),
    "check.already-checked": ("面单 {waybill} 已验过", "Waybill {waybill} is checked already"),
    "check.no-order-wants": (
        "波次 {wave} 不再需要 {sku}，请放失物区",
        "No order of {wave} wants {sku}; put it to lost and found",
    ),
    "outbound.too-many": ("数量过多：{wanted_qty}，最多 {limit_qty}", "Too many: {wanted_qty}, {limit_qty} at most"),
    "outbound.not-ready": ("{number} 还不能继续：{missing}", "{number} cannot be {step} yet: {missing}"),
    "outbound.skill-needed": ("波次 {number} 需要技能：{skill}", "Wave {number} is for people with the skill {skill}"),
    "outbound.other-waybill": ("{number} 已有单号 {waybill}", "{number} has waybill {waybill} already"),
    "outbound.intercepted": ("拦截！{number}：{reason}，请放入异常区", "STOP {number}: {reason}; put it into the exception bin"),
    "outbound.must-return": ("{number} 已发出，只能走退货", "{number} has left; it can only come back as a return"),
    "outbound.parcels-differ": (
        "{number} 装箱不符：行 {line} 装 {packed_qty}，验 {checked_qty}",
        "{number}: line {line} has {packed_qty} in parcels, {checked_qty} checked",
    ),
    "outbound.choice-needed": (
        "调拨 {number} 有 {outstanding_qty} 件在途，请选择退回或核销",
        "Transfer {number} has {outstanding_qty} on the road: return or write off?",
    ),
    "outbound.wrong-carrier": ("承运商不符：{parcel} 属于 {carrier}", "Parcel {parcel} goes with {carrier}, not {expected}"),
    "outbound.not-weighed": ("{parcel} 还没称重", "Parcel {parcel} is not weighed"),
    "outbound.on-manifest": ("{parcel} 已在交接单 {manifest}", "Parcel {parcel} is on manifest {manifest} already"),
    "outbound.cannot-route": ("库存不足，无法分仓：{missing}", "No warehouses hold all of it: {missing}"),
    "outbound.not-splittable": ("不能拆单：{reason}", "Cannot split: {reason}"),
    "outbound.not-mergeable": ("不能合单：{reason}", "Cannot merge: {reason}"),
}

_FLOWS: Final = {**STATION_WORDS, **OUTBOUND_WORDS, **RETURN_WORDS}
TEXTS: Final[dict[str, dict[Language, str]]] = {
    code: {Language.CHINESE: chinese, Language.ENGLISH: english}
    for code, (chinese, english) in {**_PROMPTS, **_MESSAGES, **_REFUSALS, **_FLOWS}.items()
}
