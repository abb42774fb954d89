-- Who may do everything at a merchant, without limits, and may sign in.
-- in:    merchant text, role text
-- locks: nothing (the merchant is locked)
-- uses:  membership_merchant_idx, person_pkey
SELECT m.person_id AS id
FROM membership AS m
JOIN person AS p ON p.id = m.person_id
WHERE m.merchant = $1::text AND m.role = $2::text AND m.channel_ids IS NULL AND m.location_ids IS NULL
  AND p.deactivated_at IS NULL
