-- Holds of a made-up history.
-- in:    first bigint, last bigint (the orders' numbers), act_id uuid
-- locks: nothing
-- uses:  orders_held_idx
INSERT INTO hold (id, order_id, type, blocks, act_id)
SELECT overlay(o.id::text PLACING '9' FROM 25)::uuid, o.id, 'payment_review', '{source,release,ship}', $3::uuid
FROM orders AS o
WHERE o.hold_count > 0 AND o.number BETWEEN $1::bigint AND $2::bigint
