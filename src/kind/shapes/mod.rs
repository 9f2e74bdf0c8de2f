//! The shapes that members have, one file each: how the member is stored, filtered, paged, expanded and described.
//!
//! A new shape is a file here and its line below.

mod code;
mod day;
mod divisions;
mod flag;
mod integer;
mod money;
mod month;
pub mod parameters;
mod parties;
mod ranges;
mod reference;
mod references;
mod term;
mod terms;
mod text;
mod texts;

pub use code::Code;
pub use day::Day;
pub use divisions::Divisions;
pub use flag::Flag;
pub use integer::Integer;
pub use money::Money;
pub use month::Month;
pub use parties::Parties;
pub use reference::Reference;
pub use references::References;
pub use term::Term;
pub use terms::Terms;
pub use text::Text;
pub use texts::Texts;
