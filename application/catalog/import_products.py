"""Taking in products from rows of a file: one batch in one transaction, each row new, changed, unchanged or refused."""

from __future__ import annotations

import enum
from collections.abc import Iterable, Mapping, Sequence
from typing import Any
from uuid import UUID

import attrs

from houtai.application.catalog.batch import Batch, Wanted, open_batch
from houtai.application.catalog.describe import renamed
from houtai.application.catalog.import_faults import OF_PRODUCT, OF_SKU, Faults
from houtai.application.catalog.imports import Import, ImportState, import_key
from houtai.application.catalog.ports import BRAND_BY_CODE, CATEGORY_BY_CODE, CatalogTx
from houtai.application.catalog.product_columns import PLACE_OF, CellError, ProductRow
from houtai.application.permission import MERCHANT, needs
from houtai.application.plain import SECRET
from houtai.application.reach import demand_within
from houtai.application.sheets import MAX_ROWS, DuplicateImport
from houtai.domain import limits
from houtai.domain.act import Act
from houtai.domain.authority import HOUSE, Dimension
from houtai.domain.catalog.category import check_values
from houtai.domain.catalog.product import Option, Product, Source
from houtai.domain.catalog.sku import Component, Sku, full_title
from houtai.domain.catalog.standing import Standing
from houtai.domain.ids import BrandId, CategoryId, MerchantId, ProductId, SkuId, derive
from houtai.domain.refusal import InvalidValue, NotFound

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
        for row in sorted(rows, key=lambda row: bool(row.faults)):
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
        sound = [row for row in group if not row.faults] or group
        first = sound[0]
        old = batch.products.get(first.product_code)
        wrong = Faults(first.row, OF_PRODUCT, first.faults)
        with wrong:
            self._check_reach(old, first)
        if wrong.found:  # nothing more is told of what belongs to somebody else
            return [_failed_row(row, wrong) for row in group]
        product = self._product(batch, old, sound, wrong)
        results: list[RowResult] = []
        puts: list[tuple[Sku | None, Sku]] = []
        for row in group:
            faults = Faults(row.row, OF_SKU, row.faults, wrong.found)
            self._check_same(first, row, faults)
            before = batch.skus.get(row.sku_code)
            sku = self._sku(batch, row, None if row.faults else product, old, before, faults)
            if product is None or sku is None or faults.found or row.faults:
                results.append(_failed_row(row, faults))
                continue
            changed = before is None or attrs.evolve(sku, version=before.version) != before
            if changed:
                batch.put_sku(before, sku, "created" if before is None else "edited")
                puts.append((before, sku))
            kind = Result.IMPORTED if before is None else Result.UPDATED if changed else Result.SKIPPED
            results.append(RowResult(row.row, kind))
        return results if product is None else self._finish(batch, old, product, sound, puts, results)

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
        if old is not None and self.reach is not None and (old.merchant_id or HOUSE) not in self.reach:
            raise InvalidValue(field="product_code", rule="is taken")
        if old is None and self.reach is not None and (self._merchant(row, None) or HOUSE) not in self.reach:
            raise InvalidValue(field="merchant_code", rule="must be a merchant of yours")

    def _merchant(self, row: ProductRow, old: Product | None) -> MerchantId | None:
        if not row.merchant_code:
            return old.merchant_id if old is not None and row.merchant_code is None else None
        if row.merchant_code not in self.cmd.merchants:
            raise NotFound(what="merchant", key=row.merchant_code)
        return self.cmd.merchants[row.merchant_code]

    def _product(self, batch: Batch, old: Product | None, group: list[ProductRow], faults: Faults) -> Product | None:
        """The product as the rows say it, None where `faults` has what is wrong; without a column stays what is stored."""
        row = group[0]
        category_id, merchant_id = self.categories.get(row.category_code), None
        known = None if category_id is None else batch.attributes.get(category_id)
        with faults:
            if known is None:
                raise NotFound(what="category", key=row.category_code)
        with faults:
            if row.brand_code and row.brand_code not in self.brands:
                raise NotFound(what="brand", key=row.brand_code)
        source = row.source or (old.source if old is not None else Source.OWN)
        with faults:
            merchant_id = self._merchant(row, old)
            if old is not None and (merchant_id, source) != (old.merchant_id, old.source):
                raise InvalidValue(field="source", rule="and merchant of a product cannot change")
        given: dict[str, Any] = {
            "code": row.product_code,
            "title": row.product_title,
            "attributes": row.attributes if row.attributes is not None else old.attributes if old is not None else {},
        }
        with faults:
            given["options"] = _options(old, group)
        faults.validate(Product, given)
        for name, value in given["attributes"].items() if known is not None else ():
            with faults:
                check_values(known or {}, {name: value})
        if faults.found or category_id is None or row.faults:
            return None
        brand_id = self.brands[row.brand_code] if row.brand_code else None
        with faults:
            product = Product(
                id=old.id if old is not None else ProductId(derive(self.cmd.id, "product", row.product_code)),
                category_id=category_id,
                brand_id=old.brand_id if old is not None and row.brand_code is None else brand_id,
                source=source,
                merchant_id=merchant_id,
                version=1 if old is None else old.version + 1,
                **given,
            )
            batch.check_product(product)
            return product
        return None

    def _check_same(self, first: ProductRow, row: ProductRow, faults: Faults) -> None:
        """All rows of one product say the same of it, and each SKU stands in the file once."""
        for name in ("product_title", "category_code", "brand_code", "source", "merchant_code", "attributes", "option_names"):
            said, before = getattr(row, name), getattr(first, name)
            unread = (row.faults and not said) or (first.faults and not before)
            if said != before and not unread:
                with faults:
                    raise InvalidValue(field=name, rule=f"differs from row {first.row} of the same product")
        if self.row_of[row.sku_code] != row.row:
            with faults:
                raise InvalidValue(field="sku_code", rule=f"stands in row {self.row_of[row.sku_code]} already")

    def _sku(
        self, batch: Batch, row: ProductRow, product: Product | None, old: Product | None, before: Sku | None, faults: Faults
    ) -> Sku | None:
        """The SKU as the row says it, None where `faults` has what is wrong or nobody knows its product."""
        its_first = self.row_of[row.sku_code] == row.row
        if before is not None and its_first and (old is None or before.product_id != old.id):
            with faults:
                raise InvalidValue(field="sku_code", rule="is taken by another product")
        given: dict[str, Any] = {
            name: value
            for name in ("barcodes", "weight_g", "length_mm", "width_mm", "height_mm", "return_policy", "gift_only")
            if (value := getattr(row, name)) is not None
        }
        if row.components is not None:
            given["components"] = self._parts(batch, row.components, faults)
        sku_id = before.id if before is not None else SkuId(derive(self.cmd.id, "sku", row.sku_code))
        faults.validate(Sku, {"code": row.sku_code, **given})
        active = before is None or before.state is Standing.ACTIVE
        for barcode in given.get("barcodes", ()) if active else ():
            with faults:
                batch.check_barcode(sku_id, barcode.code)
        if product is None:
            return None
        values = row.option_values if row.option_names is not None or before is None else before.option_values
        title = row.sku_title or full_title(product, values)
        if before is not None and row.sku_title is None and old is not None:
            title = title if before.title == full_title(old, before.option_values) else before.title
        given |= {"title": title, "option_values": values}
        faults.validate(Sku, {"title": title})
        if faults.found:
            return None
        with faults:
            sku = (
                Sku(id=sku_id, product_id=product.id, code=row.sku_code, merchant_id=product.merchant_id, **given)
                if before is None
                else attrs.evolve(before, version=before.version + 1, **given)
            )
            batch.check_sku_code(sku)
            if active:
                with faults:
                    batch.check_variant(sku, product)
                with faults:
                    batch.check_bundle(sku, before)
            return sku
        return None

    def _parts(self, batch: Batch, wanted: tuple[tuple[str, int], ...], faults: Faults) -> tuple[Component, ...]:
        """The components that there are."""
        found = []
        for code, count in wanted:
            with faults:
                part = batch.skus.get(code)
                if part is None:
                    raise NotFound(what="component", key=code)
                found.append(Component(part.id, count))
        return tuple(found)


def _failed_row(row: ProductRow, faults: Faults) -> RowResult:
    """The row with everything that is wrong with it, in the order of its cells."""
    errors = (*row.faults, *(attrs.evolve(error, row=row.row) for error in faults.found))
    return RowResult(row.row, Result.FAILED, tuple(sorted(errors, key=lambda error: PLACE_OF.get(error.column, -1))))


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
