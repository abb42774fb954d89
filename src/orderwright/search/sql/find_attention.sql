-- Orders that people must look at: held, with work that was set aside, or with an open balance. What is set aside is
-- seldom much, and looked at whole.
-- in:    below uuid (exclusive), from uuid, limit integer
-- locks: nothing
-- uses:  orders_held_idx, open_balance_pkey, work_set_aside_idx, orders_pkey, fulfillment_pkey, shipment_pkey,
--        payment_pkey, customer_return_pkey, exchange_pkey
SELECT DISTINCT f.id
FROM (
    (SELECT o.id
     FROM orders AS o
     WHERE o.hold_count > 0 AND o.id < $1::uuid AND o.id >= $2::uuid
     ORDER BY o.id DESC
     LIMIT $3::integer)
    UNION ALL
    (SELECT b.order_id
     FROM open_balance AS b
     WHERE b.order_id < $1::uuid AND b.order_id >= $2::uuid
     ORDER BY b.order_id DESC
     LIMIT $3::integer)
    UNION ALL
    SELECT s.order_id
    FROM (
        SELECT coalesce(
            (SELECT o.id FROM orders AS o WHERE o.id = w.subject_id),
            (SELECT l.order_id FROM fulfillment AS l WHERE l.id = w.subject_id),
            (SELECT h.order_id FROM shipment AS h WHERE h.id = w.subject_id),
            (SELECT p.order_id FROM payment AS p WHERE p.id = w.subject_id),
            (SELECT r.order_id FROM customer_return AS r WHERE r.id = w.subject_id),
            (SELECT x.order_id FROM exchange AS x WHERE x.id = w.subject_id)) AS order_id
        FROM work AS w
        WHERE w.set_aside_at IS NOT NULL
    ) AS s
    WHERE s.order_id < $1::uuid AND s.order_id >= $2::uuid
) AS f
ORDER BY f.id DESC
LIMIT $3::integer
