//! The pages behind the problems' `type` URLs: what each code means and what to do, in Chinese and English.
//!
//! They need no script and no outside file; their one style sheet is inline and allowed by its hash.

use std::fmt::Write as _;
use std::sync::LazyLock;

use actix_web::http::header::{
    CACHE_CONTROL, CONTENT_LANGUAGE, CONTENT_SECURITY_POLICY, CONTENT_TYPE, HeaderValue, VARY,
};
use actix_web::web::{Path, ServiceConfig};
use actix_web::{HttpResponse, route};
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use sha2::{Digest, Sha256};

use crate::api::{Language, render};
use crate::problem::{Code, Outcome, Problem};

const STYLE: &str = "body{max-width:44rem;margin:2rem auto;padding:0 1rem;font:1rem/1.7 system-ui,sans-serif;\
color:#1c2430;background:#fff}h1{font-size:1.6rem;line-height:1.3}h2{font-size:1.1rem;margin-top:2rem}\
code{font-family:ui-monospace,monospace;background:#eef1f5;padding:.1em .35em;border-radius:3px}\
table{border-collapse:collapse;width:100%}th,td{text-align:left;padding:.4rem .6rem;border-bottom:1px solid #d5dae1;\
vertical-align:top}a{color:#0b57a4}footer{margin-top:3rem;color:#5a6472;font-size:.9rem}\
@media(prefers-color-scheme:dark){body{color:#e4e8ee;background:#14181e}code{background:#242b35}a{color:#8ab8f0}\
th,td{border-color:#38414e}footer{color:#9aa5b4}}";

static POLICY: LazyLock<String> = LazyLock::new(|| {
    let hash = STANDARD.encode(Sha256::digest(STYLE));
    format!(
        "default-src 'none'; style-src 'sha256-{hash}'; frame-ancestors 'none'; base-uri 'none'; form-action 'none'"
    )
});

/// Mounts the pages.
pub fn serve(config: &mut ServiceConfig) {
    config.service(list).service(show);
}

#[route("/problems", method = "GET", method = "HEAD")]
async fn list() -> HttpResponse {
    let mut rows = String::new();
    for code in Code::ALL {
        let [zh, en] = Language::ALL.map(|language| escape(&render::title(*code, language)));
        let (name, status) = (code.name(), code.status().as_u16());
        let _ = writeln!(
            rows,
            "<tr><td>{status}</td><td><a href=\"/problems/{name}\"><code>{name}</code></a></td>\
             <td>{zh}<br><span lang=\"en\">{en}</span></td></tr>"
        );
    }
    page(
        "错误代码 · Problem codes",
        &format!(
            "<h1>错误代码 <span lang=\"en\">Problem codes</span></h1>\n\
             <p>接口以 <code>application/problem+json</code>（RFC 9457）报告错误；程序应依据 <code>code</code> 判断。</p>\n\
             <p lang=\"en\">Errors are reported as <code>application/problem+json</code> (RFC 9457); programs should match \
             on <code>code</code>.</p>\n<table>\n{rows}</table>\n"
        ),
    )
}

#[route("/problems/{code}", method = "GET", method = "HEAD")]
async fn show(name: Path<String>) -> Outcome<HttpResponse> {
    let found = Code::ALL.iter().find(|code| code.name() == name.as_str());
    let code = *found.ok_or_else(|| Problem::new(Code::NotFound).arg("ref", name.as_str()))?;
    let [zh_title, en_title] = Language::ALL.map(|language| escape(&render::title(code, language)));
    let mut text = format!("<h1>{zh_title}<br><span lang=\"en\">{en_title}</span></h1>\n");
    let _ = writeln!(text, "<p><code>{}</code> · HTTP {}</p>", code.name(), code.status().as_u16());
    for (language, what, todo) in [(Language::Zh, "含义", "如何处理"), (Language::En, "Meaning", "What to do")] {
        let tag = language.tag();
        let meaning = escape(&render::detail(code, language, &[]));
        let help = escape(&render::help(code, language));
        let _ = writeln!(
            text,
            "<section lang=\"{tag}\"><h2>{what}</h2><p>{meaning}</p><h2>{todo}</h2><p>{help}</p></section>"
        );
    }
    text.push_str(
        "<footer><a href=\"/problems\">全部错误代码 · <span lang=\"en\">All problem codes</span></a></footer>\n",
    );
    Ok(page(&format!("{zh_title} · {en_title}"), &text))
}

fn page(title: &str, body: &str) -> HttpResponse {
    answer(title, body, &POLICY)
}

/// A small page that other sites may show inside theirs: it has nothing to click, and is kept by nobody, because it depends on who reads
/// it.
pub fn preview(title: &str, body: &str) -> HttpResponse {
    let mut page = answer(title, body, &POLICY.replace("frame-ancestors 'none'", "frame-ancestors *"));
    let headers = page.headers_mut();
    headers.insert(CACHE_CONTROL, HeaderValue::from_static("no-store"));
    headers.insert(VARY, HeaderValue::from_static("Authorization"));
    page
}

fn answer(title: &str, body: &str, policy: &str) -> HttpResponse {
    let html = format!(
        "<!DOCTYPE html>\n<html lang=\"zh-CN\">\n<head><meta charset=\"utf-8\">\
         <meta name=\"viewport\" content=\"width=device-width, initial-scale=1\">\n\
         <title>{title}</title>\n<style>{STYLE}</style></head>\n<body>\n{body}</body>\n</html>\n"
    );
    HttpResponse::Ok()
        .insert_header((CONTENT_TYPE, "text/html; charset=utf-8"))
        .insert_header((CONTENT_LANGUAGE, "zh-CN, en"))
        .insert_header((CACHE_CONTROL, "public, max-age=3600"))
        .insert_header((CONTENT_SECURITY_POLICY, policy))
        .body(html)
}

/// A text as HTML shows it.
pub fn escape(text: &str) -> String {
    text.replace('&', "&amp;").replace('<', "&lt;").replace('>', "&gt;").replace('"', "&quot;")
}

#[cfg(test)]
mod tests {
    use super::*;
    use actix_web::{App, test};

    #[actix_web::test]
    async fn every_code_has_a_readable_page() {
        let app = test::init_service(App::new().configure(serve)).await;
        for code in Code::ALL {
            let request = test::TestRequest::get().uri(&format!("/problems/{}", code.name())).to_request();
            let response = test::call_service(&app, request).await;
            assert_eq!(response.status(), 200);
            assert_eq!(response.headers().get(CACHE_CONTROL).unwrap(), "public, max-age=3600");
            let html = String::from_utf8(test::read_body(response).await.to_vec()).unwrap();
            assert!(!html.contains("{$") && !html.contains("{ $"), "{html}");
            assert!(html.contains(&escape(&render::help(*code, Language::Zh))));
        }
        let response = test::call_service(&app, test::TestRequest::get().uri("/problems").to_request()).await;
        let policy = response.headers().get(CONTENT_SECURITY_POLICY).unwrap().to_str().unwrap().to_owned();
        assert!(policy.starts_with("default-src 'none'; style-src 'sha256-"));
        let unknown = test::TestRequest::get().uri("/problems/no-such-code").to_request();
        assert_eq!(test::call_service(&app, unknown).await.status(), 404);
    }
}
