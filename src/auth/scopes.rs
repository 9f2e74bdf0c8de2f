//! What a token allows: the scopes of this service (RFC 6749 §3.3) as types and as a set.
//!
//! A scope is a type, so that a handler names it in its signature (`Caller<WriteRecords>`) and cannot forget to check
//! it. Scopes say *what* may be done; the organization and province of the caller say *where*. A scope appears with its
//! first operation: before that it cannot be granted and is not in the document.

use std::fmt;

use serde::{Serialize, Serializer};

/// A scope known at compile time, named by a marker type of this module.
pub trait Scope: 'static {
    /// This scope as a value.
    const ITSELF: OneScope;
    /// The name in tokens, for example `records:read`.
    const NAME: &'static str = Self::ITSELF.name;
}

/// One scope: its name and what it allows, in both languages (shown in the OpenAPI document).
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct OneScope {
    /// The name in tokens, for example `records:read`.
    pub name: &'static str,
    /// What it allows, in Chinese.
    pub zh: &'static str,
    /// What it allows, in English.
    pub en: &'static str,
    bit: u32,
}

/// A set of scopes; written as their names in a fixed order, separated by one space.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Hash)]
pub struct Scopes(u32);

/// A name that is no scope of this service.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("unknown scope `{0}`")]
pub struct UnknownScope(pub String);

macro_rules! scopes {
    ($($marker:ident $name:literal $zh:literal $en:literal,)+) => {
        #[repr(u32)]
        enum Position { $($marker,)+ }

        $(
            #[doc = concat!("`", $name, "`: ", $en, ".")]
            #[derive(Debug)]
            pub enum $marker {}

            impl Scope for $marker {
                const ITSELF: OneScope =
                    OneScope { name: $name, zh: $zh, en: $en, bit: 1 << Position::$marker as u32 };
            }
        )+

        /// Every scope of this service, in the order in which sets are written.
        pub const ALL: &[OneScope] = &[$($marker::ITSELF,)+];
    };
}

scopes! {
    ReadRecords "records:read" "读取登记记录，含本单位草稿" "Read records, the organization's own drafts included",
    WriteRecords "records:write" "为本单位新建、修改和提交记录" "Create, change and submit records of the own organization",
    ConfirmRecords "records:confirm" "代表本省市确认或退回记录" "Confirm or return records on behalf of the own province",
    PublishRecords "records:publish" "与 records:write 同用：代本省市各单位办理，单方记录无须另行确认即生效" "Together with records:write: act for every organization of the own province, and publish its single-owner records without a second confirmation",
    ReadChanges "changes:read" "读取变更流" "Read the change feed",
    ReadAudit "audit:read" "读取审计事件" "Read audit events",
}

fn find(name: &str) -> Option<OneScope> {
    ALL.iter().find(|scope| scope.name == name).copied()
}

impl Scopes {
    /// The empty set.
    pub const NONE: Scopes = Scopes(0);

    /// Every scope of this service.
    pub fn all() -> Scopes {
        ALL.iter().copied().collect()
    }

    /// The set with the one scope `S`.
    pub fn only<S: Scope>() -> Scopes {
        Scopes(S::ITSELF.bit)
    }

    /// This set and `S`.
    pub fn with<S: Scope>(self) -> Scopes {
        Scopes(self.0 | S::ITSELF.bit)
    }

    /// Reads names separated by spaces, in any order; a name that does not exist is an error.
    pub fn parse(text: &str) -> Result<Scopes, UnknownScope> {
        text.split_ascii_whitespace().map(|name| find(name).ok_or_else(|| UnknownScope(name.to_owned()))).collect()
    }

    /// The scopes among stored names, which another version may have written.
    pub fn known(text: &str) -> Scopes {
        text.split_ascii_whitespace().filter_map(find).collect()
    }

    /// The names among them that are no scopes of this version.
    pub fn unknown(text: &str) -> Vec<&str> {
        text.split_ascii_whitespace().filter(|name| find(name).is_none()).collect()
    }

    /// Whether `S` is in this set.
    pub fn contains<S: Scope>(self) -> bool {
        self.0 & S::ITSELF.bit != 0
    }

    /// The scopes of this set that are in `other` too.
    pub fn and(self, other: Scopes) -> Scopes {
        Scopes(self.0 & other.0)
    }

    /// Whether every scope of `other` is in this set.
    pub fn covers(self, other: Scopes) -> bool {
        self.0 & other.0 == other.0
    }

    /// Whether a scope of `other` is in this set.
    pub fn overlaps(self, other: Scopes) -> bool {
        self.0 & other.0 != 0
    }

    /// Whether there is no scope in this set.
    pub fn is_empty(self) -> bool {
        self.0 == 0
    }

    /// The scopes of this set in their fixed order.
    pub fn iter(self) -> impl Iterator<Item = OneScope> {
        ALL.iter().copied().filter(move |scope| self.0 & scope.bit != 0)
    }
}

impl FromIterator<OneScope> for Scopes {
    fn from_iter<I: IntoIterator<Item = OneScope>>(scopes: I) -> Scopes {
        Scopes(scopes.into_iter().fold(0, |set, scope| set | scope.bit))
    }
}

impl fmt::Display for Scopes {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for (position, scope) in self.iter().enumerate() {
            let space = if position > 0 { " " } else { "" };
            write!(f, "{space}{}", scope.name)?;
        }
        Ok(())
    }
}

impl Serialize for Scopes {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(self)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_set_is_written_in_one_order_and_read_in_any() {
        let set = Scopes::parse(" audit:read  records:read ").unwrap();
        assert_eq!(set.to_string(), "records:read audit:read");
        assert!(set.contains::<ReadAudit>() && !set.contains::<WriteRecords>());
        assert!(Scopes::all().covers(set) && !set.covers(Scopes::all()));
        assert_eq!(Scopes::parse(&Scopes::all().to_string()), Ok(Scopes::all()));
    }

    #[test]
    fn a_name_that_does_not_exist_is_an_error_that_names_it() {
        assert_eq!(Scopes::parse("records:read records:rule"), Err(UnknownScope("records:rule".into())));
        assert_eq!(Scopes::parse("RECORDS:READ"), Err(UnknownScope("RECORDS:READ".into())));
    }

    #[test]
    fn of_what_another_version_wrote_the_known_scopes_count() {
        let written = "records:read usage:write records:write clients:admin";
        assert_eq!(Scopes::known(written).to_string(), "records:read records:write");
        assert_eq!(Scopes::unknown(written), ["usage:write", "clients:admin"]);
        assert_eq!(Scopes::parse(written), Err(UnknownScope("usage:write".into())), "nobody is given it");
    }

    #[test]
    fn names_are_distinct_and_described() {
        for scope in ALL {
            assert_eq!(ALL.iter().filter(|other| other.name == scope.name || other.bit == scope.bit).count(), 1);
            assert!(!scope.zh.is_empty() && !scope.en.is_empty());
        }
    }
}
