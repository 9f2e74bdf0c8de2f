//! The program as a process of its own, and a PostgreSQL of its own that a test may stop.

use std::fs;
use std::io::{BufRead, BufReader};
use std::net::SocketAddr;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};

use super::callers::Caller;
use super::database::scratch;
use super::machine::SmallDisk;

/// The environment variable that names the folder of PostgreSQL's programs.
pub const PROGRAMS: &str = "CHUANYU_TEST_PG_BIN";

/// The program with no setting from the tests' own environment.
pub fn program(words: &[&str], settings: &[(&str, &str)]) -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_chuanyu"));
    command.args(words);
    for (name, _) in std::env::vars_os().filter(|(name, _)| name.to_string_lossy().starts_with("CHUANYU_")) {
        command.env_remove(name);
    }
    let keys = super::app::KEYS.display().to_string();
    command.env("CHUANYU_KEYS_DIR", keys).env("CHUANYU_LOG_LEVEL", "error").env("LC_ALL", "C.UTF-8");
    for (name, value) in settings {
        command.env(format!("CHUANYU_{}", name.to_uppercase()), value);
    }
    command
}

/// A service in a process of its own; killed with the test.
pub struct Service {
    child: Child,
    pub base: String,
}

impl Service {
    /// Starts the service on a port of its own and waits until it accepts requests.
    pub fn start(settings: &[(&str, &str)]) -> Service {
        Service::run(Service::command(settings))
    }

    /// The command of [`Service::start`].
    pub fn command(settings: &[(&str, &str)]) -> Command {
        program(&["serve", "--listen", "127.0.0.1:0"], settings)
    }

    pub fn run(mut command: Command) -> Service {
        let mut child = command.stdout(Stdio::piped()).spawn().unwrap();
        let mut lines = BufReader::new(child.stdout.take().unwrap()).lines();
        let base = loop {
            let line = lines.next().expect("the service prints its address").unwrap();
            if let Some((_, address)) = line.split_once("Listening on ") {
                break address.trim().to_owned();
            }
        };
        std::thread::spawn(move || lines.for_each(drop));
        Service { child, base }
    }

    /// SIGKILL: no time to clean up.
    pub fn kill(&mut self) {
        self.child.kill().unwrap();
        self.child.wait().unwrap();
    }

    pub fn id(&self) -> u32 {
        self.child.id()
    }

    /// The same caller, calling this service.
    pub fn called_by(&self, caller: &Caller) -> Caller {
        caller.at(&self.base)
    }
}

impl Drop for Service {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

/// A PostgreSQL of the test's own; it is stopped and removed with the test.
pub struct Server {
    programs: PathBuf,
    folder: PathBuf,
    port: u16,
    /// A small disk of its own, for a tablespace.
    disk: Option<SmallDisk>,
}

impl Server {
    /// Makes and starts one. PostgreSQL refuses to run as root, so it runs as an unprivileged user then.
    pub fn start(name: &str) -> Server {
        Server::with(name, None)
    }

    /// [`Server::start`] of one that has this disk beside the one with its data.
    pub fn with(name: &str, disk: Option<SmallDisk>) -> Server {
        let programs = std::env::var(PROGRAMS).unwrap_or_else(|_| {
            panic!(
                "{PROGRAMS} is not set: run the tests with ./scripts/test --quick, which finds PostgreSQL's programs"
            )
        });
        // Not below cargo's folder, which another user may not be allowed to enter.
        let folder = std::env::temp_dir().join(format!("chuanyu-test-{name}-{}", std::process::id()));
        let _ = fs::remove_dir_all(&folder);
        fs::create_dir_all(&folder).unwrap();
        let server = Server { programs: programs.into(), folder, port: free_port(), disk };
        give(&server.folder);
        let data = server.data();
        let locale = ["--locale=C", "--lc-collate=C", "--lc-ctype=C.UTF-8"];
        server.call(
            "initdb",
            &[&["-D", &data, "-U", "register", "-A", "trust", "-E", "UTF8", "--no-sync"], &locale[..]].concat(),
        );
        server.resume();
        server
    }

    /// The disk, and the process through which it is seen.
    pub fn disk(&self) -> (&SmallDisk, u32) {
        let file = fs::read_to_string(self.folder.join("data/postmaster.pid")).unwrap();
        (self.disk.as_ref().expect("a disk"), file.lines().next().unwrap().parse().unwrap())
    }

    pub fn address(&self) -> SocketAddr {
        ([127, 0, 0, 1], self.port).into()
    }

    pub fn url(&self) -> String {
        format!("postgres://register@{}/postgres", self.address())
    }

    /// Kills every process of it at once.
    pub fn kill(&self) {
        self.call("pg_ctl", &["-D", &self.data(), "-m", "immediate", "-w", "-s", "stop"]);
    }

    /// Starts it again, with its data.
    pub fn resume(&self) {
        let log = self.folder.join("log").display().to_string();
        let options = format!("-p {} -c listen_addresses=127.0.0.1 -c unix_socket_directories=''", self.port);
        self.call("pg_ctl", &["-D", &self.data(), "-l", &log, "-w", "-s", "-o", &options, "start"]);
    }

    fn data(&self) -> String {
        self.folder.join("data").display().to_string()
    }

    fn call(&self, name: &str, arguments: &[&str]) {
        let file = self.programs.join(name);
        let mut command = if is_root() {
            let mut command = Command::new("setpriv");
            command.args([&format!("--reuid={}", user()), "--clear-groups", "--"]).arg(file);
            command
        } else {
            Command::new(file)
        };
        command.args(arguments).current_dir("/").env("HOME", "/");
        if let Some(disk) = self.disk.as_ref().filter(|_| arguments.contains(&"start")) {
            disk.give(&mut command);
        }
        let output = command.output().unwrap();
        assert!(output.status.success(), "{name}: {}", String::from_utf8_lossy(&output.stderr));
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        let stopped = std::panic::catch_unwind(std::panic::AssertUnwindSafe(|| self.kill()));
        drop(stopped);
        let _ = fs::remove_dir_all(&self.folder);
    }
}

/// Makes a folder that of the user PostgreSQL runs as.
pub fn give(folder: &Path) {
    if is_root() {
        assert!(Command::new("chown").arg(user()).arg(folder).status().unwrap().success());
    }
}

fn is_root() -> bool {
    use std::os::unix::fs::MetadataExt;
    fs::metadata(scratch()).is_ok_and(|data| data.uid() == 0) && Path::new("/root").join(".").read_dir().is_ok()
}

/// The user PostgreSQL runs as when the tests run as root.
fn user() -> &'static str {
    let exists = Command::new("id").arg("postgres").output().is_ok_and(|output| output.status.success());
    if exists { "postgres" } else { "nobody" }
}

/// A port that was free a moment ago.
fn free_port() -> u16 {
    std::net::TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap().port()
}
