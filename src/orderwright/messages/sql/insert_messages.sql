-- Write messages, but for those whose reference was kept meanwhile; answers the ids of those that are new.
-- in:    ids uuid[], order_ids uuid[], customer_ids uuid[], directions text[], media text[], authors text[],
--        recorded_by text[], words text[], references text[], reference_hashes bytea[], metadata text[] (JSON),
--        deliveries text[], answers text[], said_at timestamptz[]
-- locks: the new rows, in the order of their references; the caller holds the locks of orders or customers
-- uses:  message_pkey, message_reference_key
INSERT INTO message (id, order_id, customer_id, direction, medium, author, recorded_by, words, reference, reference_hash,
                     metadata, delivery, answer, said_at)
SELECT d.id, d.order_id, d.customer_id, d.direction, d.medium, d.author, d.recorded_by, d.words, d.reference,
       d.reference_hash, d.metadata::jsonb, d.delivery, d.answer, d.said_at
FROM unnest($1::uuid[], $2::uuid[], $3::uuid[], $4::text[], $5::text[], $6::text[], $7::text[], $8::text[], $9::text[],
            $10::bytea[], $11::text[], $12::text[], $13::text[], $14::timestamptz[])
     AS d (id, order_id, customer_id, direction, medium, author, recorded_by, words, reference, reference_hash, metadata,
           delivery, answer, said_at)
ORDER BY d.reference_hash, d.id
ON CONFLICT ON CONSTRAINT message_reference_key DO NOTHING
RETURNING id
