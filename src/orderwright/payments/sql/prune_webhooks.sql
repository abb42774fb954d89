-- Remove webhooks about which nothing is left to do, when no provider repeats them any more.
-- in:    limit int
-- locks: the webhooks
-- uses:  payment_webhook_handled_idx, payment_webhook_pkey
DELETE FROM payment_webhook AS w
WHERE w.id = ANY (ARRAY(
    SELECT k.id FROM payment_webhook AS k
    WHERE k.handled_at < now() - interval '90 days' ORDER BY k.handled_at LIMIT $1))
RETURNING w.id
