//! The basis of every test: a running service with demo data, callers with tokens, valid contents, answers.

pub mod answer;
pub mod app;
pub mod callers;
pub mod contents;
pub mod database;
pub mod dump;
pub mod flows;
pub mod invariants;
pub mod machine;
pub mod processes;
pub mod wire;

#[allow(unused_imports)] // what a new test file is likely to need
pub use answer::{Answer, ProblemAnswer};
pub use app::TestApp;
pub use callers::Caller;
pub use database::Engine;
pub use macro_rules_attribute::apply;

/// 重庆 and 四川 in GB/T 2260.
pub const CHONGQING: &str = "500000";
pub const SICHUAN: &str = "510000";

/// Makes two tests of a function, `…_on_sqlite` and `…_on_postgres`. The function gets a running [`TestApp`]; one that
/// needs other settings takes the [`Engine`] and starts the service itself.
macro_rules! api_test {
    ($(#[$meta:meta])* async fn $name:ident($app:ident: TestApp) $body:block) => {
        $(#[$meta])*
        async fn $name($app: $crate::support::TestApp) $body

        pastey::paste! {
            #[test]
            fn [<$name _on_sqlite>]() {
                $crate::support::run(async { $name($crate::support::TestApp::start($crate::support::Engine::Sqlite).await).await })
            }

            #[test]
            fn [<$name _on_postgres>]() {
                $crate::support::run(async { $name($crate::support::TestApp::start($crate::support::Engine::Postgres).await).await })
            }
        }
    };
    ($(#[$meta:meta])* async fn $name:ident($engine:ident: Engine) $body:block) => {
        $(#[$meta])*
        async fn $name($engine: $crate::support::Engine) $body

        pastey::paste! {
            #[test]
            fn [<$name _on_sqlite>]() {
                $crate::support::run($name($crate::support::Engine::Sqlite))
            }

            #[test]
            fn [<$name _on_postgres>]() {
                $crate::support::run($name($crate::support::Engine::Postgres))
            }
        }
    };
}

/// How many moments a long proof tries: three in the tests, twenty in `./scripts/drill`.
pub fn moments() -> usize {
    std::env::var("CHUANYU_TEST_MOMENTS").map_or(3, |moments| moments.parse().expect("a number"))
}

/// Runs a test to its end.
pub fn run(test: impl Future<Output = ()>) {
    actix_web::rt::System::new().block_on(test);
}
