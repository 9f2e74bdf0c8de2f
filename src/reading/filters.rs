//! The filters of a list, from the query parameters to SQL, made from the kind's declaration (`docs/rules.md` §5).
//!
//! `member=value`; of codes, ids and vocabularies several values are OR, separated by commas or the parameter repeated; of free
//! text and outside keys, where a comma may be part of the value, only repeating the parameter is OR. Different members are AND,
//! ranges by suffix, presence by `has_member`. An unknown parameter or code is refused with a suggestion, never ignored.

use crate::api::query::{Query, not_in_list};
use crate::db::{Cell, Id};
use crate::kind::Kind;
use crate::kind::condition::{Condition, RANGES, Wanted};
use crate::kind::findings::first_level;
use crate::kind::search::Search;
use crate::kind::shapes::parameters::{check_format, references, texts, words};
use crate::problem::Fault;
use crate::records::rows::{self, state};
use crate::reference::guess::closest;
use crate::reference::{RecordCode, vocabulary};

/// A parameter every kind's list has, beside its own members.
pub struct Common {
    pub name: &'static str,
    pub zh: &'static str,
    pub en: &'static str,
}

pub const COMMON: [Common; 6] = [
    Common { name: "state", zh: "办理状态", en: "State of the record" },
    Common {
        name: "province",
        zh: "保管一方；有参加方的种类为任一参加方所在省市",
        en: "Keeping side; on kinds with parties the province of any of them",
    },
    Common { name: "owner", zh: "所属单位的 id 或 code", en: "Id or code of the owning organization" },
    Common {
        name: "code",
        zh: "记录编号，须为本登记簿的种类且校验位正确",
        en: "Code of the record, of a kind of this register and with the right check digit",
    },
    Common { name: "source_system", zh: "来源系统", en: "System that sent the record" },
    Common { name: "source_id", zh: "来源系统中的标识", en: "Key of the record in that system" },
];

/// Instants of the record itself, as ranges.
pub const INSTANTS: [(&str, &str, &str); 3] = [
    ("created_at", "建立时间", "When the record was made"),
    ("updated_at", "最近变更时间", "When the record last changed"),
    ("published_at", "首次生效时间", "When the record first became official"),
];

/// The filters of a request, before references are looked up.
pub struct Filters {
    pub wanted: Vec<Wanted>,
    /// Whether a filter would reveal the owner of what it selects.
    pub tells_owner: bool,
    /// What is searched.
    pub search: Option<Search>,
}

/// Common filters that would reveal the owner: a source system belongs to a client, and the client to an organization.
const TELLING: [&str; 3] = ["owner", "source_system", "source_id"];

impl Filters {
    /// Takes the kind's filters out of the query.
    pub fn take(kind: &Kind, query: &Query) -> Filters {
        let mut wanted = Vec::new();
        let mut tells_owner = TELLING.iter().any(|name| query.has(name));
        common(kind, query, &mut wanted);
        let hidden = kind.anonymity.map_or(&[][..], |wish| wish.hides);
        for member in kind.members {
            let before = wanted.len();
            if query.has_names_from(member.name) {
                wanted.extend(member.shape.filter(member, query));
            }
            if query.has_names_from("has_") && member.has_presence() {
                let present = query.take_bool(&format!("has_{}", member.name));
                wanted.extend(present.and_then(|present| member.shape.presence(member, present)).map(Wanted::Ready));
            }
            tells_owner |= wanted.len() > before && member.at.iter().any(|at| hidden.contains(&first_level(at)));
        }
        Filters { wanted, tells_owner, search: take_search(query) }
    }

    /// Whether there is at most one filter, with one value. Of `state` it may be one that is invisible to the caller.
    pub fn is_short(&self) -> bool {
        self.search.is_none() && self.is_one_value()
    }

    fn is_one_value(&self) -> bool {
        match self.wanted.as_slice() {
            [] => true,
            [Wanted::Ready(one)] => one.is_point() && one.column().is_some_and(|column| column != "state"),
            [Wanted::Reference(refs, _)] => matches!(refs.as_slice(), [one] if one.parse::<Id>().is_ok()),
            _ => false,
        }
    }
}

/// The longest `q`, in characters.
pub const LONGEST_SEARCH: usize = 100;

/// Takes `q` out of a query; one that has nothing to look for is refused.
pub fn take_search(query: &Query) -> Option<Search> {
    let fault = |code| Fault::parameter("q", code);
    query.take_as("q", |text| match text.chars().count() {
        0 => Err(fault("too-short").arg("limit", 1)),
        length if length > LONGEST_SEARCH => Err(fault("too-long").arg("limit", LONGEST_SEARCH)),
        _ => match Search::of(text) {
            None => Err(fault("nothing-to-search")),
            Some(search) if search.words().len() > Search::MOST_WORDS => {
                Err(fault("too-many-items").arg("limit", Search::MOST_WORDS))
            }
            Some(search) => Ok(search),
        },
    })
}

fn common(kind: &Kind, query: &Query, wanted: &mut Vec<Wanted>) {
    let ready = |condition| Wanted::Ready(condition);
    if let Some(values) = known_words(query, "state", &state::ALL, "record-states") {
        wanted.push(ready(Condition::RecordIn("state", values.into_iter().map(Cell::text).collect())));
    }
    if !kind.has_parties() {
        if let Some(values) = known_words(query, "province", &rows::PROVINCES, "divisions") {
            wanted.push(ready(Condition::RecordIn("province", values.into_iter().map(Cell::text).collect())));
        }
    } else if let Some(values) = words(query, "province") {
        let known = vocabulary("divisions");
        let is_province = |value: &str| value.ends_with("0000") && known.is_none_or(|known| known.contains(value));
        let unknown = values.iter().filter(|value| !is_province(value));
        query.refuse_all(unknown.map(|value| not_in_list("province", value, "500000, 510000 … (GB/T 2260)", None)));
        wanted.push(ready(Condition::Party("province", values.into_iter().map(Cell::text).collect())));
    }
    if let Some(refs) = references(query, "owner") {
        wanted.push(Wanted::Reference(refs, Box::new(|ids| Condition::RecordIn("owner_id", ids))));
    }
    if let Some(values) = words(query, "code") {
        check_format(query, "code", &values, |value| RecordCode::parse(value).map(drop));
        wanted.push(ready(Condition::RecordIn("code", values.into_iter().map(Cell::text).collect())));
    }
    for name in TEXTS {
        let Some(values) = texts(query, name) else { continue };
        wanted.push(ready(Condition::RecordIn(name, values.into_iter().map(Cell::text).collect())));
    }
    for (name, ..) in INSTANTS.into_iter().filter(|(name, ..)| query.has_names_from(name)) {
        for (suffix, operator) in RANGES {
            let parameter = format!("{name}{suffix}");
            let moment = query.take_moment(&parameter);
            wanted.extend(moment.map(|moment| ready(Condition::Record(name, operator, Cell::Moment(Some(moment))))));
        }
    }
}

/// Common filters by texts of others, which may have commas in them.
pub const TEXTS: [&str; 2] = ["source_system", "source_id"];

fn known_words(query: &Query, name: &str, known: &[&str], list: &str) -> Option<Vec<String>> {
    let values = words(query, name)?;
    let unknown = values.iter().filter(|value| !known.contains(&value.as_str()));
    query.refuse_all(unknown.map(|value| {
        let guess = closest(value, known.iter().copied());
        not_in_list(name, value, &known.join(", "), guess).arg("list", list)
    }));
    Some(values)
}

/// Every parameter name of a kind's list, for `did_you_mean` and the contract.
pub fn parameter_names(kind: &Kind) -> Vec<String> {
    let mut names: Vec<String> = COMMON.iter().map(|common| common.name.to_owned()).collect();
    let ranges = |name: &str| RANGES.map(|(suffix, _)| format!("{name}{suffix}"));
    names.push("q".to_owned());
    names.extend(INSTANTS.iter().flat_map(|(name, ..)| ranges(name)));
    for member in kind.members {
        names.push(member.name.to_owned());
        if member.shape.has_range() {
            names.extend(ranges(member.name));
        }
        if member.has_presence() {
            names.push(format!("has_{}", member.name));
        }
    }
    names
}
