//! The funnel: counted from the introductions that the caller sees, read in one statement and computed exactly.

use std::collections::BTreeMap;

use diesel::prelude::*;
use diesel::sql_types::{BigInt, Nullable, Text};

use crate::auth::Principal;
use crate::db::{Cell, Connection, Instant, Moment, Sql};
use crate::forms::introduction_figures::{
    IntroductionCount, IntroductionEndingCount, IntroductionFigures, IntroductionMedian,
};
use crate::introductions::list::of_province;
use crate::introductions::rows::{first_word, second_word};
use crate::introductions::sight;
use crate::introductions::state::{self, ACCEPTED, CONTRACTED, DECLINED, FAILED, FINISHED, PROPOSED};
use crate::problem::{Outcome, Problem};
use crate::reference::Money;

/// Which introductions are counted: those with a side in a province, proposed within a stretch of time.
#[derive(Debug, Clone, Default)]
pub struct Wanted {
    pub province: Option<String>,
    /// From this moment on.
    pub from: Option<Moment>,
    /// Before this moment.
    pub before: Option<Moment>,
}

/// What of an introduction counts.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Counted {
    pub state: String,
    pub reason_code: Option<String>,
    /// Fen.
    pub amount: Option<i64>,
    /// When each state of [`state::ALL`] was reached.
    pub reached: [Option<Moment>; 7],
}

/// Between which states medians are told.
const STRETCHES: [(&str, &str); 4] =
    [(PROPOSED, ACCEPTED), (ACCEPTED, CONTRACTED), (PROPOSED, CONTRACTED), (CONTRACTED, FINISHED)];

type Times = (
    Instant,
    Nullable<Instant>,
    Nullable<Instant>,
    Nullable<Instant>,
    Nullable<Instant>,
    Nullable<Instant>,
    Nullable<Instant>,
);
type RowTypes = (Text, Nullable<Text>, Nullable<BigInt>, Times);

/// The introductions that are counted.
pub fn load(wanted: &Wanted, principal: &Principal, conn: &mut Connection) -> Outcome<Vec<Counted>> {
    type Row = (
        String,
        Option<String>,
        Option<i64>,
        (Moment, Option<Moment>, Option<Moment>, Option<Moment>, Option<Moment>, Option<Moment>, Option<Moment>),
    );
    let mut sql: Sql<RowTypes> = Sql::new(format!(
        "SELECT i.state, i.reason_code, i.amount, i.proposed_at, i.demand_accepted_at, i.offer_accepted_at, \
         i.contracted_at, i.finished_at, i.declined_at, i.failed_at FROM {} WHERE ",
        sight::FROM
    ));
    sql.append(sight::visible(principal)).append(of_province(wanted.province.as_deref()));
    for (bound, moment) in [(">=", wanted.from), ("<", wanted.before)] {
        if let Some(moment) = moment {
            sql.push(format!(" AND i.proposed_at {bound} ")).bind(Cell::Moment(Some(moment)));
        }
    }
    let counted = |(state, reason_code, amount, times): Row| {
        let (proposed, demand, offer, contracted, finished, declined, failed) = times;
        let (first, both) = (first_word(demand, offer), second_word(demand, offer));
        Counted {
            state,
            reason_code,
            amount,
            reached: [Some(proposed), first, both, contracted, finished, declined, failed],
        }
    };
    Ok(sql.load::<Row>(conn)?.into_iter().map(counted).collect())
}

/// The figures of these introductions, at a position of the feed.
pub fn figures(rows: &[Counted], as_of_seq: i64) -> Outcome<IntroductionFigures> {
    let count = |holds: &dyn Fn(&Counted) -> bool| rows.iter().filter(|row| holds(row)).count() as i64;
    let of_states = |holds: &dyn Fn(&Counted, usize) -> bool| {
        let one = |(place, state): (usize, &&'static str)| IntroductionCount {
            state,
            count: count(&|row| holds(row, place)),
        };
        state::ALL.iter().enumerate().map(one).collect::<Vec<_>>()
    };
    let stands = |row: &&Counted| row.state == CONTRACTED || row.state == FINISHED;
    let amounts: Vec<i64> = rows.iter().filter(stands).filter_map(|row| row.amount).collect();
    Ok(IntroductionFigures {
        as_of_seq,
        total: rows.len() as i64,
        reached: of_states(&|row, place| row.reached[place].is_some()),
        now: of_states(&|row, place| row.state == state::ALL[place]),
        endings: endings(rows),
        contracted_amount: sum(&amounts)?,
        amounts_given: amounts.len() as i64,
        medians: STRETCHES.into_iter().map(|(from, to)| median(rows, from, to)).collect(),
    })
}

fn endings(rows: &[Counted]) -> Vec<IntroductionEndingCount> {
    let mut counts = BTreeMap::<(&str, &str), i64>::new();
    for row in rows.iter().filter(|row| row.state == DECLINED || row.state == FAILED) {
        *counts.entry((&row.state, row.reason_code.as_deref().unwrap_or_default())).or_default() += 1;
    }
    let one = |((state, code), count): ((&str, &str), i64)| IntroductionEndingCount {
        state: state.to_owned(),
        reason_code: code.to_owned(),
        count,
    };
    counts.into_iter().map(one).collect()
}

fn sum(amounts: &[i64]) -> Outcome<Money> {
    let amounts = amounts.iter().filter_map(|fen| Money::from_fen(*fen));
    Money::sum(amounts).ok_or_else(|| Problem::internal("contracts of more than there is money"))
}

/// The middle of the days between two states, of those that reached both: of an even number the mean of the middle two; half up to two
/// places.
fn median(rows: &[Counted], from: &'static str, to: &'static str) -> IntroductionMedian {
    let place = |state: &str| state::ALL.iter().position(|one| *one == state).unwrap_or_default();
    let between = |row: &Counted| {
        let (start, end) = row.reached[place(from)].zip(row.reached[place(to)])?;
        Some((end.millis() - start.millis()).max(0))
    };
    let mut spans: Vec<i64> = rows.iter().filter_map(between).collect();
    spans.sort_unstable();
    let days = spans.len().checked_sub(1).map(|last| {
        // Twice the median, in milliseconds; then hundredths of a day.
        let twice = spans[last / 2] + spans[last.div_ceil(2)];
        let hundredths = (twice * 100 + MILLIS_OF_A_DAY) / (2 * MILLIS_OF_A_DAY);
        format!("{}.{:02}", hundredths / 100, hundredths % 100)
    });
    IntroductionMedian { from, to, count: spans.len() as i64, days }
}

const MILLIS_OF_A_DAY: i64 = 86_400_000;

#[cfg(test)]
mod tests {
    use super::*;
    use crate::introductions::state::ACCEPTED_ONE_SIDE;

    fn at(hours: i64) -> Option<Moment> {
        Some(Moment::from_millis(hours * 3_600_000))
    }

    fn accepted_after(hours: i64) -> Counted {
        Counted {
            state: ACCEPTED.to_owned(),
            reached: [at(0), at(0), at(hours), None, None, None, None],
            ..Counted::default()
        }
    }

    fn days(rows: &[Counted]) -> Option<String> {
        median(rows, PROPOSED, ACCEPTED).days
    }

    #[test]
    fn the_median_is_the_middle_or_the_mean_of_the_middle_two() {
        assert_eq!(days(&[]), None);
        assert_eq!(days(&[accepted_after(36)]).as_deref(), Some("1.50"));
        assert_eq!(days(&[accepted_after(0), accepted_after(24)]).as_deref(), Some("0.50"));
        let three = [accepted_after(240), accepted_after(24), accepted_after(48)];
        assert_eq!(days(&three).as_deref(), Some("2.00"));
        // 1 hour is 0.041666… of a day.
        assert_eq!(days(&[accepted_after(1)]).as_deref(), Some("0.04"));
    }

    #[test]
    fn what_failed_reached_what_came_before_and_its_contract_is_not_counted() {
        let failed = Counted {
            state: FAILED.to_owned(),
            reason_code: Some("funding".to_owned()),
            amount: Some(500),
            reached: [at(0), at(1), at(2), at(3), None, None, at(4)],
        };
        let stands = Counted { state: CONTRACTED.to_owned(), reason_code: None, ..failed.clone() };
        let stands = Counted { amount: Some(700), ..stands };
        let figures = figures(&[failed, stands], 9).unwrap();
        let of =
            |counts: &[IntroductionCount], state: &str| counts.iter().find(|one| one.state == state).unwrap().count;
        assert_eq!((of(&figures.reached, CONTRACTED), of(&figures.now, CONTRACTED)), (2, 1));
        assert_eq!((of(&figures.reached, ACCEPTED_ONE_SIDE), of(&figures.now, FAILED)), (2, 1));
        assert_eq!((figures.contracted_amount.to_string().as_str(), figures.amounts_given), ("7.00", 1));
        assert_eq!(figures.endings[0].reason_code, "funding");
    }
}
