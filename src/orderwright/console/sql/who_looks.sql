-- Who else looks at things, the first first.
-- in:    order_ids uuid[], person_id uuid (who asks)
-- locks: nothing
-- uses:  presence_pkey
SELECT p.order_id, p.person_id
FROM presence AS p
WHERE p.order_id = ANY ($1::uuid[]) AND p.person_id <> $2 AND p.seen_at > now() - interval '1 minute'
ORDER BY p.order_id, p.since, p.person_id
