-- A page of exchanges, oldest first: of one order (the earlier or the new one), in some states, of some channels and
-- locations, or one by its id.
-- in:    exchange_id uuid (NULL: any), order_id uuid (NULL: all), states text[] (NULL: all), channel_ids uuid[] and
--        location_ids uuid[] (NULL: all), after_id uuid (exclusive), page integer
-- locks: nothing
-- uses:  exchange_pkey, exchange_order_idx, exchange_new_order_id_key, orders_pkey, customer_return_pkey, payment_pkey
SELECT x.id, x.order_id, o.number AS order_number, x.return_id, x.new_order_id, n.number AS new_order_number, x.mode,
       x.state, o.currency, p.amount_minor AS brings_minor, p.captured_minor AS brought_minor,
       p.refunded_minor AS given_back_minor, x.return_by, uuid_extract_timestamp(x.id) AS requested_at, x.entered_at,
       x.version
FROM exchange AS x
JOIN orders AS o ON o.id = x.order_id
JOIN orders AS n ON n.id = x.new_order_id
JOIN customer_return AS r ON r.id = x.return_id
JOIN payment AS p ON p.id = x.payment_id
WHERE x.id > $6 AND ($1::uuid IS NULL OR x.id = $1) AND ($2::uuid IS NULL OR x.order_id = $2 OR x.new_order_id = $2)
  AND ($3::text[] IS NULL OR x.state = ANY ($3::text[]))
  AND ($4::uuid[] IS NULL OR o.channel_id = ANY ($4::uuid[]))
  AND ($5::uuid[] IS NULL OR r.location_id = ANY ($5::uuid[]))
ORDER BY x.id
LIMIT $7::integer
