-- Orders whose promised units of these SKUs no location could bring: they wait in the sourcing queue for a later moment.
-- in:    sku_ids uuid[]
-- locks: nothing
-- uses:  work_due_idx (few wait), promise_pkey
SELECT DISTINCT w.subject_id AS id
FROM work AS w
JOIN promise AS p ON p.order_id = w.subject_id
WHERE w.stage = 'source' AND w.due > now() AND w.set_aside_at IS NULL AND p.sku_id = ANY ($1::uuid[])
