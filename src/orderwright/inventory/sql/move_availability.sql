-- Add to balances of pools that are locked already.
-- in:    sku_ids uuid[], pool_ids uuid[], available_to_promise int[], reserved int[], promised int[], backordered int[]
-- locks: none that the caller does not hold
-- uses:  availability_pkey
UPDATE availability AS a
SET available_to_promise = a.available_to_promise + d.available_to_promise,
    reserved = a.reserved + d.reserved,
    promised = a.promised + d.promised,
    backordered = a.backordered + d.backordered
FROM unnest($1::uuid[], $2::uuid[], $3::integer[], $4::integer[], $5::integer[], $6::integer[])
     AS d (sku_id, pool_id, available_to_promise, reserved, promised, backordered)
WHERE a.sku_id = d.sku_id AND a.pool_id = d.pool_id
