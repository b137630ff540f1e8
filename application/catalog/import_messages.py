"""What a returned file says of its faults, in the file's own language: Chinese under Chinese headings, English otherwise."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Final

from houtai.application.catalog.product_columns import CellError

_WORDS: Final = {
    "product": "商品",
    "sku": "SKU",
    "category": "类目",
    "brand": "品牌",
    "merchant": "商家",
    "component": "成分",
    "of somebody else": "(他人的)",
    "its one variant": "(唯一规格)",
}

_TEXTS: Final[Mapping[str, str]] = {  # by the refusal's code, over its facts; `rule` is its rule in Chinese
    "invalid-value": "{rule}",
    "invalid-number": "{rule}",
    "out-of-range": "{rule}",
    "csv-row": "{rule}",
    "not-found": "没有{what} {key}",
    "already-exists": "{what} {key} 已存在",
    "catalog.barcode-taken": "条码 {barcode} 已属于 SKU {sku}",
    "catalog.variant-taken": "商品 {product} 的规格 {values} 已有 SKU {sku}",
    "catalog.bad-bundle": "{rule}",
}

_RULES: Final = tuple(  # a rule as the checks word it -> the same in Chinese, with the rule's own words by number
    (re.compile(rule, re.DOTALL), text)
    for rule, text in (
        (r"must not be empty", "不能为空"),
        (r"must be a whole number in plain digits, like 1234", "只能是不带符号和分隔符的整数, 如 1234"),
        (r"is a number of more than 15 digits: format the column as text", "数字超过 15 位, 请把该列设为文本格式"),
        (r"must be at most (\d+)", r"不能大于 \1"),
        (r"must lie between (-?\d+) and (-?\d+)", r"必须在 \1 到 \2 之间"),
        (r"must have (\d+) to (\d+) characters", r"必须有 \1 到 \2 个字符"),
        (r"must have (\d+) to (\d+) entries", r"必须有 \1 到 \2 项"),
        (r"must not hold control characters", "不能含控制字符"),
        (r"must not hold spaces, semicolons, asterisks or invisible characters", "不能含空格、分号、星号或不可见字符"),
        (r"(?:(\S+) )?must be one of (.+)", r"\1 只能是: \2"),
        (r"must be like code=value;code=value, each code once", "格式应为 编码=值;编码=值, 每个编码只出现一次"),
        (r"must be like CODE\*2;CODE\*1", "格式应为 编码*2;编码*1"),
        (r"needs both a name and a value, or neither", "规格名称和规格值要么都填, 要么都不填"),
        (r"has (\d+) cells, the header has (\d+)", r"该行有 \1 格, 表头有 \2 格"),
        (r"must have 1 to 48 letters, digits, dots, dashes or slashes", "必须是 1 到 48 个字母、数字、点、横线或斜线"),
        (r"(\S+) is no (\S+)", r"\1 不是 \2 码"),
        (r"(\S+) must end in (\d), its check digit", r"\1 的校验码不对, 末位应为 \2"),
        (r"must differ from each other", "不能重复"),
        (r"must be there and differ from each other", "必须填写且不能重复"),
        (r"must have 1 to 60 visible characters, no space around them", "必须有 1 到 60 个可见字符, 前后不留空格"),
        (r"belongs to goods of a merchant or on consignment, and they need it", "来源为商家或寄售时必填, 自营时不填"),
        (r"must have different names", "名称不能相同"),
        (r"must combine to (\d+) variants at most", r"组合后最多 \1 个规格"),
        (r"must be one value for each option: none, the product has no options", "该商品没有规格"),
        (r"must be one value for each option: (.+)", r"每个规格都要有一个值: \1"),
        (r"(.+) is no value of (.+)", r"\2 没有值 \1"),
        (r"and the others must be the product's options in their order", "规格名称必须与商品已有规格一致, 顺序相同"),
        (r"(\S+) is not an attribute of this category", r"该类目没有属性 \1"),
        (
            r"(\S+) must be a text of 1 to (\d+) characters without space around it",
            r"\1 必须是 1 到 \2 个字符的文本, 前后不留空格",
        ),
        (r"(\S+) must be a whole number", r"\1 必须是整数"),
        (r"(\S+) must be a decimal number like 12\.5", r"\1 必须是数字, 如 12.5"),
        (r"(\S+) must be yes or no", r"\1 只能是 yes 或 no"),
        (r"(\S+) must be a date like 2026-11-22", r"\1 必须是日期, 如 2026-11-22"),
        (r"is taken", "已被占用"),
        (r"must be a merchant of yours", "必须是您名下的商家"),
        (r"and merchant of a product cannot change", "商品的来源和商家不能更改"),
        (r"differs from row (\d+) of the same product", r"与同一商品的第 \1 行不一致"),
        (r"stands in row (\d+) already", r"与第 \1 行重复"),
        (r"is taken by another product", "已属于另一商品"),
        (r"a SKU cannot become a bundle or cease to be one; add another SKU", "普通商品与组合商品不能互换, 请另建 SKU"),
        (r"it cannot hold itself", "不能包含自己"),
        (r"each component stands in it once, with its quantity", "每个成分只写一次, 件数写在后面"),
        (r"there is no component (\S+)", r"没有成分 \1"),
        (r"(\S+) is a bundle itself", r"\1 本身就是组合商品"),
        (r"(\S+) is retired", r"\1 已停用"),
    )
)


def told(error: CellError, *, chinese: bool) -> str:
    """What is wrong, for whoever filled in the file. A rule that has no Chinese text is told in English: better than nothing."""
    template = _TEXTS.get(error.code)
    if not chinese or template is None:
        return error.rule
    rule = _in_chinese(error.facts.get("rule", error.rule) if error.code == "catalog.bad-bundle" else error.rule)
    facts = {name: _WORDS.get(fact, fact) for name, fact in error.facts.items()}
    return template.format(**facts | {"rule": rule})


def _in_chinese(rule: str) -> str:
    for pattern, text in _RULES:
        match = pattern.fullmatch(rule)
        if match:
            return match.expand(text).strip()
    return rule
