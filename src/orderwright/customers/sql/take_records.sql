-- What records of customers say besides, into those that are kept, which have the last word; as far as there is room.
-- in:    kept_ids uuid[], ids uuid[] (several may go into one)
-- locks: the kept customers (locked already)
-- uses:  customer_pkey
UPDATE customer AS c
SET external_refs = d.external_refs || c.external_refs,
    metadata = CASE WHEN pg_column_size(d.metadata || c.metadata) <= 16384 THEN d.metadata || c.metadata ELSE c.metadata END
FROM (
    SELECT w.kept_id, coalesce(jsonb_object_agg(r.key, r.value ORDER BY m.id) FILTER (WHERE r.part = 'refs'), '{}')
           AS external_refs,
           coalesce(jsonb_object_agg(r.key, r.value ORDER BY m.id) FILTER (WHERE r.part = 'metadata'), '{}') AS metadata
    FROM unnest($1::uuid[], $2::uuid[]) AS w (kept_id, id)
    JOIN customer AS m ON m.id = w.id
    CROSS JOIN LATERAL (
        SELECT 'refs' AS part, e.key, e.value FROM jsonb_each(m.external_refs) AS e
        UNION ALL
        SELECT 'metadata', e.key, e.value FROM jsonb_each(m.metadata) AS e
    ) AS r
    GROUP BY w.kept_id
) AS d
WHERE c.id = d.kept_id
