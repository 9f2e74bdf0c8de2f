//! Swagger UI below `/docs/`: the program's files as they come with the crate, started by a script of ours.
//!
//! [`swagger-ui.js`](../../../src/contract/swagger-ui.js) holds the settings, and resolves references faster than the program.

use std::collections::BTreeMap;
use std::sync::Arc;

use actix_web::http::header::{CONTENT_SECURITY_POLICY, HeaderValue};
use actix_web::web::{Bytes, Data, Path};
use actix_web::{HttpRequest, HttpResponse};

use crate::api::prepared::Prepared;
use crate::problem::{Code, Outcome, Problem};

const START: &str = include_str!("swagger-ui.js");

const SCRIPT: &str = "text/javascript; charset=utf-8";

/// What a browser requests.
const FILES: [(&str, &str); 8] = [
    ("index.html", "text/html; charset=utf-8"),
    ("index.css", "text/css; charset=utf-8"),
    ("swagger-ui.css", "text/css; charset=utf-8"),
    ("swagger-ui-bundle.js", SCRIPT),
    ("swagger-ui-standalone-preset.js", SCRIPT),
    ("swagger-initializer.js", SCRIPT),
    ("favicon-16x16.png", "image/png"),
    ("favicon-32x32.png", "image/png"),
];

/// Swagger UI needs inline styles; nothing from elsewhere.
const POLICY: &str =
    "default-src 'self'; img-src 'self' data:; style-src 'self' 'unsafe-inline'; frame-ancestors 'none'";

/// The files of the page.
pub struct SwaggerUi {
    files: BTreeMap<&'static str, Arc<Prepared>>,
}

impl SwaggerUi {
    pub fn new() -> SwaggerUi {
        let file = |(name, content_type)| (name, Prepared::new(content_type, move || read(name)));
        SwaggerUi { files: FILES.into_iter().map(file).collect() }
    }
}

impl Default for SwaggerUi {
    fn default() -> Self {
        SwaggerUi::new()
    }
}

fn read(name: &str) -> Bytes {
    if name == "swagger-initializer.js" {
        return Bytes::from_static(START.as_bytes());
    }
    let file = utoipa_swagger_ui::serve(name, Arc::new(utoipa_swagger_ui::Config::default())).ok().flatten();
    match file.map(|file| file.bytes) {
        Some(std::borrow::Cow::Borrowed(bytes)) => Bytes::copy_from_slice(bytes),
        Some(std::borrow::Cow::Owned(bytes)) => bytes.into(),
        None => Bytes::new(),
    }
}

/// `GET /docs/{file}`; the page itself is at `/docs/`.
pub async fn show(ui: Data<SwaggerUi>, name: Path<String>, request: HttpRequest) -> Outcome<HttpResponse> {
    let name = if name.is_empty() { "index.html" } else { name.as_str() };
    let Some(file) = ui.files.get(name) else { return Err(Problem::new(Code::UnknownPath)) };
    let mut response = file.answer(&request).await?;
    response.headers_mut().insert(CONTENT_SECURITY_POLICY, HeaderValue::from_static(POLICY));
    Ok(response)
}
