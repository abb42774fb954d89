-- Webhooks that people do something about.
-- in:    webhook_ids uuid[]
-- locks: the webhooks (id order), FOR UPDATE
-- uses:  payment_webhook_pkey
SELECT w.id, w.handled_at FROM payment_webhook AS w WHERE w.id = ANY ($1::uuid[]) ORDER BY w.id FOR UPDATE
