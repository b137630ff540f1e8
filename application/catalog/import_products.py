"""Taking in products from rows of a file: one batch in one transaction, each row new, changed, unchanged or refused."""

from __future__ import annotations

import enum
from collections.abc import Iterable, Mapping, Sequence
from typing import Any
from uuid import UUID

import attrs

from houtai.application.catalog.batch import Batch, Wanted, open_batch
from houtai.application.catalog.describe import renamed
from houtai.application.catalog.imports import Import, ImportState, import_key
from houtai.application.catalog.ports import BRAND_BY_CODE, CATEGORY_BY_CODE, CatalogTx
from houtai.application.catalog.product_columns import CellError, ProductRow
from houtai.application.permission import MERCHANT, needs
from houtai.application.plain import SECRET
from houtai.application.reach import demand_within
from houtai.application.sheets import MAX_ROWS, DuplicateImport
from houtai.domain import limits
from houtai.domain.act import Act
from houtai.domain.authority import Dimension
from houtai.domain.catalog.product import Option, Product, Source
from houtai.domain.catalog.refusals import BadBundle, BarcodeTaken, VariantTaken
from houtai.domain.catalog.sku import Component, Sku, full_title
from houtai.domain.ids import BrandId, CategoryId, MerchantId, ProductId, SkuId, derive
from houtai.domain.refusal import InvalidValue, NotFound, Refusal

KIND = "products"


class Mode(enum.Enum):
    """What a faulty row means for the others."""

    ALL_OR_NOTHING = "all-or-nothing"
    ROW_BY_ROW = "row-by-row"


class Result(enum.Enum):
    """What became of a row."""

    IMPORTED = "imported"
    UPDATED = "updated"
    SKIPPED = "skipped"  # everything is stored as the row says already
    FAILED = "failed"


@attrs.frozen
class ImportProducts:
    """One batch of a file. The rows are in types already; `merchants` has the ids of the merchants whom the actor may see."""

    id: UUID
    content_hash: str = attrs.field(validator=limits.text(64, 64))
    file_name: str
    rows: tuple[ProductRow, ...] = attrs.field(validator=limits.at_most(MAX_ROWS), metadata={SECRET: True})
    merchants: Mapping[str, MerchantId]
    owner: MerchantId | None = None
    mode: Mode = Mode.ALL_OR_NOTHING
    dry_run: bool = False
    is_first: bool = True
    is_last: bool = True
    failed_before: int = 0  # rows that were no rows at all


@attrs.frozen
class RowResult:
    """What became of one row, and why not."""

    row: int
    result: Result
    errors: tuple[CellError, ...] = ()


@needs("catalog.import", along=(MERCHANT,))
def import_products(tx: CatalogTx, cmd: ImportProducts, act: Act) -> tuple[RowResult, ...]:
    """Take in the batch by business codes; rows that fail are told, not raised. Raises DuplicateImport for a file taken before.

    All-or-nothing writes only where no row fails, a dry run never. The number of statements does not grow with the rows.
    """
    demand_within(act, "catalog.import", "merchant", cmd.owner or "of the house", merchant=cmd.owner)
    record = None if cmd.dry_run else _open_record(tx, cmd, act)
    intake = _Intake(tx, cmd, act)
    checked_first = cmd.dry_run or cmd.mode is Mode.ALL_OR_NOTHING
    results = intake.take(dry=checked_first)
    wanted = not cmd.dry_run and not (checked_first and (cmd.failed_before or _failed(results)))
    if wanted and checked_first:
        results = intake.take(dry=False)
    if wanted and record is not None:
        _close_record(tx, record, cmd, results)
    return tuple(sorted(results, key=lambda result: result.row))


def _failed(results: Iterable[RowResult]) -> int:
    return sum(result.result is Result.FAILED for result in results)


def _open_record(tx: CatalogTx, cmd: ImportProducts, act: Act) -> Import:
    """The file's record, locked. DuplicateImport where it is done, and this is not a later batch of the same import."""
    key = import_key(KIND, cmd.owner, cmd.content_hash)
    record = tx.imports.lock([key]).get(key)
    if record is not None and record.state is ImportState.DONE:
        raise DuplicateImport(file_name=record.file_name, at=record.at.isoformat(), import_id=str(record.id))
    fresh = Import(KIND, cmd.content_hash, cmd.owner, cmd.id, cmd.file_name, act.at, act.actor)
    if record is None:
        return fresh
    return attrs.evolve(fresh, id=record.id) if cmd.is_first else record


def _close_record(tx: CatalogTx, record: Import, cmd: ImportProducts, results: Sequence[RowResult]) -> None:
    """Count the batch. The file is done with its last batch, unless all of it failed: then it may come again."""
    counts = {kind: sum(result.result is kind for result in results) for kind in Result}
    failed = record.failed + counts[Result.FAILED] + (cmd.failed_before if cmd.is_first else 0)
    counted = attrs.evolve(
        record,
        imported=record.imported + counts[Result.IMPORTED],
        updated=record.updated + counts[Result.UPDATED],
        skipped=record.skipped + counts[Result.SKIPPED],
        failed=failed,
    )
    if cmd.is_last and counted.imported + counted.updated + counted.skipped:
        counted = attrs.evolve(counted, state=ImportState.DONE)
    if tx.imports.find(counted.key) is None:
        tx.imports.add(counted)
    else:
        tx.imports.save(counted)


class _Intake:
    """One batch's rows, gone through product by product: plain goods first, so that bundles find their components."""

    def __init__(self, tx: CatalogTx, cmd: ImportProducts, act: Act) -> None:
        self.tx, self.cmd, self.act = tx, cmd, act
        rows = cmd.rows
        categories = tx.categories.by(CATEGORY_BY_CODE, *sorted({row.category_code for row in rows})) if rows else []
        brand_codes = sorted({row.brand_code for row in rows if row.brand_code})
        self.categories: dict[str, CategoryId] = {category.code: category.id for category in categories}
        brands = tx.brands.by(BRAND_BY_CODE, *brand_codes) if brand_codes else []
        self.brands: dict[str, BrandId] = {brand.code: brand.id for brand in brands}
        self.reach = act.authority.reach("catalog.import", Dimension.MERCHANT, at=act.at)
        self.groups: dict[str, list[ProductRow]] = {}
        for row in sorted(rows, key=lambda row: bool(row.components)):
            self.groups.setdefault(row.product_code, []).append(row)
        self.stored: dict[ProductId, list[Sku]] = {}
        self.row_of: dict[str, int] = {}
        for row in rows:
            self.row_of.setdefault(row.sku_code, row.row)

    def take(self, *, dry: bool) -> list[RowResult]:
        """Go through all rows; a dry pass decides the same and writes nothing."""
        rows = self.cmd.rows
        wanted = Wanted(
            product_codes=frozenset(self.groups),
            sku_codes=frozenset(self.row_of) | {code for row in rows for code, _ in row.components or ()},
            barcodes=frozenset(barcode.code for row in rows for barcode in row.barcodes or ()),
            category_ids=frozenset(self.categories.values()),
            brand_ids=frozenset(self.brands.values()),
        )
        batch = open_batch(self.tx, self.act, wanted, dry=dry)
        self.stored = {}
        for sku in batch.skus.values():
            self.stored.setdefault(sku.product_id, []).append(sku)
        later = sorted(self.groups.values(), key=lambda group: any(row.components for row in group))
        return [result for group in later for result in self._take_product(batch, group)]

    def _take_product(self, batch: Batch, group: list[ProductRow]) -> list[RowResult]:
        first = group[0]
        old = batch.products.get(first.product_code)
        try:
            self._check_reach(old, first)
            product = self._product(old, group)
            batch.check_product(product)
        except Refusal as refusal:
            return [_refused(row, refusal) for row in group]
        results: list[RowResult] = []
        puts: list[tuple[Sku | None, Sku]] = []
        for row in group:
            try:
                self._check_same(first, row)
                before = self._sku_before(batch, row, old)
                sku = self._sku(batch, row, product, old, before)
                batch.check_sku(sku, product, before)
            except Refusal as refusal:
                results.append(_refused(row, refusal))
                continue
            changed = before is None or attrs.evolve(sku, version=before.version) != before
            if changed:
                batch.put_sku(before, sku, "created" if before is None else "edited")
                puts.append((before, sku))
            kind = Result.IMPORTED if before is None else Result.UPDATED if changed else Result.SKIPPED
            results.append(RowResult(row.row, kind))
        return self._finish(batch, old, product, group, puts, results)

    def _finish(
        self,
        batch: Batch,
        old: Product | None,
        product: Product,
        group: list[ProductRow],
        puts: list[tuple[Sku | None, Sku]],
        results: list[RowResult],
    ) -> list[RowResult]:
        """Write the product itself where a row of it came in, and tell unchanged SKUs of a changed product as updated."""
        if all(result.result is Result.FAILED for result in results):
            return results
        failed = {result.row for result in results if result.result is Result.FAILED}
        product = attrs.evolve(product, options=_options(old, [row for row in group if row.row not in failed]))
        if old is None:
            batch.put_product(None, product, "created")
            return results
        if attrs.evolve(product, version=old.version) == old:
            return results
        batch.put_product(old, product, "edited")
        written = {sku.id for _, sku in puts}
        siblings = [sku for sku in self.stored.get(product.id, ()) if sku.id not in written]
        for before, after in renamed(siblings, old, product):
            batch.put_sku(before, after, "renamed")
        return [attrs.evolve(result, result=Result.UPDATED) if result.result is Result.SKIPPED else result for result in results]

    def _check_reach(self, old: Product | None, row: ProductRow) -> None:
        if old is not None and self.reach is not None and old.merchant_id not in self.reach:
            raise InvalidValue(field="product_code", rule="is taken")
        if old is None and self.reach is not None and self._merchant(row, None) not in self.reach:
            raise InvalidValue(field="merchant_code", rule="must be a merchant of yours")

    def _merchant(self, row: ProductRow, old: Product | None) -> MerchantId | None:
        if not row.merchant_code:
            return old.merchant_id if old is not None and row.merchant_code is None else None
        if row.merchant_code not in self.cmd.merchants:
            raise NotFound(what="merchant", key=row.merchant_code)
        return self.cmd.merchants[row.merchant_code]

    def _product(self, old: Product | None, group: list[ProductRow]) -> Product:
        """The product as the rows say it; columns that the file does not have keep what is stored."""
        row = group[0]
        category_id = self.categories.get(row.category_code)
        if category_id is None:
            raise NotFound(what="category", key=row.category_code)
        if row.brand_code and row.brand_code not in self.brands:
            raise NotFound(what="brand", key=row.brand_code)
        merchant_id = self._merchant(row, old)
        source = row.source or (old.source if old is not None else Source.OWN)
        if old is not None and (merchant_id, source) != (old.merchant_id, old.source):
            raise InvalidValue(field="source", rule="and merchant of a product cannot change")
        brand_id = self.brands[row.brand_code] if row.brand_code else None
        return Product(
            id=old.id if old is not None else ProductId(derive(self.cmd.id, "product", row.product_code)),
            code=row.product_code,
            title=row.product_title,
            category_id=category_id,
            brand_id=old.brand_id if old is not None and row.brand_code is None else brand_id,
            source=source,
            merchant_id=merchant_id,
            options=_options(old, group),
            attributes=row.attributes if row.attributes is not None else old.attributes if old is not None else {},
            version=1 if old is None else old.version + 1,
        )

    def _check_same(self, first: ProductRow, row: ProductRow) -> None:
        """All rows of one product say the same of it, and each SKU stands in the file once."""
        for name in ("product_title", "category_code", "brand_code", "source", "merchant_code", "attributes", "option_names"):
            if getattr(row, name) != getattr(first, name):
                raise InvalidValue(field=name, rule=f"differs from row {first.row} of the same product")
        if self.row_of[row.sku_code] != row.row:
            raise InvalidValue(field="sku_code", rule=f"stands in row {self.row_of[row.sku_code]} already")

    def _sku_before(self, batch: Batch, row: ProductRow, old: Product | None) -> Sku | None:
        before = batch.skus.get(row.sku_code)
        if before is not None and (old is None or before.product_id != old.id):
            raise InvalidValue(field="sku_code", rule="is taken by another product")
        return before

    def _sku(self, batch: Batch, row: ProductRow, product: Product, old: Product | None, before: Sku | None) -> Sku:
        given: dict[str, Any] = {
            name: value
            for name in ("barcodes", "weight_g", "length_mm", "width_mm", "height_mm", "return_policy", "gift_only")
            if (value := getattr(row, name)) is not None
        }
        if row.components is not None:
            given["components"] = tuple(Component(self._part(batch, code), count) for code, count in row.components)
        values = row.option_values if row.option_names is not None or before is None else before.option_values
        title = row.sku_title or full_title(product, values)
        if before is None:
            sku_id = SkuId(derive(self.cmd.id, "sku", row.sku_code))
            return Sku(
                id=sku_id,
                product_id=product.id,
                code=row.sku_code,
                title=title,
                option_values=values,
                merchant_id=product.merchant_id,
                **given,
            )
        own_title = row.sku_title is None and old is not None and before.title != full_title(old, before.option_values)
        title = before.title if own_title else title
        return attrs.evolve(before, title=title, option_values=values, version=before.version + 1, **given)

    def _part(self, batch: Batch, code: str) -> SkuId:
        part = batch.skus.get(code)
        if part is None:
            raise NotFound(what="component", key=code)
        return part.id


def _options(old: Product | None, group: list[ProductRow]) -> tuple[Option, ...]:
    """Stored and new values of each option, in order of appearance. A product's options keep their names."""
    names = group[0].option_names
    stored = old.options if old is not None else ()
    if names is None or (stored and tuple(option.name for option in stored) != names):
        if names:
            raise InvalidValue(field="option_1_name", rule="and the others must be the product's options in their order")
        return stored
    rows = [row for row in group if row.option_names == names]
    found = []
    for place, name in enumerate(names):
        values = [*(stored[place].values if stored else ()), *(row.option_values[place] for row in rows)]
        found.append(Option(name, tuple(dict.fromkeys(values))))
    return tuple(found)


_COLUMN_OF_FIELD = {"merchant_id": "merchant_code", "option_values": "option_1_value", "options": "option_1_value"}
_COLUMN_OF_REFUSAL = {BarcodeTaken: "barcodes", VariantTaken: "option_1_value", BadBundle: "components"}
_COLUMN_OF_MISSING = {"category": "category_code", "brand": "brand_code", "merchant": "merchant_code", "component": "components"}


def _refused(row: ProductRow, refusal: Refusal) -> RowResult:
    """The refusal as an error of the column that it is about."""
    rule = str(refusal)
    match refusal:
        case InvalidValue(field=field):
            name = field.partition(".")[0]
            column, rule = _COLUMN_OF_FIELD.get(name, name), refusal.rule
        case NotFound(what=what):
            column = _COLUMN_OF_MISSING.get(what, "")
        case _:
            column = _COLUMN_OF_REFUSAL.get(type(refusal), "")
    return RowResult(row.row, Result.FAILED, (CellError(row.row, column, refusal.code, rule),))
