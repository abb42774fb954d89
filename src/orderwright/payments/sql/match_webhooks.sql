-- Webhooks with the payments that they are about.
-- in:    webhook_ids uuid[]
-- locks: nothing
-- uses:  payment_webhook_pkey, payment_reference_idx
SELECT w.id, w.reference, p.id AS payment_id, w.received_at
FROM payment_webhook AS w
LEFT JOIN payment AS p ON p.reference = w.reference AND p.provider = w.provider
WHERE w.id = ANY ($1::uuid[])
ORDER BY w.id
