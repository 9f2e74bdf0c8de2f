//! Official records whose content the rules of today would refuse: rules became stricter, or what a record refers to
//! has changed. They stay as they are, and these faults are forgiven when they are changed.

use crate::api::Language;
use crate::check::{Check, Finding, Found, Look, each_record};
use crate::kind::findings::place;
use crate::problem::{Fault, Outcome};
use crate::records::actor::Actor;
use crate::records::desk::Desk;

pub const CHECK: Check = Check { name: "rules", run };

fn run(look: &Look, found: &mut Found) -> Outcome<()> {
    for kind in look.register.kinds() {
        each_record(look, kind, found, |head, content, conn| {
            if head.published_at.is_none() {
                return Ok(Vec::new());
            }
            // Its existing references are found regardless of their visibility.
            let actor = Actor::operator();
            let mut desk = Desk { register: look.register, kind, actor: &actor, conn };
            let faults = desk.present_faults(head, content)?;
            Ok(faults.iter().map(|fault| finding(&head.code, fault)).collect())
        })?;
    }
    Ok(())
}

fn finding(code: &str, fault: &Fault) -> Finding {
    let said = Language::of_environment().say(&format!("fault-{}", fault.code), &fault.args);
    let said = said.unwrap_or_else(|| fault.code.to_owned());
    Finding::of(code, "breaks-a-rule").arg("place", place(fault)).arg("said", said)
}
