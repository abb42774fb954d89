-- Identities of a made-up history.
-- in:    first bigint, last bigint (the orders' numbers)
-- locks: nothing
-- uses:  orders_number_key
INSERT INTO order_identity (channel_id, external_id, order_id, fingerprint)
SELECT o.channel_id, o.external_id, o.id, decode(repeat(md5(o.external_id), 5), 'hex')
FROM orders AS o
WHERE o.number BETWEEN $1::bigint AND $2::bigint
