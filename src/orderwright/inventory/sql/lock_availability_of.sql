-- Lock the balances of SKUs in all pools in key order and read their newest committed state.
-- in:    sku_ids uuid[]
-- locks: availability (sku, pool order), FOR UPDATE
-- uses:  availability_pkey
SELECT a.sku_id, a.pool_id, a.available_to_promise, a.reserved, a.promised, a.backordered
FROM availability AS a
WHERE a.sku_id = ANY ($1::uuid[])
ORDER BY a.sku_id, a.pool_id
FOR UPDATE
