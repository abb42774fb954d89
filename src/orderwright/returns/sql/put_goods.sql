-- Make what came back be as it was decided.
-- in:    return_ids uuid[], line_ns int[], component_ns int[], location_ids uuid[], order_ids uuid[], sku_ids uuid[],
--        received int[], inspected int[], sent_back int[]
-- locks: rows of orders that the caller holds locked
-- uses:  returned_goods_pkey
INSERT INTO returned_goods AS g (return_id, line_n, component_n, location_id, order_id, sku_id, received, inspected,
                                 sent_back)
SELECT d.return_id, d.line_n, d.component_n, d.location_id, d.order_id, d.sku_id, d.received, d.inspected, d.sent_back
FROM unnest($1::uuid[], $2::integer[], $3::integer[], $4::uuid[], $5::uuid[], $6::uuid[], $7::integer[],
            $8::integer[], $9::integer[])
     AS d (return_id, line_n, component_n, location_id, order_id, sku_id, received, inspected, sent_back)
ON CONFLICT (return_id, line_n, component_n, location_id) DO UPDATE
SET received = excluded.received, inspected = excluded.inspected, sent_back = excluded.sent_back
