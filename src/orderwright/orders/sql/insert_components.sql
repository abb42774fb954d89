-- Write the components of new orders with their opening quantities.
-- in:    order_ids uuid[], line_ns int[], ns int[], sku_ids uuid[], then int[] for each of ordered, pending, external,
--        cancelled, backordered, promised
-- locks: nothing
-- uses:  component_pkey
INSERT INTO component (order_id, line_n, n, sku_id, ordered, pending, external, cancelled, backordered, promised)
SELECT c.order_id, c.line_n, c.n, c.sku_id, c.ordered, c.pending, c.external, c.cancelled, c.backordered, c.promised
FROM unnest($1::uuid[], $2::integer[], $3::integer[], $4::uuid[], $5::integer[], $6::integer[], $7::integer[],
            $8::integer[], $9::integer[], $10::integer[])
     AS c (order_id, line_n, n, sku_id, ordered, pending, external, cancelled, backordered, promised)
