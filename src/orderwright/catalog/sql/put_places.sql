-- Close and open locations and change their pools. One that closes notes when: it is opened by its own verb again.
-- in:    ids uuid[], pool_ids uuid[], active boolean[]
-- locks: none that the caller does not hold
-- uses:  location_pkey
UPDATE location AS l
SET pool_id = d.pool_id, active = d.active, version = l.version + 1, updated_at = now(),
    closed_at = CASE WHEN d.active THEN NULL WHEN l.active THEN now() ELSE l.closed_at END
FROM unnest($1::uuid[], $2::uuid[], $3::boolean[]) AS d (id, pool_id, active)
WHERE l.id = d.id
