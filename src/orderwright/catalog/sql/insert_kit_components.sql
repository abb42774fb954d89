-- Put components into kits, by the components' codes.
-- in:    kit_ids uuid[], ns int[], component_codes text[], quantities int[]
-- locks: the SKUs that are referred to, FOR KEY SHARE
-- uses:  kit_component_pkey, sku_code_key
INSERT INTO kit_component (kit_sku_id, n, component_sku_id, quantity)
SELECT v.kit_sku_id, v.n, s.id, v.quantity
FROM unnest($1::uuid[], $2::integer[], $3::text[], $4::integer[]) AS v (kit_sku_id, n, code, quantity)
JOIN sku AS s ON s.code = v.code
