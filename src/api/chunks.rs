//! A body of several pieces whose length is known: the rows of a page go out as they came from the database, without being
//! joined in one large piece of memory before.

use std::convert::Infallible;
use std::pin::Pin;
use std::task::{Context, Poll};

use actix_web::body::{BodySize, MessageBody};
use actix_web::http::header::ACCEPT_ENCODING;
use actix_web::web::Bytes;
use actix_web::{HttpRequest, HttpResponse, HttpResponseBuilder};

/// The pieces, in their order.
pub struct Chunks {
    pieces: std::vec::IntoIter<Vec<u8>>,
    length: usize,
}

impl Chunks {
    pub fn new(pieces: Vec<Vec<u8>>) -> Chunks {
        let length = pieces.iter().map(Vec::len).sum();
        Chunks { pieces: pieces.into_iter(), length }
    }

    /// The response with them as its JSON body.
    pub fn answer(self, request: &HttpRequest, response: &mut HttpResponseBuilder) -> HttpResponse {
        response.content_type("application/json");
        match request.headers().contains_key(ACCEPT_ENCODING) {
            true => response.body(self.joined()), // compressed piece by piece it would go to another thread fifty times
            false => response.body(self),
        }
    }

    fn joined(self) -> Vec<u8> {
        let mut whole = Vec::with_capacity(self.length);
        self.pieces.for_each(|piece| whole.extend_from_slice(&piece));
        whole
    }
}

/// Pieces of about equal size, while they are written.
#[derive(Default)]
pub struct Pieces {
    full: Vec<Vec<u8>>,
    open: Vec<u8>,
    length: usize,
}

impl Pieces {
    /// A piece is full at this many bytes: about as much as the server sends at once.
    const FULL: usize = 32 * 1024;

    /// Where to write on.
    pub fn room(&mut self) -> &mut Vec<u8> {
        if self.open.len() >= Pieces::FULL {
            self.length += self.open.len();
            self.full.push(std::mem::take(&mut self.open));
        }
        if self.open.capacity() == 0 {
            self.open.reserve(Pieces::FULL + Pieces::FULL / 8);
        }
        &mut self.open
    }

    pub fn length(&self) -> usize {
        self.length + self.open.len()
    }
}

impl From<Pieces> for Chunks {
    fn from(mut pieces: Pieces) -> Chunks {
        pieces.full.push(pieces.open);
        Chunks::new(pieces.full)
    }
}

impl MessageBody for Chunks {
    type Error = Infallible;

    fn size(&self) -> BodySize {
        BodySize::Sized(self.length as u64)
    }

    fn poll_next(mut self: Pin<&mut Self>, _: &mut Context<'_>) -> Poll<Option<Result<Bytes, Infallible>>> {
        Poll::Ready(self.pieces.next().map(|piece| Ok(Bytes::from(piece))))
    }
}
