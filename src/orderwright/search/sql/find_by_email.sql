-- Orders with a contact of this e-mail address.
-- in:    below uuid (exclusive), from uuid, limit integer, email text (in small letters)
-- locks: nothing
-- uses:  contact_email_idx
SELECT DISTINCT c.order_id AS id
FROM contact AS c
WHERE lower(c.email) = $4::text AND c.order_id < $1::uuid AND c.order_id >= $2::uuid
ORDER BY c.order_id DESC
LIMIT $3::integer
