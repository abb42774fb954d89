-- Webhooks of payments that nobody knows, the oldest first.
-- in:    received_at timestamptz, webhook_id uuid (the last seen), limit bigint
-- locks: nothing
-- uses:  payment_webhook_open_idx, work_pkey
SELECT w.id, w.provider, w.event_id, w.type, w.reference, w.received_at, k.due AS looked_for_at
FROM payment_webhook AS w
LEFT JOIN work AS k ON k.stage = 'webhook' AND k.subject_id = w.id
WHERE w.handled_at IS NULL AND (w.received_at, w.id) > ($1, $2)
ORDER BY w.received_at, w.id
LIMIT $3
