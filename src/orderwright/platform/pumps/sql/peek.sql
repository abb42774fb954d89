-- What has something to do in a merchant: stages, the sequencer, subscribers. The slow poll behind the wake-ups.
-- in:    stages text[], subscribers text[]
-- locks: nothing
-- uses:  work_due_idx, work_retry_idx, event_cursor_pkey, event_position_pkey, event_parked_pkey
SELECT 'stage' AS kind, s.name
FROM unnest($1::text[]) AS s (name)
WHERE EXISTS (
          SELECT FROM work AS w
          WHERE w.stage = s.name AND w.due <= now() AND w.attempts = 0 AND w.set_aside_at IS NULL)
   OR EXISTS (
          SELECT FROM work AS w
          WHERE w.stage = s.name AND w.due <= now() AND w.attempts > 0 AND w.set_aside_at IS NULL)
UNION ALL
SELECT 'sequencer', '' WHERE EXISTS (SELECT FROM event_pending)
UNION ALL
SELECT 'subscriber', u.name
FROM unnest($2::text[]) AS u (name)
WHERE coalesce((SELECT c.position FROM event_cursor AS c WHERE c.subscriber = u.name), 0)
          < (SELECT coalesce(max(p.position), 0) FROM event_position AS p)
   OR EXISTS (SELECT FROM event_parked AS k WHERE k.subscriber = u.name AND k.due <= now())
