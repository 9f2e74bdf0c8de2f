//! How one record is answered, as it is or as it was.

use actix_web::http::header::{CACHE_CONTROL, CONTENT_LOCATION, ETAG, LOCATION, VARY};
use actix_web::web::Bytes;
use actix_web::{HttpRequest, HttpResponse, HttpResponseBuilder};

use crate::api::conditional;
use crate::db::Id;
use crate::kind::Kind;
use crate::reading::find::Found;
use crate::reading::pages::Written;

/// How a record was asked for: what its answer says of itself.
pub struct Shown {
    pub is_public: bool,
    pub by_code: bool,
    /// The whole record and nothing beside it: it has an entity tag.
    pub plain: bool,
}

impl Shown {
    /// `place` is where the record is found by its id.
    pub fn answer(self, found: Found, place: String, request: &HttpRequest) -> HttpResponse {
        let (view, caching) = if self.is_public { ("-public", "public, no-cache") } else { ("", "private, no-cache") };
        let tag = format!("\"{}{view}\"", found.revision);
        let same = self.plain && conditional::none_match(request, &tag);
        let mut response = if same { HttpResponse::NotModified() } else { HttpResponse::Ok() };
        response.insert_header((CACHE_CONTROL, caching)).insert_header((VARY, "Authorization"));
        if self.plain {
            response.insert_header((ETAG, tag));
        }
        if self.by_code {
            response.insert_header((CONTENT_LOCATION, place));
        }
        if same {
            return response.finish();
        }
        // Never compressed: the strong tag is that of these bytes.
        response.content_type("application/json").body(found.text)
    }
}

/// An answer that was computed from many records: JSON with a weak tag.
pub fn computed(body: Bytes, request: &HttpRequest) -> HttpResponse {
    tagged(&Written::of(body), request, |response| {
        response.content_type("application/json");
    })
}

/// The same of another media type, already written.
pub fn tagged(written: &Written, request: &HttpRequest, kind: impl FnOnce(&mut HttpResponseBuilder)) -> HttpResponse {
    let has_it = conditional::none_match(request, &written.tag);
    let mut response = if has_it { HttpResponse::NotModified() } else { HttpResponse::Ok() };
    response.insert_header((VARY, "Authorization")).insert_header((ETAG, written.tag.as_str()));
    if has_it {
        return response.finish();
    }
    kind(&mut response);
    response.body(written.body.clone())
}

/// 301 to the record that the wanted one was merged into.
pub fn moved(kind: &Kind, id: Id, request: &HttpRequest) -> HttpResponse {
    moved_to(&format!("/api/v1/{}/{id}", kind.name), request)
}

/// The same to this place, with the query of the request.
pub fn moved_to(place: &str, request: &HttpRequest) -> HttpResponse {
    let query = if request.query_string().is_empty() { String::new() } else { format!("?{}", request.query_string()) };
    HttpResponse::MovedPermanently()
        .insert_header((LOCATION, format!("{place}{query}")))
        .insert_header((CACHE_CONTROL, "no-store"))
        .finish()
}
