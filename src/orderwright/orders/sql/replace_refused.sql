-- Refused orders that were sent again and refused again, as they were sent last.
-- in:    ids uuid[], channels text[], external_ids text[], codes text[], messages text[], bodies jsonb[],
--        identity_hashes bytea[], act_ids uuid[]
-- locks: the inbox rows (locked already)
-- uses:  inbox_pkey
UPDATE inbox AS i
SET channel = v.channel, external_id = v.external_id, code = v.code, message = v.message, body = v.body,
    identity_hash = v.identity_hash, act_id = v.act_id
FROM unnest($1::uuid[], $2::text[], $3::text[], $4::text[], $5::text[], $6::jsonb[], $7::bytea[], $8::uuid[])
     AS v (id, channel, external_id, code, message, body, identity_hash, act_id)
WHERE i.id = v.id
