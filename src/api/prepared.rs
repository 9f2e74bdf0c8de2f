//! Bytes that stay the same while the service runs, with their compressed forms, each made on first use.
//!
//! Each form is a representation of its own and has its own strong tag (RFC 9110 §8.8.3). Which one a caller gets follows
//! `Accept-Encoding` (§12.5.3); `Vary` says so.

use std::sync::{Arc, OnceLock};

use actix_web::http::header::{CACHE_CONTROL, CONTENT_ENCODING, CONTENT_TYPE, ETAG, IF_NONE_MATCH, VARY};
use actix_web::web::{self, Bytes};
use actix_web::{HttpRequest, HttpResponse};
use sha2::{Digest, Sha256};

use super::coding::{Coding, THOROUGH};
use super::conditional;
use crate::problem::{Outcome, Problem};
use crate::reference::canonical::hex;

/// One resource of fixed bytes.
pub struct Prepared {
    content_type: &'static str,
    make: Box<dyn Fn() -> Bytes + Send + Sync>,
    plain: OnceLock<(Bytes, String)>,
    brotli: OnceLock<Bytes>,
    gzip: OnceLock<Bytes>,
}

impl Prepared {
    /// `make` is called once, by the first request.
    pub fn new(content_type: &'static str, make: impl Fn() -> Bytes + Send + Sync + 'static) -> Arc<Prepared> {
        let (plain, brotli, gzip) = (OnceLock::new(), OnceLock::new(), OnceLock::new());
        Arc::new(Prepared { content_type, make: Box::new(make), plain, brotli, gzip })
    }

    /// Answers GET and HEAD; 304 to a caller that has any of the forms.
    pub async fn answer(self: &Arc<Prepared>, request: &HttpRequest) -> Outcome<HttpResponse> {
        let coding = Coding::wanted_by(request.headers());
        if !self.is_ready(coding) {
            let this = Arc::clone(self);
            web::block(move || drop(this.bytes(coding))).await.map_err(Problem::internal)?;
        }
        let known = Coding::ALL.into_iter().find(|one| conditional::none_match(request, &self.tag(*one)));
        // `*` is every form; the one that this request would get stands for them.
        let any = request.headers().get(IF_NONE_MATCH).is_some_and(|value| value.as_bytes().trim_ascii() == b"*");
        let mut response = if known.is_some() { HttpResponse::NotModified() } else { HttpResponse::Ok() };
        response
            .insert_header((VARY, "Accept-Encoding"))
            .insert_header((CACHE_CONTROL, "public, max-age=300"))
            .insert_header((ETAG, self.tag(if any { coding } else { known.unwrap_or(coding) })));
        if known.is_some() {
            return Ok(response.finish());
        }
        if let Some(name) = coding.name() {
            response.insert_header((CONTENT_ENCODING, name));
        }
        Ok(response.insert_header((CONTENT_TYPE, self.content_type)).body(self.bytes(coding)))
    }

    fn plain(&self) -> &(Bytes, String) {
        self.plain.get_or_init(|| {
            let bytes = (self.make)();
            let digest = hex(&Sha256::digest(&bytes)[..16]);
            (bytes, digest)
        })
    }

    fn is_ready(&self, coding: Coding) -> bool {
        let is_packed = match coding {
            Coding::Brotli => self.brotli.get().is_some(),
            Coding::Gzip => self.gzip.get().is_some(),
            Coding::Identity => true,
        };
        is_packed && self.plain.get().is_some()
    }

    fn bytes(&self, coding: Coding) -> Bytes {
        let plain = &self.plain().0;
        match coding {
            Coding::Brotli => self.brotli.get_or_init(|| pack(coding, plain)).clone(),
            Coding::Gzip => self.gzip.get_or_init(|| pack(coding, plain)).clone(),
            Coding::Identity => plain.clone(),
        }
    }

    fn tag(&self, coding: Coding) -> String {
        let digest = &self.plain().1;
        coding.name().map_or_else(|| format!("\"{digest}\""), |name| format!("\"{digest}-{name}\""))
    }
}

fn pack(coding: Coding, plain: &Bytes) -> Bytes {
    coding.pack(std::slice::from_ref(plain), THOROUGH)
}
