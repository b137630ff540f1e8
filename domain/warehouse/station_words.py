"""The texts of the warehouse's own flows at stations, of their menus and of their refusals: code → (Chinese, English)."""

from __future__ import annotations

from typing import Final

_PROMPTS: Final = {
    "prompt.move-from": ("请扫来源库位", "Scan the place to move from"),
    "prompt.move-goods": ("{path}：请扫商品或容器", "{path}: scan a product or a unit"),
    "prompt.move-to": (
        "{goods} {qty} 件：请扫目标库位，或输入数量",
        "{qty} of {goods}: scan the place to put it, or type how many",
    ),
    "prompt.carry-to": ("容器 {unit}：请扫目标库位", "Unit {unit}: scan the place to put it"),
    "prompt.receive": ("请扫要上架的商品", "Scan a product to put away"),
    "prompt.put-away": (
        "{goods} {qty} 件：建议放 {proposed}，请扫库位，或输入数量",
        "{qty} of {goods}: {proposed} is proposed; scan a place, or type how many",
    ),
    "prompt.delivery": (
        "请扫或输入送货单号，也可直接扫商品；无单扫 C-DONE",
        "Scan or type the delivery note, or scan a product; C-DONE where there is no note",
    ),
    "prompt.arrived": ("请扫到货商品，收完扫 C-DONE", "Scan what has come; C-DONE ends the delivery"),
    "prompt.lot": ("{goods}：请扫或输入批号", "{goods}: scan or type the lot"),
    "prompt.expiry": (
        "新批号 {lot}：请输入到期日（8 位年月日），无到期日扫 C-SKIP",
        "Lot {lot} is new: type its expiry as YYYYMMDD, or C-SKIP where it has none",
    ),
    "prompt.book-in": (
        "{goods} {qty} 件：请扫库位或容器，或输入数量；稍后上架扫 C-DONE",
        "{qty} of {goods}: scan a place or unit, or type how many; C-DONE leaves them to be put away",
    ),
    "prompt.look-up": ("请扫库位、容器或商品", "Scan a place, a unit or a product"),
    "prompt.count-place": ("请扫要盘点的库位", "Scan the place to count"),
    "prompt.count-next": ("待盘点：请到 {path} 扫库位，也可扫别的库位", "Count {path} next: scan it, or another place"),
    "prompt.count-goods": (
        "{path}：逐件扫商品，或扫一件再输入数量；完成请扫 C-DONE",
        "{path}: scan every piece, or one and type how many; C-DONE ends it",
    ),
    "prompt.badge": ("请扫工牌", "Scan your badge"),
    "prompt.pin": ("请输入 PIN", "Type your PIN"),
    "prompt.menu": ("请选择作业", "Choose a task"),
    "prompt.locked": ("已锁定：{name} 请扫工牌解锁", "Locked: {name}, scan your badge to go on"),
}

_MESSAGES: Final = {
    "moved": ("已移 {qty} 件 {goods} 到 {path}", "{qty} of {goods} moved to {path}"),
    "booked-in": ("已收 {qty} 件 {goods} 到 {path}，单号 {number}", "{qty} of {goods} booked in at {path}: {number}"),
    "delivery-done": ("收货完成：{kinds} 行共 {qty} 件", "The delivery is done; lines: {kinds}, pieces: {qty}"),
    "carried": ("容器 {unit} 已移到 {path}", "Unit {unit} moved to {path}"),
    "confirm-place": ("不是建议库位：再扫一次 {path} 确认", "Not the proposed place: scan {path} again to confirm"),
    "confirm-count": (
        "共 {kinds} 种 {qty} 件，再扫一次 C-DONE 确认",
        "Pieces: {qty}, products: {kinds}; scan C-DONE again to confirm",
    ),
    "count-agrees": ("{path} 盘点相符", "The count of {path} agrees"),
    "count-differs": ("{path} 有差异，已提交调整单 {number}", "The count of {path} differs; adjustment {number} was asked for"),
    "taken-back": ("已撤销一步", "One step taken back"),
    "begun-anew": ("已重新开始", "Begun anew"),
    "resumed": ("接着上次的位置继续", "Going on where you were"),
    "welcome": ("{name}，你好", "Hello {name}"),
    "good-bye": ("已退出", "You are logged out"),
    "bad-scan": ("扫码混入控制字符，未使用，请重扫", "Control characters in the scan: not used, scan again"),
    "scan-too-long": ("扫码过长，未使用，请重扫", "The scan is too long: not used, scan again"),
    "not-sent": ("请先等待上一条结果，未使用 {scanned}", "Wait for the answer first: {scanned} was not used"),
    "slow-network": ("网络慢，等待 {seconds} 秒", "Slow network, waiting for {seconds} s"),
    "no-network": ("服务器无法连接，{scanned} 尚未确认", "The server cannot be reached, {scanned} is not confirmed"),
    "scale-away": ("读不到电子秤：{error}，请输入重量", "The scale cannot be read: {error}; type the weight"),
    "drawn-anew": ("作业已在别处继续，请看屏幕重扫", "The work went on elsewhere; look at the screen and scan again"),
    "unknown-choice": ("没有这个选项：{scanned}", "No such choice: {scanned}"),
}

_PRINTS: Final = {
    "print-waits": (
        "{document} 未打印，打印机 {printer}：{error}。排除故障后自动打印",
        "{document} waits for printer {printer}: {error}. Put that right, and it is printed by itself",
    ),
    "print-uncertain": (
        "{document} 可能未打完整，打印机 {printer}：{error}。看纸面：完整扫 C-PRINTED，续打扫 C-RESUME，补打扫 C-REPRINT",
        "{document} may be on paper in part, printer {printer}: {error}. Look: C-PRINTED it is whole, C-RESUME, or C-REPRINT",
    ),
    "print-failed": (
        "{document} 打印失败，打印机 {printer}：{error}。排除后续打扫 C-RESUME",
        "{document} was not printed, printer {printer}: {error}. Put that right, then C-RESUME",
    ),
    "print-resumed": ("{document} 已重新送打印", "{document} goes to the printer again"),
    "print-settled": ("{document} 已确认打好", "{document} is noted as printed"),
    "confirm-reprint": (
        "补打 {document}？请先销毁坏纸，再扫一次 C-REPRINT 确认",
        "Print {document} again? Destroy the torn one, then scan C-REPRINT again to confirm",
    ),
    "print-again": ("{document} 第 {number} 次补打", "{document} is printed again: reprint {number}"),
    "prints-more": ("另有 {count} 项打印异常", "Prints not well beside these: {count}"),
}

_LABELS: Final = {
    "label.place": ("库位", "Place"),
    "label.unit": ("容器", "Unit"),
    "label.product": ("商品", "Product"),
    "label.title": ("名称", "Title"),
    "label.delivery": ("送货单", "Delivery"),
    "label.expiry": ("到期日", "Expires"),
    "label.lot": ("批次", "Lot"),
    "label.condition": ("状态", "Condition"),
    "label.qty": ("数量", "Qty"),
    "label.free": ("可用", "Free"),
    "label.counted": ("已点", "Counted"),
    "label.reason": ("原因", "Reason"),
    "wanted.zero-check": ("空位复核", "zero check"),
    "wanted.short-pick": ("拣货缺货", "short pick"),
    "label.key": ("键", "Key"),
    "label.task": ("作业", "Task"),
    "label.waiting": ("待发", "To send"),
    "task.move": ("移库", "Move goods"),
    "task.look-up": ("查询", "Look up"),
    "task.book-in": ("收货登记", "Book in a delivery"),
    "task.receive": ("收货上架", "Put away"),
    "task.count": ("盘点", "Count a place"),
    "task.pick": ("拣货", "Pick"),
    "task.sort": ("播种分拣", "Sort to the wall"),
    "task.check": ("验货打包", "Check and pack"),
    "task.weigh": ("称重", "Weigh"),
    "task.hand-over": ("交接", "Hand over"),
    "task.put-back": ("拦截归位", "Put stopped goods back"),
    "state.sellable": ("可售", "sellable"),
    "state.quarantine": ("待检", "quarantine"),
    "state.damaged": ("残损", "damaged"),
    "state.sample": ("样品", "sample"),
    "state.b-grade": ("次品", "B grade"),
    "state.return-pending": ("退货待检", "returned, to inspect"),
    "level.success": ("成功", "OK"),
    "level.info": ("提示", "NOTE"),
    "level.ask": ("确认", "CONFIRM"),
    "level.warning": ("注意", "ATTENTION"),
    "level.error": ("错误", "ERROR"),
    "level.stop": ("拦截", "STOP"),
    "keys.task": (
        "F2 English F3 完成 F4 撤销 F5 跳过 F6 重来 F7 缺货 F8 锁定 F9 菜单 F10 退出",
        "F2 Chinese F3 Done F4 Undo F5 Skip F6 Anew F7 Short F8 Lock F9 Menu F10 Leave",
    ),
    "keys.menu": ("F2 English  F8 锁定  F10 退出", "F2 Chinese  F8 Lock  F10 Leave"),
    "keys.login": ("F2 英文 English", "F2 Chinese"),
}

_REFUSALS: Final = {
    "station.not-now": ("此时不能用 {command}", "{command} does nothing here"),
    "station.nothing-there": ("{path} 没有库存", "Nothing lies in {path}"),
    "station.too-many": ("数量过多：{wanted_qty}，可用 {free_qty}", "Too many: {wanted_qty}; {free_qty} may be taken"),
    "station.same-piece": ("序列号 {serial} 已扫过", "Serial {serial} was scanned already"),
    "station.not-countable": ("{path} 的 {sku} 有多种状态，不能扫码盘点", "{path} holds {sku} in several conditions"),
    "warehouse.not-in-bin": (
        "库存不足：在架 {there_qty}，可用 {free_qty}，要 {wanted_qty}",
        "Too few: lying there {there_qty}, free {free_qty}, wanted {wanted_qty}",
    ),
    "warehouse.cannot-place": ("{path} 不能放：{explanation}", "{path} does not take this: {explanation}"),
    "warehouse.cannot-take": ("{path} 不能取：{explanation}", "Nothing may be taken from {path}: {explanation}"),
    "warehouse.serial-taken": ("序列号 {serial} 已在库", "Serial {serial} is in stock already"),
    "inventory.cost-needed": ("没有成本，请先在后台登记收货", "No cost is known for it: book it in at the desk first"),
    "warehouse.serials-needed": ("请逐件扫序列号", "Scan the serial of every piece"),
    "warehouse.serial-elsewhere": ("序列号 {serial} 不在这里", "Serial {serial} does not lie there"),
    "warehouse.badge-refused": ("工牌或 PIN 不对", "Badge and PIN do not fit"),
    "warehouse.no-shift": ("登录已结束，请重新登录", "Your login has ended; log in again"),
    "warehouse.station-locked": ("工作站已锁定", "The station is locked"),
    "warehouse.flow-not-allowed": ("工作站 {station} 不能做 {flow}", "{flow} is not done by you at {station}"),
    "access.too-many-tries": ("尝试过多，请等 {retry_after_s} 秒", "Too many tries; wait for {retry_after_s} s"),
    "unauthenticated": ("登录已结束，请重新登录", "Your login has ended; log in again"),
    "invalid-value": ("{field}：无效，{rule}", "{field}: {rule}"),
    "forbidden": ("没有权限：{verb}", "You may not: {verb}"),
}

STATION_WORDS: Final[dict[str, tuple[str, str]]] = {**_PROMPTS, **_MESSAGES, **_PRINTS, **_LABELS, **_REFUSALS}
