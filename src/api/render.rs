//! Stand-in until problems are rendered: the status alone.

use actix_web::ResponseError;
use actix_web::http::StatusCode;

use super::Problem;

impl ResponseError for Problem {
    fn status_code(&self) -> StatusCode {
        self.code().status()
    }
}
