-- Take the refused orders that this call just put into the inbox out of it again, in order; bodies of orders that were
-- taken without a part of them stay.
-- in:    since uuid (an id of before), request_id text
-- locks: the rows deleted
-- uses:  inbox_pkey, act_pkey
DELETE FROM inbox AS i
USING act AS a
WHERE i.id > $1::uuid AND a.id = i.act_id AND a.request_id = $2 AND a.recorded_at = now()
  AND i.code <> 'content_dropped'
RETURNING i.id, i.channel, i.external_id, i.code, i.message, i.body, i.identity_hash, i.act_id
