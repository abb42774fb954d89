-- Law M1, of documents: the numbers of a series are 1 to its last, each once; a document comes to its lines; a credit note
-- refers to an invoice of its order and company, and an order's credit notes are not worth more than its invoices.
-- in:    nothing
-- locks: nothing
-- uses:  whole tables: an audit reads everything
WITH numbered AS (
    SELECT d.legal_entity_id, d.kind, d.year, count(*) AS documents, min(d.series_number) AS first,
           max(d.series_number) AS last
    FROM document AS d
    GROUP BY d.legal_entity_id, d.kind, d.year
), summed AS (
    SELECT l.document_id, sum(l.net_minor) AS net, sum(l.tax_minor) AS tax, sum(l.gross_minor) AS gross
    FROM document_line AS l
    GROUP BY l.document_id
), credited AS (
    SELECT d.order_id,
           sum(CASE d.kind WHEN 'invoice' THEN d.gross_minor WHEN 'credit_note' THEN -d.gross_minor END) AS worth
    FROM document AS d
    WHERE d.kind <> 'receipt'
    GROUP BY d.order_id
)
SELECT format('series %s %s %s', coalesce(s.legal_entity_id, n.legal_entity_id), coalesce(s.kind, n.kind),
              coalesce(s.year, n.year)) AS subject,
       format('%s documents from %s to %s, and the last number is %s', coalesce(n.documents, 0), n.first, n.last,
              s.last_number) AS detail
FROM document_series AS s
FULL JOIN numbered AS n ON n.legal_entity_id = s.legal_entity_id AND n.kind = s.kind AND n.year = s.year
WHERE (n.documents, n.first, n.last) IS DISTINCT FROM (s.last_number, 1::bigint, s.last_number)
UNION ALL
SELECT format('document %s', d.id),
       format('net %s tax %s gross %s, its lines %s %s %s', d.net_minor, d.tax_minor, d.gross_minor, l.net, l.tax, l.gross)
FROM document AS d
LEFT JOIN summed AS l ON l.document_id = d.id
WHERE (l.net, l.tax, l.gross) IS DISTINCT FROM (d.net_minor, d.tax_minor, d.gross_minor)
UNION ALL
SELECT format('document %s', d.id), format('refers to %s, which is no invoice of its order and company', d.refers_to)
FROM document AS d
LEFT JOIN document AS r ON r.id = d.refers_to
WHERE d.kind = 'credit_note'
      AND (r.kind, r.order_id, r.legal_entity_id) IS DISTINCT FROM ('invoice', d.order_id, d.legal_entity_id)
UNION ALL
SELECT format('order %s', c.order_id), format('its invoices less its credit notes are worth %s', c.worth)
FROM credited AS c
WHERE c.worth < 0
LIMIT 100
