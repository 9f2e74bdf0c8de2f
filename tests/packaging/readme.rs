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
