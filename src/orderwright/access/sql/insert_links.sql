-- Keep addresses that work once.
-- in:    token_hashes bytea[], purpose text, person_ids uuid[], good_for_s integer
-- locks: the people, FOR KEY SHARE
-- uses:  one_time_link_pkey
INSERT INTO one_time_link (token_hash, purpose, person_id, expires_at)
SELECT n.token_hash, $2::text, n.person_id, now() + make_interval(secs => $4::integer)
FROM unnest($1::bytea[], $3::uuid[]) AS n (token_hash, person_id)
