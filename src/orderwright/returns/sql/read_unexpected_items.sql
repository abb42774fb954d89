-- What was in parked parcels.
-- in:    ids uuid[]
-- locks: nothing
-- uses:  unexpected_item_pkey
SELECT i.unexpected_id, i.n, i.sku_id, i.sku_code, i.quantity
FROM unexpected_item AS i
WHERE i.unexpected_id = ANY ($1::uuid[])
ORDER BY i.unexpected_id, i.n
