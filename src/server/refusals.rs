//! Requests that the HTTP library refuses by itself: bytes that are no request, an address or header fields beyond its
//! buffer, a head that does not arrive in time.
//!
//! It answers these before any service is called, with a status and no body, and offers no hook. So the answer is
//! replaced on its way to the client by one with the body that every refusal has (RFC 9457). The request could not be
//! read: its path and language are unknown.

use std::io::{Error, ErrorKind};
use std::pin::Pin;
use std::sync::Arc;
use std::task::{Context, Poll, ready};

use tokio::io::{AsyncRead, AsyncWrite, ReadBuf};

use crate::api::{Language, RequestId, render};
use crate::db::Id;
use crate::problem::{Code, Problem};

/// An answer without a body is a status line and a few fields; anything longer is one of ours.
const LONGEST_BARE_ANSWER: usize = 512;

/// A client's connection on which refusals of the HTTP library get a body.
pub struct Explained<S> {
    io: S,
    public_url: Arc<str>,
    exchange: Option<Exchange>,
}

/// An answer that replaces another one.
struct Exchange {
    answer: Vec<u8>,
    sent: usize,
    /// The length of the replaced answer.
    replaced: usize,
}

impl<S> Explained<S> {
    pub fn new(io: S, public_url: Arc<str>) -> Explained<S> {
        Explained { io, public_url, exchange: None }
    }
}

/// The code of a refusal by the library, recognised by its missing body; every refusal of ours has one.
fn refused(answer: &[u8]) -> Option<Code> {
    let code = match answer.get(..13)? {
        b"HTTP/1.1 400 " | b"HTTP/1.0 400 " => Code::MalformedRequest,
        b"HTTP/1.1 408 " | b"HTTP/1.0 408 " => Code::RequestTimeout,
        b"HTTP/1.1 431 " | b"HTTP/1.0 431 " => Code::HeadersTooLarge,
        _ => return None,
    };
    let text = std::str::from_utf8(answer).ok().filter(|text| text.len() <= LONGEST_BARE_ANSWER)?;
    let head = text.strip_suffix("\r\n\r\n")?;
    let is_empty = |field: &str| field.eq_ignore_ascii_case("content-length: 0");
    head.split("\r\n").any(is_empty).then_some(code)
}

/// The same refusal with its problem as body; the connection ends with it.
fn explain(code: Code, public_url: &str) -> Vec<u8> {
    let (request_id, language) = (RequestId(Id::new()), Language::default());
    let context = render::Context { public_url, instance: "/", request_id, language };
    let body = render::json(&Problem::new(code), &context);
    let status = code.status();
    let head = format!(
        "HTTP/1.1 {} {}\r\ncontent-type: application/problem+json\r\ncontent-language: {}\r\ncontent-length: {}\r\n\
         cache-control: no-store\r\nx-content-type-options: nosniff\r\nx-request-id: {}\r\nconnection: close\r\ndate: {}\r\n\r\n",
        status.as_str(),
        status.canonical_reason().unwrap_or_default(),
        language.tag(),
        body.len(),
        request_id.0,
        actix_http::header::HttpDate::from(std::time::SystemTime::now()),
    );
    [head.into_bytes(), body.into_bytes()].concat()
}

impl<S: AsyncRead + Unpin> AsyncRead for Explained<S> {
    fn poll_read(mut self: Pin<&mut Self>, cx: &mut Context<'_>, buf: &mut ReadBuf<'_>) -> Poll<Result<(), Error>> {
        Pin::new(&mut self.io).poll_read(cx, buf)
    }
}

impl<S: AsyncWrite + Unpin> AsyncWrite for Explained<S> {
    fn poll_write(mut self: Pin<&mut Self>, cx: &mut Context<'_>, buf: &[u8]) -> Poll<Result<usize, Error>> {
        let Explained { io, public_url, exchange } = &mut *self;
        if exchange.is_none() {
            *exchange =
                refused(buf).map(|code| Exchange { answer: explain(code, public_url), sent: 0, replaced: buf.len() });
        }
        let Some(Exchange { answer, sent, replaced }) = exchange else {
            return Pin::new(io).poll_write(cx, buf);
        };
        while *sent < answer.len() {
            match ready!(Pin::new(&mut *io).poll_write(cx, &answer[*sent..]))? {
                0 => return Poll::Ready(Err(ErrorKind::WriteZero.into())),
                written => *sent += written,
            }
        }
        let replaced = *replaced;
        *exchange = None;
        Poll::Ready(Ok(replaced))
    }

    fn poll_flush(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<Result<(), Error>> {
        Pin::new(&mut self.io).poll_flush(cx)
    }

    fn poll_shutdown(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<Result<(), Error>> {
        Pin::new(&mut self.io).poll_shutdown(cx)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_answers_of_the_library_without_a_body_are_exchanged() {
        let bare = |status: &str| format!("HTTP/1.1 {status}\r\ncontent-length: 0\r\nconnection: close\r\n\r\n");
        assert_eq!(refused(bare("400 Bad Request").as_bytes()), Some(Code::MalformedRequest));
        assert_eq!(refused(bare("431 Request Header Fields Too Large").as_bytes()), Some(Code::HeadersTooLarge));
        assert_eq!(refused(bare("408 Request Timeout").as_bytes()), Some(Code::RequestTimeout));
        for ours in ["204 No Content", "200 OK", "413 Payload Too Large"] {
            assert_eq!(refused(bare(ours).as_bytes()), None);
        }
        assert_eq!(refused(b"HTTP/1.1 400 Bad Request\r\ncontent-length: 2\r\n\r\n{}"), None);
        assert_eq!(refused(b"HTTP/1.1 400 Bad Request\r\ncontent-length: 412\r\n\r\n"), None, "the answer to a HEAD");
        assert_eq!(refused(b"HTTP/1.1 4"), None);
    }
}
