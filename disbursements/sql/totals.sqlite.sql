-- What is posted is added to the totals beside the ledger, in the same statement.
CREATE TRIGGER portal_total_insert AFTER INSERT ON disbursements_disbursement
WHEN NEW.status = 'posted'
BEGIN
    INSERT INTO disbursements_ledgeryear
        (fiscal_year_id, amount, rows, latest, kept, kept_rows)
    VALUES (NEW.fiscal_year_id, NEW.amount, 1, NEW.date, 0, 0)
    ON CONFLICT (fiscal_year_id) DO UPDATE
    SET amount = amount + excluded.amount, rows = rows + 1, latest = MAX(latest, excluded.latest);
    INSERT INTO disbursements_ledgertotal (<key>, month, amount, rows)
    VALUES (<new>, (SELECT start FROM programs_period WHERE id = NEW.period_id), NEW.amount, 1)
    ON CONFLICT (<key>, month) DO UPDATE SET amount = amount + excluded.amount, rows = rows + 1;
END
--;
CREATE TRIGGER portal_total_update AFTER UPDATE ON disbursements_disbursement
WHEN NEW.status = 'posted' AND OLD.status <> 'posted'
BEGIN
    INSERT INTO disbursements_ledgeryear
        (fiscal_year_id, amount, rows, latest, kept, kept_rows)
    VALUES (NEW.fiscal_year_id, NEW.amount, 1, NEW.date, 0, 0)
    ON CONFLICT (fiscal_year_id) DO UPDATE
    SET amount = amount + excluded.amount, rows = rows + 1, latest = MAX(latest, excluded.latest);
    INSERT INTO disbursements_ledgertotal (<key>, month, amount, rows)
    VALUES (<new>, (SELECT start FROM programs_period WHERE id = NEW.period_id), NEW.amount, 1)
    ON CONFLICT (<key>, month) DO UPDATE SET amount = amount + excluded.amount, rows = rows + 1;
END
--;
-- What the totals of a year add up to, whoever changes one.
CREATE TRIGGER portal_kept_insert AFTER INSERT ON disbursements_ledgertotal
BEGIN
    UPDATE disbursements_ledgeryear SET kept = kept + NEW.amount, kept_rows = kept_rows + NEW.rows
    WHERE fiscal_year_id = NEW.fiscal_year_id;
END
--;
CREATE TRIGGER portal_kept_update AFTER UPDATE ON disbursements_ledgertotal
BEGIN
    UPDATE disbursements_ledgeryear SET kept = kept - OLD.amount, kept_rows = kept_rows - OLD.rows
    WHERE fiscal_year_id = OLD.fiscal_year_id;
    UPDATE disbursements_ledgeryear SET kept = kept + NEW.amount, kept_rows = kept_rows + NEW.rows
    WHERE fiscal_year_id = NEW.fiscal_year_id;
END
--;
CREATE TRIGGER portal_kept_delete AFTER DELETE ON disbursements_ledgertotal
BEGIN
    UPDATE disbursements_ledgeryear SET kept = kept - OLD.amount, kept_rows = kept_rows - OLD.rows
    WHERE fiscal_year_id = OLD.fiscal_year_id;
END
