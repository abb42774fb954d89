-- What the pools can promise of some SKUs now, without a lock: a decision made on it is checked again under the lock.
-- in:    sku_ids uuid[]
-- locks: nothing
-- uses:  availability_pkey
SELECT a.sku_id, a.pool_id, a.available_to_promise, a.reserved, a.promised, a.backordered
FROM availability AS a
WHERE a.sku_id = ANY ($1::uuid[])
