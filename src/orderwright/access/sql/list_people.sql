-- A page of a merchant's people, by id, with what else is to be known of them.
-- in:    merchant text, after uuid (the id of the last of the page before, or the zero id), limit integer,
--        person_id uuid (only this one, or NULL)
-- locks: nothing
-- uses:  membership_merchant_idx, person_pkey, second_factor_pkey, session_person_idx
SELECT p.id, p.email, p.name, p.time_zone, p.locale, p.created_at, p.deactivated_at,
       p.password_hash IS NOT NULL AS has_password, f.confirmed_at IS NOT NULL AS has_second_factor,
       m.role, r.name AS role_name, r.permissions, m.channel_ids, m.location_ids,
       (SELECT max(s.seen_at) FROM session AS s WHERE s.person_id = p.id) AS seen_at
FROM membership AS m
JOIN person AS p ON p.id = m.person_id
LEFT JOIN second_factor AS f ON f.person_id = p.id
LEFT JOIN role AS r ON r.merchant = m.merchant AND r.code = m.role
WHERE m.merchant = $1::text AND m.person_id > $2::uuid AND ($4::uuid IS NULL OR m.person_id = $4::uuid)
ORDER BY m.person_id
LIMIT $3::integer
