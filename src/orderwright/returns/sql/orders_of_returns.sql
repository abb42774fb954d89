-- Which orders returns are of, and pay in exchange: neither that nor the place they go to ever changes.
-- in:    return_ids uuid[]
-- locks: nothing
-- uses:  customer_return_pkey, exchange_return_id_key
SELECT r.id, r.order_id, r.location_id, e.new_order_id
FROM customer_return AS r
LEFT JOIN exchange AS e ON e.return_id = r.id
WHERE r.id = ANY ($1::uuid[])
