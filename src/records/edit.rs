//! Drafts and changes of content: examine the body, resolve its references, commit the result ([`commit`]).
//!
//! Every write is a compare-and-set in one transaction. All faults of a body are reported together: those of its
//! members, of its rules and of its references.

use diesel::dsl::exists;
use diesel::prelude::*;
use diesel::result::{DatabaseErrorKind, Error as DieselError};

use crate::db::schema::{links, records};
use crate::db::{Connection, Id};
use crate::kind::Owner;
use crate::problem::{Code, Fault, Outcome, Problem};
use crate::records::action::Action;
use crate::records::chains::Referring;
use crate::records::commit::{self, NewContent, Saved, Step};
use crate::records::desk::Desk;
use crate::records::judge::{self, Examined, Judged, accept, signed_changes};
use crate::records::lifecycle::stays_as_it_is;
use crate::records::rows::{CHONGQING, Head, Loaded, SICHUAN, SourceKey, state};
use crate::reference::canonical;

impl Desk<'_> {
    /// Makes a draft from an examined body, with an identifier chosen by the caller ([`Id::new`] for all but demo data).
    pub fn create(&mut self, id: Id, mut examined: Examined, source: Option<SourceKey>) -> Outcome<Saved> {
        let Desk { kind, actor, .. } = *self;
        let referring = Referring { own: id, before: &[], alone: true };
        let targets = self.look_up(referring, &mut examined)?;
        let Examined { content, findings, .. } = examined;
        let (owner_id, province) = actor.owner_of(kind, id, &content, &targets)?;
        let warnings = accept(findings)?;
        let mut head = Head::draft(kind, id, actor, owner_id, province);
        head.joint = kind.owner(&content) == Owner::Parties;
        (head.source_system, head.source_id) = source.map_or((None, None), |key| (Some(key.system), Some(key.id)));
        let new = NewContent { content: &content, replaced: None, before: None };
        self.commit_content(&mut head, new, &warnings, Step { action: Action::Created, reason: None })
    }

    /// Puts a new content in force: the whole of it, already merged.
    ///
    /// On joint records that were official once, members that the provinces signed together cannot be changed this way, and
    /// either side may change the others.
    pub fn replace(&mut self, loaded: Loaded, examined: Examined, step: Step) -> Outcome<Saved> {
        let Desk { kind, actor, .. } = *self;
        let published = loaded.head.published_at.is_some();
        let is_other_side = published && actor.is_side_of(&loaded);
        if !is_other_side {
            actor.may_write(&loaded.head)?;
        }
        let judged = self.judge(&loaded, examined)?;
        let Loaded { mut head, content: before, .. } = loaded;
        let Judged { content, findings, old, targets } = judged;
        let signed = if published { signed_changes(kind, &head, &before, &content, &targets) } else { Vec::new() };
        let needs_word = !signed.is_empty() && (head.joint || !actor.principal.province_wide());
        let keeps_owner = needs_word || (head.joint && published);
        if !keeps_owner {
            let (owner_id, province) = actor.owner_of(kind, head.id, &content, &targets)?;
            head.joint = kind.owner(&content) == Owner::Parties;
            // A joint draft stays with the client that created it.
            if !head.joint {
                (head.owner_id, head.province) = (owner_id, province);
            }
        }
        let warnings = accept(findings)?;
        if content == before {
            return unchanged(&head, self.conn);
        }
        stays_as_it_is(kind, &head, "edit")?;
        if needs_word {
            return Err(cosigned(&head, &signed, &judge::concerned(kind, &head, &content, &targets)));
        }
        if published {
            let digest = canonical::digest(&content, kind.unsigned)?;
            self.rebase(&head, &content, &digest)?;
        }
        let new = NewContent { content: &content, replaced: Some(&before), before: Some(&old) };
        self.commit_content(&mut head, new, &warnings, step)
    }

    /// Takes a draft away for good; anything else is withdrawn by a transition.
    pub fn delete(&mut self, head: &Head) -> Outcome<()> {
        let Desk { actor, .. } = *self;
        actor.may_write(head)?;
        if head.state != state::DRAFT || head.published_at.is_some() {
            return Err(Problem::new(Code::NotADraft).arg("state", &head.state).member("state", head.state.clone()));
        }
        let in_use = || Problem::new(Code::InUse).arg("ref", &head.code);
        let refers = links::table.filter(links::target_id.eq(head.id)).filter(links::record_id.ne(head.id));
        let owned = records::table.filter(records::owner_id.eq(head.id)).filter(records::id.ne(head.id));
        if diesel::select(exists(refers).or(exists(owned))).get_result(self.conn)? {
            return Err(in_use());
        }
        let row = records::table.filter(records::id.eq(head.id)).filter(records::revision.eq(head.revision));
        let deleted = match diesel::delete(row).execute(self.conn) {
            // A client acts for it, or another transaction came first.
            Err(DieselError::DatabaseError(DatabaseErrorKind::ForeignKeyViolation, _)) => return Err(in_use()),
            other => other?,
        };
        if deleted == 0 {
            return Err(commit::stale(head.id, self.conn)?);
        }
        self.commit_deletion(head)
    }
}

/// 409 that names the members which need confirmation by these provinces, and where to propose the change.
fn cosigned(head: &Head, changed: &[String], provinces: &[&str]) -> Problem {
    let word = match provinces {
        [CHONGQING] => "chongqing",
        [SICHUAN] => "sichuan",
        _ => "both",
    };
    let fault = |name: &String| Fault::at(format!("/{name}"), "cosigned-field").arg("field", name).arg("word", word);
    let problem = Problem::of_faults(Code::CosignedField, changed.iter().map(fault).collect());
    let problem = problem.arg("fields", changed.join(", ")).arg("word", word).member("provinces", provinces);
    problem.member("change_requests", format!("/api/v1/{}/{}/change-requests", head.kind, head.id))
}

fn unchanged(head: &Head, conn: &mut Connection) -> Outcome<Saved> {
    let document = records::table.filter(records::id.eq(head.id)).select(records::document).get_result(conn)?;
    Ok(Saved { head: head.clone(), document })
}
