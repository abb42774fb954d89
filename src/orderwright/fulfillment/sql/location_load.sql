-- How many fulfillments locations have due at their next cut-off: what they took of their daily capacity.
-- in:    location_ids uuid[], due_at timestamptz[] (one each)
-- locks: nothing
-- uses:  fulfillment_queue_idx
SELECT k.location_id, count(*)::integer AS fulfillments
FROM unnest($1::uuid[], $2::timestamptz[]) AS k (location_id, due_at)
JOIN fulfillment AS f ON f.location_id = k.location_id AND f.due_at = k.due_at
WHERE f.state IN ('open', 'released', 'picking', 'picked', 'packed', 'shipped', 'delivered')
GROUP BY k.location_id
