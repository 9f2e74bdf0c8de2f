//! A body of several pieces whose length is known: the texts of a page are sent as they are stored, without being
//! copied into one large buffer first.

use std::convert::Infallible;
use std::pin::Pin;
use std::task::{Context, Poll};

use actix_web::body::{BodySize, MessageBody};
use actix_web::web::Bytes;
use actix_web::{HttpResponse, HttpResponseBuilder};

/// The pieces, in their order.
pub struct Chunks {
    pieces: std::vec::IntoIter<Bytes>,
    length: usize,
}

impl Chunks {
    pub fn new(pieces: Vec<Bytes>) -> Chunks {
        let length = pieces.iter().map(Bytes::len).sum();
        Chunks { pieces: pieces.into_iter(), length }
    }

    /// The response with them as its JSON body.
    pub fn answer(self, response: &mut HttpResponseBuilder) -> HttpResponse {
        response.content_type("application/json").body(self)
    }
}

impl MessageBody for Chunks {
    type Error = Infallible;

    fn size(&self) -> BodySize {
        BodySize::Sized(self.length as u64)
    }

    fn poll_next(mut self: Pin<&mut Self>, _: &mut Context<'_>) -> Poll<Option<Result<Bytes, Infallible>>> {
        Poll::Ready(self.pieces.next().map(Ok))
    }
}
