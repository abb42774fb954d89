-- Lock refused orders, with their bodies.
-- in:    ids uuid[], channel_ids uuid[] (NULL: all; those of the channels that the actor may touch)
-- locks: inbox rows (id order), FOR UPDATE
-- uses:  inbox_pkey, channel_code_key, act_pkey
SELECT i.id, i.channel, i.external_id, i.code, i.message, i.received_at, i.body, a.actor, a.request_id
FROM inbox AS i
JOIN act AS a ON a.id = i.act_id
WHERE i.id = ANY ($1::uuid[])
  AND ($2::uuid[] IS NULL OR EXISTS (
      SELECT FROM channel AS h WHERE h.code = i.channel AND h.id = ANY ($2::uuid[])))
ORDER BY i.id
FOR UPDATE OF i
