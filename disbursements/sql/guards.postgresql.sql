-- A closed month takes no posted row (the period's row is locked FOR SHARE, so that closing and
-- posting at the same moment cannot both succeed); a posted row keeps all its columns but those of
-- `fields.CHANGES_WHEN_POSTED` and is never deleted. A reversal takes back a posted original of the same activity and fund, not before
-- its day, and all of them together never more than it (the original's row is locked, so that two
-- at the same moment see each other). What an original says is reversed is their sum.
CREATE FUNCTION portal_guard_disbursement() RETURNS trigger AS $guard$
DECLARE period_state text;
BEGIN
    IF TG_OP = 'DELETE' THEN
        IF OLD.status = 'posted' THEN
            RAISE EXCEPTION 'portal: posted row' USING ERRCODE = 'integrity_constraint_violation';
        END IF;
        RETURN OLD;
    END IF;
    IF TG_OP = 'UPDATE' AND OLD.status = 'posted' THEN
        IF (OLD.<frozen>) IS DISTINCT FROM (NEW.<frozen>) THEN
            RAISE EXCEPTION 'portal: posted row' USING ERRCODE = 'integrity_constraint_violation';
        END IF;
        IF OLD.reversed_amount <> NEW.reversed_amount AND NEW.reversed_amount <>
           (SELECT -COALESCE(SUM(amount), 0) FROM disbursements_disbursement
            WHERE reverses_id = OLD.id)
        THEN
            RAISE EXCEPTION 'portal: reversal' USING ERRCODE = 'integrity_constraint_violation';
        END IF;
        RETURN NEW;
    END IF;
    IF NEW.reverses_id IS NOT NULL THEN
        IF TG_OP = 'UPDATE' AND NEW.reverses_id IS DISTINCT FROM OLD.reverses_id THEN
            RAISE EXCEPTION 'portal: reversal' USING ERRCODE = 'integrity_constraint_violation';
        END IF;
        PERFORM 1 FROM disbursements_disbursement WHERE id = NEW.reverses_id FOR NO KEY UPDATE;
        IF TG_OP = 'INSERT' AND NOT EXISTS (
            SELECT 1 FROM disbursements_disbursement o
            WHERE o.id = NEW.reverses_id AND o.status = 'posted' AND o.reverses_id IS NULL
                AND o.activity_id = NEW.activity_id AND o.fund_id = NEW.fund_id
                AND o.date <= NEW.date
                AND o.amount + NEW.amount + (SELECT COALESCE(SUM(r.amount), 0)
                    FROM disbursements_disbursement r WHERE r.reverses_id = o.id) >= 0
        ) THEN
            RAISE EXCEPTION 'portal: reversal' USING ERRCODE = 'integrity_constraint_violation';
        END IF;
    END IF;
    IF NEW.status = 'posted' THEN
        SELECT state INTO period_state FROM programs_period WHERE id = NEW.period_id FOR SHARE;
        IF period_state = 'closed' THEN
            RAISE EXCEPTION 'portal: period closed' USING ERRCODE = 'integrity_constraint_violation';
        END IF;
    END IF;
    RETURN NEW;
END
$guard$ LANGUAGE plpgsql
--;
CREATE TRIGGER portal_guard BEFORE INSERT OR UPDATE OR DELETE ON disbursements_disbursement
FOR EACH ROW EXECUTE FUNCTION portal_guard_disbursement()
--;
-- The lines and amounts of an approved plan version do not change.
CREATE FUNCTION portal_guard_plan_line() RETURNS trigger AS $guard$
DECLARE plans bigint[];
BEGIN
    IF TG_OP <> 'INSERT' THEN plans := plans || OLD.plan_version_id; END IF;
    IF TG_OP <> 'DELETE' THEN plans := plans || NEW.plan_version_id; END IF;
    PERFORM 1 FROM disbursements_planversion WHERE id = ANY (plans) ORDER BY id FOR SHARE;
    IF EXISTS (
        SELECT 1 FROM disbursements_planversion WHERE id = ANY (plans) AND state = 'approved'
    ) THEN
        RAISE EXCEPTION 'portal: approved plan' USING ERRCODE = 'integrity_constraint_violation';
    END IF;
    IF TG_OP = 'DELETE' THEN RETURN OLD; END IF;
    RETURN NEW;
END
$guard$ LANGUAGE plpgsql
--;
CREATE TRIGGER portal_guard BEFORE INSERT OR UPDATE OR DELETE ON disbursements_planline
FOR EACH ROW EXECUTE FUNCTION portal_guard_plan_line()
--;
CREATE FUNCTION portal_guard_plan_amount() RETURNS trigger AS $guard$
DECLARE lines bigint[];
BEGIN
    IF TG_OP <> 'INSERT' THEN lines := lines || OLD.line_id; END IF;
    IF TG_OP <> 'DELETE' THEN lines := lines || NEW.line_id; END IF;
    PERFORM 1
    FROM disbursements_planversion v JOIN disbursements_planline l ON l.plan_version_id = v.id
    WHERE l.id = ANY (lines) ORDER BY v.id FOR SHARE OF v;
    IF EXISTS (
        SELECT 1
        FROM disbursements_planversion v JOIN disbursements_planline l ON l.plan_version_id = v.id
        WHERE l.id = ANY (lines) AND v.state = 'approved'
    ) THEN
        RAISE EXCEPTION 'portal: approved plan' USING ERRCODE = 'integrity_constraint_violation';
    END IF;
    IF TG_OP = 'DELETE' THEN RETURN OLD; END IF;
    RETURN NEW;
END
$guard$ LANGUAGE plpgsql
--;
CREATE TRIGGER portal_guard BEFORE INSERT OR UPDATE OR DELETE ON disbursements_planamount
FOR EACH ROW EXECUTE FUNCTION portal_guard_plan_amount()
--;
-- An approved version stays approved, under its number, as it was approved.
CREATE FUNCTION portal_guard_plan_version() RETURNS trigger AS $guard$
BEGIN
    IF OLD.state <> 'approved' THEN
        IF TG_OP = 'DELETE' THEN RETURN OLD; END IF;
        RETURN NEW;
    END IF;
    IF TG_OP = 'DELETE' OR
       (OLD.state, OLD.number, OLD.fiscal_year_id, OLD.origin, OLD.based_on_id,
        OLD.submitted_by_id, OLD.approved_by_id, OLD.approved_at, OLD.reason,
        OLD.decision_no, OLD.decision_date, OLD.revision, OLD.joined_into_id)
       IS DISTINCT FROM
       (NEW.state, NEW.number, NEW.fiscal_year_id, NEW.origin, NEW.based_on_id,
        NEW.submitted_by_id, NEW.approved_by_id, NEW.approved_at, NEW.reason,
        NEW.decision_no, NEW.decision_date, NEW.revision, NEW.joined_into_id)
    THEN
        RAISE EXCEPTION 'portal: approved plan' USING ERRCODE = 'integrity_constraint_violation';
    END IF;
    RETURN NEW;
END
$guard$ LANGUAGE plpgsql
--;
CREATE TRIGGER portal_guard BEFORE UPDATE OR DELETE ON disbursements_planversion
FOR EACH ROW EXECUTE FUNCTION portal_guard_plan_version()
--;
-- Who made, changed or submitted something does not post, approve or reverse it; history alone may
-- be loaded by one person, and only of days before the go-live day, or of fiscal years that began
-- before it. The first posted row or approved plan that is not history fixes that day: whoever
-- loads history holds it shared, whoever fixes it alone, so that neither passes the other unseen.
-- Until that day, who loaded history takes it back alone.
CREATE FUNCTION portal_guard_four_eyes() RETURNS trigger AS $guard$
DECLARE decided_by bigint; hands bigint[]; is_history boolean; still_history boolean := FALSE; day_of date;
BEGIN
    IF TG_TABLE_NAME = 'disbursements_disbursement' THEN
        IF NEW.status <> 'posted' OR (TG_OP = 'UPDATE' AND OLD.status = 'posted') THEN
            RETURN NEW;
        END IF;
        decided_by := NEW.posted_by_id;
        IF NEW.reverses_id IS NULL THEN
            hands := ARRAY[NEW.created_by_id, NEW.submitted_by_id] || ARRAY(
                SELECT user_id FROM disbursements_disbursement_makers
                WHERE disbursement_id = NEW.id);
        ELSE
            SELECT ARRAY[o.created_by_id, o.submitted_by_id], o.origin = 'history'
                AND NEW.date < COALESCE((SELECT day FROM programs_golive), 'infinity'::date)
            INTO hands, still_history
            FROM disbursements_disbursement o WHERE o.id = NEW.reverses_id;
            hands := hands || ARRAY(SELECT user_id FROM disbursements_disbursement_makers
                WHERE disbursement_id = NEW.reverses_id);
        END IF;
        day_of := NEW.date;
    ELSE
        IF NEW.state <> 'approved' OR (TG_OP = 'UPDATE' AND OLD.state = 'approved') THEN
            RETURN NEW;
        END IF;
        decided_by := NEW.approved_by_id;
        hands := ARRAY[NEW.created_by_id, NEW.submitted_by_id] || ARRAY(
            SELECT user_id FROM disbursements_planversion_makers WHERE planversion_id = NEW.id);
        SELECT start INTO day_of FROM programs_fiscalyear WHERE id = NEW.fiscal_year_id;
    END IF;
    is_history := NEW.origin = 'history';
    IF is_history THEN
        PERFORM pg_advisory_xact_lock_shared(hashtext('portal go-live'));
        IF day_of >= (SELECT day FROM programs_golive) THEN
            RAISE EXCEPTION 'portal: history ended'
                USING ERRCODE = 'integrity_constraint_violation';
        END IF;
    ELSIF decided_by = ANY (hands) AND NOT still_history THEN
        RAISE EXCEPTION 'portal: %', CASE TG_TABLE_NAME
            WHEN 'disbursements_disbursement' THEN 'disbursement' ELSE 'plan' END || '_four_eyes'
            USING ERRCODE = 'integrity_constraint_violation';
    END IF;
    RETURN NEW;
END
$guard$ LANGUAGE plpgsql
--;
CREATE TRIGGER portal_guard_hands BEFORE INSERT OR UPDATE ON disbursements_disbursement
FOR EACH ROW EXECUTE FUNCTION portal_guard_four_eyes()
--;
CREATE TRIGGER portal_guard_hands BEFORE INSERT OR UPDATE ON disbursements_planversion
FOR EACH ROW EXECUTE FUNCTION portal_guard_four_eyes()
--;
CREATE FUNCTION portal_guard_first_record() RETURNS trigger AS $guard$
BEGIN
    IF NEW.origin = 'history' OR EXISTS (SELECT 1 FROM programs_golive) THEN RETURN NULL; END IF;
    IF TG_TABLE_NAME = 'disbursements_disbursement' THEN
        IF NEW.status <> 'posted' OR NEW.reverses_id IS NOT NULL THEN RETURN NULL; END IF;
    ELSIF NEW.state <> 'approved' THEN
        RETURN NULL;
    END IF;
    INSERT INTO programs_golive (version, one, day, reason)
    SELECT 1, 1, start, '' FROM programs_fiscalyear WHERE id = NEW.fiscal_year_id
    ON CONFLICT DO NOTHING;
    RETURN NULL;
END
$guard$ LANGUAGE plpgsql
--;
CREATE TRIGGER portal_guard_first AFTER INSERT OR UPDATE ON disbursements_disbursement
FOR EACH ROW EXECUTE FUNCTION portal_guard_first_record()
--;
CREATE TRIGGER portal_guard_first AFTER INSERT OR UPDATE ON disbursements_planversion
FOR EACH ROW EXECUTE FUNCTION portal_guard_first_record()
--;
-- The go-live day stays; a later one needs a reason and a second person, who agrees to what the
-- first proposed.
CREATE FUNCTION portal_guard_go_live() RETURNS trigger AS $guard$
BEGIN
    IF TG_OP = 'INSERT' THEN
        PERFORM pg_advisory_xact_lock(hashtext('portal go-live'));
        RETURN NEW;
    END IF;
    IF TG_OP = 'DELETE' OR (NEW.day > OLD.day AND NOT (
        OLD.proposed_day IS NOT DISTINCT FROM NEW.day AND trim(OLD.reason) <> ''
        AND OLD.proposed_by_id IS NOT NULL AND NEW.agreed_by_id IS NOT NULL
        AND NEW.agreed_by_id <> OLD.proposed_by_id
    )) THEN
        RAISE EXCEPTION 'portal: go-live' USING ERRCODE = 'integrity_constraint_violation';
    END IF;
    RETURN NEW;
END
$guard$ LANGUAGE plpgsql
--;
CREATE TRIGGER portal_guard BEFORE INSERT OR UPDATE OR DELETE ON programs_golive
FOR EACH ROW EXECUTE FUNCTION portal_guard_go_live()
--;
-- The trail is added to, never changed; nothing of the ledger is emptied at a stroke.
CREATE FUNCTION portal_guard_history() RETURNS trigger AS $guard$
BEGIN
    RAISE EXCEPTION 'portal: trail' USING ERRCODE = 'integrity_constraint_violation';
END
$guard$ LANGUAGE plpgsql
--;
CREATE TRIGGER portal_kept BEFORE UPDATE OR DELETE ON <history>
FOR EACH ROW EXECUTE FUNCTION portal_guard_history()
--;
CREATE FUNCTION portal_guard_ledger() RETURNS trigger AS $guard$
BEGIN
    RAISE EXCEPTION 'portal: ledger' USING ERRCODE = 'integrity_constraint_violation';
END
$guard$ LANGUAGE plpgsql
--;
CREATE TRIGGER portal_never_emptied BEFORE TRUNCATE ON <ledger>
FOR EACH STATEMENT EXECUTE FUNCTION portal_guard_ledger()
