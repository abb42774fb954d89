-- Orders placed in a span of time that came more than an hour before or after (imports, mostly), so that their ids do not
-- tell when they were placed.
-- in:    below uuid (exclusive), from uuid, limit integer, placed_from timestamptz, placed_before timestamptz
-- locks: nothing
-- uses:  orders_off_time_idx
SELECT o.id
FROM orders AS o
WHERE uuid_extract_timestamp(o.id) - o.placed_at NOT BETWEEN interval '-1 hour' AND interval '1 hour'
      AND o.placed_at >= $4::timestamptz AND o.placed_at < $5::timestamptz
      AND o.id < $1::uuid AND o.id >= $2::uuid
ORDER BY o.id DESC
LIMIT $3::integer
