-- Say how channels are invoiced.
-- in:    channel_ids uuid[], ids uuid[], legal_entity_ids uuid[], invoice_ats text[], receipts boolean[], versions int[]
-- locks: the rows written, in the order given (the lock of companies is held)
-- uses:  channel_invoicing_pkey
INSERT INTO channel_invoicing (channel_id, id, legal_entity_id, invoice_at, receipts, version)
SELECT v.channel_id, v.id, v.legal_entity_id, v.invoice_at, v.receipts, v.version
FROM unnest($1::uuid[], $2::uuid[], $3::uuid[], $4::text[], $5::boolean[], $6::integer[])
     AS v (channel_id, id, legal_entity_id, invoice_at, receipts, version)
ON CONFLICT (channel_id) DO UPDATE SET
    legal_entity_id = excluded.legal_entity_id, invoice_at = excluded.invoice_at, receipts = excluded.receipts,
    version = excluded.version
