//! Conditional requests (RFC 9110 §8.8.3, §13; RFC 6585 §3): a record's tag is its revision, `"7"`, or `"7-public"` in
//! the public view. Changing a record needs `If-Match`, compared strongly; reading may send `If-None-Match`.

use actix_web::HttpRequest;
use actix_web::http::header::{IF_MATCH, IF_NONE_MATCH};

use super::restores::{self, Restores};
use crate::problem::{Code, Fault, Outcome, Problem};

/// The precondition of a write, taken from `If-Match`. Owned, so that it can go into a transaction.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum IfMatch {
    /// The request has no such header field.
    Missing,
    /// `*`: any revision will do, which does not protect from lost updates. With the number of restores, for a tag that would.
    Any(i64),
    /// One tag, the usual case; `None` for a tag that cannot match (weak, or not a revision).
    One(Option<i64>),
    /// A list of tags.
    Many(Vec<i64>),
    /// Tags of before a restore, of which there were so many.
    Before(i64),
}

impl IfMatch {
    /// Reads the header field; one that is no list of entity tags is 400 `invalid-header`.
    pub fn of(request: &HttpRequest) -> Outcome<IfMatch> {
        let restores = Restores::of(request);
        let (mut revisions, mut is_any, mut is_before, mut count) = (Vec::new(), false, false, 0);
        for value in request.headers().get_all(IF_MATCH) {
            let text = value.to_str().map_err(|_| malformed())?.trim();
            let before = count;
            for tag in Tags(if text == "*" { "" } else { text }) {
                let known = tag.ok_or_else(malformed)?.revision();
                is_before |= known.is_some_and(|(_, other)| other != restores);
                revisions.extend(known.filter(|(_, other)| *other == restores).map(|(revision, _)| revision));
                count += 1;
            }
            if is_any || (text == "*" && count > 0) || (text != "*" && count == before) {
                return Err(malformed());
            }
            is_any = text == "*";
        }
        Ok(match (is_any, count, revisions.len()) {
            (true, ..) => IfMatch::Any(restores),
            (false, 0, _) => IfMatch::Missing,
            (false, _, 0) if is_before => IfMatch::Before(restores),
            (false, _, 0 | 1) => IfMatch::One(revisions.pop()),
            _ => IfMatch::Many(revisions),
        })
    }

    /// Whether a record of this revision may be changed: 428 without `If-Match` or with `*`, 412 when the revision is another,
    /// 409 when the register was restored since.
    pub fn require(&self, revision: i64) -> Outcome<()> {
        match self {
            IfMatch::Missing => Err(Problem::new(Code::PreconditionRequired)),
            IfMatch::Any(restores) => {
                let tag = format!("\"{revision}\"");
                let fault = Fault::header("If-Match", "any-revision").arg("tag", restores::marked(&tag, *restores));
                Err(Problem::of_faults(Code::PreconditionRequired, vec![fault]))
            }
            _ => self.allow(revision),
        }
    }

    /// [`require`](IfMatch::require) where the header field is optional, and `*` says that there must be a record.
    pub fn allow(&self, revision: i64) -> Outcome<()> {
        let holds = match self {
            IfMatch::Missing | IfMatch::Any(_) => true,
            IfMatch::Before(restores) => return Err(restores::refused("tag", *restores)),
            IfMatch::One(wanted) => *wanted == Some(revision),
            IfMatch::Many(wanted) => wanted.contains(&revision),
        };
        if holds { Ok(()) } else { Err(conflict(revision)) }
    }
}

/// 412 that names the revision the record has now.
pub fn conflict(revision: i64) -> Problem {
    failed("stale").arg("revision", revision).member("current_revision", revision)
}

/// 412 where `If-None-Match: *` wants none and there is a record of this revision.
pub fn exists(revision: i64) -> Problem {
    failed("exists").arg("revision", revision).member("current_revision", revision)
}

/// 412 where `If-Match` wants a record and there is none.
pub fn missing() -> Problem {
    failed("missing")
}

fn failed(why: &str) -> Problem {
    Problem::new(Code::RevisionConflict).arg("why", why)
}

/// Whether `If-None-Match` names `etag` (weak comparison): the answer is then 304. `etag` is written with its quotes.
pub fn none_match(request: &HttpRequest, etag: &str) -> bool {
    let etag = restores::marked(etag, Restores::of(request));
    let wanted = etag.strip_prefix("W/").unwrap_or(&etag).trim_matches('"');
    request
        .headers()
        .get_all(IF_NONE_MATCH)
        .filter_map(|value| value.to_str().ok())
        .any(|text| text.trim() == "*" || Tags(text).map_while(|tag| tag).any(|tag| tag.opaque == wanted))
}

/// Whether the request says `If-None-Match: *`: create, but never replace. Anything else there is 400 `invalid-header`.
pub fn create_only(request: &HttpRequest) -> Outcome<bool> {
    let mut values = request.headers().get_all(IF_NONE_MATCH).peekable();
    let is_given = values.peek().is_some();
    match values.all(|value| value.as_bytes().trim_ascii() == b"*") {
        true => Ok(is_given),
        false => Err(invalid(Fault::header("If-None-Match", "format").arg("expected", "*"))),
    }
}

fn malformed() -> Problem {
    invalid(Fault::header("If-Match", "format").arg("expected", "\"7\""))
}

fn invalid(fault: Fault) -> Problem {
    Problem::of_faults(Code::InvalidHeader, vec![fault])
}

/// One entity tag.
struct Tag<'a> {
    weak: bool,
    opaque: &'a str,
}

impl Tag<'_> {
    /// The revision that a strong tag of ours names, and the number of restores; any other tag can match no record.
    fn revision(&self) -> Option<(i64, i64)> {
        if self.weak { None } else { restores::parse(self.opaque) }
    }
}

/// The tags of a list, in order; `None` ends it where it cannot be read.
struct Tags<'a>(&'a str);

impl<'a> Iterator for Tags<'a> {
    type Item = Option<Tag<'a>>;

    fn next(&mut self) -> Option<Option<Tag<'a>>> {
        let rest = self.0.trim_start_matches([' ', '\t', ',']);
        if rest.is_empty() {
            return None;
        }
        self.0 = "";
        let (weak, quoted) = match rest.strip_prefix("W/") {
            Some(quoted) => (true, quoted),
            None => (false, rest),
        };
        let Some((opaque, after)) = quoted.strip_prefix('"').and_then(|text| text.split_once('"')) else {
            return Some(None);
        };
        let after = after.trim_start_matches([' ', '\t']);
        if !(after.is_empty() || after.starts_with(',')) || opaque.contains([' ', '\t']) {
            return Some(None);
        }
        self.0 = after;
        Some(Some(Tag { weak, opaque }))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use actix_web::test::TestRequest;
    use actix_web::web::Data;

    fn if_match(lines: &[&str]) -> Outcome<IfMatch> {
        let mut request = TestRequest::default();
        for line in lines {
            request = request.append_header((IF_MATCH, *line));
        }
        IfMatch::of(&request.to_http_request())
    }

    #[test]
    fn a_write_needs_the_revision_it_was_made_from() {
        for (line, revision) in [("\"7\"", 7), ("\"7-public\"", 7), ("\"6\", \"7\"", 7), ("\"x\",\"7\"", 7)] {
            assert!(if_match(&[line]).unwrap().require(revision).is_ok(), "{line}");
        }
        assert!(if_match(&["\"6\"", "\"7\""]).unwrap().require(7).is_ok());
        let missing = if_match(&[]).unwrap();
        assert_eq!(missing.require(7).unwrap_err().code(), Code::PreconditionRequired);
        assert!(missing.allow(7).is_ok());
    }

    #[test]
    fn any_revision_is_no_precondition_of_a_change() {
        let any = if_match(&["*"]).unwrap();
        let problem = any.require(7).unwrap_err();
        assert_eq!((problem.code(), problem.said().faults[0].code), (Code::PreconditionRequired, "any-revision"));
        assert!(any.allow(7).is_ok(), "where it only says that there must be a record");
    }

    #[test]
    fn another_or_a_weak_tag_is_a_conflict_that_names_the_current_revision() {
        for line in ["\"6\"", "W/\"7\"", "\"07\"", "\"+7\"", "\"\"", "\"7-private\"", "\"99999999999999999999\""] {
            let problem = if_match(&[line]).unwrap().require(7).unwrap_err();
            assert_eq!(problem.code(), Code::RevisionConflict, "{line}");
            assert_eq!(problem.said().members["current_revision"], 7);
        }
    }

    #[test]
    fn after_a_restore_tags_of_before_are_refused_and_never_match() {
        let restores = Restores::default();
        let read = |line: &str| {
            let request = TestRequest::default().app_data(Data::new(restores.clone())).append_header((IF_MATCH, line));
            IfMatch::of(&request.to_http_request())
        };
        assert_eq!(read("\"7.r1\"").unwrap().require(7).unwrap_err().code(), Code::RegisterRestored);
        restores.note(2);
        for line in ["\"7\"", "\"7-public\"", "\"7.r1\"", "\"7.r1-public\", \"6\"", "\"7.r3\""] {
            let problem = read(line).unwrap().require(7).unwrap_err();
            assert_eq!(
                (problem.code(), &problem.said().members["restores"]),
                (Code::RegisterRestored, &2.into()),
                "{line}"
            );
        }
        for line in ["\"7.r2\"", "\"7.r2-public\"", "\"7\", \"7.r2\""] {
            assert!(read(line).unwrap().require(7).is_ok(), "{line}");
        }
        assert_eq!(read("\"6.r2\"").unwrap().require(7).unwrap_err().code(), Code::RevisionConflict);
    }

    #[test]
    fn what_is_no_tag_is_malformed() {
        for line in ["7", "\"7", "\"7\" x", "", ",", "w/\"7\"", "\"7\", *"] {
            assert_eq!(if_match(&[line]).unwrap_err().code(), Code::InvalidHeader, "{line}");
        }
        assert_eq!(if_match(&["*", "\"7\""]).unwrap_err().code(), Code::InvalidHeader);
    }

    #[test]
    fn reading_compares_weakly() {
        let holds = |line: &str, etag: &str| {
            none_match(&TestRequest::default().append_header((IF_NONE_MATCH, line)).to_http_request(), etag)
        };
        assert!(holds("\"7\"", "\"7\""));
        assert!(holds("W/\"7\"", "\"7\""));
        assert!(holds("\"a\", \"7\"", "\"7\""));
        assert!(holds("*", "\"7\""));
        assert!(!holds("\"7-public\"", "\"7\""));
        assert!(!holds("7", "\"7\""));
        assert!(!none_match(&TestRequest::default().to_http_request(), "\"7\""));
        let create = TestRequest::default().append_header((IF_NONE_MATCH, " * ")).to_http_request();
        assert!(create_only(&create).unwrap());
        assert!(!create_only(&TestRequest::default().to_http_request()).unwrap());
        let odd = TestRequest::default().append_header((IF_NONE_MATCH, "{}")).to_http_request();
        assert_eq!(create_only(&odd).unwrap_err().code(), Code::InvalidHeader);
    }
}
