-- Append movements of goods.
-- in:    ids uuid[], sku_ids uuid[], from_location_ids uuid[], from_buckets text[], to_location_ids uuid[],
--        to_buckets text[], quantities int[], kinds text[], subject_ids uuid[], order_ids uuid[], line_ns int[],
--        component_ns int[], act_id uuid, happened_at timestamptz
-- locks: nothing
-- uses:  movement_pkey
INSERT INTO movement (id, sku_id, from_location_id, from_bucket, to_location_id, to_bucket, quantity, kind, subject_id,
                      order_id, line_n, component_n, act_id, happened_at)
SELECT m.id, m.sku_id, m.from_location_id, m.from_bucket, m.to_location_id, m.to_bucket, m.quantity, m.kind,
       m.subject_id, m.order_id, m.line_n, m.component_n, $13, $14
FROM unnest($1::uuid[], $2::uuid[], $3::uuid[], $4::text[], $5::uuid[], $6::text[], $7::integer[], $8::text[],
            $9::uuid[], $10::uuid[], $11::integer[], $12::integer[])
     AS m (id, sku_id, from_location_id, from_bucket, to_location_id, to_bucket, quantity, kind, subject_id, order_id,
           line_n, component_n)
