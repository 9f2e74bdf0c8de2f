//! Bytes that stay the same while the service runs, with their compressed forms, each made on first use.
//!
//! Each form is a representation of its own and has its own strong tag (RFC 9110 §8.8.3). Which one a caller gets follows
//! `Accept-Encoding` (§12.5.3); `Vary` says so.

use std::io::Write;
use std::sync::{Arc, OnceLock};

use actix_web::http::header::{
    ACCEPT_ENCODING, CACHE_CONTROL, CONTENT_ENCODING, CONTENT_TYPE, ETAG, IF_NONE_MATCH, Quality, QualityItem, VARY,
    from_comma_delimited,
};
use actix_web::web::{self, Bytes};
use actix_web::{HttpRequest, HttpResponse};
use flate2::Compression;
use flate2::write::GzEncoder;
use sha2::{Digest, Sha256};

use super::conditional;
use crate::problem::{Outcome, Problem};
use crate::reference::canonical::hex;

/// Of brotli's levels 0 to 11: the best below those that take seconds for a megabyte.
const BROTLI_LEVEL: i32 = 9;
const BROTLI_WINDOW: i32 = 22;

/// In the order in which they are preferred when a caller takes them alike.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Coding {
    Brotli,
    Gzip,
    Identity,
}

const CODINGS: [Coding; 3] = [Coding::Brotli, Coding::Gzip, Coding::Identity];

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
        let coding = Coding::wanted_by(request);
        if !self.is_ready(coding) {
            let this = Arc::clone(self);
            web::block(move || drop(this.bytes(coding))).await.map_err(Problem::internal)?;
        }
        let known = CODINGS.into_iter().find(|one| conditional::none_match(request, &self.tag(*one)));
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
            Coding::Brotli => self.brotli.get_or_init(|| brotli(plain)).clone(),
            Coding::Gzip => self.gzip.get_or_init(|| gzip(plain)).clone(),
            Coding::Identity => plain.clone(),
        }
    }

    fn tag(&self, coding: Coding) -> String {
        let digest = &self.plain().1;
        coding.name().map_or_else(|| format!("\"{digest}\""), |name| format!("\"{digest}-{name}\""))
    }
}

fn brotli(plain: &[u8]) -> Bytes {
    let params = brotli::enc::BrotliEncoderParams {
        quality: BROTLI_LEVEL,
        lgwin: BROTLI_WINDOW,
        size_hint: plain.len(),
        ..Default::default()
    };
    let mut writer = brotli::CompressorWriter::with_params(Vec::new(), 4096, &params);
    // Writing to memory does not fail.
    let _ = writer.write_all(plain);
    writer.into_inner().into()
}

fn gzip(plain: &[u8]) -> Bytes {
    let mut writer = GzEncoder::new(Vec::new(), Compression::best());
    // Writing to memory does not fail.
    let _ = writer.write_all(plain);
    writer.finish().unwrap_or_default().into()
}

impl Coding {
    fn name(self) -> Option<&'static str> {
        match self {
            Coding::Brotli => Some("br"),
            Coding::Gzip => Some("gzip"),
            Coding::Identity => None,
        }
    }

    /// The form that the caller prefers; the plain bytes when it accepts none of ours, which §12.5.3 allows.
    fn wanted_by(request: &HttpRequest) -> Coding {
        let fields = request.headers().get_all(ACCEPT_ENCODING);
        let wishes: Vec<QualityItem<String>> = from_comma_delimited(fields).unwrap_or_default();
        let weight = |name: &str| {
            wishes.iter().find(|wish| wish.item.trim().eq_ignore_ascii_case(name)).map(|wish| wish.quality)
        };
        let mut best = (Coding::Identity, Quality::ZERO);
        for coding in CODINGS {
            let weight = match coding.name() {
                Some(name) => weight(name).or_else(|| weight("*")),
                // Acceptable when not mentioned, but less than what is named.
                None => weight("identity"),
            };
            if let Some(weight) = weight.filter(|weight| *weight > best.1) {
                best = (coding, weight);
            }
        }
        best.0
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use actix_web::test::TestRequest;

    #[::core::prelude::v1::test]
    fn the_form_follows_the_weights_of_the_request() {
        let cases = [
            ("", Coding::Identity),
            ("gzip, deflate, br, zstd", Coding::Brotli),
            ("gzip", Coding::Gzip),
            ("br;q=0.5, gzip;q=0.8", Coding::Gzip),
            ("br;q=0, gzip", Coding::Gzip),
            ("br;q=0, gzip;q=0", Coding::Identity),
            ("*;q=0", Coding::Identity),
            ("*", Coding::Brotli),
            ("br;q=0, *;q=0.1", Coding::Gzip),
            ("identity, gzip;q=0.5", Coding::Identity),
            ("gzip;q=x", Coding::Identity),
            ("GZIP ; q=1.0", Coding::Gzip),
            ("deflate", Coding::Identity),
        ];
        for (field, coding) in cases {
            let request = TestRequest::default().insert_header((ACCEPT_ENCODING, field)).to_http_request();
            assert_eq!(Coding::wanted_by(&request), coding, "{field}");
        }
    }
}
