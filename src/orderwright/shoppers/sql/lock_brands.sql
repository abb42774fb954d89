-- Lock the channels whose brands are to change, so that versions are given one after the other.
-- in:    channel_ids uuid[]
-- locks: channel (id order), FOR NO KEY UPDATE
-- uses:  channel_pkey
SELECT c.id
FROM channel AS c
WHERE c.id = ANY ($1::uuid[])
ORDER BY c.id
FOR NO KEY UPDATE
