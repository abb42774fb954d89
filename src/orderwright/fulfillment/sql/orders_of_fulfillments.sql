-- Which orders fulfillments belong to, so that the orders can be locked first.
-- in:    fulfillment_ids uuid[]
-- locks: nothing
-- uses:  fulfillment_pkey
SELECT f.id, f.order_id FROM fulfillment AS f WHERE f.id = ANY ($1::uuid[])
