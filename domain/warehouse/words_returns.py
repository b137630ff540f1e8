"""What stations say while goods come back from buyers, beyond the words of every flow: code → (Chinese, English)."""

from __future__ import annotations

from typing import Final

_UNPACK: Final = {
    "prompt.unpack": (
        "请扫退货面单，也可扫售后单号、订单号；无面单扫 C-DONE",
        "Scan the waybill, or the number of the claim or order; C-DONE where there is none",
    ),
    "prompt.unpack-goods": ("{number}：请逐件扫商品，拆空扫 C-DONE", "{number}: scan every piece; C-DONE when it is empty"),
    "prompt.unpack-nobody": (
        "无主包裹 {number}：请逐件扫商品，拆空扫 C-DONE",
        "Nobody's parcel, {number}: scan every piece; C-DONE when it is empty",
    ),
    "prompt.return-lot": (
        "{goods}：请扫或输入批号，看不清扫 C-SKIP",
        "{goods}: scan or type the lot, C-SKIP where nobody can read it",
    ),
    "prompt.return-place": (
        "收下 {qty} 件：请扫放入的库位或容器；稍后再放扫 C-DONE",
        "{qty} taken in: scan the place or unit they go to; C-DONE leaves that for later",
    ),
    "prompt.unpack-whose": (
        "请扫它所属的售后单或订单；仍不知道扫 C-CANCEL",
        "Scan the claim or order that it belongs to; C-CANCEL where nobody knows",
    ),
    "nothing-of-claim": ("里面没有 {number} 的货，请核对售后单", "Nothing in it is of {number}; is that the right claim?"),
    "parcel-of": ("售后单 {number}，订单 {order}", "Claim {number} of order {order}"),
    "piece-came": ("{goods} 已到 {qty} 件，申请 {claimed} 件", "{goods}: {qty} came, {claimed} claimed"),
    "gift-came": ("赠品 {goods} 已到 {qty} 件", "Gift {goods}: {qty} came"),
    "more-than-claimed": (
        "多了！{goods} 已到 {qty} 件，只申请 {claimed} 件，将由客服决定",
        "More than claimed: {goods}, {qty} came, {claimed} claimed; somebody will decide",
    ),
    "not-claimed": (
        "没有申请退 {goods}，一并收下，将由客服决定",
        "{goods} was not claimed; it is taken in all the same",
    ),
    "not-of-claim": (
        "不是这单的！{goods} {qty} 件不属于 {number}，请另放，将登记为无主",
        "Not of {number}: {qty} of {goods}; put aside, noted as nobody's in the end",
    ),
    "other-serial": (
        "序列号 {serial} 的 {goods} 不是发出的那件！请在质检时判定",
        "{goods} {serial} is not the unit that was sent; inspection decides",
    ),
    "claim-over": (
        "停！售后单 {number} 已撤销、驳回或结束，货不再按它处理",
        "STOP: claim {number} is over; its goods are not taken for it any more",
    ),
    "claim-moved-on": ("{number} 已在别处继续处理", "{number} went on elsewhere"),
    "confirm-claim-over": (
        "售后单 {number} 不等退货；再扫一次 {scanned} 登记为无主包裹",
        "Claim {number} awaits nothing; scan {scanned} again to take it down as nobody's",
    ),
    "confirm-nobody": (
        "没有售后单对应 {scanned}；再扫一次登记为无主包裹",
        "No claim has {scanned}; scan it again to take the parcel down as nobody's",
    ),
    "confirm-no-waybill": ("没有面单？再扫一次 C-DONE 登记为无主包裹", "No waybill? Scan C-DONE again: it is nobody's"),
    "known-parcel": (
        "该包裹已登记为无主 {number}，尚未认领",
        "It is taken down already as {number}, and nobody knows whose it is",
    ),
    "confirm-missing": ("少了！{goods} 没到，再扫一次 C-DONE 确认", "Missing: {goods}. Scan C-DONE again if the parcel is empty"),
    "confirm-empty": ("包裹是空的？再扫一次 C-DONE 确认", "Nothing was in it? Scan C-DONE again to confirm"),
    "taken-in-elsewhere": (
        "{number} 的货已在别处收了，请核对清单",
        "The goods of {number} were taken in elsewhere meanwhile; look at the list",
    ),
    "unpacked": ("{number} 已收 {qty} 件到 {path}，待质检", "{number}: {qty} taken in at {path}, to be looked at"),
    "taken-down": ("已登记无主包裹 {parcel}，请把号码贴上", "Taken down as nobody's: {parcel}. Stick the number on it"),
    "unpacked-and-more": (
        "{number} 已收 {qty} 件到 {path}；其余登记为 {parcel}，请贴号另放",
        "{number}: {qty} taken in at {path}; the rest is {parcel}, stick the number on it",
    ),
}

_INSPECT: Final = {
    "prompt.inspect": ("请扫售后单号、面单、库位或商品", "Scan a claim, its waybill, a place or a product"),
    "prompt.inspect-unit": ("{number}：请扫一件商品", "{number}: scan a unit"),
    "prompt.grade": (
        "{goods}：请输入成色编号或扫成色码；同样的再扫商品",
        "{goods}: what is it like? Number or barcode; scan more that are alike",
    ),
    "prompt.disposition": ("{goods}：怎么处理？请输入编号或扫处理码", "{goods}: what becomes of it? Number or barcode"),
    "prompt.photo": (
        "{goods}：请扫或输入照片编号，没有扫 C-DONE",
        "{goods}: name a picture of it, C-DONE ends",
    ),
    "prompt.inspected-to": (
        "{goods} {qty} 件：建议放 {proposed}，请扫库位；稍后再放扫 C-DONE",
        "{qty} of {goods}: {proposed} is proposed; scan a place, C-DONE leaves that for later",
    ),
    "prompt.inspected-anywhere": (
        "{goods} {qty} 件：请扫要放的库位；稍后再放扫 C-DONE",
        "{qty} of {goods}: scan the place it goes to; C-DONE leaves that for later",
    ),
    "photo-noted": ("已记 {count} 张照片", "Pictures: {count}"),
    "looked-at": ("{goods} {qty} 件已检，还剩 {rest} 件", "{qty} of {goods} looked at, {rest} to go"),
    "inspected-pays": ("{number} 已检完，开始退款", "{number} is inspected: its money goes back"),
    "inspected-waits": ("{number} 已检完，与申请不同，等客服决定", "{number} is inspected; somebody decides, it differs"),
    "inspected-sends": ("{number} 已检完，有货要发给买家", "{number} is inspected: goods go out to the buyer"),
    "inspected-done": ("{number} 已检完", "{number} is inspected"),
}

_BACK: Final = {
    "prompt.send-back": ("请扫要退回买家的售后单号或面单", "Scan a claim whose goods go back to the buyer"),
    "prompt.send-back-unit": ("{number}：请逐件扫要装入的商品", "{number}: scan each piece that goes into the parcel"),
    "prompt.send-back-carrier": ("请扫承运商：{carriers}", "Scan the carrier: {carriers}"),
    "prompt.send-back-waybill": ("{carrier}：请扫新面单", "{carrier}: scan the new label"),
    "confirm-part-back": (
        "还有 {rest} 件没装？再扫一次 C-DONE 先发这些",
        "{rest} stay here? C-DONE again sends these first",
    ),
    "gone-back": ("{number}：{qty} 件已寄回买家", "{number}: {qty} on the way to the buyer"),
    "back-in-part": ("{number}：{qty} 件已寄回，还剩 {rest} 件", "{number}: {qty} on the way to the buyer, {rest} still here"),
}

_LABELS: Final = {
    "label.claim": ("售后单", "Claim"),
    "label.bought-as": ("订单", "Order"),
    "label.claimed": ("申请", "Claimed"),
    "label.came": ("到货", "Came"),
    "label.to-inspect": ("待检", "To look at"),
    "label.to-send": ("待寄回", "To go back"),
    "label.in-hand": ("已装", "Packed"),
    "label.choice": ("选项", "Choice"),
    "label.grade": ("成色", "Grade"),
    "label.end": ("处理", "Then"),
    "task.unpack": ("退货拆包", "Unpack a return"),
    "task.inspect": ("退货质检", "Inspect a return"),
    "task.send-back": ("退回买家", "Send back to the buyer"),
    "grade.as-new": ("全新 C-AS-NEW", "as new  C-AS-NEW"),
    "grade.opened": ("已拆封 C-OPENED", "opened  C-OPENED"),
    "grade.damaged": ("破损 C-DAMAGED", "damaged  C-DAMAGED"),
    "grade.not-ours": ("不是发出的那件 C-NOT-OURS", "not the one that was sent  C-NOT-OURS"),
    "end.restock": ("重新上架 C-RESTOCK", "back on sale  C-RESTOCK"),
    "end.b-grade": ("次品 C-B-GRADE", "B grade  C-B-GRADE"),
    "end.to-supplier": ("退供应商 C-TO-SUPPLIER", "to the supplier  C-TO-SUPPLIER"),
    "end.scrap": ("报废 C-SCRAP", "scrap  C-SCRAP"),
    "end.repair": ("维修 C-REPAIR", "repair  C-REPAIR"),
    "end.to-customer": ("退回买家 C-TO-CUSTOMER", "back to the buyer  C-TO-CUSTOMER"),
    "why.not-wanted": ("不想要了", "not wanted"),
    "why.ordered-wrong": ("拍错了", "ordered wrong"),
    "why.too-late": ("到得太晚", "too late"),
    "why.defective": ("有缺陷", "defective"),
    "why.damaged-on-the-way": ("途中损坏", "damaged on the way"),
    "why.not-as-described": ("与描述不符", "not as described"),
    "why.wrong-goods": ("发错货", "wrong goods"),
    "why.missing-goods": ("少发", "missing goods"),
    "why.not-delivered": ("未收到", "not delivered"),
    "why.out-of-stock": ("缺货", "out of stock"),
    "why.price-fell": ("价保", "the price fell"),
    "why.goodwill": ("关怀补偿", "goodwill"),
}

_REFUSALS: Final = {
    "aftersales.claim-waits": ("{number} 现在是 {state}，不能做这一步：{missing}", "{number} is {state}: {missing}"),
    "aftersales.more-than-came": (
        "{number} 多了：要 {wanted_qty} 件，这里待处理 {waiting_qty} 件",
        "{number}: {wanted_qty} are too many, {waiting_qty} wait here",
    ),
    "aftersales.more-than-kept": (
        "买家手里没有那么多：{wanted_qty} 件，最多 {free_qty} 件",
        "The buyer does not have as many: {wanted_qty}, {free_qty} at most",
    ),
    "aftersales.scan-the-place": (
        "退回的 {sku} 在：{paths}，请先扫取货的库位",
        "{sku} lies in {paths}: scan the place first",
    ),
}

RETURN_WORDS: Final[dict[str, tuple[str, str]]] = {**_UNPACK, **_INSPECT, **_BACK, **_LABELS, **_REFUSALS}
