-- Which orders have files of labels.
-- in:    order_ids uuid[]
-- locks: nothing
-- uses:  parcel_label_order_idx
SELECT DISTINCT f.order_id AS id, f.order_id FROM parcel_label AS f WHERE f.order_id = ANY ($1::uuid[])
