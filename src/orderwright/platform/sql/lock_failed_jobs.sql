-- Lock failed jobs of a merchant that may be queued again: not those of which the same waits or runs already.
-- in:    merchant text, ids bigint[]
-- locks: pgqueuer rows (id order), FOR UPDATE
-- uses:  pgqueuer_pkey, pgqueuer_unique_dedupe_key
SELECT q.id
FROM pgqueuer AS q
WHERE q.id = ANY ($2::bigint[]) AND q.status = 'failed' AND convert_from(q.payload, 'UTF8')::jsonb ->> 'merchant' = $1
  AND NOT EXISTS (
      SELECT FROM pgqueuer AS w WHERE w.dedupe_key = q.dedupe_key AND w.status IN ('queued', 'picked'))
  AND NOT EXISTS (
      SELECT FROM pgqueuer AS f
      WHERE f.dedupe_key = q.dedupe_key AND f.status = 'failed' AND f.id < q.id AND f.id = ANY ($2::bigint[]))
ORDER BY q.id
FOR UPDATE
