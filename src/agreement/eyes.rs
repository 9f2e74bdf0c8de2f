//! Four eyes: which clients may not confirm what waits on a record (`docs/rules.md` §3).
//!
//! A client that created, changed, proposed or submitted anything of a record since it was last official (or since it
//! was created) does not confirm it. A move leaves the signed content unchanged: only the client that asked for it is
//! excluded. Returning, declining, confirming and moving do not count as authorship. The owner of a single-owner record
//! does not confirm it for its province, unless it is an agency: then another client of that agency does. A trusted
//! client (`records:publish`) that activates a single-owner record by a transition confirms nothing, so these rules do
//! not apply to it.

use diesel::RunQueryDsl;

use crate::auth::agencies;
use crate::db::{Cell, Connection, Id, Sql, Uid};
use crate::kind::{Kind, Owner};
use crate::problem::{Code, Outcome, Problem};
use crate::records::proposals;
use crate::records::rows::{Head, Proposal, purpose};

/// The clients and organizations that may not decide on a proposal.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Eyes {
    /// Clients that worked on it.
    authors: Vec<Id>,
    /// Owners that are not agencies.
    owners: Vec<Id>,
}

impl Eyes {
    /// Those of a proposal on this record.
    pub fn on(kind: &Kind, head: &Head, proposal: &Proposal, conn: &mut Connection) -> Outcome<Eyes> {
        let mut authors = match proposal.purpose.as_str() {
            purpose::MOVE => Vec::new(), // it leaves the content as it is
            _ => authors(head.id, conn)?,
        };
        authors.push(proposal.client_id);
        let mut owners = if head.joint { Vec::new() } else { owners(kind, head, proposal)? };
        if !owners.is_empty() {
            let marked = agencies::among(&owners, conn)?;
            owners.retain(|owner| !marked.contains(owner));
        }
        Ok(Eyes { authors, owners })
    }

    /// Why a client must not decide; `None` when it may.
    pub fn bar(&self, client: Id, org: Option<Id>) -> Option<Code> {
        if self.authors.contains(&client) {
            return Some(Code::FourEyes);
        }
        org.filter(|org| self.owners.contains(org)).map(|_| Code::OwnRecord)
    }

    /// 403 for a client that must not decide.
    pub fn allow(&self, client: Id, org: Option<Id>) -> Outcome<()> {
        self.bar(client, org).map_or(Ok(()), |code| Err(Problem::new(code)))
    }
}

/// The clients that wrote anything of a record since the last step that made its content official as a whole.
fn authors(record: Id, conn: &mut Connection) -> Outcome<Vec<Id>> {
    let mut sql: Sql<Uid> = Sql::new("SELECT DISTINCT client_id FROM revisions WHERE record_id = ");
    sql.bind(Cell::id(record));
    sql.push(
        " AND action IN ('created', 'updated', 'restored', 'submitted', 'change_proposed') AND number > COALESCE((",
    );
    // Written exactly like the condition of the partial index, so that it is used: a record may have thousands of
    // steps.
    sql.push("SELECT max(number) FROM revisions").push_indexed_by("revisions_official");
    sql.push(" WHERE action IN ('activated', 'changed') AND record_id = ");
    sql.bind(Cell::id(record)).push("), 0)");
    Ok(sql.load(conn)?)
}

/// The owner of a single-owner record, and the one that a change would give it to.
fn owners(kind: &Kind, head: &Head, proposal: &Proposal) -> Outcome<Vec<Id>> {
    let mut owners = vec![head.owner_id];
    if proposal.content.is_some()
        && let Owner::Organization(owner) | Owner::For(owner, _) = kind.owner(&proposals::content_of(proposal)?)
    {
        owners.push(owner);
    }
    Ok(owners)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn authors_and_owners_are_barred_and_all_others_are_not() {
        let (author, other, owner, agency) = (Id::new(), Id::new(), Id::new(), Id::new());
        let eyes = Eyes { authors: vec![author], owners: vec![owner] };
        assert_eq!(eyes.bar(author, Some(agency)), Some(Code::FourEyes));
        assert_eq!(eyes.bar(author, Some(owner)), Some(Code::FourEyes));
        assert_eq!(eyes.bar(other, Some(owner)), Some(Code::OwnRecord));
        assert_eq!(eyes.bar(other, Some(agency)), None);
        assert_eq!(eyes.bar(other, None), None);
    }
}
