//! The change feed: every visible change of the register in commit order, for ever (`docs/rules.md` §16).
//!
//! A partner system keeps an exact copy by reading it from the start, or from the head, and following `next_after`. The
//! position (`seq`) is taken by the commit of a change, last in its transaction, under one lock held to commit: a
//! reader that has seen a position has seen, or can never see, everything before it.

pub mod queries;
pub mod restores;
pub mod routes;
