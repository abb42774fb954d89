-- How much waits to be done, counted up to a limit: for pumps, and at the locations.
-- in:    location_ids uuid[], limit int
-- locks: nothing
-- uses:  work_due_idx, fulfillment_queue_idx
SELECT (SELECT count(*)
        FROM (SELECT 1 FROM work AS w WHERE w.set_aside_at IS NULL AND w.due <= now() LIMIT $2::integer) AS due)
       + (SELECT count(*)
          FROM (SELECT 1
                FROM fulfillment AS f
                WHERE f.location_id = ANY ($1::uuid[]) AND f.state IN ('open', 'released', 'picking', 'picked', 'packed')
                LIMIT $2::integer) AS at_work) AS waiting
