"""Rules about a marketplace that sells on its own: orders pushed paid, twice, changed, oversold, with goods nobody knows."""

from __future__ import annotations

import attrs
from hypothesis import strategies as st
from hypothesis.stateful import precondition, rule

from houtai.application.inventory.settle import CloseOversell, FillOversell, close_oversell, fill_oversell
from houtai.application.orders.take_over import ImportChannelOrder, import_channel_order
from houtai.domain.ids import OrderId, PaymentId, derive
from houtai.domain.inventory.oversell import Oversell, OversellState
from houtai.domain.orders.importing import ChannelLine, ChannelPayment
from tests.simulation.house import CHANNEL, CODES, HOME, an_id
from tests.simulation.records import ANOMALY_PERCENT, BY_CHANNEL, Line, Order, Tender
from tests.simulation.steps import Steps, pick

goods = st.dictionaries(st.sampled_from(("CUP", "BOWL", "POT", "TRAY")), st.integers(1, 9), min_size=1, max_size=2)


class Market(Steps):
    """What the channel pushes, and what stock control makes of it."""

    def __init__(self) -> None:
        """Nothing was pushed yet."""
        super().__init__()
        self.pushed: list[ImportChannelOrder] = []

    @rule(sold=goods, cheap=st.booleans(), strange=st.integers(0, 9), remark=st.integers(0, 4))
    def the_channel_sells(self, sold: dict[str, int], cheap: bool, strange: int, remark: int) -> None:  # drawn
        """At its own prices: cheap ones stand out; now and then the sum differs, or an item is unknown."""
        self.begin("the_channel_sells")
        prices = {code: self.shop.price_of(code, self.now) or 0 for code in sold}
        units = {code: max(1, minor // 5 if cheap else minor) for code, minor in prices.items()}
        lines = [ChannelLine("", f"天猫 {code}", qty, units[code], sku_code=code) for code, qty in sold.items()]
        if strange == 1:
            lines.append(ChannelLine("item-unheard-of", "天猫", 1, 500))
        payable = sum(line.gross_minor for line in lines)
        number = self.fresh()
        cmd = ImportChannelOrder(
            order=OrderId(an_id("order", number)),
            channel=CHANNEL,
            external_id=f"TM-{number}",
            currency="CNY",
            lines=tuple(lines),
            payments=(ChannelPayment("alipay", payable + (strange == 0)),),
            sold_at=self.now,
            receiver=HOME,
            remark="快一点" if remark == 0 else "",
        )
        if self.do(import_channel_order, cmd):
            self.pushed.append(cmd)
            low = any(units[code] * 100 < minor * ANOMALY_PERCENT for code, minor in prices.items())
            self._booked(cmd, sold, payable, low_priced=low, strange=strange)

    def _booked(self, cmd: ImportChannelOrder, sold: dict[str, int], payable: int, *, low_priced: bool, strange: int) -> None:
        """What there is is reserved, the rest is owed; what does not fit stops the order."""
        short = {code: max(0, qty - max(0, self.shop.free(code, self.now))) for code, qty in sold.items()}
        order = Order(
            id=cmd.order,
            lines={(code, False): Line(qty, short[code]) for code, qty in sold.items()},
            payable=payable,
            tenders={},
            state="paid",
            remark=bool(cmd.remark),
            low_priced=low_priced,
            paid_at=self.now,
        )
        payment = PaymentId(derive(cmd.order, "channel-payment", 0))
        ref = f"{cmd.external_id}/1"
        order.tenders[payment] = Tender(cmd.payments[0].amount_minor, BY_CHANNEL, "captured", [ref])
        self.shop.orders[order.id] = order
        rules = {0: {"channel-amount-differs"}, 1: {"unmatched-goods"}}.get(strange, set())
        if rules:
            self.shop.halt(order, "exception", rules, self.now)
        else:
            self.shop.audit(order, self.now)

    @precondition(lambda self: self.pushed)
    @rule(choice=pick, changed=st.booleans())
    def the_channel_pushes_again(self, choice: int, changed: bool) -> None:  # drawn
        """The same order, whatever became of it since; or another one under its number."""
        self.begin("the_channel_pushes_again")
        first = self.pushed[choice % len(self.pushed)]
        again = attrs.evolve(first, order=OrderId(an_id("order", self.fresh())))
        if changed:
            more = attrs.evolve(first.lines[0], qty=first.lines[0].qty + 1)
            again = attrs.evolve(again, lines=(more, *first.lines[1:]))
        booked = self.do(import_channel_order, again, reasons=("orders.import-differs",) if changed else ())
        assert changed or (booked is not None and booked.id == first.order), "a push was booked twice"

    @precondition(lambda self: any(one.state is OversellState.OPEN for one in self.seen.oversells))
    @rule(choice=pick, stale=st.booleans(), fill=st.booleans())
    def an_oversell_is_settled(self, choice: int, stale: bool, fill: bool) -> None:  # drawn
        """From stock that came in, or another way."""
        self.begin("an_oversell_is_settled")
        oversell = sorted(
            (one for one in self.seen.oversells if one.state is OversellState.OPEN), key=lambda one: (one.found_at, one.id)
        )[-1 - choice % sum(one.state is OversellState.OPEN for one in self.seen.oversells)]
        order, sku = self.shop.orders[oversell.order_id], CODES[oversell.sku_id]
        reasons = ["version-conflict"] if stale else []
        if fill and self._short(oversell, sku):
            reasons.append("inventory.out-of-stock")
        version = oversell.version + stale
        settled: object
        if fill:
            settled = self.do(fill_oversell, FillOversell(oversell.id, version), reasons=reasons)
        else:
            settled = self.do(close_oversell, CloseOversell(oversell.id, version, "from the maker"), reasons=reasons)
        if settled is not None:
            self.shop.settled_oversell(order, sku, self.now, filled=fill)

    def _short(self, oversell: Oversell, sku: str) -> bool:
        """Whether the stock does not hold what is owed, once it is owed no more."""
        return oversell.missing_qty > max(0, self.shop.free(sku, self.now) + oversell.missing_qty)
