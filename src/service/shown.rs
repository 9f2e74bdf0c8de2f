//! How one record is answered, as it is or as it was.

use actix_web::http::header::{CACHE_CONTROL, CONTENT_LOCATION, ETAG, LOCATION, VARY};
use actix_web::{HttpRequest, HttpResponse};

use crate::api::conditional;
use crate::db::Id;
use crate::kind::Kind;
use crate::reading::find::Found;

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

/// 301 to the record that the wanted one was merged into.
pub fn moved(kind: &Kind, id: Id, request: &HttpRequest) -> HttpResponse {
    let query = if request.query_string().is_empty() { String::new() } else { format!("?{}", request.query_string()) };
    HttpResponse::MovedPermanently()
        .insert_header((LOCATION, format!("/api/v1/{}/{id}{query}", kind.name)))
        .insert_header((CACHE_CONTROL, "no-store"))
        .finish()
}
