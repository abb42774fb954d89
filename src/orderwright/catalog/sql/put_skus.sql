-- Write SKUs, new ones and changed ones. A row that is not of the version before is left alone, which cannot happen
-- under the catalogue's lock.
-- in:    a column an attribute of `upsert_skus._row`, in its order; versions int[] are the new ones
-- locks: the rows written, in the order given (the catalogue's lock is held)
-- uses:  sku_pkey, sku_code_key
INSERT INTO sku (id, version, code, name, gtin, kind, weight_g, length_mm, width_mm, height_mm, price_minor, currency,
                 tax_class, backorder_limit, active, attributes, external_refs, metadata)
SELECT v.id, v.version, v.code, v.name, v.gtin, v.kind, v.weight_g, v.length_mm, v.width_mm, v.height_mm, v.price_minor,
       v.currency, v.tax_class, v.backorder_limit, v.active, v.attributes, v.external_refs, v.metadata
FROM unnest($1::uuid[], $2::integer[], $3::text[], $4::text[], $5::text[], $6::text[], $7::integer[], $8::integer[],
            $9::integer[], $10::integer[], $11::bigint[], $12::text[], $13::text[], $14::integer[], $15::boolean[],
            $16::jsonb[], $17::jsonb[], $18::jsonb[])
     AS v (id, version, code, name, gtin, kind, weight_g, length_mm, width_mm, height_mm, price_minor, currency,
           tax_class, backorder_limit, active, attributes, external_refs, metadata)
ON CONFLICT (id) DO UPDATE SET
    version = excluded.version, name = excluded.name, gtin = excluded.gtin, weight_g = excluded.weight_g,
    length_mm = excluded.length_mm, width_mm = excluded.width_mm, height_mm = excluded.height_mm,
    price_minor = excluded.price_minor, currency = excluded.currency, tax_class = excluded.tax_class,
    backorder_limit = excluded.backorder_limit, active = excluded.active, attributes = excluded.attributes,
    external_refs = excluded.external_refs, metadata = excluded.metadata, updated_at = now()
WHERE sku.version = excluded.version - 1
