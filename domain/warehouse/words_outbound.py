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
    "sort-missing": ("还差 {qty} 件", "{qty} pieces are missing"),
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

_LABELS: Final = {
    "label.checked": ("已验", "Checked"),
    "label.boxed": ("已装", "Boxed"),
    "label.missing": ("还差", "Missing"),
    "label.wave": ("波次", "Wave"),
    "label.slot": ("格口", "Slot"),
    "label.lines": ("剩余行", "Lines to go"),
    "label.order": ("出库单", "Order"),
    "label.waybill": ("运单号", "Waybill"),
}

OUTBOUND_WORDS: Final[dict[str, tuple[str, str]]] = {**_PICK, **_SORT, **_BENCH, **_LABELS}
