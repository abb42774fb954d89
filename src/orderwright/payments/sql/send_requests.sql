-- Mark requests as sent, before the call (law T3).
-- in:    request_ids uuid[], sources text[]
-- locks: the requests; the caller holds their orders' locks
-- uses:  payment_request_pkey
UPDATE payment_request SET state = 'sent', sent_at = now()
WHERE id = ANY ($1::uuid[]) AND state = ANY ($2::text[])
