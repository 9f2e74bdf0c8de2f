-- Joint projects; who takes part stands in parties. Money is in fen.
CREATE TABLE projects (
    record_id uuid PRIMARY KEY REFERENCES records (id) ON DELETE CASCADE,
    lifecycle text NOT NULL CHECK (lifecycle IN ('proposed', 'approved', 'in_progress', 'suspended', 'in_acceptance', 'completed', 'rejected', 'terminated', 'revoked')),
    plan text NOT NULL,
    project_no text,
    industry text,
    activity_type text,
    principal_organization_id uuid REFERENCES records (id),
    start_on date NOT NULL,
    end_planned_on date NOT NULL,
    end_actual_on date,
    accepted_on date,
    budget_total bigint NOT NULL CHECK (budget_total >= 0),
    budget_cq bigint CHECK (budget_cq >= 0),
    budget_sc bigint CHECK (budget_sc >= 0),
    budget_own bigint CHECK (budget_own >= 0),
    CHECK (start_on <= end_planned_on),
    CHECK (start_on <= end_actual_on),
    CHECK (start_on <= accepted_on),
    CHECK (COALESCE(budget_cq, 0) + COALESCE(budget_sc, 0) + COALESCE(budget_own, 0) <= budget_total),
    CHECK (lifecycle IN ('proposed', 'rejected') OR project_no IS NOT NULL),
    CHECK (lifecycle NOT IN ('completed', 'terminated') OR end_actual_on IS NOT NULL),
    CHECK (lifecycle <> 'completed' OR accepted_on IS NOT NULL)
);
CREATE INDEX projects_lifecycle ON projects (lifecycle, record_id);
CREATE INDEX projects_plan ON projects (plan, record_id);
CREATE INDEX projects_project_no ON projects (project_no, record_id);
CREATE INDEX projects_industry ON projects (industry, record_id);
CREATE INDEX projects_activity_type ON projects (activity_type, record_id);
CREATE INDEX projects_principal_organization_id ON projects (principal_organization_id, record_id);
CREATE INDEX projects_start_on ON projects (start_on, record_id);
CREATE INDEX projects_end_planned_on ON projects (end_planned_on, record_id);
CREATE INDEX projects_end_actual_on ON projects (end_actual_on, record_id);
CREATE INDEX projects_accepted_on ON projects (accepted_on, record_id);
CREATE INDEX projects_budget_total ON projects (budget_total, record_id);
CREATE INDEX projects_budget_cq ON projects (budget_cq, record_id);
CREATE INDEX projects_budget_sc ON projects (budget_sc, record_id);
CREATE INDEX projects_budget_own ON projects (budget_own, record_id);
