-- Change claims, where both states are still what was read (law T3).
-- in:    ids uuid[], was text[], states text[], parties text[], resolutions text[], reasons text[], child_ids uuid[],
--        allowances bigint[], carrier_was text[], carrier_states text[], file_by date[], carrier_references text[],
--        carrier_reasons text[], expected bigint[], recovered bigint[]
-- locks: rows of orders that the caller holds locked
-- uses:  claim_pkey
UPDATE claim AS c
SET state = d.state, party = d.party, resolution = d.resolution, reason = d.reason, child_order_id = d.child_id,
    allowance_minor = d.allowance, carrier_state = d.carrier_state, file_by = d.file_by,
    carrier_reference = d.carrier_reference, carrier_reason = d.carrier_reason, expected_minor = d.expected,
    recovered_minor = d.recovered, version = c.version + 1,
    entered_at = CASE WHEN c.state = d.state THEN c.entered_at ELSE now() END,
    carrier_entered_at = CASE WHEN c.carrier_state = d.carrier_state THEN c.carrier_entered_at ELSE now() END
FROM unnest($1::uuid[], $2::text[], $3::text[], $4::text[], $5::text[], $6::text[], $7::uuid[], $8::bigint[],
            $9::text[], $10::text[], $11::date[], $12::text[], $13::text[], $14::bigint[], $15::bigint[])
     AS d (id, was, state, party, resolution, reason, child_id, allowance, carrier_was, carrier_state, file_by,
           carrier_reference, carrier_reason, expected, recovered)
WHERE c.id = d.id AND c.state = d.was AND c.carrier_state = d.carrier_was
