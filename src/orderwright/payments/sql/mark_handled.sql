-- Nothing is left to do about webhooks.
-- in:    webhook_ids uuid[]
-- locks: the webhooks
-- uses:  payment_webhook_pkey
UPDATE payment_webhook SET handled_at = now() WHERE id = ANY ($1::uuid[]) AND handled_at IS NULL
