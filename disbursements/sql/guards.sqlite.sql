-- A closed month takes no posted row.
CREATE TRIGGER portal_period_insert BEFORE INSERT ON disbursements_disbursement
WHEN NEW.status = 'posted'
    AND (SELECT state FROM programs_period WHERE id = NEW.period_id) = 'closed'
BEGIN SELECT RAISE(ABORT, 'portal: period closed'); END
--;
CREATE TRIGGER portal_period_update BEFORE UPDATE ON disbursements_disbursement
WHEN NEW.status = 'posted' AND OLD.status <> 'posted'
    AND (SELECT state FROM programs_period WHERE id = NEW.period_id) = 'closed'
BEGIN SELECT RAISE(ABORT, 'portal: period closed'); END
--;
-- A posted row keeps all its columns but those of `fields.CHANGES_WHEN_POSTED` and is never deleted.
CREATE TRIGGER portal_posted_update BEFORE UPDATE ON disbursements_disbursement
WHEN OLD.status = 'posted' AND (OLD.<frozen>) IS NOT (NEW.<frozen>)
BEGIN SELECT RAISE(ABORT, 'portal: posted row'); END
--;
CREATE TRIGGER portal_posted_delete BEFORE DELETE ON disbursements_disbursement
WHEN OLD.status = 'posted'
BEGIN SELECT RAISE(ABORT, 'portal: posted row'); END
--;
-- A reversal takes back a posted original of the same activity and fund, not before its day, and
-- all of them together never more than it. What an original says is reversed is their sum.
CREATE TRIGGER portal_reversal_insert BEFORE INSERT ON disbursements_disbursement
WHEN NEW.reverses_id IS NOT NULL AND NOT EXISTS (
    SELECT 1 FROM disbursements_disbursement o
    WHERE o.id = NEW.reverses_id AND o.status = 'posted' AND o.reverses_id IS NULL
        AND o.activity_id = NEW.activity_id AND o.fund_id = NEW.fund_id AND o.date <= NEW.date
        AND o.amount + NEW.amount + (SELECT COALESCE(SUM(r.amount), 0)
            FROM disbursements_disbursement r WHERE r.reverses_id = o.id) >= 0
)
BEGIN SELECT RAISE(ABORT, 'portal: reversal'); END
--;
CREATE TRIGGER portal_reversal_update BEFORE UPDATE ON disbursements_disbursement
WHEN NEW.reverses_id IS NOT NULL AND OLD.reverses_id IS NOT NEW.reverses_id
BEGIN SELECT RAISE(ABORT, 'portal: reversal'); END
--;
CREATE TRIGGER portal_reversed_amount BEFORE UPDATE ON disbursements_disbursement
WHEN OLD.status = 'posted' AND OLD.reversed_amount <> NEW.reversed_amount
    AND NEW.reversed_amount <> (SELECT -COALESCE(SUM(r.amount), 0)
        FROM disbursements_disbursement r WHERE r.reverses_id = OLD.id)
BEGIN SELECT RAISE(ABORT, 'portal: reversal'); END
--;
-- The lines and amounts of an approved plan version do not change.
CREATE TRIGGER portal_plan_line_insert BEFORE INSERT ON disbursements_planline
WHEN (SELECT state FROM disbursements_planversion WHERE id = NEW.plan_version_id) = 'approved'
BEGIN SELECT RAISE(ABORT, 'portal: approved plan'); END
--;
CREATE TRIGGER portal_plan_line_update BEFORE UPDATE ON disbursements_planline
WHEN EXISTS (SELECT 1 FROM disbursements_planversion
    WHERE id IN (OLD.plan_version_id, NEW.plan_version_id) AND state = 'approved')
BEGIN SELECT RAISE(ABORT, 'portal: approved plan'); END
--;
CREATE TRIGGER portal_plan_line_delete BEFORE DELETE ON disbursements_planline
WHEN (SELECT state FROM disbursements_planversion WHERE id = OLD.plan_version_id) = 'approved'
BEGIN SELECT RAISE(ABORT, 'portal: approved plan'); END
--;
CREATE TRIGGER portal_plan_amount_insert BEFORE INSERT ON disbursements_planamount
WHEN (SELECT v.state FROM disbursements_planversion v
      JOIN disbursements_planline l ON l.plan_version_id = v.id WHERE l.id = NEW.line_id) = 'approved'
BEGIN SELECT RAISE(ABORT, 'portal: approved plan'); END
--;
CREATE TRIGGER portal_plan_amount_update BEFORE UPDATE ON disbursements_planamount
WHEN EXISTS (SELECT 1 FROM disbursements_planversion v
    JOIN disbursements_planline l ON l.plan_version_id = v.id
    WHERE l.id IN (OLD.line_id, NEW.line_id) AND v.state = 'approved')
BEGIN SELECT RAISE(ABORT, 'portal: approved plan'); END
--;
CREATE TRIGGER portal_plan_amount_delete BEFORE DELETE ON disbursements_planamount
WHEN (SELECT v.state FROM disbursements_planversion v
      JOIN disbursements_planline l ON l.plan_version_id = v.id WHERE l.id = OLD.line_id) = 'approved'
BEGIN SELECT RAISE(ABORT, 'portal: approved plan'); END
--;
-- An approved version stays approved, under its number, as it was approved.
CREATE TRIGGER portal_plan_version_update BEFORE UPDATE ON disbursements_planversion
WHEN OLD.state = 'approved' AND (
    OLD.state <> NEW.state OR OLD.number IS NOT NEW.number
    OR OLD.fiscal_year_id <> NEW.fiscal_year_id OR OLD.origin <> NEW.origin
    OR OLD.based_on_id IS NOT NEW.based_on_id OR OLD.submitted_by_id IS NOT NEW.submitted_by_id
    OR OLD.approved_by_id IS NOT NEW.approved_by_id OR OLD.approved_at IS NOT NEW.approved_at
    OR OLD.reason <> NEW.reason OR OLD.decision_no <> NEW.decision_no
    OR OLD.decision_date IS NOT NEW.decision_date OR OLD.revision IS NOT NEW.revision
    OR OLD.joined_into_id IS NOT NEW.joined_into_id
)
BEGIN SELECT RAISE(ABORT, 'portal: approved plan'); END
--;
CREATE TRIGGER portal_plan_version_delete BEFORE DELETE ON disbursements_planversion
WHEN OLD.state = 'approved'
BEGIN SELECT RAISE(ABORT, 'portal: approved plan'); END
--;
-- Who made, changed or submitted something does not post, approve or reverse it; history alone may
-- be loaded by one person, and only of days before the go-live day, or of fiscal years that began
-- before it. The first posted row or approved plan that is not history fixes that day.
-- Until it, who loaded history takes it back alone.
CREATE TRIGGER portal_four_eyes_insert BEFORE INSERT ON disbursements_disbursement
WHEN NEW.status = 'posted' AND NEW.reverses_id IS NULL AND NEW.origin <> 'history' AND (
    NEW.posted_by_id IN (NEW.created_by_id, NEW.submitted_by_id)
    OR NEW.posted_by_id IN (SELECT user_id FROM disbursements_disbursement_makers
        WHERE disbursement_id = NEW.id)
)
BEGIN SELECT RAISE(ABORT, 'portal: disbursement_four_eyes'); END
--;
CREATE TRIGGER portal_history_insert BEFORE INSERT ON disbursements_disbursement
WHEN NEW.status = 'posted' AND NEW.origin = 'history'
    AND NEW.date >= (SELECT day FROM programs_golive)
BEGIN SELECT RAISE(ABORT, 'portal: history ended'); END
--;
CREATE TRIGGER portal_go_live_insert AFTER INSERT ON disbursements_disbursement
WHEN NEW.status = 'posted' AND NEW.origin <> 'history' AND NEW.reverses_id IS NULL
    AND NOT EXISTS (SELECT 1 FROM programs_golive)
BEGIN INSERT INTO programs_golive (version, one, day, reason)
    SELECT 1, 1, start, '' FROM programs_fiscalyear WHERE id = NEW.fiscal_year_id; END
--;
CREATE TRIGGER portal_four_eyes_update BEFORE UPDATE ON disbursements_disbursement
WHEN NEW.status = 'posted' AND OLD.status <> 'posted' AND NEW.reverses_id IS NULL AND NEW.origin <> 'history' AND (
    NEW.posted_by_id IN (NEW.created_by_id, NEW.submitted_by_id)
    OR NEW.posted_by_id IN (SELECT user_id FROM disbursements_disbursement_makers
        WHERE disbursement_id = NEW.id)
)
BEGIN SELECT RAISE(ABORT, 'portal: disbursement_four_eyes'); END
--;
CREATE TRIGGER portal_history_update BEFORE UPDATE ON disbursements_disbursement
WHEN NEW.status = 'posted' AND OLD.status <> 'posted' AND NEW.origin = 'history'
    AND NEW.date >= (SELECT day FROM programs_golive)
BEGIN SELECT RAISE(ABORT, 'portal: history ended'); END
--;
CREATE TRIGGER portal_go_live_update AFTER UPDATE ON disbursements_disbursement
WHEN NEW.status = 'posted' AND OLD.status <> 'posted' AND NEW.origin <> 'history' AND NEW.reverses_id IS NULL
    AND NOT EXISTS (SELECT 1 FROM programs_golive)
BEGIN INSERT INTO programs_golive (version, one, day, reason)
    SELECT 1, 1, start, '' FROM programs_fiscalyear WHERE id = NEW.fiscal_year_id; END
--;
CREATE TRIGGER portal_four_eyes_reversal BEFORE INSERT ON disbursements_disbursement
WHEN NEW.status = 'posted' AND NEW.reverses_id IS NOT NULL AND NOT (
    (SELECT origin FROM disbursements_disbursement WHERE id = NEW.reverses_id) = 'history'
    AND NEW.date < COALESCE((SELECT day FROM programs_golive), '9999-12-31')
) AND (
    EXISTS (SELECT 1 FROM disbursements_disbursement o WHERE o.id = NEW.reverses_id
        AND NEW.posted_by_id IN (o.created_by_id, o.submitted_by_id))
    OR NEW.posted_by_id IN (SELECT user_id FROM disbursements_disbursement_makers
        WHERE disbursement_id = NEW.reverses_id)
)
BEGIN SELECT RAISE(ABORT, 'portal: disbursement_four_eyes'); END
--;
CREATE TRIGGER portal_plan_four_eyes_insert BEFORE INSERT ON disbursements_planversion
WHEN NEW.state = 'approved' AND NEW.origin <> 'history' AND (
    NEW.approved_by_id IN (NEW.created_by_id, NEW.submitted_by_id)
    OR NEW.approved_by_id IN (SELECT user_id FROM disbursements_planversion_makers
        WHERE planversion_id = NEW.id)
)
BEGIN SELECT RAISE(ABORT, 'portal: plan_four_eyes'); END
--;
CREATE TRIGGER portal_plan_history_insert BEFORE INSERT ON disbursements_planversion
WHEN NEW.state = 'approved' AND NEW.origin = 'history'
    AND (SELECT start FROM programs_fiscalyear WHERE id = NEW.fiscal_year_id)
        >= (SELECT day FROM programs_golive)
BEGIN SELECT RAISE(ABORT, 'portal: history ended'); END
--;
CREATE TRIGGER portal_plan_go_live_insert AFTER INSERT ON disbursements_planversion
WHEN NEW.state = 'approved' AND NEW.origin <> 'history'
    AND NOT EXISTS (SELECT 1 FROM programs_golive)
BEGIN INSERT INTO programs_golive (version, one, day, reason)
    SELECT 1, 1, start, '' FROM programs_fiscalyear WHERE id = NEW.fiscal_year_id; END
--;
CREATE TRIGGER portal_plan_four_eyes_update BEFORE UPDATE ON disbursements_planversion
WHEN NEW.state = 'approved' AND OLD.state <> 'approved' AND NEW.origin <> 'history' AND (
    NEW.approved_by_id IN (NEW.created_by_id, NEW.submitted_by_id)
    OR NEW.approved_by_id IN (SELECT user_id FROM disbursements_planversion_makers
        WHERE planversion_id = NEW.id)
)
BEGIN SELECT RAISE(ABORT, 'portal: plan_four_eyes'); END
--;
CREATE TRIGGER portal_plan_history_update BEFORE UPDATE ON disbursements_planversion
WHEN NEW.state = 'approved' AND OLD.state <> 'approved' AND NEW.origin = 'history'
    AND (SELECT start FROM programs_fiscalyear WHERE id = NEW.fiscal_year_id)
        >= (SELECT day FROM programs_golive)
BEGIN SELECT RAISE(ABORT, 'portal: history ended'); END
--;
CREATE TRIGGER portal_plan_go_live_update AFTER UPDATE ON disbursements_planversion
WHEN NEW.state = 'approved' AND OLD.state <> 'approved' AND NEW.origin <> 'history'
    AND NOT EXISTS (SELECT 1 FROM programs_golive)
BEGIN INSERT INTO programs_golive (version, one, day, reason)
    SELECT 1, 1, start, '' FROM programs_fiscalyear WHERE id = NEW.fiscal_year_id; END
--;
-- The go-live day stays; a later one needs a reason and a second person, who agrees to what the
-- first proposed.
CREATE TRIGGER portal_go_live_stays BEFORE DELETE ON programs_golive
BEGIN SELECT RAISE(ABORT, 'portal: go-live'); END
--;
CREATE TRIGGER portal_go_live_later BEFORE UPDATE ON programs_golive
WHEN NEW.day > OLD.day AND NOT (
    OLD.proposed_day IS NEW.day AND trim(OLD.reason) <> ''
    AND OLD.proposed_by_id IS NOT NULL AND NEW.agreed_by_id IS NOT NULL
    AND NEW.agreed_by_id <> OLD.proposed_by_id
)
BEGIN SELECT RAISE(ABORT, 'portal: go-live'); END
--;
-- The trail is added to, never changed. INSERT OR REPLACE deletes without asking DELETE's guard.
CREATE TRIGGER portal_kept_update_<history> BEFORE UPDATE ON <history>
BEGIN SELECT RAISE(ABORT, 'portal: trail'); END
--;
CREATE TRIGGER portal_kept_delete_<history> BEFORE DELETE ON <history>
BEGIN SELECT RAISE(ABORT, 'portal: trail'); END
--;
CREATE TRIGGER portal_kept_replace_<history> BEFORE INSERT ON <history>
WHEN EXISTS (SELECT 1 FROM <history> WHERE history_id = NEW.history_id)
BEGIN SELECT RAISE(ABORT, 'portal: trail'); END
--;
CREATE TRIGGER portal_posted_replace BEFORE INSERT ON disbursements_disbursement
WHEN EXISTS (SELECT 1 FROM disbursements_disbursement WHERE status = 'posted'
    AND (id = NEW.id OR (fiscal_year_id = NEW.fiscal_year_id AND number = NEW.number)))
BEGIN SELECT RAISE(ABORT, 'portal: posted row'); END
--;
CREATE TRIGGER portal_plan_version_replace BEFORE INSERT ON disbursements_planversion
WHEN EXISTS (SELECT 1 FROM disbursements_planversion WHERE id = NEW.id AND state = 'approved')
BEGIN SELECT RAISE(ABORT, 'portal: approved plan'); END
