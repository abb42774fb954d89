-- What was answered to keys before.
-- in:    keys text[]
-- locks: nothing
-- uses:  builtin_operation_pkey
SELECT o.key, o.content, o.reference, o.kind, o.amount_minor, o.done, o.code
FROM builtin_operation AS o
WHERE o.key = ANY ($1::text[])
