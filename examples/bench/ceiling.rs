//! The HTTP ceiling: what actix-web reaches when the handler does nothing.

use actix_web::{App, HttpResponse, HttpServer, web};

use super::Done;

pub fn serve(port: u16, one: usize, page: usize, feed: usize) -> Done {
    let text = |length: usize| -> &'static [u8] { "x".repeat(length).into_bytes().leak() };
    let (one, page, feed) = (text(one), text(page), text(feed));
    let answer = |text| move || async move { HttpResponse::Ok().content_type("application/json").body(text) };
    let app = move || {
        App::new()
            .route("/api/v1/instruments/{id}", web::get().to(answer(one)))
            .route("/api/v1/instruments", web::get().to(answer(page)))
            .route("/api/v1/changes", web::get().to(answer(feed)))
    };
    let workers = std::thread::available_parallelism().map_or(1, usize::from);
    let server = HttpServer::new(app).workers(workers).bind(("127.0.0.1", port))?.run();
    Ok(actix_web::rt::System::new().block_on(server)?)
}
