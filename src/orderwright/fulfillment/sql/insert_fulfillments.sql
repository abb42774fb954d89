-- Open fulfillments.
-- in:    ids uuid[], order_ids uuid[], location_ids uuid[], methods text[], due_at timestamptz[]
-- locks: nothing
-- uses:  fulfillment_pkey
INSERT INTO fulfillment (id, order_id, location_id, method, state, due_at)
SELECT f.id, f.order_id, f.location_id, f.method, 'open', f.due_at
FROM unnest($1::uuid[], $2::uuid[], $3::uuid[], $4::text[], $5::timestamptz[])
     AS f (id, order_id, location_id, method, due_at)
