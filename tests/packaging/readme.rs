use chuanyu::check;
use chuanyu::config::settings_table;

const MARK: &str = "<!-- settings -->\n";

/// Set `CHUANYU_TEST_UPDATE=1` to write the table into the README.
#[test]
fn the_readme_lists_every_setting_as_the_code_has_it() {
    let readme = super::text("README.md");
    let parts: Vec<&str> = readme.split(MARK).collect();
    let [before, table, after] = parts[..] else { panic!("README.md needs two lines `<!-- settings -->`") };
    if std::env::var_os("CHUANYU_TEST_UPDATE").is_some() {
        let updated = [before, &settings_table(), after].join(MARK);
        std::fs::write(super::path("README.md"), updated).unwrap();
    } else {
        assert_eq!(table, settings_table(), "run the tests once with CHUANYU_TEST_UPDATE=1 to renew the table");
    }
}

#[test]
fn the_manual_says_what_every_check_lists() {
    let manual = super::text("docs/operations.md");
    let (_, section) = manual.split_once("| Check | What it lists |\n").unwrap();
    let table = section.split("\n\n").next().unwrap();
    let listed: Vec<&str> = table.lines().skip(1).filter_map(|row| row.split('`').nth(1)).collect();
    let known: Vec<&str> = check::ALL.iter().map(|check| check.name).collect();
    assert_eq!(listed, known, "one row for each check, in the order in which they run");
}
