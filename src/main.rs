//! The program `chuanyu`: see `chuanyu --help` and the module `cli`.

use std::process::ExitCode;

// Many small allocations on several worker threads: the system allocator contends there.
#[global_allocator]
static ALLOCATOR: mimalloc::MiMalloc = mimalloc::MiMalloc;

fn main() -> ExitCode {
    chuanyu::cli::main()
}
