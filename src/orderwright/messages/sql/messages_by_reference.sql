-- Messages that are known by these hashes of references.
-- in:    media text[], reference_hashes bytea[]
-- locks: nothing
-- uses:  message_reference_key
SELECT m.id, m.medium, m.reference_hash
FROM unnest($1::text[], $2::bytea[]) AS d (medium, reference_hash)
JOIN message AS m ON m.medium = d.medium AND m.reference_hash = d.reference_hash
