-- Record one act on what merchants share: people, roles, keys, sessions.
-- in:    act_id uuid, merchant text, verb text, actor text, origin text, subject_kind text, subject_id uuid,
--        ok boolean, before text (a JSON object), after text (the same), reason text, request_id text
-- locks: nothing
-- uses:  operator_act_pkey
INSERT INTO operator_act (id, merchant, verb, actor, origin, subject_kind, subject_id, ok, before, after, reason, request_id)
VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9::text::jsonb, $10::text::jsonb, $11, $12)
