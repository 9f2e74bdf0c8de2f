//! The program as an operator sees it: exit codes, messages, start and end.

use std::io::{BufRead, BufReader, Read, Write};
use std::net::{TcpListener, TcpStream};
use std::path::PathBuf;
use std::process::{Child, Command, Output, Stdio};
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::{Duration, Instant};

use chuanyu::db::Target;
use chuanyu::db::connection::Purpose;

/// A folder of its own for a program and its files.
pub struct Place(pub PathBuf);

impl Place {
    pub fn new() -> Place {
        static COUNT: AtomicUsize = AtomicUsize::new(0);
        let name = format!("chuanyu-process-{}-{}", std::process::id(), COUNT.fetch_add(1, Ordering::Relaxed));
        let path = std::env::temp_dir().join(name);
        std::fs::create_dir_all(&path).unwrap();
        Place(path)
    }

    /// The program in this folder, with no setting from the tests' own environment.
    pub fn command(&self, words: &str) -> Command {
        let mut command = Command::new(env!("CARGO_BIN_EXE_chuanyu"));
        command.current_dir(&self.0).args(words.split_whitespace());
        for (name, _) in std::env::vars_os() {
            if name.to_string_lossy().starts_with("CHUANYU_") {
                command.env_remove(name);
            }
        }
        command.env("LC_ALL", "C.UTF-8");
        command
    }

    pub fn run(&self, words: &str) -> Output {
        self.command(words).output().unwrap()
    }
}

impl Drop for Place {
    fn drop(&mut self) {
        let _ = std::fs::remove_dir_all(&self.0);
    }
}

/// A running service; killed when the test ends early.
pub struct Service {
    child: Child,
    pub address: String,
}

impl Service {
    pub fn start(place: &Place, words: &str) -> Service {
        Service::spawn(place.command(&format!("serve --listen 127.0.0.1:0 --workers 1 {words}")))
    }

    fn spawn(mut command: Command) -> Service {
        let mut child = command.stdout(Stdio::piped()).spawn().unwrap();
        let mut lines = BufReader::new(child.stdout.take().unwrap()).lines();
        let address = loop {
            let line = lines.next().expect("the service prints its address").unwrap();
            if let Some((_, address)) = line.split_once("http://127.0.0.1:") {
                break format!("127.0.0.1:{}", address.split('/').next().unwrap());
            }
        };
        std::thread::spawn(move || lines.for_each(drop));
        Service { child, address }
    }

    /// The status and body of `GET path`; `None` when nobody answers.
    fn get(&self, path: &str) -> Option<(u16, String)> {
        let mut stream = TcpStream::connect(&self.address).ok()?;
        let request = format!("GET {path} HTTP/1.1\r\nHost: {}\r\nConnection: close\r\n\r\n", self.address);
        stream.write_all(request.as_bytes()).ok()?;
        let mut answer = String::new();
        stream.read_to_string(&mut answer).ok()?;
        let (head, body) = answer.split_once("\r\n\r\n")?;
        Some((head.split(' ').nth(1)?.parse().ok()?, body.to_owned()))
    }

    fn signal(&self, name: &str) {
        let sent = Command::new("kill").args(["-s", name, &self.child.id().to_string()]).status().unwrap();
        assert!(sent.success());
    }

    /// Waits for the end; the exit code and how long it took.
    fn end(mut self, patience: Duration) -> (Option<i32>, Duration) {
        let began = Instant::now();
        while began.elapsed() < patience {
            if let Some(status) = self.child.try_wait().unwrap() {
                return (status.code(), began.elapsed());
            }
            std::thread::sleep(Duration::from_millis(20));
        }
        panic!("still running after {patience:?}");
    }
}

impl Drop for Service {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

pub fn words(bytes: &[u8]) -> String {
    String::from_utf8_lossy(bytes).into_owned()
}

#[test]
fn wrong_usage_and_wrong_settings_end_with_2_and_name_the_mistake() {
    let place = Place::new();
    assert_eq!(place.run("").status.code(), Some(2));
    let output = place.run("serv");
    assert_eq!(output.status.code(), Some(2));
    assert!(words(&output.stderr).contains("serve"), "the right word is suggested");
    let output = place.command("serve").env("CHUANYU_DATABSE_URL", "sqlite:a.db").output().unwrap();
    assert_eq!(output.status.code(), Some(2));
    assert!(words(&output.stderr).contains("CHUANYU_DATABSE_URL; did you mean CHUANYU_DATABASE_URL?"));
    std::fs::write(place.0.join("register.toml"), "pool_size = 0").unwrap();
    let output = place.run("serve --config register.toml");
    assert_eq!(output.status.code(), Some(2));
    assert!(words(&output.stderr).contains("setting `pool_size`, from register.toml: 0 is not between 1 and 500"));
}

#[test]
fn help_ends_with_0_and_a_failure_with_1() {
    let place = Place::new();
    for words in ["--help", "serve --help", "client --help", "--version"] {
        assert_eq!(place.run(words).status.code(), Some(0), "{words}");
    }
    let output = place.run("healthcheck --listen 127.0.0.1:1");
    assert_eq!(output.status.code(), Some(1));
    assert!(words(&output.stderr).contains("127.0.0.1:1 does not answer"));
}

#[test]
fn who_looks_for_something_where_there_is_no_database_makes_none() {
    let place = Place::new();
    for command in [
        "token nobody",
        "client list",
        "rebuild-projections",
        "check",
        "agency list",
        "redact-contact ORG-2026-000001-1",
    ] {
        let ended = place.run(command);
        assert_eq!(ended.status.code(), Some(1), "{command}");
        assert!(words(&ended.stderr).contains("there is no database"), "{command}: {}", words(&ended.stderr));
    }
    assert!(place.run("client add partner --province 500000 --scopes records:read").status.success());
    assert!(words(&place.run("client list").stdout).contains("partner"));
    for command in ["token partner", "key list", "key rotate"] {
        let ended = place.run(command);
        assert_eq!(ended.status.code(), Some(1), "{command}");
        assert!(words(&ended.stderr).contains("there is no key in var/keys"), "{command}: {}", words(&ended.stderr));
    }
    assert!(!place.0.join("var/keys").exists(), "nor keys where the service does not look");
}

#[test]
fn commands_speak_the_language_of_the_terminal() {
    let place = Place::new();
    let said = |locale: &str, words_: &str| {
        let output = place.command(words_).env("LC_ALL", locale).output().unwrap();
        words(&output.stderr) + &words(&output.stdout)
    };
    assert!(place.run("migrate").status.success());
    assert!(said("zh_CN.UTF-8", "audit verify").contains("审计日志为空"));
    assert!(said("en_GB.UTF-8", "audit verify").contains("The log is empty"));
    assert!(said("zh_CN.UTF-8", "client disable nobody").contains("没有名为 nobody 的客户端"));
    assert!(said("C", "client disable nobody").contains("There is no client nobody"));
    let order = said("zh_CN.UTF-8", "client add cq-university --org ORG-2026-000001-1");
    assert!(order.contains("登记簿中还没有单位") && order.contains("client set-organization"), "{order}");
    let table = said("zh_CN.UTF-8", "client list");
    assert!(["名称", "省市", "单位", "状态", "权限"].iter().all(|head| table.contains(head)), "{table}");
    assert!(said("zh_CN.UTF-8", "key list").contains("var/keys 中没有密钥"));
    let unknown = said("C", "client add partner --scopes usage:write");
    assert!(unknown.contains("There is no scope usage:write"), "{unknown}");
}

#[test]
fn an_empty_postgres_is_told_and_left_alone_by_who_looks_for_something() {
    let place = Place::new();
    let name = format!("packaging_empty_{}", std::process::id());
    let url = on_postgres(&format!("CREATE DATABASE {name}"));
    let url = format!("{}/{name}", url.rsplit_once('/').unwrap().0);
    let ended = place.run(&format!("token nobody --database-url {url}"));
    assert_eq!(ended.status.code(), Some(1));
    assert!(words(&ended.stderr).contains("there is nothing in postgres://"), "{}", words(&ended.stderr));
    let pending = place.run(&format!("migrate --status --database-url {url}"));
    assert!(words(&pending.stdout).lines().all(|line| line.starts_with("pending ")));
    on_postgres(&format!("DROP DATABASE {name} WITH (FORCE)"));
}

#[test]
fn check_ends_with_1_when_something_breaks_a_rule_of_today() {
    let place = Place::new();
    assert!(place.run("demo load").status.success());
    let sound = place.run("check");
    assert_eq!(sound.status.code(), Some(0), "{}", words(&sound.stderr));
    assert!(place.run("agency remove ORG-2026-000053-2").status.success());
    let broken = place.run("check confirmers");
    assert_eq!(broken.status.code(), Some(1));
    assert!(words(&broken.stdout).contains("- cq-agency: "), "{}", words(&broken.stdout));
    assert_eq!(place.run("check something").status.code(), Some(2));
    assert!(place.run("redact-contact INS-2026-000001-1").status.success());
}

#[test]
fn migrations_are_listed_applied_and_taken_back() {
    let place = Place::new();
    let pending = place.run("migrate --status --database-url sqlite:a.db");
    assert_eq!(pending.status.code(), Some(1));
    assert!(words(&pending.stdout).lines().all(|line| line.starts_with("pending ")));
    assert!(place.run("migrate --database-url sqlite:a.db").status.success());
    assert!(place.run("migrate --status --database-url sqlite:a.db").status.success());
    assert!(words(&place.run("migrate --revert --database-url sqlite:a.db").stdout).starts_with("reverted "));
    assert_eq!(place.run("migrate --status --database-url sqlite:a.db").status.code(), Some(1));
    assert_eq!(place.run("migrate --status --revert").status.code(), Some(2));
}

#[test]
fn without_settings_the_service_makes_its_database_and_answers() {
    let place = Place::new();
    let service = Service::start(&place, "");
    assert!(place.0.join("var/chuanyu.db").exists());
    assert_eq!(service.get("/healthz").unwrap(), (200, r#"{"status":"ok"}"#.to_owned()));
    assert_eq!(service.get("/readyz").unwrap().0, 200);
    assert!(place.run(&format!("healthcheck --listen {}", service.address)).status.success());
}

#[test]
fn a_port_that_is_taken_is_named_and_nothing_is_touched() {
    let place = Place::new();
    let taken = TcpListener::bind("127.0.0.1:0").unwrap();
    let address = taken.local_addr().unwrap();
    let output = place.run(&format!("serve --listen {address}"));
    assert_eq!(output.status.code(), Some(1));
    let message = words(&output.stderr);
    assert!(message.contains(&format!("cannot listen on {address}: the port is taken")), "{message}");
    assert!(!place.0.join("var").exists());
}

#[test]
fn after_sigterm_the_service_is_alive_but_not_ready_and_then_ends_with_0() {
    let place = Place::new();
    let service = Service::start(&place, "--drain-seconds 2");
    assert_eq!(service.get("/readyz").unwrap().0, 200);
    service.signal("TERM");
    std::thread::sleep(Duration::from_millis(500));
    let (status, body) = service.get("/readyz").expect("connections are still accepted");
    assert_eq!(status, 503);
    assert!(body.contains(r#""draining":true"#), "{body}");
    assert_eq!(service.get("/healthz").unwrap().0, 200);
    assert_eq!(service.end(Duration::from_secs(10)).0, Some(0));
}

#[test]
fn an_idle_connection_does_not_hold_up_the_end_and_ctrl_c_does_not_wait() {
    let place = Place::new();
    let service = Service::start(&place, "--drain-seconds 60");
    let mut idle = TcpStream::connect(&service.address).unwrap();
    idle.write_all(format!("GET /healthz HTTP/1.1\r\nHost: {}\r\n\r\n", service.address).as_bytes()).unwrap();
    assert!(idle.read(&mut [0; 1024]).unwrap() > 0);
    service.signal("INT");
    let (code, took) = service.end(Duration::from_secs(20));
    assert_eq!(code, Some(0));
    assert!(took < Duration::from_secs(10), "{took:?}");
}

#[test]
fn json_logs_are_one_object_a_line() {
    let place = Place::new();
    let mut command = place.command("serve --listen 127.0.0.1:0 --log-format json --drain-seconds 0");
    command.stderr(Stdio::piped());
    let mut service = Service::spawn(command);
    assert!(service.get("/healthz").is_some());
    service.signal("TERM");
    let mut log = String::new();
    service.child.stderr.take().unwrap().read_to_string(&mut log).unwrap();
    assert!(log.contains("no longer ready"), "{log}");
    for line in log.lines() {
        let event: serde_json::Value = serde_json::from_str(line).unwrap_or_else(|_| panic!("not JSON: {line}"));
        assert!(event["timestamp"].is_string() && event["level"].is_string(), "{line}");
    }
}

/// Runs SQL on the PostgreSQL of the test run.
fn on_postgres(sql: &str) -> String {
    use diesel::connection::SimpleConnection;
    let url = std::env::var("CHUANYU_TEST_POSTGRES").expect("run the tests by scripts/test, which starts PostgreSQL");
    Target::parse(&url).unwrap().open(Purpose::Write).unwrap().batch_execute(sql).unwrap();
    url
}

#[test]
fn a_database_that_goes_away_makes_the_service_unready_until_it_is_back() {
    let place = Place::new();
    let name = format!("packaging_{}", std::process::id());
    let url = on_postgres(&format!("CREATE DATABASE {name}"));
    let url = format!("{}/{name}", url.rsplit_once('/').unwrap().0);
    let service = Service::start(&place, &format!("--database-url {url}"));
    let becomes = |status: u16| {
        let began = Instant::now();
        while service.get("/readyz").unwrap().0 != status {
            assert!(began.elapsed() < Duration::from_secs(10), "/readyz does not become {status}");
            std::thread::sleep(Duration::from_millis(100));
        }
    };
    becomes(200);
    on_postgres(&format!(
        "ALTER DATABASE {name} ALLOW_CONNECTIONS false; \
         SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = '{name}'"
    ));
    becomes(503);
    assert!(service.get("/readyz").unwrap().1.contains(r#""database":"down""#));
    assert_eq!(service.get("/healthz").unwrap().0, 200);
    on_postgres(&format!("ALTER DATABASE {name} ALLOW_CONNECTIONS true"));
    becomes(200);
    drop(service);
    on_postgres(&format!("DROP DATABASE {name} WITH (FORCE)"));
}
