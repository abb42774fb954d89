-- Note that units came in: locations that said they had none may be asked again.
-- in:    sku_ids uuid[], location_ids uuid[] (pairs)
-- locks: none that the caller does not hold
-- uses:  stock_pkey
UPDATE stock AS s SET received_at = now()
FROM unnest($1::uuid[], $2::uuid[]) AS k (sku_id, location_id)
WHERE s.sku_id = k.sku_id AND s.location_id = k.location_id
