-- The locations that orders are not offered to by now. An exclusion lapses after some time, and as soon as units of a SKU
-- that the order needs come in there, unless it was about the location itself.
-- in:    order_ids uuid[], lapse_s int
-- locks: nothing
-- uses:  sourcing_exclusion_pkey, promise_pkey, stock_pkey
SELECT e.order_id, e.location_id
FROM sourcing_exclusion AS e
WHERE e.order_id = ANY ($1::uuid[]) AND e.created_at > now() - make_interval(secs => $2::integer)
      AND (e.reason IN ('no_capacity', 'closed')
           OR NOT EXISTS (SELECT 1
                          FROM promise AS p
                          JOIN stock AS s ON s.sku_id = p.sku_id AND s.location_id = e.location_id
                          WHERE p.order_id = e.order_id AND s.received_at > e.created_at))
