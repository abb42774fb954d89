-- Placed orders of a made-up history that nothing holds wait for sourcing, tomorrow: no worker stirs while it is read.
-- in:    first bigint, last bigint (the orders' numbers)
-- locks: nothing
-- uses:  orders_status_idx
INSERT INTO work (stage, subject_id, due)
SELECT 'source', o.id, now() + interval '1 day'
FROM orders AS o
WHERE o.status = 'placed' AND o.hold_count = 0 AND o.number BETWEEN $1::bigint AND $2::bigint
