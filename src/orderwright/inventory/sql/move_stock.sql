-- Add to the buckets of stock rows that are locked already. A bucket that would become negative fails the transaction.
-- in:    sku_ids uuid[], location_ids uuid[], then int[] for each of available, withheld, allocated, picked, packed,
--        quarantine, damaged, in_transit
-- locks: none that the caller does not hold
-- uses:  stock_pkey
UPDATE stock AS s
SET available = s.available + d.available,
    withheld = s.withheld + d.withheld,
    allocated = s.allocated + d.allocated,
    picked = s.picked + d.picked,
    packed = s.packed + d.packed,
    quarantine = s.quarantine + d.quarantine,
    damaged = s.damaged + d.damaged,
    in_transit = s.in_transit + d.in_transit
FROM unnest($1::uuid[], $2::uuid[], $3::integer[], $4::integer[], $5::integer[], $6::integer[], $7::integer[],
            $8::integer[], $9::integer[], $10::integer[])
     AS d (sku_id, location_id, available, withheld, allocated, picked, packed, quarantine, damaged, in_transit)
WHERE s.sku_id = d.sku_id AND s.location_id = d.location_id
