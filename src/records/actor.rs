//! Who makes a change, and what they may change: the token says *what*, its organization and province say *where*.

use std::sync::Arc;

use serde_json::Value;

use crate::auth::Principal;
use crate::db::{Id, Moment};
use crate::kind::{Kind, Owner, pointers};
use crate::problem::{Code, Outcome, Problem};
use crate::records::rows::{Head, Loaded, PROVINCES};
use crate::records::sight::Sight;
use crate::records::targets::Targets;

/// The caller of a change, with its request and time.
#[derive(Clone)]
pub struct Actor {
    pub principal: Arc<Principal>,
    pub request_id: Id,
    pub at: Moment,
    /// The number of restores of the register for which the request was read; none where nothing was read before.
    pub restores: Option<i64>,
}

impl Actor {
    /// The operator at the command line.
    pub fn operator() -> Actor {
        Actor { principal: Arc::new(Principal::operator()), request_id: Id::new(), at: Moment::now(), restores: None }
    }

    pub fn sight(&self) -> Sight {
        Sight::of(Some(&self.principal))
    }

    pub fn province(&self) -> Outcome<&str> {
        self.principal.province.as_deref().ok_or_else(|| Problem::new(Code::OtherProvince).arg("province", "none"))
    }

    /// Whether the caller may change this record: its organization's client, or a trusted client of its province.
    pub fn may_write(&self, head: &Head) -> Outcome<()> {
        let principal = &self.principal;
        // After publication its creator has no special rights; a joint record is changed by its current parties.
        let official = head.published_at.is_some();
        let own = (principal.org == Some(head.owner_id) && !(head.joint && official))
            || (principal.client_id == head.created_by && !official);
        if own || (principal.province_wide() && principal.province.as_deref() == Some(&head.province)) {
            return Ok(());
        }
        Err(self.elsewhere(head.owner_id, &head.province))
    }

    /// Whether the caller acts for one side of a joint record: a client of a leading party, or one that may confirm or
    /// publish for either province.
    pub fn is_side_of(&self, loaded: &Loaded) -> bool {
        let principal = &self.principal;
        loaded.head.joint
            && (principal.org.is_some_and(|org| loaded.parties.contains(&org)) || principal.speaks_for_province())
    }

    /// Owner and province of a single-owner record as its content names them, regardless of the caller.
    pub fn owner_named(kind: &Kind, head: &Head, content: &Value, targets: &Targets) -> Option<(Id, String)> {
        // A merged organization counts as the one it was merged into.
        let stands_for = |owner| targets.get(&owner).map_or(owner, |target| target.stands_for);
        match kind.owner(content) {
            Owner::Parties | Owner::Unknown => None,
            Owner::Itself(seat) => {
                let side = seat.filter(|seat| PROVINCES.contains(seat)).unwrap_or(&head.province);
                Some((head.id, side.to_owned()))
            }
            Owner::Organization(owner) => {
                let province = targets.get(&owner).map_or(&head.province, |target| &target.province);
                Some((stands_for(owner), province.clone()))
            }
            Owner::For(owner, side) => Some((stands_for(owner), side.to_owned())),
        }
    }

    /// Owner and province of a record as its content names them; fails when the caller may not write for them.
    pub fn owner_of(&self, kind: &Kind, id: Id, content: &Value, targets: &Targets) -> Outcome<(Id, String)> {
        let province = self.province()?.to_owned();
        match kind.owner(content) {
            Owner::Parties => self.joint_owner(id, &province, content),
            Owner::Itself(seat) => {
                // An organization from elsewhere is kept by the side that registers it.
                let side = seat.filter(|seat| PROVINCES.contains(seat)).unwrap_or(&province);
                if (self.principal.province_wide() || self.principal.org == Some(id)) && side == province {
                    return Ok((id, province));
                }
                Err(self.elsewhere(id, side))
            }
            Owner::Organization(owner) => {
                let target = targets.get(&owner);
                let side = target.map_or(province.as_str(), |target| target.province.as_str());
                self.single_owner(target.map_or(owner, |target| target.stands_for), side)
            }
            Owner::For(owner, side) => {
                self.single_owner(targets.get(&owner).map_or(owner, |target| target.stands_for), side)
            }
            // The body is faulty and will be refused: its owner does not matter.
            Owner::Unknown => Ok((self.principal.org.unwrap_or(id), province)),
        }
    }

    fn single_owner(&self, owner: Id, side: &str) -> Outcome<(Id, String)> {
        let wide = self.principal.province_wide() && self.principal.province.as_deref() == Some(side);
        if self.principal.org == Some(owner) || wide {
            return Ok((owner, side.to_owned()));
        }
        Err(self.elsewhere(owner, side))
    }

    fn joint_owner(&self, id: Id, province: &str, content: &Value) -> Outcome<(Id, String)> {
        let parties: Vec<(Id, &str)> = pointers::matches(content, "/parties/*")
            .into_iter()
            .filter_map(|(_, party)| {
                Some((party.get("org_id").and_then(pointers::reference_id)?, party.get("province")?.as_str()?))
            })
            .collect();
        if let Some(org) = self.principal.org.filter(|org| parties.iter().any(|(party, _)| party == org)) {
            return Ok((org, province.to_owned()));
        }
        let own_side = parties.iter().find(|(_, side)| *side == province).map(|(party, _)| *party);
        match own_side {
            Some(party) if self.principal.province_wide() => Ok((party, province.to_owned())),
            None if self.principal.province_wide() || parties.is_empty() => {
                Ok((self.principal.org.unwrap_or(id), province.to_owned()))
            }
            _ => Err(self.elsewhere(id, province)),
        }
    }

    fn elsewhere(&self, owner: Id, province: &str) -> Problem {
        let code = if self.principal.province_wide() { Code::OtherProvince } else { Code::OtherOrganization };
        Problem::new(code).arg("owner", owner).arg("province", province)
    }
}
