-- What is posted is added to the totals beside the ledger, in the same statement: once for all its
-- rows, in the order of their keys, so that two statements never wait for each other crosswise.
CREATE FUNCTION portal_guard_totals() RETURNS trigger AS $guard$
DECLARE posted bigint[];
BEGIN
    IF TG_OP = 'INSERT' THEN
        posted := ARRAY(SELECT id FROM rows_now WHERE status = 'posted');
    ELSE
        posted := ARRAY(SELECT n.id FROM rows_now n JOIN rows_before b ON b.id = n.id
            WHERE n.status = 'posted' AND b.status <> 'posted');
    END IF;
    IF cardinality(posted) = 0 THEN RETURN NULL; END IF;
    INSERT INTO disbursements_ledgeryear AS y
        (fiscal_year_id, amount, rows, latest, kept, kept_rows)
    SELECT fiscal_year_id, SUM(amount), COUNT(*), MAX(date), 0, 0
    FROM disbursements_disbursement WHERE id = ANY (posted)
    GROUP BY fiscal_year_id ORDER BY fiscal_year_id
    ON CONFLICT (fiscal_year_id) DO UPDATE
    SET amount = y.amount + excluded.amount, rows = y.rows + excluded.rows,
        latest = GREATEST(y.latest, excluded.latest);
    INSERT INTO disbursements_ledgertotal AS t (<key>, month, amount, rows)
    SELECT <key>, start, SUM(amount), COUNT(*)
    FROM (SELECT d.*, p.start FROM disbursements_disbursement d
          JOIN programs_period p ON p.id = d.period_id WHERE d.id = ANY (posted)) found
    GROUP BY <key>, start ORDER BY <key>, start
    ON CONFLICT (<key>, month) DO UPDATE
    SET amount = t.amount + excluded.amount, rows = t.rows + excluded.rows;
    RETURN NULL;
END
$guard$ LANGUAGE plpgsql
--;
CREATE TRIGGER portal_totals_insert AFTER INSERT ON disbursements_disbursement
REFERENCING NEW TABLE AS rows_now FOR EACH STATEMENT EXECUTE FUNCTION portal_guard_totals()
--;
CREATE TRIGGER portal_totals_update AFTER UPDATE ON disbursements_disbursement
REFERENCING OLD TABLE AS rows_before NEW TABLE AS rows_now
FOR EACH STATEMENT EXECUTE FUNCTION portal_guard_totals()
--;
-- What the totals of a year add up to, whoever changes one.
CREATE FUNCTION portal_guard_kept() RETURNS trigger AS $guard$
BEGIN
    IF TG_OP <> 'INSERT' THEN
        UPDATE disbursements_ledgeryear y
        SET kept = y.kept - b.amount, kept_rows = y.kept_rows - b.rows
        FROM (SELECT fiscal_year_id, SUM(amount) AS amount, SUM(rows) AS rows
              FROM rows_before GROUP BY fiscal_year_id) b
        WHERE y.fiscal_year_id = b.fiscal_year_id;
    END IF;
    IF TG_OP <> 'DELETE' THEN
        UPDATE disbursements_ledgeryear y
        SET kept = y.kept + n.amount, kept_rows = y.kept_rows + n.rows
        FROM (SELECT fiscal_year_id, SUM(amount) AS amount, SUM(rows) AS rows
              FROM rows_now GROUP BY fiscal_year_id) n
        WHERE y.fiscal_year_id = n.fiscal_year_id;
    END IF;
    RETURN NULL;
END
$guard$ LANGUAGE plpgsql
--;
CREATE TRIGGER portal_kept_insert AFTER INSERT ON disbursements_ledgertotal
REFERENCING NEW TABLE AS rows_now FOR EACH STATEMENT EXECUTE FUNCTION portal_guard_kept()
--;
CREATE TRIGGER portal_kept_update AFTER UPDATE ON disbursements_ledgertotal
REFERENCING OLD TABLE AS rows_before NEW TABLE AS rows_now
FOR EACH STATEMENT EXECUTE FUNCTION portal_guard_kept()
--;
CREATE TRIGGER portal_kept_delete AFTER DELETE ON disbursements_ledgertotal
REFERENCING OLD TABLE AS rows_before FOR EACH STATEMENT EXECUTE FUNCTION portal_guard_kept()
