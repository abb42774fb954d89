-- What each pool can promise of some SKUs, in no order (a sort takes a quarter of the time); a SKU that no pool has
-- anything of gets one row without a pool. No rows at all: SKUs were written since that version.
-- The SKU table is not read, which would take a third of the time.
-- in:    sku_ids uuid[], version bigint (of `sku_version` when the SKUs were read; NULL: whatever it is now)
-- locks: nothing
-- uses:  availability_pkey, pool_pkey
SELECT k.place::integer AS place, p.code AS pool, a.available_to_promise, a.reserved, a.promised, a.backordered
FROM unnest((SELECT $1::uuid[])) WITH ORDINALITY AS k (id, place)
LEFT JOIN availability AS a ON a.sku_id = k.id
LEFT JOIN pool AS p ON p.id = a.pool_id
WHERE $2::bigint IS NULL OR (SELECT v.version FROM sku_version AS v) = $2::bigint
