-- SKUs of a made-up history that somebody waits for beside stock stand in the backorder pump's queue, for tomorrow: no
-- worker stirs while the history is read.
-- in:    nothing
-- locks: nothing
-- uses:  whole table
INSERT INTO work (stage, subject_id, due)
SELECT DISTINCT 'backorders', a.sku_id, now() + interval '1 day'
FROM availability AS a
WHERE a.available_to_promise > 0 AND a.backordered > 0
