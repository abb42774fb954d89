-- What somebody who may still sign in may do at one merchant.
-- in:    person_id uuid, merchant text
-- locks: nothing
-- uses:  membership_pkey, person_pkey, merchant_pkey, role_pkey, person_limit_pkey, role_limit_pkey
SELECT m.person_id, m.merchant, c.name AS merchant_name, m.role, r.name AS role_name, r.permissions, m.channel_ids,
       m.location_ids, coalesce(pl.limits, rl.limits)::text AS limits
FROM membership AS m
JOIN person AS p ON p.id = m.person_id AND p.deactivated_at IS NULL
JOIN merchant AS c ON c.code = m.merchant
LEFT JOIN role AS r ON r.merchant = m.merchant AND r.code = m.role
LEFT JOIN person_limit AS pl ON pl.merchant = m.merchant AND pl.person_id = m.person_id
LEFT JOIN role_limit AS rl ON rl.merchant = m.merchant AND rl.role = m.role
WHERE m.person_id = $1::uuid AND m.merchant = $2::text
