-- Payments bring no more than they have by now.
-- in:    payment_ids uuid[]
-- locks: the payments; the caller holds their orders' locks
-- uses:  payment_pkey
UPDATE payment AS p SET amount_minor = p.authorized_minor, version = p.version + 1
WHERE p.id = ANY ($1::uuid[]) AND p.amount_minor <> p.authorized_minor
