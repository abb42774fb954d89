-- Orders with a contact of this telephone number: the last eight digits are the same, and one number ends with the
-- other, so that a country's own form is found by the international one and the other way round.
-- in:    below uuid (exclusive), from uuid, limit integer, ending text (its last eight digits),
--        digits text (all of them, without leading zeros)
-- locks: nothing
-- uses:  contact_phone_idx
SELECT DISTINCT c.order_id AS id
FROM contact AS c
CROSS JOIN LATERAL (
    SELECT ltrim(translate(c.phone, translate(c.phone, '0123456789', ''), ''), '0') AS digits
) AS p
WHERE c.phone IS NOT NULL AND right(translate(c.phone, translate(c.phone, '0123456789', ''), ''), 8) = $4::text
      AND c.order_id < $1::uuid AND c.order_id >= $2::uuid
      AND (right(p.digits, length($5::text)) = $5::text OR right($5::text, length(p.digits)) = p.digits)
ORDER BY c.order_id DESC
LIMIT $3::integer
