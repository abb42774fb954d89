-- Write the payments that channels reported with their orders.
-- in:    order_ids uuid[], ns int[], methods text[], states text[], providers text[], refs text[], amounts bigint[]
-- locks: nothing
-- uses:  order_payment_pkey
INSERT INTO order_payment (order_id, n, method, state, provider, reference, amount_minor)
SELECT p.order_id, p.n, p.method, p.state, p.provider, p.reference, p.amount_minor
FROM unnest($1::uuid[], $2::integer[], $3::text[], $4::text[], $5::text[], $6::text[], $7::bigint[])
     AS p (order_id, n, method, state, provider, reference, amount_minor)
