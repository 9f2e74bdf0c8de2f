//! Rebasing of waiting proposals when their record changes.

use serde_json::Value;

use crate::db::{Connection, Moment};
use crate::kind::{Kind, diff, patches};
use crate::problem::{Fault, Outcome, Place, Problem};
use crate::records::desk::Desk;
use crate::records::proposals::{base_of, conflict, content_of, open_on, save};
use crate::records::rows::{CHONGQING, Head, Loaded, Proposal, SICHUAN};
use crate::records::{commit, judge, resolve};
use crate::reference::canonical;

impl Desk<'_> {
    /// Rebases the waiting proposals on a new content of their record, whose digest is given.
    ///
    /// A change of other members is rebased; if its digest differs then, earlier confirmations no longer count, because
    /// nobody saw that content. A change of the same members becomes conflicted and says where, and so does one that the
    /// new content makes impossible; a move does when the signed content differs from the one its author saw. Of two
    /// proposals that have confirmations only one can be put again under the record's next number: the later becomes
    /// conflicted.
    pub fn rebase(&mut self, head: &Head, content: &Value, digest: &str) -> Outcome<()> {
        let Desk { kind, actor, .. } = *self;
        let mut taken = false;
        for mut proposal in open_on(head.id, self.conn)? {
            if proposal.content.is_none() {
                if digest != head.digest {
                    conflict(proposal, &[String::new()], actor.at, self.conn)?;
                }
                continue;
            }
            let (base, proposed) = (base_of(&proposal, self.conn)?, content_of(&proposal)?);
            let mut conflicts = diff::overlaps(&diff::diff(&base, &proposed), &diff::diff(&base, content));
            if conflicts.is_empty() {
                let unmoved = proposal.clone();
                move_base(kind, head, content, &mut proposal, self.conn)?;
                if proposal.number != unmoved.number && std::mem::replace(&mut taken, true) {
                    conflict(unmoved, &[String::new()], actor.at, self.conn)?;
                    continue;
                }
                let loaded =
                    Loaded { head: head.clone(), content: content.clone(), parties: Vec::new(), came_from: None };
                let examined = judge::examine(kind, content_of(&proposal)?, actor.at.day_in_shanghai());
                let judged = self.judge(&loaded, examined)?;
                if judged.findings.has_faults() {
                    conflicts = places_of(judged.findings.faults());
                }
            }
            match conflicts.is_empty() {
                true => save(&proposal, self.conn)?,
                false => conflict(proposal, &conflicts, actor.at, self.conn)?,
            }
        }
        Ok(())
    }
}

/// Puts what waits on a single-owner record before its new province, after it moved there with its owner. What all
/// provinces now concerned have confirmed already must be confirmed again: the decision was not theirs alone.
pub fn follow_side(kind: &Kind, head: &Head, at: Moment, conn: &mut Connection) -> Outcome<()> {
    let mut taken = false;
    for mut proposal in open_on(head.id, conn)? {
        let concerned = match proposal.content.is_some() {
            true => {
                let content = content_of(&proposal)?;
                judge::concerned(kind, head, &content, &resolve::owner(kind, &content, conn)?)
            }
            false => head.provinces(),
        };
        let made = commit::decisions_on(head.id, proposal.number, conn)?;
        let is_waited_for = |one: &&str| made.iter().all(|decision| decision.province != *one);
        let waiting: Vec<&str> = concerned.iter().copied().filter(is_waited_for).collect();
        (proposal.concerns_chongqing, proposal.concerns_sichuan) =
            (concerned.contains(&CHONGQING), concerned.contains(&SICHUAN));
        if waiting.is_empty() && taken {
            conflict(proposal, &[String::new()], at, conn)?;
            continue;
        }
        if waiting.is_empty() {
            proposal.number = head.revision + 1;
            taken = true;
        }
        proposal.await_word_of(if waiting.is_empty() { &concerned } else { &waiting });
        save(&proposal, conn)?;
    }
    Ok(())
}

/// Rebases a change on this content. If the result differs from what was confirmed, the change gets the number of the
/// record's next revision, under which there are no decisions.
fn move_base(kind: &Kind, head: &Head, content: &Value, proposal: &mut Proposal, conn: &mut Connection) -> Outcome<()> {
    let patch: Value = serde_json::from_str(proposal.patch.as_deref().unwrap_or("{}")).map_err(Problem::internal)?;
    let mut proposed = content.clone();
    json_patch::merge(&mut proposed, &patch);
    let digest = canonical::digest(&proposed, kind.unsigned)?;
    proposal.base_number = head.revision + 1;
    proposal.patch = Some(canonical::text(&patches::between(content, &proposed))?);
    proposal.content = Some(canonical::text(&proposed)?);
    if proposal.digest != digest {
        proposal.digest = digest;
        if !commit::decisions_on(head.id, proposal.number, conn)?.is_empty() {
            proposal.number = head.revision + 1;
        }
        let concerned = proposal.concerned();
        proposal.await_word_of(&concerned);
    }
    Ok(())
}

/// Where a change became impossible: pointers into its content, or the whole of it.
pub fn places_of(faults: &[Fault]) -> Vec<String> {
    let pointers = faults.iter().filter_map(|fault| match &fault.place {
        Place::Pointer(pointer) => Some(pointer.trim_start_matches('#').to_owned()),
        _ => None,
    });
    let mut pointers: Vec<String> = pointers.collect();
    pointers.sort();
    pointers.dedup();
    if pointers.is_empty() { vec![String::new()] } else { pointers }
}
