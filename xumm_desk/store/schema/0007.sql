-- Which requests refund a sale: what is left of it must be known for any sale that ever was.
CREATE INDEX facts_refund_of ON facts (
    CASE WHEN json_valid(text)
        THEN json_extract(text, '$.body.custom_meta.blob.sale.refund_of') END
) WHERE kind = 'intent';
