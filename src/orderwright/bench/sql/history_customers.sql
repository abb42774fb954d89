-- Customers of a made-up history.
-- in:    first bigint, last bigint
-- locks: nothing
-- uses:  customer_identity_hash_key
INSERT INTO customer (id, identity_hash)
SELECT (left(md5('customer' || k), 12) || '7' || substr(md5('customer' || k), 14, 3) || '8'
        || right(md5('customer' || k), 15))::uuid,
       decode(md5('identity' || k), 'hex')
FROM generate_series($1::bigint, $2::bigint) AS k
