-- What is posted is added to the totals beside the ledger, in the same statement.
CREATE TRIGGER portal_total_insert AFTER INSERT ON disbursements_disbursement
WHEN NEW.status = 'posted'
BEGIN
    INSERT INTO disbursements_ledgertotal (<key>, month, amount, rows)
    VALUES (<new>, (SELECT start FROM programs_period WHERE id = NEW.period_id), NEW.amount, 1)
    ON CONFLICT (<key>, month) DO UPDATE SET amount = amount + excluded.amount, rows = rows + 1;
    INSERT INTO disbursements_ledgeryear (fiscal_year_id, amount, rows, latest)
    VALUES (NEW.fiscal_year_id, NEW.amount, 1, NEW.date)
    ON CONFLICT (fiscal_year_id) DO UPDATE
    SET amount = amount + excluded.amount, rows = rows + 1, latest = MAX(latest, excluded.latest);
END
--;
CREATE TRIGGER portal_total_update AFTER UPDATE ON disbursements_disbursement
WHEN NEW.status = 'posted' AND OLD.status <> 'posted'
BEGIN
    INSERT INTO disbursements_ledgertotal (<key>, month, amount, rows)
    VALUES (<new>, (SELECT start FROM programs_period WHERE id = NEW.period_id), NEW.amount, 1)
    ON CONFLICT (<key>, month) DO UPDATE SET amount = amount + excluded.amount, rows = rows + 1;
    INSERT INTO disbursements_ledgeryear (fiscal_year_id, amount, rows, latest)
    VALUES (NEW.fiscal_year_id, NEW.amount, 1, NEW.date)
    ON CONFLICT (fiscal_year_id) DO UPDATE
    SET amount = amount + excluded.amount, rows = rows + 1, latest = MAX(latest, excluded.latest);
END
