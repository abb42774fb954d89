-- How many people of a merchant have each role.
-- in:    merchant text
-- locks: nothing
-- uses:  membership_merchant_idx
SELECT m.role AS code, count(*) AS people
FROM membership AS m
WHERE m.merchant = $1::text
GROUP BY m.role
