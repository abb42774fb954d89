-- Keep a webhook, unless it came before.
-- in:    id uuid, provider text, event_id text, type text, reference text
-- locks: the webhook's key
-- uses:  payment_webhook_provider_event_id_key
INSERT INTO payment_webhook (id, provider, event_id, type, reference) VALUES ($1, $2, $3, $4, $5)
ON CONFLICT (provider, event_id) DO NOTHING
RETURNING id
