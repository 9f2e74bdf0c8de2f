//! How often the register was set back to a backup, and what that means for what callers hold (docs/rules.md §31).
//!
//! After the n-th restore a record's tag is `"{revision}.r{n}"` (`"{revision}.r{n}-public"` in the public view): a revision of
//! before may have had another content. Cursors carry the number as well. What is of another number is refused with 409
//! `register-restored`, and never matches by chance. Every process learns the number from the feed, which it reads anyway; a
//! write is compared with it again in its own transaction.

use std::borrow::Cow;
use std::sync::Arc;
use std::sync::atomic::{AtomicI64, Ordering};

use actix_web::body::MessageBody;
use actix_web::dev::{ServiceRequest, ServiceResponse};
use actix_web::http::header::{ETAG, HeaderValue};
use actix_web::middleware::Next;
use actix_web::web::Data;
use actix_web::{Error, HttpRequest};

use diesel::dsl::min;
use diesel::prelude::*;
use serde_json::Value;

use crate::db::Connection;
use crate::db::schema::{feed, restores};
use crate::problem::{Code, Outcome, Problem};

/// The number of restores as this process knows it; all clones are one.
#[derive(Debug, Clone, Default)]
pub struct Restores(Arc<AtomicI64>);

impl Restores {
    pub fn count(&self) -> i64 {
        self.0.load(Ordering::Acquire)
    }

    /// What the database says; answers whether that is news.
    pub fn note(&self, count: i64) -> bool {
        let is_news = self.0.swap(count, Ordering::AcqRel) != count;
        if is_news {
            tracing::info!(count, "restores of the register");
        }
        is_news
    }

    /// The number that counts for a request.
    pub fn of(request: &HttpRequest) -> i64 {
        request.app_data::<Data<Restores>>().map_or(0, |restores| restores.count())
    }

    /// The number as the process that serves a request knows it.
    pub fn known(request: &HttpRequest) -> Restores {
        request.app_data::<Data<Restores>>().map(|restores| Restores::clone(restores)).unwrap_or_default()
    }
}

/// The number as the database says.
pub fn counted(conn: &mut Connection) -> Outcome<i64> {
    Ok(feed::table.select(feed::restores).get_result(conn)?)
}

/// Where to read on instead of a position that was lost by a restore; `None` for one that is true.
pub fn lost(position: i64, conn: &mut Connection) -> Outcome<Option<i64>> {
    let over = restores::true_until.lt(position).and(restores::position.gt(position));
    Ok(restores::table.filter(over).select(min(restores::true_until)).get_result(conn)?)
}

/// What a caller holds of before: it is not true any more.
pub fn refused(what: &'static str, count: i64) -> Problem {
    Problem::new(Code::RegisterRestored).arg("what", what).arg("restores", count).member("restores", count)
}

/// The tag of a revision, written with its quotes, with the number of restores; any other tag as it is.
pub fn marked(tag: &str, count: i64) -> Cow<'_, str> {
    let revision = tag.strip_prefix('"').and_then(|tag| tag.strip_suffix('"'));
    let revision = revision.map(|tag| (tag.strip_suffix("-public").unwrap_or(tag), tag.ends_with("-public")));
    match revision {
        Some((digits, is_public)) if count > 0 && is_number(digits) => {
            Cow::Owned(format!("\"{digits}.r{count}{}\"", if is_public { "-public" } else { "" }))
        }
        _ => Cow::Borrowed(tag),
    }
}

/// A revision and the number of restores, out of what stands between the quotes of a tag.
pub fn parse(opaque: &str) -> Option<(i64, i64)> {
    let opaque = opaque.strip_suffix("-public").unwrap_or(opaque);
    let (revision, count) = opaque.split_once(".r").map_or((opaque, None), |(one, other)| (one, Some(other)));
    let count = match count {
        None => 0,
        Some(count) if is_number(count) => count.parse().ok()?,
        Some(_) => return None,
    };
    is_number(revision).then_some(())?;
    Some((revision.parse().ok()?, count))
}

fn is_number(digits: &str) -> bool {
    !digits.is_empty() && !digits.starts_with('0') && digits.bytes().all(|byte| byte.is_ascii_digit())
}

/// Puts the number into the tag of every answer, and keeps the number that a refusal learned from the database.
pub async fn mark(
    request: ServiceRequest,
    next: Next<impl MessageBody>,
) -> Result<ServiceResponse<impl MessageBody>, Error> {
    let mut response = next.call(request).await?;
    if let Some(problem) = response.response().error().and_then(|error| error.as_error::<Problem>())
        && problem.code() == Code::RegisterRestored
        && let Some(count) = problem.said().members.get("restores").and_then(Value::as_i64)
    {
        // A process that was started after the restore, or has not followed the feed yet, may know a lower one.
        let known = Restores::known(response.request());
        known.note(count.max(known.count()));
    }
    let count = Restores::of(response.request());
    if count > 0
        && let Some(tag) = response.headers().get(ETAG).and_then(|tag| tag.to_str().ok())
        && let Cow::Owned(tag) = marked(tag, count)
        && let Ok(tag) = HeaderValue::try_from(tag)
    {
        response.headers_mut().insert(ETAG, tag);
    }
    Ok(response)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn tags_of_revisions_are_marked_and_read_back_and_others_stay() {
        for (tag, count, expected) in [
            ("\"7\"", 0, "\"7\""),
            ("\"7\"", 2, "\"7.r2\""),
            ("\"7-public\"", 12, "\"7.r12-public\""),
            ("\"4f6c0\"", 2, "\"4f6c0\""),
            ("W/\"7\"", 2, "W/\"7\""),
        ] {
            assert_eq!(marked(tag, count), expected);
        }
        for (opaque, parsed) in [
            ("7", Some((7, 0))),
            ("7-public", Some((7, 0))),
            ("7.r2", Some((7, 2))),
            ("7.r12-public", Some((7, 12))),
            ("7.r0", None),
            ("07", None),
            ("7.r", None),
            ("7.r2.r3", None),
            ("+7", None),
            ("", None),
            ("99999999999999999999", None),
        ] {
            assert_eq!(parse(opaque), parsed, "{opaque}");
        }
    }
}
