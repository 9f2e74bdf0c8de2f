//! What `scripts/bench` needs beside the service: data, a bare HTTP server to compare with, and queries of the
//! database.
//!
//! ```text
//! bench load URL COUNT FOLDER      fill a database through the register's own pipeline; request lists into FOLDER
//! bench grow URL COUNT             multiply those instruments to COUNT by INSERT … SELECT
//! bench organizations URL COUNT    so many organizations more, through the pipeline
//! bench plans URL [LOG]            every documented filter: plan and time; LOG is PostgreSQL's log
//! bench ceiling PORT ONE PAGE FEED answer records, pages and feed pages of so many bytes with text that never changes
//! bench sizes PORT FILE            mean length of the answers to the paths in FILE
//! bench logins PORT COUNT CONNECTIONS one|many|known   refused logins, from one address or many, and the wait of right ones
//! bench fresh PORT BODY FILE       milliseconds of the paths in FILE, each right after an instrument was created
//! bench startup BINARY PORT PATH   milliseconds from start to the first answer
//! bench statements LOG RECORD KEY  a pgbench script of the statements that made RECORD, from PostgreSQL's log
//! bench bare URL RECORD KEY SECS   writes a second when the rows of RECORD are inserted by bare SQL, one transaction each
//! ```

mod bare;
mod ceiling;
mod data;
mod grow;
mod http;
mod logins;
mod plans;
mod statements;

pub type Done<T = ()> = Result<T, Box<dyn std::error::Error>>;

fn main() -> Done {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    let words: Vec<&str> = arguments.iter().map(String::as_str).collect();
    match words.as_slice() {
        ["load", url, count, folder] => data::load(url, count.parse()?, folder.as_ref()),
        ["organizations", url, count] => data::organizations(url, count.parse()?),
        ["grow", url, count] => grow::grow(url, count.parse()?),
        ["plans", url] => plans::plans(url, None),
        ["plans", url, log] => plans::plans(url, Some(log.as_ref())),
        ["ceiling", port, one, page, feed] => ceiling::serve(port.parse()?, one.parse()?, page.parse()?, feed.parse()?),
        ["sizes", port, file] => http::sizes(port.parse()?, file.as_ref()),
        ["logins", port, count, connections, from] => {
            logins::logins(port.parse()?, count.parse()?, connections.parse()?, from)
        }
        ["fresh", port, body, file] => http::fresh(port.parse()?, body.as_ref(), file.as_ref()),
        ["startup", binary, port, path] => http::startup(binary, port.parse()?, path),
        ["statements", log, record, key] => statements::script(log.as_ref(), record.as_ref(), key),
        ["bare", url, record, key, seconds] => bare::insert(url, record.as_ref(), key, seconds.parse()?),
        _ => Err("see the head of examples/bench/main.rs for the commands".into()),
    }
}

/// What the functions of the library answer when they fail has no `std::error::Error` of its own.
pub fn told<T>(outcome: chuanyu::problem::Outcome<T>) -> Done<T> {
    outcome.map_err(|problem| format!("{problem}").into())
}
