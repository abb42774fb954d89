-- Take the pools from channels that are written anew.
-- in:    channel_ids uuid[]
-- locks: the rows deleted (the catalogue's lock is held)
-- uses:  channel_pool_pkey
DELETE FROM channel_pool AS c WHERE c.channel_id = ANY ($1::uuid[])
