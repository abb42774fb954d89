-- What the people of a merchant are called, for who reads what they did: also of those who were deactivated.
-- in:    merchant text, limit integer
-- locks: nothing
-- uses:  membership_merchant_idx, person_pkey
SELECT p.id, p.name
FROM membership AS m
JOIN person AS p ON p.id = m.person_id
WHERE m.merchant = $1::text
ORDER BY m.person_id
LIMIT $2::integer
