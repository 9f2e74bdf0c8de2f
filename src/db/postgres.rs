//! What we need of a PostgreSQL beside SQL: messages that we can read, and a locale that knows Chinese letters.

use diesel::connection::SimpleConnection;
use diesel::dsl::sql;
use diesel::prelude::*;
use diesel::result::Error as DieselError;
use diesel::sql_types::{Bool, Text};

use crate::db::Connection;

/// Makes sure that this connection reports failures in words that [`failures`](crate::db::failures) knows: diesel passes on
/// few SQLSTATEs, and a lock timeout in Chinese would count as an internal error. Sets `lc_messages` where the role
/// may; fails with the remedy where it may not and the messages are in another language.
pub(super) fn speak_english(conn: &mut PgConnection) -> ConnectionResult<()> {
    let failed = ConnectionError::CouldntSetupConfiguration;
    let setting: String =
        diesel::select(sql::<Text>("current_setting('lc_messages')")).get_result(conn).map_err(failed)?;
    if is_english(&setting) || conn.batch_execute("SET lc_messages = 'C'").is_ok() {
        return Ok(());
    }
    // Without a message catalogue for the setting PostgreSQL speaks English anyway, so provoke a failure and look.
    match conn.batch_execute("SELECT 1/0") {
        Err(DieselError::DatabaseError(_, info)) if info.message() == "division by zero" => Ok(()),
        Err(DieselError::DatabaseError(_, info)) => {
            let role: String =
                diesel::select(sql::<Text>("CAST(current_user AS text)")).get_result(conn).map_err(failed)?;
            Err(failed(DieselError::QueryBuilderError(cure(&setting, info.message(), &role).into())))
        }
        Err(error) => Err(failed(error)),
        Ok(()) => Ok(()),
    }
}

/// Whether messages are in English for this value of `lc_messages`. An empty one means the server's own environment.
fn is_english(lc_messages: &str) -> bool {
    let language = lc_messages.split(['.', '_', '@']).next().unwrap_or_default();
    matches!(language.to_ascii_lowercase().as_str(), "c" | "posix" | "en" | "english")
}

fn cure(lc_messages: &str, message: &str, role: &str) -> String {
    format!(
        "PostgreSQL tells its failures in a language that this service cannot read (lc_messages = '{lc_messages}', for example \
         “{message}”), and the role {role} may not change that. A superuser cures it by: ALTER ROLE \"{role}\" SET lc_messages = 'C'"
    )
}

/// Why searches will not work well in this database, with the remedy; the service starts all the same.
pub fn warning(conn: &mut Connection) -> QueryResult<Option<&'static str>> {
    let Connection::Postgres(conn) = conn else {
        return Ok(None);
    };
    // The provider is named from version 15 on; the builtin one, of version 17, knows no Chinese word either.
    let knows_no_letters = "SELECT datctype IN ('C', 'POSIX') OR COALESCE(to_jsonb(d) ->> 'datlocprovider', 'c') = 'b' \
        FROM pg_database AS d WHERE datname = current_database()";
    let found: bool = diesel::select(sql::<Bool>(&format!("({knows_no_letters})"))).get_result(conn)?;
    Ok(found.then_some(
        "the database was made with a character type (LC_CTYPE) that knows no Chinese letters: words will not be found by \
         their parts. Make a new one and restore a dump into it: CREATE DATABASE … TEMPLATE template0 ENCODING 'UTF8' \
         LOCALE_PROVIDER libc LC_COLLATE 'C' LC_CTYPE 'C.UTF-8'",
    ))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_english_is_taken_as_english() {
        for readable in ["C", "POSIX", "C.UTF-8", "C.utf8", "en_US.UTF-8", "en_GB", "English_United States.1252"] {
            assert!(is_english(readable), "{readable}");
        }
        for other in ["", "zh_CN.UTF-8", "zh_CN", "de_DE@euro", "Chinese (Simplified)_China.936", "cs_CZ.UTF-8"] {
            assert!(!is_english(other), "{other}");
        }
    }

    #[test]
    fn the_refusal_names_the_setting_and_the_cure() {
        let text = cure("zh_CN.UTF-8", "除以零", "chuanyu_service");
        assert!(text.contains("zh_CN.UTF-8") && text.contains("除以零"));
        assert!(text.ends_with("ALTER ROLE \"chuanyu_service\" SET lc_messages = 'C'"));
    }
}
