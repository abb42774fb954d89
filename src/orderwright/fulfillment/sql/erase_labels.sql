-- Remove the files of all labels of orders.
-- in:    order_ids uuid[]
-- locks: the rows; the caller holds the contacts of these orders locked
-- uses:  parcel_label_order_idx
DELETE FROM parcel_label WHERE order_id = ANY ($1::uuid[])
