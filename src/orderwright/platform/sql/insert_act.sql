-- Record one act.
-- in:    act_id uuid, verb text, actor text, on_behalf_of text, reason text, cause text, request_id text,
--        origin text
-- locks: nothing
-- uses:  act_pkey
INSERT INTO act (id, verb, actor, on_behalf_of, reason, cause, request_id, origin)
VALUES ($1, $2, $3, $4, $5, $6, $7, $8)
