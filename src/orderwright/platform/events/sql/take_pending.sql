-- Take committed events that have no position yet: all of each subject that is met, so that none overtakes another.
-- in:    limit int (events looked at; their subjects may have a few more)
-- locks: event_pending rows, which only the sequencer removes
-- uses:  no index: the table holds little but what is taken
DELETE FROM event_pending AS p
WHERE p.subject_id IN (SELECT q.subject_id FROM event_pending AS q LIMIT $1)
RETURNING p.subject_id, p.seq
