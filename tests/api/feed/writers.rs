//! Writers that take records through every kind of change, straight through the pipeline's own functions.

use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

use chuanyu::agreement::changes::Change;
use chuanyu::agreement::decisions::Decided;
use chuanyu::agreement::moves::Wish;
use chuanyu::auth::Principal;
use chuanyu::db::{Connection, Db, Id, Moment};
use chuanyu::kind::findings::Findings;
use chuanyu::kind::register::Registered;
use chuanyu::kinds::register;
use chuanyu::problem::{Code, Outcome};
use chuanyu::records::action::Action;
use chuanyu::records::actor::Actor;
use chuanyu::records::commit::{Saved, Step, UPDATED};
use chuanyu::records::judge::{self, Examined};
use chuanyu::records::rows::Succession;
use chuanyu::records::rows::{Loaded, Proposal, purpose, state};
use chuanyu::records::{loading, proposals};
use rand::rngs::StdRng;
use rand::{Rng, SeedableRng};
use serde_json::{Value, json};
use tokio::sync::RwLock;

use crate::support::contents::*;
use chuanyu::records::desk::Desk;

/// Who writes: a university of Chongqing, the agencies of both provinces, and a clerk of Chongqing's.
pub struct Cast {
    pub university: Arc<Principal>,
    pub cq: Arc<Principal>,
    pub clerk: Arc<Principal>,
    pub sc: Arc<Principal>,
}

/// What writers and readers share.
pub struct Stage {
    pub db: Db,
    pub cast: Cast,
    /// Writers share it while they write; holding it exclusively stops all writes.
    pub gate: RwLock<()>,
    /// Changes made so far.
    pub made: AtomicUsize,
}

pub struct Writer {
    stage: Arc<Stage>,
    chance: StdRng,
    made: usize,
    /// The last organization that was published, into which the next one is merged.
    heir: Option<Id>,
}

fn actor(principal: &Arc<Principal>) -> Actor {
    Actor { principal: principal.clone(), request_id: Id::new(), at: Moment::now(), restores: None }
}

fn kind(name: &str) -> &'static Registered {
    register().kind(name).expect("a kind")
}

/// A body that is known to be right: what the contract's schema says of it is tested elsewhere, and costs most of a write.
fn examined(name: &'static str, body: Value) -> Examined {
    let mut findings = Findings::new(Moment::now().day_in_shanghai());
    let content = (kind(name).check)(body, &mut findings);
    Examined { content, findings, refused: Default::default() }
}

fn load(name: &str, actor: &Actor, id: Id, conn: &mut Connection) -> Outcome<Loaded> {
    Ok(loading::by_id(kind(name), id, &actor.sight(), conn)?.expect("a record that its writer sees"))
}

/// The proposal that waits on a record.
fn waiting(id: Id, about: &str, conn: &mut Connection) -> Outcome<Proposal> {
    let open = proposals::open_on(id, conn)?;
    Ok(open.into_iter().find(|one| one.purpose == about).expect("a proposal that waits"))
}

impl Writer {
    pub fn new(stage: &Arc<Stage>, number: u64) -> Writer {
        Writer { stage: stage.clone(), chance: StdRng::seed_from_u64(number), made: 0, heir: None }
    }

    /// Makes at least this many changes.
    pub async fn work(mut self, changes: usize) {
        while self.made < changes {
            match self.chance.random_range(0..8) {
                0 => self.organization_and_its_instrument().await,
                1 => self.instrument_that_goes_from_hand_to_hand().await,
                2 => self.deleted_draft().await,
                3 => self.lab().await,
                _ => self.instrument_in_use().await,
            }
        }
    }

    /// One change in a transaction of its own.
    async fn write<T: Send + 'static>(
        &mut self,
        work: impl Fn(&mut Connection) -> Outcome<T> + Send + Sync + 'static,
    ) -> T {
        let _open = self.stage.gate.read().await;
        let (work, mut tries) = (Arc::new(work), 0);
        let done = loop {
            let work = work.clone();
            match self.stage.db.write(move |conn| work(conn)).await {
                // On a busy machine: nothing was done, and like any client it retries.
                Err(problem) if problem.code() == Code::Unavailable && tries < 10 => tries += 1,
                done => break done.unwrap(),
            }
        };
        self.made += 1;
        self.stage.made.fetch_add(1, Ordering::Relaxed);
        done
    }

    async fn create(&mut self, by: &Arc<Principal>, name: &'static str, content: Content) -> Id {
        let (by, id, examined) = (by.clone(), Id::new(), examined(name, content.into()));
        self.write(move |conn| {
            Desk { register: register(), kind: kind(name), actor: &actor(&by), conn }
                .create(id, examined.clone(), None)
                .map(drop)
        })
        .await;
        id
    }

    async fn patch(&mut self, by: &Arc<Principal>, name: &'static str, id: Id, patch: Value) {
        let by = by.clone();
        self.write(move |conn| {
            let actor = actor(&by);
            let loaded = load(name, &actor, id, conn)?;
            let mut body = loaded.content.clone();
            json_patch::merge(&mut body, &patch);
            judge::prefer_patched_references(kind(name), &patch, &mut body);
            let examined = examined(name, body);
            Desk { register: register(), kind: kind(name), actor: &actor, conn }
                .replace(loaded, examined, UPDATED)
                .map(drop)
        })
        .await;
    }

    #[expect(clippy::too_many_arguments, reason = "a line of the script: who decides on what, and how")]
    async fn go(&mut self, by: &Arc<Principal>, name: &'static str, id: Id, to: &'static str, into: Option<Id>) {
        let by = by.clone();
        self.write(move |conn| {
            let actor = actor(&by);
            let loaded = load(name, &actor, id, conn)?;
            let succession = into.map(|id| Succession { id, merged: true });
            let wish = Wish { to, reason: Some("示例"), succession };
            Desk { register: register(), kind: kind(name), actor: &actor, conn }.move_to(loaded, wish).map(drop)
        })
        .await;
    }

    #[expect(clippy::too_many_arguments, reason = "a line of the script: who decides on what, and how")]
    async fn decide(
        &mut self,
        by: &Arc<Principal>,
        name: &'static str,
        id: Id,
        about: &'static str,
        word: &'static str,
    ) {
        let by = by.clone();
        self.write(move |conn| -> Outcome<Saved> {
            let actor = actor(&by);
            let loaded = load(name, &actor, id, conn)?;
            let proposal = waiting(id, about, conn)?;
            let reason = Some("示例".to_owned());
            let decided = Decided { word, digest: proposal.digest.clone(), reason, ..Decided::default() };
            Desk { register: register(), kind: kind(name), actor: &actor, conn }.decide(loaded, proposal, decided)
        })
        .await;
    }

    /// An organization with an instrument of its own; the one before is merged into it, and its instrument with it.
    async fn organization_and_its_instrument(&mut self) {
        let cq = self.stage.cast.cq.clone();
        let id = self.create(&cq, "organizations", organization()).await;
        self.go(&cq, "organizations", id, "active", None).await;
        let hosted = self.create(&cq, "instruments", instrument().with("/host", json!({"id": id}))).await;
        self.go(&cq, "instruments", hosted, "active", None).await;
        if let Some(before) = self.heir.replace(id) {
            self.go(&cq, "organizations", before, "withdrawn", Some(id)).await;
        }
    }

    /// A draft that one university sees, then another one, then the first again; it is returned, published and withdrawn.
    async fn instrument_that_goes_from_hand_to_hand(&mut self) {
        let Cast { university, cq, clerk, .. } = &self.stage.cast;
        let (university, cq, clerk) = (&university.clone(), &cq.clone(), &clerk.clone());
        let home = json!({"host": {"id": university.org}});
        let other = json!({"host": {"id": chuanyu::kinds::shared::demo_org_id(2)}});
        let id = self.create(clerk, "instruments", instrument()).await;
        self.patch(clerk, "instruments", id, other).await;
        self.patch(clerk, "instruments", id, home).await;
        self.go(university, "instruments", id, "submitted", None).await;
        self.decide(cq, "instruments", id, purpose::SUBMISSION, "decline").await;
        self.patch(university, "instruments", id, json!({"remarks": "已改正"})).await;
        self.go(university, "instruments", id, "submitted", None).await;
        self.decide(cq, "instruments", id, purpose::SUBMISSION, "confirm").await;
        if self.chance.random_bool(0.5) {
            self.go(cq, "instruments", id, "withdrawn", None).await;
        }
    }

    async fn deleted_draft(&mut self) {
        let university = self.stage.cast.university.clone();
        let id = self.create(&university, "instruments", instrument()).await;
        self.patch(&university, "instruments", id, json!({"remarks": "将删除"})).await;
        self.write(move |conn| {
            let actor = actor(&university);
            let loaded = load("instruments", &actor, id, conn)?;
            Desk { register: register(), kind: kind("instruments"), actor: &actor, conn }.delete(&loaded.head)
        })
        .await;
    }

    /// A lab that is returned, agreed, changed, suspended by one side and withdrawn by both.
    async fn lab(&mut self) {
        const LABS: &str = "joint-labs";
        let Cast { university, cq, sc, .. } = &self.stage.cast;
        let (university, cq, sc) = (university.clone(), cq.clone(), sc.clone());
        let id = self.create(&university, LABS, joint_lab()).await;
        self.go(&university, LABS, id, "submitted", None).await;
        self.decide(&sc, LABS, id, purpose::SUBMISSION, "decline").await;
        self.go(&university, LABS, id, "submitted", None).await;
        self.decide(&sc, LABS, id, purpose::SUBMISSION, "confirm").await;
        self.decide(&cq, LABS, id, purpose::SUBMISSION, "confirm").await;
        let staff = self.chance.random_range(1000..2000);
        let by = university.clone();
        self.write(move |conn| {
            let actor = actor(&by);
            let loaded = load(LABS, &actor, id, conn)?;
            let change = Change::Patch(json!({"fixed_staff": staff}));
            Desk { register: register(), kind: kind(LABS), actor: &actor, conn }
                .propose(loaded, &change, "双方商定")
                .map(drop)
        })
        .await;
        self.decide(&cq, LABS, id, purpose::CHANGE, "confirm").await;
        self.decide(&sc, LABS, id, purpose::CHANGE, "confirm").await;
        self.go(&cq, LABS, id, "suspended", None).await;
        self.go(&cq, LABS, id, "withdrawn", None).await;
        self.go(&sc, LABS, id, "withdrawn", None).await;
    }

    /// An instrument that is out of order now and then: the bulk of the changes, by the shortest path.
    async fn instrument_in_use(&mut self) {
        let cq = self.stage.cast.cq.clone();
        let id = self.create(&cq, "instruments", instrument()).await;
        self.go(&cq, "instruments", id, "active", None).await;
        self.patch(&cq, "instruments", id, json!({"remarks": "将检修"})).await;
        let by = actor(&cq);
        let loaded = self.stage.db.read(move |conn| load("instruments", &by, id, conn)).await.unwrap();
        let (mut head, content) = (loaded.head, Arc::new(loaded.content));
        for turn in 0..40 {
            let (cq, content, mut next) = (cq.clone(), content.clone(), head.clone());
            next.state = if turn % 2 == 0 { state::SUSPENDED } else { state::ACTIVE }.to_owned();
            let saved = self.write(move |conn| {
                let step = Step {
                    action: if turn % 2 == 0 { Action::Suspended } else { Action::Resumed },
                    reason: Some("检修"),
                };
                Desk { register: register(), kind: kind("instruments"), actor: &actor(&cq), conn }.commit_standing(
                    &mut next.clone(),
                    &content,
                    step,
                )
            });
            head = saved.await.head;
        }
    }
}
