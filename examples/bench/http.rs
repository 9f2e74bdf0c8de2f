//! Single requests over a plain socket.

use std::io::{Read, Write};
use std::net::TcpStream;
use std::path::Path;
use std::process::{Command, Stdio};
use std::time::{Duration, Instant};

use super::Done;

fn get(port: u16, path: &str) -> std::io::Result<Vec<u8>> {
    let mut stream = TcpStream::connect(("127.0.0.1", port))?;
    stream.set_read_timeout(Some(Duration::from_secs(10)))?;
    let token = std::env::var("BENCH_TOKEN").unwrap_or_default();
    let authorization = if token.is_empty() { String::new() } else { format!("Authorization: Bearer {token}\r\n") };
    write!(stream, "GET {path} HTTP/1.1\r\nHost: localhost\r\n{authorization}Connection: close\r\n\r\n")?;
    let mut answer = Vec::new();
    stream.read_to_end(&mut answer)?;
    Ok(answer)
}

fn body(answer: &[u8]) -> Option<&[u8]> {
    answer.starts_with(b"HTTP/1.1 200").then_some(())?;
    let end = answer.windows(4).position(|four| four == b"\r\n\r\n")?;
    Some(&answer[end + 4..])
}

/// Prints the mean length of the answers to at most 100 of the paths; all must be 200. `BENCH_TOKEN` is sent along.
pub fn sizes(port: u16, file: &Path) -> Done {
    let text = std::fs::read_to_string(file)?;
    let (mut sum, mut count) = (0, 0);
    for path in text.lines().take(100) {
        let answer = get(port, path)?;
        let body = body(&answer).ok_or_else(|| {
            format!("{path}: {}", String::from_utf8_lossy(answer.split(|b| *b == b'\n').next().unwrap_or_default()))
        })?;
        if path.contains('?') && !body.windows(15).any(|part| part == b"\"has_more\":true") {
            return Err(format!("{path} does not fill a page").into());
        }
        sum += body.len();
        count += 1;
    }
    println!("{}", sum / count.max(1));
    Ok(())
}

/// Creates instruments from `body`, each followed at once by one of the paths, and prints the median and the longest time of the answers
/// to these, in milliseconds. `BENCH_TOKEN` is sent along with what is created.
pub fn fresh(port: u16, body_file: &Path, file: &Path) -> Done {
    let (content, paths) = (std::fs::read_to_string(body_file)?, std::fs::read_to_string(file)?);
    let paths: Vec<&str> = paths.lines().collect();
    let token = std::env::var("BENCH_TOKEN")?;
    let ask = |path: &str| -> Done {
        let answer = get(port, path)?;
        body(&answer).map(drop).ok_or_else(|| format!("{path} is not answered").into())
    };
    paths.iter().take(1).try_for_each(|path| ask(path))?;
    let mut times = Vec::new();
    for turn in 0..FRESH {
        let content = content.replace("@KEY@", &format!("fresh-{}-{turn}", std::process::id()));
        let mut stream = TcpStream::connect(("127.0.0.1", port))?;
        write!(
            stream,
            "POST /api/v1/instruments HTTP/1.1\r\nHost: localhost\r\nAuthorization: Bearer {token}\r\nContent-Type: \
             application/json\r\nContent-Length: {}\r\nConnection: close\r\n\r\n{content}",
            content.len()
        )?;
        let mut answer = Vec::new();
        stream.read_to_end(&mut answer)?;
        if !answer.starts_with(b"HTTP/1.1 201") {
            return Err(String::from_utf8_lossy(&answer).into());
        }
        let start = Instant::now();
        ask(paths[turn % paths.len()])?;
        times.push(start.elapsed().as_secs_f64() * 1000.0);
    }
    times.sort_by(f64::total_cmp);
    println!("{:.1} {:.1}", times[times.len() / 2], times[times.len() - 1]);
    Ok(())
}

/// Changes after each of which is asked.
const FRESH: usize = 60;

/// Starts the service several times and prints the median time to its first answer.
pub fn startup(binary: &str, port: u16, path: &str) -> Done {
    let mut times = Vec::new();
    for _ in 0..5 {
        let start = Instant::now();
        let mut child = Command::new(binary).arg("serve").stdout(Stdio::null()).stderr(Stdio::null()).spawn()?;
        let answered = loop {
            if get(port, path).is_ok_and(|answer| body(&answer).is_some()) {
                break true;
            }
            if start.elapsed() > Duration::from_secs(20) {
                break false;
            }
            std::thread::sleep(Duration::from_millis(1));
        };
        times.push(start.elapsed().as_secs_f64() * 1000.0);
        child.kill()?;
        child.wait()?;
        if !answered {
            return Err("the service did not answer in 20 s".into());
        }
    }
    times.sort_by(f64::total_cmp);
    println!("{:.0}", times[times.len() / 2]);
    Ok(())
}
