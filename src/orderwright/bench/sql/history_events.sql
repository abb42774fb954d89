-- Events of a made-up history: placed, shipped, delivered.
-- in:    first bigint, last bigint (the orders' numbers), act_id uuid
-- locks: nothing
-- uses:  orders_number_key
INSERT INTO event (subject_id, seq, id, type, data, act_id, happened_at)
SELECT o.id, e.seq, overlay(o.id::text PLACING to_hex(10 + e.seq) FROM 25)::uuid,
       (ARRAY['order.placed', 'shipment.shipped', 'shipment.delivered'])[e.seq],
       CASE e.seq WHEN 1 THEN jsonb_build_object('status', 'placed', 'external_id', o.external_id)
                  ELSE jsonb_build_object('shipment_id', overlay(o.id::text PLACING '3' FROM 25)) END,
       $3::uuid, o.placed_at + (ARRAY[interval '2 seconds', interval '5 hours', interval '3 days'])[e.seq]
FROM orders AS o
CROSS JOIN LATERAL generate_series(1, o.event_seq) AS e (seq)
WHERE o.number BETWEEN $1::bigint AND $2::bigint
