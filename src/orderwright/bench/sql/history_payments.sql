-- Payments of a made-up history.
-- in:    first bigint, last bigint (the orders' numbers)
-- locks: nothing
-- uses:  orders_number_key
INSERT INTO order_payment (order_id, n, method, state, provider, reference, amount_minor)
SELECT o.id, 1, 'card', 'captured', 'examplepay', 'pay_' || o.number, o.total_minor
FROM orders AS o
WHERE o.number BETWEEN $1::bigint AND $2::bigint
