-- Empty the messages of orders and customers: what was said, what it is called elsewhere, and what came with it (law T5).
-- Nobody waits for an answer any more.
-- in:    order_ids uuid[], customer_ids uuid[], erased_by text
-- locks: the rows
-- uses:  message_order_idx, message_customer_idx
UPDATE message AS m
SET words = NULL, reference = NULL, metadata = '{}', version = m.version + 1,
    answer = CASE m.answer WHEN 'awaited' THEN 'not_needed' ELSE m.answer END,
    answered_by = CASE m.answer WHEN 'awaited' THEN $3::text ELSE m.answered_by END,
    answered_at = CASE m.answer WHEN 'awaited' THEN now() ELSE m.answered_at END
WHERE (m.order_id = ANY ($1::uuid[]) OR m.customer_id = ANY ($2::uuid[])) AND m.words IS NOT NULL
