//! Logins that are refused, as many as somebody without credentials can send, and what right ones wait meanwhile.

use std::io::{Read, Write};
use std::net::TcpStream;
use std::sync::atomic::{AtomicBool, AtomicU32, Ordering};
use std::time::{Duration, Instant};

use base64::Engine;
use base64::engine::general_purpose::STANDARD;

use super::Done;

/// How long a right client pauses between two logins.
const PAUSE: Duration = Duration::from_millis(50);

/// Sends `count` wrong logins over `connections`, while the clients named in `BENCH_CLIENTS` (`name:secret`, separated by
/// spaces) log in rightly, each from an address of its own. Prints how many wrong ones were answered with 401, 429 and 503,
/// and the number and the longest wait in milliseconds of the right ones; any other answer is an error.
///
/// The wrong ones come from one address (`one`) or from as many as there are logins (`many`), each in a name that is none; or
/// from many in the names of `BENCH_VICTIMS` (`known`). The service must trust 127.0.0.1 as a proxy.
pub fn logins(port: u16, count: u32, connections: u32, from: &str) -> Done {
    let clients = std::env::var("BENCH_CLIENTS").unwrap_or_default();
    let (next, over) = (AtomicU32::new(0), AtomicBool::new(false));
    let (statuses, waits) = std::thread::scope(|scope| {
        let right: Vec<_> = clients
            .split_whitespace()
            .enumerate()
            .map(|(position, client)| (format!("192.0.2.{}", position + 1), client))
            .map(|(address, client)| scope.spawn(|| repeat(port, client, address, &over)))
            .collect();
        let wrong: Vec<_> = (0..connections).map(|_| scope.spawn(|| flood(port, count, from, &next))).collect();
        let statuses: Vec<u16> = wrong.into_iter().filter_map(|thread| thread.join().ok()).flatten().collect();
        over.store(true, Ordering::Release);
        let waits: Vec<Duration> = right.into_iter().filter_map(|thread| thread.join().ok()).flatten().collect();
        (statuses, waits)
    });
    let of = |status: u16| statuses.iter().filter(|one| **one == status).count();
    let (heard, held, busy) = (of(401), of(429), of(503));
    if heard + held + busy != count as usize {
        return Err(
            format!("of {count} wrong logins {} were answered oddly", count as usize - heard - held - busy).into()
        );
    }
    let longest = waits.iter().max().copied().unwrap_or_default();
    println!("{heard} {held} {busy} {} {}", waits.len(), longest.as_millis());
    Ok(())
}

fn flood(port: u16, count: u32, from: &str, next: &AtomicU32) -> Vec<u16> {
    let victims = std::env::var("BENCH_VICTIMS").unwrap_or_default();
    let victims: Vec<&str> = victims.split_whitespace().filter(|_| from == "known").collect();
    let mut line = Line::new(port);
    let mut statuses = Vec::new();
    loop {
        let number = next.fetch_add(1, Ordering::Relaxed);
        if number >= count {
            return statuses;
        }
        let address = match from {
            "one" => "203.0.113.1".to_owned(),
            _ => format!("10.{}.{}.1", number / 256, number % 256),
        };
        let name = match victims.get(number as usize % victims.len().max(1)) {
            Some(victim) => (*victim).to_owned(),
            None => format!("guess-{number}"),
        };
        statuses.push(line.login(&format!("{name}:a wrong one"), &address).unwrap_or(0));
    }
}

/// Logs in until the flood is over; the first time also the service learns the client.
fn repeat(port: u16, client: &str, address: String, over: &AtomicBool) -> Vec<Duration> {
    let mut line = Line::new(port);
    let mut waits = Vec::new();
    while !over.load(Ordering::Acquire) {
        let begin = Instant::now();
        let status = line.login(client, &address).unwrap_or(0);
        // A refused one is not awaited.
        waits.push(if status == 200 { begin.elapsed() } else { Duration::MAX });
        std::thread::sleep(PAUSE);
    }
    waits
}

/// A connection that is kept, and opened again when the service has closed it.
struct Line {
    port: u16,
    stream: Option<TcpStream>,
}

impl Line {
    fn new(port: u16) -> Line {
        Line { port, stream: None }
    }

    /// The status of a login with these credentials (`name:secret`) from this address.
    fn login(&mut self, credentials: &str, address: &str) -> std::io::Result<u16> {
        let mut stream = match self.stream.take() {
            Some(stream) => stream,
            None => TcpStream::connect(("127.0.0.1", self.port))?,
        };
        stream.set_read_timeout(Some(Duration::from_secs(30)))?;
        let body = "grant_type=client_credentials";
        write!(
            stream,
            "POST /oauth2/token HTTP/1.1\r\nHost: localhost\r\nX-Forwarded-For: {address}\r\nAuthorization: Basic {}\r\n\
             Content-Type: application/x-www-form-urlencoded\r\nContent-Length: {}\r\n\r\n{body}",
            STANDARD.encode(credentials),
            body.len()
        )?;
        let status = answer(&mut stream)?;
        self.stream = Some(stream);
        Ok(status)
    }
}

/// Reads one answer whole.
fn answer(stream: &mut TcpStream) -> std::io::Result<u16> {
    let (mut bytes, mut part) = (Vec::new(), [0; 4096]);
    loop {
        let count = stream.read(&mut part)?;
        if count == 0 {
            return Err(std::io::ErrorKind::UnexpectedEof.into());
        }
        bytes.extend_from_slice(&part[..count]);
        let text = String::from_utf8_lossy(&bytes);
        let Some((head, body)) = text.split_once("\r\n\r\n") else { continue };
        let head = head.to_ascii_lowercase();
        let number = |text: &str| text.split_whitespace().next().and_then(|word| word.parse::<usize>().ok());
        let length = head.split_once("content-length:").and_then(|(_, rest)| number(rest)).unwrap_or(0);
        if body.len() >= length {
            return Ok(head.get(9..12).and_then(number).unwrap_or(0) as u16);
        }
    }
}
