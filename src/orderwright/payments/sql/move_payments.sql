-- Move the sums of payments; how the payer pays is forgotten when the provider knows the payment. Laws M1 and T3: the constraints of `payment` refuse what cannot be.
-- in:    payment_ids uuid[], authorized bigint[], released bigint[], captured bigint[], capturing bigint[],
--        refunded bigint[], refunding bigint[] (all differences; a payment may come several times), references text[],
--        expires timestamptz[], refused text[] (each NULL: as it was; an empty refused code: none)
-- locks: the payments; the caller holds their orders' locks
-- uses:  payment_pkey
UPDATE payment AS p
SET authorized_minor = p.authorized_minor + d.authorized, released_minor = p.released_minor + d.released,
    captured_minor = p.captured_minor + d.captured, capturing_minor = p.capturing_minor + d.capturing,
    refunded_minor = p.refunded_minor + d.refunded, refunding_minor = p.refunding_minor + d.refunding,
    reference = coalesce(d.reference, p.reference), token = CASE WHEN d.reference IS NULL THEN p.token END, expires_at = coalesce(d.expires, p.expires_at),
    refused_code = nullif(coalesce(d.refused, p.refused_code), ''), version = p.version + 1
FROM (
    SELECT c.payment_id, sum(c.authorized)::bigint AS authorized, sum(c.released)::bigint AS released,
           sum(c.captured)::bigint AS captured, sum(c.capturing)::bigint AS capturing,
           sum(c.refunded)::bigint AS refunded, sum(c.refunding)::bigint AS refunding, max(c.reference) AS reference,
           max(c.expires) AS expires, max(c.refused) AS refused
    FROM unnest($1::uuid[], $2::bigint[], $3::bigint[], $4::bigint[], $5::bigint[], $6::bigint[], $7::bigint[],
                $8::text[], $9::timestamptz[], $10::text[])
         AS c (payment_id, authorized, released, captured, capturing, refunded, refunding, reference, expires, refused)
    GROUP BY c.payment_id
) AS d
WHERE p.id = d.payment_id
