-- The orders of a tracking number: one a carrier, however it was typed.
-- in:    below uuid (exclusive), from uuid, limit integer, tracking_numbers text[] (as typed, and tidied)
-- locks: nothing
-- uses:  parcel_tracking_idx
SELECT DISTINCT p.order_id AS id
FROM parcel AS p
WHERE p.tracking_number = ANY ((SELECT $4::text[])::text[]) AND p.order_id < $1::uuid AND p.order_id >= $2::uuid
ORDER BY p.order_id DESC
LIMIT $3::integer
