-- Drafts of a made-up history: one for every thousandth order.
-- in:    first bigint, last bigint (the orders' numbers)
-- locks: nothing
-- uses:  orders_number_key
INSERT INTO draft_order (id, external_id, owner, body, saved_by, expires_at)
SELECT overlay(o.id::text PLACING '6' FROM 25)::uuid, 'draft-' || o.number, 'system', '{}', 'system',
       now() + interval '30 days'
FROM orders AS o
WHERE o.number % 1000 = 0 AND o.number BETWEEN $1::bigint AND $2::bigint
