-- Keep the bodies of orders that were refused: they may be sent again, mended.
-- in:    ids uuid[], channels text[], external_ids text[], codes text[], messages text[], bodies jsonb[], act_id uuid
-- locks: nothing
-- uses:  inbox_pkey
INSERT INTO inbox (id, channel, external_id, code, message, body, act_id)
SELECT i.id, i.channel, i.external_id, i.code, i.message, i.body, $7
FROM unnest($1::uuid[], $2::text[], $3::text[], $4::text[], $5::text[], $6::jsonb[])
     AS i (id, channel, external_id, code, message, body)
