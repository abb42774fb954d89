-- Law T6: every event, movement, hold, decision and document refers to an act that says who, for whom, why and when; the
-- acts of a stage always say why.
-- in:    nothing
-- locks: nothing
-- uses:  whole tables: an audit reads everything
SELECT format('%s of act %s', r.what, r.act_id) AS subject, 'refers to no act' AS detail
FROM (
    SELECT DISTINCT 'event' AS what, act_id FROM event
    UNION ALL SELECT DISTINCT 'movement', act_id FROM movement
    UNION ALL SELECT DISTINCT 'hold', act_id FROM hold
    UNION ALL SELECT DISTINCT 'decision', act_id FROM sourcing_decision
    UNION ALL SELECT DISTINCT 'document', act_id FROM document
    UNION ALL SELECT DISTINCT 'change', act_id FROM change
    UNION ALL SELECT DISTINCT 'approval', act_id FROM approval
    UNION ALL SELECT DISTINCT 'bulk run', act_id FROM bulk_run
    UNION ALL SELECT DISTINCT 'store credit', act_id FROM credit_entry
) AS r
WHERE NOT EXISTS (SELECT 1 FROM act AS a WHERE a.id = r.act_id)
UNION ALL
SELECT format('act %s', a.id), format('%s gives no reason', a.actor)
FROM act AS a
WHERE a.actor LIKE 'pump:%' AND coalesce(a.reason, '') = ''
LIMIT 100
