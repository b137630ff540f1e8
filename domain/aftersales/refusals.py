"""The ways in which aftersales says no, with the numbers that both sides need to see."""

from __future__ import annotations

import attrs

from houtai.domain.refusal import Refusal


@attrs.define(eq=False, slots=False)
class MoreThanKept(Refusal):
    """More units were to go back than the buyer has or is to get, those of other open cases apart."""

    code = "aftersales.more-than-kept"
    text = "line {line}: {wanted_qty} were to go back, {free_qty} can"

    line: int
    wanted_qty: int
    free_qty: int


@attrs.define(eq=False, slots=False)
class MoreThanLeft(Refusal):
    """More money was to be given back for a line than is left of what was paid for it (R-6)."""

    code = "aftersales.more-than-left"
    text = "line {line}: {wanted_minor} were to be given back, {left_minor} are left"

    line: int
    wanted_minor: int
    left_minor: int


@attrs.define(eq=False, slots=False)
class BundleGoesWhole(Refusal):
    """A bundle that was sold to come back whole: `wanted` units of the line do not make whole bundles with the other lines."""

    code = "aftersales.bundle-goes-whole"
    text = "{bundle} comes back whole: line {line} has {wanted_qty} units in the case, {whole_qty} make whole bundles"

    bundle: str
    line: int
    wanted_qty: int
    whole_qty: int


@attrs.define(eq=False, slots=False)
class NoSuchLine(Refusal):
    """The order has no such line."""

    code = "aftersales.no-such-line"
    text = "order {number} has no line {line}"

    number: str
    line: int


@attrs.define(eq=False, slots=False)
class NotEligible(Refusal):
    """The claim may not be made; every reason is named."""

    code = "aftersales.not-eligible"
    text = "order {number}: {objections}"

    number: str
    objections: tuple[str, ...]

    def __str__(self) -> str:
        return f"order {self.number}: {'; '.join(self.objections)}"


@attrs.define(eq=False, slots=False)
class ClaimWaits(Refusal):
    """The claim is not where this step can be taken."""

    code = "aftersales.claim-waits"
    text = "{number} is {state}: {missing}"

    number: str
    state: str
    missing: str


@attrs.define(eq=False, slots=False)
class DecisionDiffers(Refusal):
    """What would be paid is not what whoever decides has seen."""

    code = "aftersales.decision-differs"
    text = "{number}: {now_minor} would be given back, {seen_minor} were seen"

    number: str
    seen_minor: int
    now_minor: int


@attrs.define(eq=False, slots=False)
class MoreThanCame(Refusal):
    """More units were to be looked at, or sent back, than lie here for the claim."""

    code = "aftersales.more-than-came"
    text = "{number}, line {line}: {wanted_qty} were named, {waiting_qty} lie here"

    number: str
    line: int
    wanted_qty: int
    waiting_qty: int


@attrs.define(eq=False, slots=False)
class NoReturnLabel(Refusal):
    """Nobody gives a label for the way back; the buyer may still send the goods on their own."""

    code = "aftersales.no-return-label"
    text = "{number}: no label for the way back: {missing}"

    number: str
    missing: str


@attrs.define(eq=False, slots=False)
class ClaimNotDue(Refusal):
    """Nothing has run out for the claim."""

    code = "aftersales.claim-not-due"
    text = "{number} is {state} and not due"

    number: str
    state: str


@attrs.define(eq=False, slots=False)
class ScanThePlace(Refusal):
    """Nobody knows from where the units in hand were taken: none lie in the place that was scanned, or they lie in several."""

    code = "aftersales.scan-the-place"
    text = "returned {sku} lies in: {paths}; scan the place first"

    sku: str
    paths: str
