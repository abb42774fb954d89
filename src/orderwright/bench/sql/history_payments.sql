-- Payments of a made-up history.
-- in:    first bigint, last bigint (the orders' numbers)
-- locks: nothing
-- uses:  orders_number_key
INSERT INTO payment (id, order_id, n, method, provider, reference, amount_minor, authorized_minor, captured_minor,
                     refunded_minor)
SELECT overlay(o.id::text PLACING '2' FROM 25)::uuid, o.id, 1, 'card', 'examplepay', 'pay_' || o.number, o.total_minor,
       o.total_minor, o.total_minor, CASE WHEN o.status = 'cancelled' THEN o.total_minor ELSE 0 END
FROM orders AS o
WHERE o.number BETWEEN $1::bigint AND $2::bigint
