-- The order of a number, with the e-mail addresses of who bought it, else of who it is shipped to. One that was erased
-- has none.
-- in:    number bigint
-- locks: nothing
-- uses:  orders_number_key, contact_order_idx
SELECT o.id, o.channel_id,
       coalesce(array_agg(c.email) FILTER (WHERE c.role = 'buyer' AND c.email IS NOT NULL),
                array_agg(c.email) FILTER (WHERE c.role = 'ship_to' AND c.email IS NOT NULL),
                '{}') AS emails
FROM orders AS o
LEFT JOIN contact AS c ON c.order_id = o.id
WHERE o.number = $1::bigint
GROUP BY o.id
