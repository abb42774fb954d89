-- Orders are not what they were when they were read before.
-- in:    order_ids uuid[]
-- locks: orders that the caller holds locked
-- uses:  orders_pkey
UPDATE orders SET revision = revision + 1 WHERE id = ANY ($1::uuid[])
