-- Write shipping, fees, discounts and taxes of new orders, with each line's share.
-- in:    order_ids uuid[], ns int[], kinds text[], codes text[], names text[], rates numeric[], amounts bigint[],
--        shares text[] (each an array literal of bigint, by line)
-- locks: nothing
-- uses:  order_charge_pkey
INSERT INTO order_charge (order_id, n, kind, code, name, rate, amount_minor, shares_minor)
SELECT c.order_id, c.n, c.kind, c.code, c.name, c.rate, c.amount_minor, c.shares::bigint[]
FROM unnest($1::uuid[], $2::integer[], $3::text[], $4::text[], $5::text[], $6::numeric[], $7::bigint[], $8::text[])
     AS c (order_id, n, kind, code, name, rate, amount_minor, shares)
