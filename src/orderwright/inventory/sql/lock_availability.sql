-- Lock balances of pools in key order and read their newest committed state.
-- in:    sku_ids uuid[], pool_ids uuid[] (pairs)
-- locks: availability (sku, pool order), FOR UPDATE
-- uses:  availability_pkey
SELECT a.sku_id, a.pool_id, a.available_to_promise, a.reserved, a.promised, a.backordered
FROM unnest($1::uuid[], $2::uuid[]) AS k (sku_id, pool_id)
JOIN availability AS a ON a.sku_id = k.sku_id AND a.pool_id = k.pool_id
ORDER BY a.sku_id, a.pool_id
FOR UPDATE OF a
