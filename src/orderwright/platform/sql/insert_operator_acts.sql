-- Record what one call did to several things that merchants share.
-- in:    merchant text, verb text, actor text, origin text, subject_kind text, reason text, request_id text,
--        act_ids uuid[], subject_ids uuid[], befores text[] (JSON objects), afters text[] (the same)
-- locks: nothing
-- uses:  operator_act_pkey
INSERT INTO operator_act (
    id, merchant, verb, actor, origin, subject_kind, subject_id, before, after, reason, request_id
)
SELECT n.id, $1::text, $2::text, $3::text, $4::text, $5::text, n.subject_id, n.before::jsonb, n.after::jsonb, $6::text,
       $7::text
FROM unnest($8::uuid[], $9::uuid[], $10::text[], $11::text[]) AS n (id, subject_id, before, after)
