-- Achievements; completing units, keywords, rights and transformations stand in links and classifications.
CREATE TABLE achievements (
    record_id uuid PRIMARY KEY REFERENCES records (id) ON DELETE CASCADE,
    lifecycle text NOT NULL CHECK (lifecycle IN ('registered', 'offered', 'contracted', 'transformed', 'withdrawn')),
    achievement_type text NOT NULL,
    origin text,
    stage text NOT NULL,
    registration_no text CHECK (length(registration_no) = 12),
    start_month text CHECK (length(start_month) = 7),
    end_month text CHECK (length(end_month) = 7),
    source_project_id uuid REFERENCES records (id),
    CHECK (start_month <= end_month)
);
CREATE INDEX achievements_lifecycle ON achievements (lifecycle, record_id);
CREATE INDEX achievements_achievement_type ON achievements (achievement_type, record_id);
CREATE INDEX achievements_origin ON achievements (origin, record_id);
CREATE INDEX achievements_stage ON achievements (stage, record_id);
CREATE INDEX achievements_registration_no ON achievements (registration_no, record_id);
CREATE INDEX achievements_start_month ON achievements (start_month, record_id);
CREATE INDEX achievements_end_month ON achievements (end_month, record_id);
CREATE INDEX achievements_source_project_id ON achievements (source_project_id, record_id);
