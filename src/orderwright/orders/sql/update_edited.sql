-- The sums of edited orders (law M2), their counts, their address where it changed; and a revision more.
-- in:    order_ids uuid[], lines bigint[], shipping bigint[], discount bigint[], tax bigint[], total bigint[],
--        line_counts int[], unit_counts bigint[], ship_to_contact_ids uuid[] (NULL: as it was)
-- locks: orders that the caller holds locked
-- uses:  orders_pkey
UPDATE orders AS o
SET lines_minor = d.lines, shipping_minor = d.shipping, discount_minor = d.discount, tax_minor = d.tax,
    total_minor = d.total, line_count = d.line_count, unit_count = d.unit_count, revision = o.revision + 1,
    ship_to_contact_id = coalesce(d.ship_to, o.ship_to_contact_id)
FROM unnest($1::uuid[], $2::bigint[], $3::bigint[], $4::bigint[], $5::bigint[], $6::bigint[], $7::integer[],
            $8::bigint[], $9::uuid[])
     AS d (order_id, lines, shipping, discount, tax, total, line_count, unit_count, ship_to)
WHERE o.id = d.order_id
