-- How many fulfillments locations have due in a span: what they took of their daily capacity.
-- in:    location_ids uuid[], from timestamptz, to timestamptz
-- locks: nothing
-- uses:  fulfillment_queue_idx
SELECT f.location_id, count(*)::integer AS fulfillments
FROM fulfillment AS f
WHERE f.location_id = ANY ($1::uuid[])
      AND f.state IN ('open', 'released', 'picking', 'picked', 'packed', 'shipped', 'delivered')
      AND f.due_at >= $2 AND f.due_at < $3
GROUP BY f.location_id
