//! What a machine, a network or an operator may do to the service: nothing that it acknowledged is lost, nothing is half done.

mod away;
mod clock;
mod disk;
mod killed;
mod partner;
