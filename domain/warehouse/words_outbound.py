"""What stations say while goods go out, beyond the words of every flow: code → (Chinese, English)."""

from __future__ import annotations

from typing import Final

_PICK: Final = {
    "prompt.cart": ("请扫小车或周转箱", "Scan a cart or a tote"),
    "prompt.go-on": ("这趟已拣完，扫 C-DONE 继续", "Nothing is left of this walk; scan C-DONE"),
    "walk-begun": ("开始拣货", "The walk begins"),
    "walk-done": ("拣货完成", "The walk is done"),
    "walk-left": ("已放下，{unit} 可由他人接着拣", "Left; somebody else may go on with {unit}"),
    "walk-stopped": ("订单已取消，不用再拣：{number}", "Stopped, not to be picked any more: {number}"),
    "answer-noted": ("已记录", "Noted"),
    "count-wanted": ("已记录，将盘点该库位", "Noted; the place will be counted"),
    "confirm-short": (
        "{location} 缺 {goods} {qty} 件？再扫一次 C-SHORT 确认",
        "{qty} of {goods} missing at {location}? Scan C-SHORT again to confirm",
    ),
    "confirm-leave": ("放下波次 {wave}？再扫一次 C-CANCEL 确认", "Leave wave {wave}? Scan C-CANCEL again to confirm"),
    "found-elsewhere": ("已报盘点，其余到别的库位拣", "A count was asked for; the rest lies elsewhere"),
}

_SORT: Final = {
    "prompt.sort-wave": ("请扫要分拣的波次", "Scan the wave to sort"),
    "prompt.wall": ("请扫播种墙", "Scan the wall"),
    "prompt.sort-slot": ("{goods} {qty} 件放入 {slot}，请扫格口", "{qty} of {goods} into {slot}: scan the slot"),
    "sort-begun": ("开始播种", "Sorting begins"),
    "sorted": ("已放入 {slot}", "In {slot}"),
    "sort-done": ("播种完成", "Everything is sorted"),
    "sort-missing": ("还差 {qty} 件", "Still missing: {qty}"),
    "sort-stopped": ("拦截！{number} 已取消，不要放入 {slot}", "STOP: {number} is stopped; nothing goes into {slot}"),
}

_BENCH: Final = {
    "prompt.any-box": ("请扫实际用箱，无箱扫 C-DONE", "Scan the box you use; C-DONE where the goods have their own"),
    "prompt.next-box": ("第 {number} 箱：请扫箱", "Box {number}: scan it"),
    "prompt.fill-box": (
        "第 {number} 箱 {box}：请扫放入的商品，下一箱扫箱，完成扫 C-DONE",
        "Box {number}, {box}: scan what goes in, then the next box, or C-DONE",
    ),
    "label-asked": ("{number} 的单号还未取到，请先放一边", "{number} has no number yet; put it aside until its label comes"),
    "packed": ("{number} 已打包，共 {count} 件，请称重", "{number} is packed in {count}; to the scale"),
    "confirm-check-anew": ("{number} 重新验货？再扫一次 C-UNDO 确认", "Check {number} anew? Scan C-UNDO again to confirm"),
}

_SCALE: Final = {
    "prompt.weight": ("请输入重量（克），或由秤发送", "Type the weight in grams, or let the scale send it"),
    "prompt.weight-differs": (
        "重量不符：主管扫工牌放行，或重新称，退回验货台扫 C-NO",
        "It differs: a supervisor's badge lets it pass; weigh again, or C-NO sends it back",
    ),
    "prompt.reason": ("请输入原因编号", "Type the number of the reason"),
    "weight-accepted": ("已放行 {weight} 克", "{weight} g accepted"),
    "sent-back": ("已退回验货台，请重新验货", "Back to the check bench"),
    "reason.wrapping": ("包装不同", "other wrapping"),
    "reason.catalogue": ("资料重量有误", "the catalogue's weight is wrong"),
    "reason.checked-again": ("已开箱复核无误", "opened and checked again"),
    "reason.other": ("其他", "another one"),
    "scale.unsteady": ("秤未稳定：{said}，请稍候", "The scale is not steady: {said}"),
    "station.no-such-choice": ("没有这个选项：{scanned}", "There is no choice {scanned}"),
}

_VAN: Final = {
    "confirm-close": (
        "共 {count} 件 {weight} 克，再扫一次 C-DONE 交接",
        "Parcels: {count}, {weight} g; scan C-DONE again to hand them over",
    ),
    "taken-off": ("{number} 已从交接单移除", "{number} is off the manifest"),
    "manifest-gone": ("交接单 {number} 已关闭", "Manifest {number} is closed"),
}

_BACK: Final = {
    "prompt.put-back": ("请扫已拦截的面单或包裹", "Scan the label or parcel of a stopped order"),
    "prompt.put-back-goods": ("{number}：请扫要归位的商品", "{number}: scan a product to put back"),
    "put-back-done": ("{number} 已全部归位", "All of {number} is back"),
}

_LABELS: Final = {
    "label.parcel": ("包裹", "Parcel"),
    "label.carrier": ("承运商", "Carrier"),
    "label.manifest": ("交接单", "Manifest"),
    "label.weight": ("重量(克)", "Weight (g)"),
    "label.reason": ("原因", "Reason"),
    "label.stopped": ("拦截原因", "Stopped"),
    "label.checked": ("已验", "Checked"),
    "label.boxed": ("已装", "Boxed"),
    "label.missing": ("还差", "Missing"),
    "label.wave": ("波次", "Wave"),
    "label.slot": ("格口", "Slot"),
    "label.lines": ("剩余行", "Lines to go"),
    "label.order": ("出库单", "Order"),
    "label.waybill": ("运单号", "Waybill"),
}

OUTBOUND_WORDS: Final[dict[str, tuple[str, str]]] = {**_PICK, **_SORT, **_BENCH, **_SCALE, **_VAN, **_BACK, **_LABELS}
