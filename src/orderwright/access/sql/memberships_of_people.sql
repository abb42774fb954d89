-- What people may do, at every merchant of theirs. A role that a merchant made has its permissions here; a built-in one
-- has none.
-- in:    person_ids uuid[]
-- locks: nothing
-- uses:  membership_pkey, merchant_pkey, role_pkey, person_limit_pkey, role_limit_pkey
SELECT m.person_id, m.merchant, c.name AS merchant_name, m.role, r.name AS role_name, r.permissions, m.channel_ids,
       m.location_ids, coalesce(pl.limits, rl.limits)::text AS limits
FROM membership AS m
JOIN merchant AS c ON c.code = m.merchant
LEFT JOIN role AS r ON r.merchant = m.merchant AND r.code = m.role
LEFT JOIN person_limit AS pl ON pl.merchant = m.merchant AND pl.person_id = m.person_id
LEFT JOIN role_limit AS rl ON rl.merchant = m.merchant AND rl.role = m.role
WHERE m.person_id = ANY ($1::uuid[])
ORDER BY m.person_id, m.merchant
