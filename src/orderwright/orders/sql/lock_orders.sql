-- Lock orders in id order: everything of an order (components, fulfillments, parcels) is changed under this lock.
-- in:    order_ids uuid[]
-- locks: orders (id order), FOR UPDATE
-- uses:  orders_pkey
SELECT o.id, o.number, o.channel_id, o.status, o.hold_count, o.event_seq, o.version, o.priority
FROM orders AS o
WHERE o.id = ANY ($1::uuid[])
ORDER BY o.id
FOR UPDATE
