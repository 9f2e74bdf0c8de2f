//! What the extractors answer, over HTTP.

use std::time::Duration;

use actix_web::dev::ServiceResponse;
use actix_web::http::header::AUTHORIZATION;
use actix_web::test::{TestRequest, call_service, init_service};
use actix_web::{App, HttpMessage, HttpResponse, get, post, web};

use crate::api::ClientName;
use crate::auth::scopes::{PublishRecords, ReadRecords, Scopes, WriteRecords};
use crate::auth::tests::World;
use crate::auth::{Caller, Reader, clients};
use crate::db::{Id, Moment};
use crate::problem::{Code, Problem};

#[derive(serde::Deserialize)]
struct Strict {
    #[allow(dead_code)] // only its presence matters
    needed: String,
}

#[post("/write")]
async fn write(caller: Caller<WriteRecords>, _: web::Json<Strict>) -> HttpResponse {
    HttpResponse::Ok().body(caller.client.clone())
}

#[get("/open")]
async fn open(reader: Reader) -> HttpResponse {
    HttpResponse::Ok().body(reader.principal().map_or("anybody".to_owned(), |principal| principal.client.clone()))
}

async fn send(world: &World, request: TestRequest) -> ServiceResponse {
    let app = init_service(App::new().configure(|cfg| world.add_app_data(cfg)).service(write).service(open)).await;
    call_service(&app, request.to_request()).await.map_into_boxed_body()
}

fn bearer(request: TestRequest, token: &str) -> TestRequest {
    request.insert_header((AUTHORIZATION, format!("Bearer {token}")))
}

fn challenge(answer: &ServiceResponse) -> &str {
    answer.headers().get("www-authenticate").unwrap().to_str().unwrap()
}

const BAD_TOKEN: &str = "Bearer realm=\"chuanyu\", error=\"invalid_token\"";

#[actix_web::test]
async fn without_a_token_the_answer_is_401_before_the_body_is_judged() {
    let world = World::start().await;
    let answer = send(&world, TestRequest::post().uri("/write").set_payload("not json")).await;
    assert_eq!((answer.status().as_u16(), challenge(&answer)), (401, "Bearer realm=\"chuanyu\""));
    let problem = answer.response().error().and_then(|error| error.as_error::<Problem>()).map(Problem::code);
    assert_eq!(problem, Some(Code::Unauthenticated));
}

#[actix_web::test]
async fn a_token_without_the_scope_is_403_and_says_which() {
    let world = World::start().await;
    let token = world.token(&world.reader());
    let answer = send(&world, bearer(TestRequest::post().uri("/write"), &token)).await;
    let expected = "Bearer realm=\"chuanyu\", error=\"insufficient_scope\", scope=\"records:write\"";
    assert_eq!((answer.status().as_u16(), challenge(&answer)), (403, expected));
    let writer = world.token(&world.client("cq-writer", Scopes::only::<WriteRecords>()));
    let answer = send(&world, bearer(TestRequest::post().uri("/write").set_payload("not json"), &writer)).await;
    assert_eq!(answer.status(), 400, "the body is judged once the caller is known");
    let answer = send(&world, bearer(TestRequest::get().uri("/open"), &writer)).await;
    assert_eq!(answer.status(), 403, "an open read with a token needs records:read");
}

#[actix_web::test]
async fn open_reads_are_open_while_the_operator_says_so() {
    let world = World::start().await;
    let answer = send(&world, TestRequest::get().uri("/open")).await;
    assert_eq!(answer.status(), 200);
    let token = world.token(&world.reader());
    let answer = send(&world, bearer(TestRequest::get().uri("/open"), &token)).await;
    assert_eq!(answer.request().extensions().get::<ClientName>().unwrap().0, "cq-reader", "known to the log");
    assert_eq!(actix_web::test::read_body(answer).await, "cq-reader");
    let closed = World::with(|settings| settings.public_read = false).await;
    let answer = send(&closed, TestRequest::get().uri("/open")).await;
    assert_eq!((answer.status().as_u16(), challenge(&answer)), (401, "Bearer realm=\"chuanyu\""));
}

#[actix_web::test]
async fn a_bad_way_to_send_a_token_is_401_also_on_open_reads() {
    let world = World::start().await;
    let token = world.token(&world.reader());
    let get = || TestRequest::get().uri("/open");
    let answers = [
        send(&world, bearer(get(), "nonsense")).await,
        send(&world, bearer(get(), "")).await,
        send(&world, bearer(get(), &token).append_header((AUTHORIZATION, format!("Bearer {token}")))).await,
        send(&world, TestRequest::get().uri(&format!("/open?access_token={token}"))).await,
        send(&world, bearer(TestRequest::get().uri("/open?access%5Ftoken=x"), &token)).await,
    ];
    for answer in answers {
        assert_eq!((answer.status().as_u16(), challenge(&answer)), (401, BAD_TOKEN));
    }
    for scheme in ["Basic Y3E6c2VjcmV0", "Bearer", "DPoP token"] {
        let answer = send(&world, get().insert_header((AUTHORIZATION, scheme))).await;
        assert_eq!((answer.status().as_u16(), challenge(&answer)), (401, "Bearer realm=\"chuanyu\""), "{scheme}");
    }
    let lower = get().insert_header((AUTHORIZATION, format!("bearer {token}")));
    assert_eq!(send(&world, lower).await.status(), 200, "schemes are case-insensitive");
}

#[actix_web::test]
async fn a_disabled_client_is_refused_as_soon_as_it_is_seen_and_let_in_again() {
    let world = World::start().await;
    let client = world.reader();
    let token = world.token(&client);
    let get = || bearer(TestRequest::get().uri("/open"), &token);
    assert_eq!(send(&world, get()).await.status(), 200, "younger than the copy");
    world.access.refresh(&world.db).await.unwrap();
    assert_eq!(send(&world, get()).await.status(), 200);
    world.db.write_here(|conn| clients::disable(conn, "cq-reader")).unwrap();
    world.access.refresh(&world.db).await.unwrap();
    let answer = send(&world, get()).await;
    assert_eq!((answer.status().as_u16(), challenge(&answer)), (401, BAD_TOKEN));
    world.db.write_here(|conn| clients::enable(conn, "cq-reader")).unwrap();
    world.access.refresh(&world.db).await.unwrap();
    assert_eq!(send(&world, get()).await.status(), 200);
}

#[actix_web::test]
async fn a_client_that_was_removed_is_refused() {
    let world = World::start().await;
    let mut gone = world.reader();
    gone.id = Id::new();
    let mut claims = crate::auth::tests::claims(&gone);
    claims["iat"] = (Moment::now().seconds() - 60).into();
    let token = world.forge(&world.header(), &claims);
    assert_eq!(send(&world, bearer(TestRequest::get().uri("/open"), &token)).await.status(), 401);
}

#[actix_web::test]
async fn while_the_clients_are_not_known_tokens_are_answered_with_503() {
    let world = World::start().await;
    let token = world.token(&world.reader());
    world.access.clients().grow_old(Duration::from_secs(55));
    assert_eq!(send(&world, bearer(TestRequest::get().uri("/open"), &token)).await.status(), 200);
    world.access.clients().grow_old(Duration::from_secs(61));
    let answer = send(&world, bearer(TestRequest::get().uri("/open"), &token)).await;
    assert_eq!(answer.status(), 503);
    assert!(answer.headers().contains_key("retry-after"));
    assert_eq!(send(&world, TestRequest::get().uri("/open")).await.status(), 200, "anybody may read on");
}

#[actix_web::test]
async fn only_publishers_of_a_province_write_for_all_of_it() {
    let world = World::start().await;
    let agency = world.client("cq-stb", Scopes::only::<ReadRecords>().with::<PublishRecords>());
    let principal = |client| world.access.tokens().verify(&world.token(client)).unwrap().principal;
    assert!(principal(&agency).province_wide());
    assert!(!principal(&world.reader()).province_wide());
}
