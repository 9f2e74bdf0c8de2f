//! Failures of machine, network and operator: nothing acknowledged is lost, nothing is half done.

mod away;
mod clock;
mod disk;
mod killed;
mod partner;
