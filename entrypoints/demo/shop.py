"""F-1, the demo's first story: channels, warehouses and goods are listed, reviewed, priced, stocked and shown."""

from __future__ import annotations

import attrs

from houtai.adapters.channels.embedded import EmbeddedChannel
from houtai.application.catalog.define import (
    DefineBrand,
    DefineCategory,
    DefineChannel,
    define_brand,
    define_category,
    define_channel,
)
from houtai.application.catalog.describe import CreateProduct, NewSku, create_product
from houtai.application.catalog.offer import (
    DraftListing,
    ReviewListing,
    SubmitListing,
    draft_listing,
    review_listing,
    submit_listing,
)
from houtai.application.catalog.publish import PushListing, push_listing
from houtai.application.inventory.adjust import DecideAdjustment, RequestAdjustment, approve_adjustment, request_adjustment
from houtai.application.inventory.configure import (
    OpenWarehouse,
    SetChannelWarehouses,
    SetPublishPolicy,
    open_warehouse,
    set_channel_warehouses,
    set_publish_policy,
)
from houtai.application.inventory.receive import ReceiveOpening, receive_opening
from houtai.application.merchants.admit import MoveMerchant, RegisterMerchant, move_merchant, register_merchant
from houtai.application.merchants.commission import SetCommission, set_commission
from houtai.domain.catalog.barcode import Barcode
from houtai.domain.catalog.category import Attribute
from houtai.domain.catalog.channel import ChannelKind
from houtai.domain.catalog.listing import Listing, Verdict
from houtai.domain.catalog.product import Option, Source
from houtai.domain.catalog.sku import Component, ReturnPolicy
from houtai.domain.ids import (
    AdjustmentId,
    BrandId,
    CategoryId,
    ChannelId,
    ListingId,
    MerchantId,
    ProductId,
    SkuId,
    WarehouseId,
    new_id,
)
from houtai.domain.inventory.adjustment import AdjustmentLine, ReceiptLine
from houtai.domain.inventory.movement import Reason
from houtai.domain.inventory.stock import StockState
from houtai.domain.merchants.merchant import MerchantState
from houtai.domain.refusal import Forbidden
from houtai.entrypoints.demo.stage import Stage

CHANNELS = {
    "WEB": ("自营商城", ChannelKind.OWN_SHOP),
    "TMALL": ("天猫旗舰店", ChannelKind.MARKETPLACE),
    "DOUYIN": ("抖音小店", ChannelKind.MARKETPLACE),
}
WAREHOUSES = {"SH": "上海仓", "GZ": "广州仓"}

# Code: units in Shanghai, units in Guangzhou, unit cost in fen.
OPENING = {
    "TEA-100": (60, 20, 3_000),
    "TEA-250": (30, 10, 6_800),
    "POT-ZISHA": (8, 4, 9_500),
    "SPOON": (5, 0, 300),
    "GAIWAN": (12, 0, 0),  # the merchant's own: no value in our books
}


@attrs.define
class Shop:
    """What the stories refer to by code."""

    channels: dict[str, ChannelId] = attrs.field(factory=dict)
    warehouses: dict[str, WarehouseId] = attrs.field(factory=dict)
    products: dict[str, ProductId] = attrs.field(factory=dict)
    skus: dict[str, SkuId] = attrs.field(factory=dict)
    merchant: MerchantId | None = None


def open_shop(stage: Stage) -> Shop:
    """Everything that stands before the first product: channels, warehouses with their order, a merchant."""
    shop = Shop()
    office = stage.office

    def channels() -> None:
        for code, (name, kind) in CHANNELS.items():
            channel = ChannelId(new_id())
            office.perform(define_channel, DefineChannel(channel, code, name, "CNY", kind), stage.act("wang"))
            shop.channels[code] = channel
            stage.channels[channel] = EmbeddedChannel(channel)

    def warehouses() -> None:
        for code, name in WAREHOUSES.items():
            warehouse = WarehouseId(new_id())
            office.perform(open_warehouse, OpenWarehouse(warehouse, code, name), stage.act("wang"))
            shop.warehouses[code] = warehouse
            stage.codes[warehouse] = code
        order = tuple(shop.warehouses.values())
        for channel in shop.channels.values():
            office.perform(set_channel_warehouses, SetChannelWarehouses(channel, order), stage.act("wang"))
            office.perform(set_publish_policy, SetPublishPolicy(channel), stage.act("wang"))

    def merchant() -> None:
        cmd = RegisterMerchant(MerchantId(new_id()), "QCF", "青瓷坊", city="龙泉", region="浙江")
        admitted = office.perform(register_merchant, cmd, stage.act("wang"))
        active = MoveMerchant(admitted.id, admitted.version, MerchantState.ACTIVE)
        sells = office.perform(move_merchant, active, stage.act("wang"))
        office.perform(set_commission, SetCommission(sells.id, sells.version, 800, reason="contract"), stage.act("wang"))
        shop.merchant = admitted.id

    stage.tell("wang", "defines three channels: 自营商城, 天猫旗舰店, 抖音小店", channels)
    stage.tell("wang", "opens two warehouses, 上海仓 and 广州仓, and says in which order they serve", warehouses)
    stage.tell("wang", "admits the merchant 青瓷坊, who sells celadon on the platform for 8 %", merchant)
    return shop


def describe_goods(stage: Stage, shop: Shop) -> None:
    """A category with attributes, a brand, a product with options, a pot, a merchant's bowl, a bundle and a gift."""
    office = stage.office
    category, brand = CategoryId(new_id()), BrandId(new_id())

    def frame() -> None:
        origin = Attribute("origin", "产地", required=True, filterable=True)
        office.perform(define_category, DefineCategory(category, "TEA", "茶与茶具", attributes=(origin,)), stage.act("wang"))
        office.perform(define_brand, DefineBrand(brand, "YH", "云和"), stage.act("wang"))

    def product(code: str, title: str, *skus: NewSku, **fields: object) -> None:
        shop.products[code] = ProductId(new_id())
        known = {"brand": brand, "attributes": {"origin": "浙江"}, **fields}
        cmd = CreateProduct(shop.products[code], code, title, category, skus=skus, **known)  # type: ignore[arg-type]
        office.perform(create_product, cmd, stage.act("wang"))
        for sku in skus:
            shop.skus[sku.code] = sku.id
            stage.codes[sku.id] = sku.code

    def tea() -> None:
        small = NewSku(SkuId(new_id()), "TEA-100", "", ("100 克",), (Barcode("6901234567892"),), 130, 80, 80, 120)
        large = NewSku(SkuId(new_id()), "TEA-250", "", ("250 克",), (Barcode("6901234567908"),), 300, 100, 100, 160)
        product("TEA", "云和 西湖龙井", small, large, options=(Option("规格", ("100 克", "250 克")),))

    def pot_and_spoon() -> None:
        product(
            "POT",
            "宜兴紫砂壶 200 毫升",
            NewSku(SkuId(new_id()), "POT-ZISHA", weight_g=450, length_mm=160, width_mm=110, height_mm=90),
        )
        product("SPOON", "竹制茶匙(赠品)", NewSku(SkuId(new_id()), "SPOON", weight_g=20, gift_only=True))

    def bowl() -> None:
        gaiwan = NewSku(SkuId(new_id()), "GAIWAN", weight_g=260)
        product("GAIWAN", "龙泉青瓷盖碗", gaiwan, source=Source.MERCHANT, merchant=shop.merchant, brand=None)

    def box() -> None:
        parts = (Component(shop.skus["TEA-100"], 2), Component(shop.skus["POT-ZISHA"], 1))
        sold_as = NewSku(SkuId(new_id()), "GIFTBOX", components=parts, return_policy=ReturnPolicy.COMPONENT)
        product("GIFTBOX", "云和茶礼盒:龙井两罐配紫砂壶", sold_as)

    stage.tell("wang", "makes the category 茶与茶具 with its attribute 产地, and the brand 云和", frame)
    stage.tell("wang", "creates 西湖龙井 in two sizes, each with its barcode", tea)
    stage.tell("wang", "creates 紫砂壶, and 竹制茶匙 as a gift that is never sold alone", pot_and_spoon)
    stage.tell("wang", "creates the merchant's 青瓷盖碗", bowl)
    stage.tell("wang", "creates the bundle 茶礼盒: two tins of tea and a pot, each of which may come back alone", box)


def take_in_stock(stage: Stage, shop: Shop) -> None:
    """Opening stock with its cost: stock ledger and books move together."""

    def receive() -> None:
        for place, warehouse in enumerate(shop.warehouses.values()):
            counted = [(code, units[place], units[2]) for code, units in OPENING.items() if units[place]]
            lines = tuple(
                ReceiptLine(line, shop.skus[code], qty, cost) for line, (code, qty, cost) in enumerate(counted, start=1)
            )
            cmd = ReceiveOpening(new_id(), warehouse, lines, note="opening stock")
            stage.office.perform(receive_opening, cmd, stage.act("wang"))

    stage.tell("wang", "takes the opening stock in, at cost", receive, skus=shop.skus.values())


def list_goods(stage: Stage, shop: Shop) -> None:
    """Draft, review by another person, push, and the channels' answers: 抖音 refuses one SKU."""
    office = stage.office
    drafts: list[Listing] = []

    def draft() -> None:
        for code in ("TEA", "POT", "GAIWAN", "GIFTBOX"):
            for channel in shop.channels.values():
                cmd = DraftListing(ListingId(new_id()), shop.products[code], channel)
                listing = office.perform(draft_listing, cmd, stage.act("wang"))
                drafts.append(office.perform(submit_listing, SubmitListing(listing.id, listing.version), stage.act("wang")))

    def review(who: str, listing: Listing) -> Listing:
        return office.perform(review_listing, ReviewListing(listing.id, listing.version, Verdict.APPROVE), stage.act(who))

    def review_and_push() -> None:
        for listing in drafts:
            approved = review("li", listing)
            office.perform(push_listing, PushListing(approved.id, approved.version), stage.act("wang"))

    stage.tell("wang", "drafts the listings of four products on three channels and submits them", draft)
    stage.refuse("wang", "tries to approve what they drafted themselves", lambda: review("wang", drafts[0]), Forbidden)
    stage.tell("li", "reviews and approves; the listings are queued for their channels", review_and_push)
    stage.channels[shop.channels["DOUYIN"]].refuse("TEA-250", "类目资质未通过")
    stage.tell("relay", "pushes them: the channels answer with their item ids, 抖音 refuses TEA-250", stage.deliver)


def write_off_damage(stage: Stage, shop: Shop) -> None:
    """Two tins fell: one person asks with a reason, another approves, and only then stock and books move."""
    office = stage.office
    asked = AdjustmentId(new_id())

    def request() -> None:
        lines = (AdjustmentLine(1, shop.skus["TEA-100"], StockState.SELLABLE, -2),)
        cmd = RequestAdjustment(asked, shop.warehouses["GZ"], Reason.DAMAGE, lines, "跌落破损")
        office.perform(request_adjustment, cmd, stage.act("wang"))

    def approve(who: str) -> None:
        office.perform(approve_adjustment, DecideAdjustment(asked, 1), stage.act(who))

    stage.tell("wang", "asks to write off two tins of tea that fell in 广州仓", request)
    stage.refuse("wang", "tries to approve it alone", lambda: approve("wang"), Forbidden)
    stage.tell(
        "li", "approves: the tins leave stock, and their cost the books", lambda: approve("li"), skus=[shop.skus["TEA-100"]]
    )
