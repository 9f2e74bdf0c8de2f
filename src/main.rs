//! The program `chuanyu`: see `chuanyu --help` and the module `cli`.

use std::process::ExitCode;

fn main() -> ExitCode {
    chuanyu::cli::main()
}
