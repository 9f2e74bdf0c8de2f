//! How a [`Problem`] becomes an answer.

use actix_web::http::StatusCode;
use actix_web::{HttpResponse, ResponseError};

use super::problem::Problem;

impl ResponseError for Problem {
    fn status_code(&self) -> StatusCode {
        self.code().status()
    }

    fn error_response(&self) -> HttpResponse {
        let mut answer = HttpResponse::build(self.status_code());
        for (name, value) in &self.said().headers {
            answer.append_header((*name, value.as_str()));
        }
        answer.json(serde_json::json!({ "code": self.code().name(), "status": self.status_code().as_u16() }))
    }
}
