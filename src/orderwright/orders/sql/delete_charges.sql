-- Forget the charges of orders: others are written in their place.
-- in:    order_ids uuid[]
-- locks: rows of orders that the caller holds locked
-- uses:  order_charge_pkey
DELETE FROM order_charge WHERE order_id = ANY ($1::uuid[])
