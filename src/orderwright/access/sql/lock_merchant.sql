-- Let nobody else change the people and roles of a merchant meanwhile: whoever comes second sees what the first did.
-- in:    merchant text
-- locks: the merchant, FOR NO KEY UPDATE
-- uses:  merchant_pkey
SELECT m.code FROM merchant AS m WHERE m.code = $1::text ORDER BY m.code FOR NO KEY UPDATE
