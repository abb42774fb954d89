-- What came back and nobody has looked at, where it was to go, by return and SKU.
-- in:    return_ids uuid[]
-- locks: nothing: the verb locks and decides by what it finds
-- uses:  returned_goods_pkey, customer_return_pkey, sku_pkey
SELECT g.return_id, k.code AS sku, sum(g.received - g.inspected)::bigint AS units
FROM returned_goods AS g
JOIN customer_return AS r ON r.id = g.return_id AND r.location_id = g.location_id
JOIN sku AS k ON k.id = g.sku_id
WHERE g.return_id = ANY ($1::uuid[]) AND g.received > g.inspected
GROUP BY g.return_id, k.code
ORDER BY g.return_id, k.code
