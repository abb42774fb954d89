-- Remove old entries of the job queue's log.
-- in:    nothing
-- locks: pgqueuer_log rows
-- uses:  pgqueuer_log_created
DELETE FROM pgqueuer_log AS l WHERE l.created < now() - interval '30 days'
