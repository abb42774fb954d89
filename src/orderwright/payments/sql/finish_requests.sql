-- Write what became of requests, where nobody has yet (law T3).
-- in:    request_ids uuid[], states text[], codes text[], sources text[] (of each target state: all the same)
-- locks: the requests; the caller holds their orders' locks
-- uses:  payment_request_pkey
UPDATE payment_request AS r
SET state = d.state, code = d.code, finished_at = now()
FROM unnest($1::uuid[], $2::text[], $3::text[]) AS d (id, state, code)
WHERE r.id = d.id AND r.state = ANY ($4::text[])
RETURNING r.id
