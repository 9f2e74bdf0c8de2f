//! The endpoints as a partner meets them.
#![allow(clippy::unwrap_used)] // clippy.toml allows it in tests, but not in their helpers outside `#[test]`

use actix_web::http::{StatusCode, header};
use actix_web::test::{TestRequest, call_service, init_service, read_body};
use actix_web::{App, web};
use serde_json::Value;

use crate::auth::{Access, AccessSettings};
use crate::service::vocabularies::*;

/// Open to readers without a token; its keys are made once.
static ACCESS: LazyLock<web::Data<Access>> = LazyLock::new(|| {
    let keys_dir = std::env::temp_dir().join(format!("chuanyu-vocabularies-{}", std::process::id()));
    let access = Access::new(AccessSettings { keys_dir: keys_dir.clone(), ..AccessSettings::default() }).unwrap();
    std::fs::remove_dir_all(keys_dir).unwrap();
    web::Data::new(access)
});

struct Answer {
    status: StatusCode,
    headers: header::HeaderMap,
    body: web::Bytes,
}

impl Answer {
    fn header(&self, name: &str) -> &str {
        self.headers.get(name).unwrap().to_str().unwrap()
    }

    fn items(&self) -> Vec<Value> {
        let body: Value = serde_json::from_slice(&self.body).unwrap();
        body["items"].as_array().unwrap().clone()
    }
}

async fn ask(path: &str, headers: &[(&str, &str)]) -> Answer {
    let app = App::new().app_data(ACCESS.clone()).service(web::scope("/api/v1").configure(configure));
    let app = init_service(app).await;
    let request = headers.iter().fold(TestRequest::get().uri(path), |request, pair| request.insert_header(*pair));
    let answer = call_service(&app, request.to_request()).await;
    let (status, headers) = (answer.status(), answer.headers().clone());
    Answer { status, headers, body: read_body(answer).await }
}

const FIELDS: &str = "/api/v1/vocabularies/research-fields";
const DIVISIONS: &str = "/api/v1/vocabularies/divisions";

#[actix_web::test]
async fn the_list_names_every_vocabulary_and_its_path() {
    let answer = ask("/api/v1/vocabularies", &[]).await;
    assert_eq!(answer.status, StatusCode::OK);
    assert_eq!(answer.items().len(), all().len());
    for item in answer.items() {
        assert_eq!(item["href"], format!("/api/v1/vocabularies/{}", item["name"].as_str().unwrap()));
    }
}

#[actix_web::test]
async fn labels_follow_the_language_and_names_are_bilingual() {
    for (language, tag, label) in
        [("zh-CN", "zh-CN", "人工智能"), ("en-GB", "en", "Artificial intelligence"), ("fr", "zh-CN", "人工智能")]
    {
        let answer = ask(FIELDS, &[("Accept-Language", language)]).await;
        assert_eq!(answer.items()[0]["label"], label);
        assert_eq!(answer.items()[0]["name"], serde_json::json!({"zh": "人工智能", "en": "Artificial intelligence"}));
        assert_eq!(answer.header("content-language"), tag);
        assert_eq!(answer.header("vary"), "Accept-Language");
        assert_eq!(answer.header("cache-control"), "private, max-age=3600");
    }
}

#[actix_web::test]
async fn a_held_answer_is_not_sent_again() {
    let first = ask(FIELDS, &[]).await;
    let tag = first.header("etag");
    assert!(tag.starts_with("W/\""));
    for held in
        [tag.to_owned(), "*".into(), tag.replace("W/", ""), format!("\"other\", {tag}"), format!("\"other\",{tag}")]
    {
        let again = ask(FIELDS, &[("If-None-Match", &held)]).await;
        assert_eq!((again.status, again.body.len()), (StatusCode::NOT_MODIFIED, 0), "{held}");
        assert_eq!(again.header("etag"), tag);
        assert_eq!(again.header("vary"), "Accept-Language");
    }
    assert_eq!(ask(FIELDS, &[("If-None-Match", "\"other\"")]).await.status, StatusCode::OK);
    assert_eq!(ask(FIELDS, &[("If-None-Match", tag), ("Accept-Language", "en")]).await.status, StatusCode::OK);
}

#[actix_web::test]
async fn codes_are_filtered_by_day_and_parent() {
    let codes = |answer: Answer| {
        answer.items().iter().map(|item| item["code"].as_str().unwrap().to_owned()).collect::<Vec<_>>()
    };
    let before = codes(ask(&format!("{DIVISIONS}?valid_on=2015-01-01"), &[]).await);
    let after = codes(ask(&format!("{DIVISIONS}?valid_on=2024-01-01"), &[]).await);
    assert!(before.contains(&"500234".to_owned()) && !before.contains(&"500154".to_owned()));
    assert!(!after.contains(&"500234".to_owned()) && after.contains(&"500154".to_owned()));
    let chengdu = codes(ask(&format!("{DIVISIONS}?valid_on=2024-01-01&parent=510100"), &[]).await);
    assert_eq!(chengdu.len(), 20);
    let whole = ask(DIVISIONS, &[]).await;
    let old = whole.items().into_iter().find(|item| item["code"] == "500234").unwrap();
    assert_eq!((&old["successor"], &old["valid_to"]), (&"500154".into(), &"2017-01-01".into()));
}

#[actix_web::test]
async fn wrong_names_and_parameters_are_refused() {
    assert_eq!(ask("/api/v1/vocabularies/research-field", &[]).await.status, StatusCode::NOT_FOUND);
    for query in ["valid=2024-01-01", "valid_on=2024-1-1", "parent=F9", "parent=F1&parent=F2", "valid_on="] {
        assert_eq!(ask(&format!("{FIELDS}?{query}"), &[]).await.status, StatusCode::BAD_REQUEST, "{query}");
    }
    assert_eq!(ask("/api/v1/vocabularies?page=1", &[]).await.status, StatusCode::BAD_REQUEST);
}

#[test]
fn refusals_say_what_was_probably_meant() {
    let guess = |problem: Problem| problem.said().faults[0].did_you_mean.clone();
    assert_eq!(guess(unknown_vocabulary("research-field")).as_deref(), Some("research-fields"));
    let problem = Query::parse("valid_no=1").unwrap().finish(&["valid_on", "parent"]).unwrap_err();
    assert_eq!((problem.code(), guess(problem).as_deref()), (Code::UnknownParameter, Some("valid_on")));
}
