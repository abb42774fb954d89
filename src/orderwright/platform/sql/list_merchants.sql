-- All merchants of this installation.
-- in:    nothing
-- locks: nothing
-- uses:  merchant_pkey
SELECT m.code FROM merchant AS m ORDER BY m.code
