//! Machines that fail: a clock that is set, a disk that runs full or turns read-only under a running process.
//!
//! A full disk is a small file system of its own, in the process's own mount namespace so that nothing is left behind;
//! where nothing may be mounted, and for everything else, a library loaded into the process stands between it and the
//! system (`machine.c`). It is compiled here, with the C compiler that the build needs anyway.

use std::ffi::OsStr;
use std::fs::{self, File, OpenOptions};
use std::io::Write;
use std::os::unix::fs::FileExt;
use std::path::{Path, PathBuf};
use std::process::Command;
use std::sync::LazyLock;
use std::sync::atomic::{AtomicU32, Ordering};

use super::database::scratch;

/// Set to any value, no file system is mounted even where that is possible.
const NO_MOUNT: &str = "CHUANYU_TEST_NO_MOUNT";

/// The machine as one process sees it.
pub struct Machine {
    folder: PathBuf,
    state: File,
}

/// The numbers of the state file, in the order of `machine.c`.
enum Switch {
    Clock,
    Full,
    ReadOnly,
}

impl Machine {
    pub fn new() -> Machine {
        let folder = folder("machine");
        let file = folder.join("state");
        // Here every user finds it; cargo's folder may be closed to them.
        fs::copy(&*LIBRARY, folder.join("machine.so")).unwrap();
        fs::write(&file, [0; 24]).unwrap();
        let state = OpenOptions::new().write(true).open(file).unwrap();
        Machine { folder, state }
    }

    /// Makes the command's process run on this machine.
    pub fn run(&self, command: &mut Command) {
        command.env("LD_PRELOAD", self.folder.join("machine.so")).env("MACHINE_STATE", self.folder.join("state"));
    }

    /// Sets the clock this many seconds before or after the real time.
    pub fn set_clock(&self, seconds: i64) {
        self.tell(Switch::Clock, seconds);
    }

    pub fn set_read_only(&self, read_only: bool) {
        self.tell(Switch::ReadOnly, read_only.into());
    }

    fn tell(&self, switch: Switch, value: i64) {
        self.state.write_all_at(&value.to_ne_bytes(), switch as u64 * 8).unwrap();
    }
}

impl Drop for Machine {
    fn drop(&mut self) {
        let _ = fs::remove_dir_all(&self.folder);
    }
}

/// A disk of a few megabytes that one process has and a test may fill.
pub struct SmallDisk {
    folder: PathBuf,
    megabytes: u32,
    /// When nothing can be mounted.
    machine: Option<Machine>,
}

impl SmallDisk {
    pub fn new(megabytes: u32) -> SmallDisk {
        let folder = folder("disk");
        let mut disk = SmallDisk { folder, megabytes, machine: None };
        let mut probe = Command::new("true");
        disk.give(&mut probe);
        if std::env::var_os(NO_MOUNT).is_some() || !probe.output().is_ok_and(|output| output.status.success()) {
            disk.machine = Some(Machine::new());
        }
        disk
    }

    /// Where the process finds it.
    pub fn folder(&self) -> &Path {
        &self.folder
    }

    /// Lets the command's process start with the empty disk.
    pub fn give(&self, command: &mut Command) {
        if let Some(machine) = &self.machine {
            return machine.run(command);
        }
        let script = "mount -t tmpfs -o size=$1m,mode=0777 tmpfs \"$0\" && shift && exec \"$@\"";
        let size = self.megabytes.to_string();
        let words = ["unshare", "--mount", "--", "sh", "-c", script, &self.folder.display().to_string(), &size];
        *command = through(&words, command);
    }

    /// Where the test finds it while the process runs.
    pub fn seen_through(&self, process: u32) -> PathBuf {
        match self.machine {
            Some(_) => self.folder.clone(),
            None => PathBuf::from(format!("/proc/{process}/root{}", self.folder.display())),
        }
    }

    /// Leaves no room on it.
    pub fn fill(&self, process: u32) {
        if let Some(machine) = &self.machine {
            return machine.tell(Switch::Full, 1);
        }
        let mut file = File::create(self.filling(process)).unwrap();
        for bytes in [64 * 1024, 1] {
            while file.write_all(&vec![0; bytes]).is_ok() {}
        }
    }

    /// Makes room again.
    pub fn free(&self, process: u32) {
        match &self.machine {
            Some(machine) => machine.tell(Switch::Full, 0),
            None => fs::remove_file(self.filling(process)).unwrap(),
        }
    }

    fn filling(&self, process: u32) -> PathBuf {
        self.seen_through(process).join("filling")
    }
}

impl Drop for SmallDisk {
    fn drop(&mut self) {
        let _ = fs::remove_dir_all(&self.folder);
    }
}

/// The command as the arguments of another one.
pub fn through(words: &[&str], command: &Command) -> Command {
    let mut outer = Command::new(words[0]);
    outer.args(&words[1..]).arg(command.get_program()).args(command.get_args());
    for (name, value) in command.get_envs() {
        match value {
            Some(value) => outer.env(name, value),
            None => outer.env_remove(name),
        };
    }
    if let Some(folder) = command.get_current_dir() {
        outer.current_dir(folder);
    }
    outer
}

/// A new folder which every user may enter.
fn folder(name: &str) -> PathBuf {
    use std::os::unix::fs::PermissionsExt;
    static COUNT: AtomicU32 = AtomicU32::new(0);
    let count = COUNT.fetch_add(1, Ordering::Relaxed);
    let folder = std::env::temp_dir().join(format!("chuanyu-test-{name}-{}-{count}", std::process::id()));
    let _ = fs::remove_dir_all(&folder);
    fs::create_dir_all(&folder).unwrap();
    fs::set_permissions(&folder, fs::Permissions::from_mode(0o755)).unwrap();
    folder
}

static LIBRARY: LazyLock<PathBuf> = LazyLock::new(|| {
    let source = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/api/support/machine.c");
    let library = scratch().join("machine.so");
    let compiler = std::env::var_os("CC").unwrap_or_else(|| OsStr::new("cc").to_owned());
    let mut command = Command::new(compiler);
    command.args(["-shared", "-fPIC", "-O1", "-o"]).arg(&library).arg(source);
    let output = command.output().expect("a C compiler, which the build of SQLite needs as well");
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    library
});
