//! By what statistics group records: a dimension is a name, where its values stand, and the filter that selects a value.

use crate::kind::Member;

/// One way to group.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Dimension {
    /// What `group_by` calls it: the member, with a part after a dot where it is grouped by a part of its values.
    pub name: String,
    /// The filter parameter that selects a value.
    pub filter: &'static str,
    pub source: Source,
    pub values: Values,
}

/// Where the values of a dimension stand.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Source {
    /// A column of the kind's own table.
    Own(String),
    /// A column of `records`.
    Record(&'static str),
    /// An instant of `records`, as the day that it is in Asia/Shanghai.
    Instant(&'static str),
    /// Codes under a scheme of `classifications`, those of a level.
    Classified(&'static str, Level),
    /// A column of `parties`.
    Party(&'static str),
    /// Links from a member.
    Linked(&'static [&'static str]),
}

impl Source {
    /// Whether a record may have several values.
    pub fn is_many(&self) -> bool {
        matches!(self, Source::Classified(..) | Source::Party(_) | Source::Linked(_))
    }

    /// Whether it needs the kind's own table.
    pub fn is_own(&self) -> bool {
        matches!(self, Source::Own(_))
    }
}

/// Which codes of a classification are values.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Level {
    All,
    /// Divisions (GB/T 2260) of one level. A municipality is its own prefecture: nothing stands between it and its counties.
    Province,
    Prefecture,
    County,
}

/// The municipalities directly under the central government.
const MUNICIPALITIES: [&str; 4] = ["110000", "120000", "310000", "500000"];

impl Level {
    /// Whether a code is of this level.
    pub fn has(self, code: &str) -> bool {
        let (is_province, is_above) = (code.ends_with("0000"), code.ends_with("00"));
        match self {
            Level::All => true,
            Level::Province => is_province,
            Level::Prefecture => (is_above && !is_province) || MUNICIPALITIES.contains(&code),
            Level::County => !is_above,
        }
    }

    /// The same rule in SQL, over a column.
    pub fn condition(self, column: &str) -> String {
        match self {
            Level::All => "1 = 1".to_owned(),
            Level::Province => format!("{column} LIKE '%0000'"),
            Level::Prefecture => format!(
                "({column} LIKE '%00' AND {column} NOT LIKE '%0000' OR {column} IN ('{}'))",
                MUNICIPALITIES.join("', '")
            ),
            Level::County => format!("{column} NOT LIKE '%00'"),
        }
    }
}

/// What the values of a dimension are.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Values {
    /// Codes of this vocabulary.
    Codes(&'static str),
    /// Codes of divisions of one level.
    Divisions,
    /// Texts that stand for themselves.
    Plain,
    Numbers,
    Flags,
    /// Ids of records.
    Records,
    /// Years of days, and of months.
    Years,
    YearsOfMonths,
    /// Quarters of days, such as `2024-Q3`.
    Quarters,
    /// Months of days, such as `2024-09`.
    Months,
}

impl Dimension {
    /// Of a member with a column, by its values.
    pub fn own(member: &Member, column: impl Into<String>, values: Values) -> Dimension {
        let (name, filter) = (member.name.to_owned(), member.name);
        Dimension { name, filter, source: Source::Own(column.into()), values }
    }

    /// Of a member that may have several values.
    pub fn many(member: &Member, source: Source, values: Values) -> Dimension {
        Dimension { name: member.name.to_owned(), filter: member.name, source, values }
    }

    /// By a part of the values.
    pub fn part(self, part: &str, values: Values) -> Dimension {
        Dimension { name: format!("{}.{part}", self.name), values, ..self }
    }
}
