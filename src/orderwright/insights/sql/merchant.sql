-- A merchant's name, zone, reporting currency and order number format. In the operator schema.
-- in:    code text
-- locks: nothing
-- uses:  merchant_pkey
SELECT m.code, m.name, m.time_zone, m.reporting_currency, m.order_number_format
FROM merchant AS m
WHERE m.code = $1
