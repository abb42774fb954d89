-- Which of these pay-outs were imported before.
-- in:    providers text[], refs text[]
-- locks: nothing
-- uses:  payout_provider_reference_key
SELECT p.provider, p.reference, p.id, p.content
FROM unnest($1::text[], $2::text[]) AS k (provider, reference)
JOIN payout AS p ON p.provider = k.provider AND p.reference = k.reference
