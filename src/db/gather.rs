//! Batches concurrent look-ups of single rows into one statement.
//!
//! A statement costs a round trip and two changes of threads, however many rows it returns. While one is running, new
//! look-ups collect for the next: none waits for others to come, and the higher the load the less each costs.

use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use tokio::sync::oneshot;

use crate::db::{Connection, Db};
use crate::problem::{Outcome, Problem};

/// Maximum number of keys per statement.
const TOGETHER: usize = 64;

/// Statements that may run at once.
const AT_ONCE: usize = 2;

/// The rows of some keys; missing ones are left out.
type Rows<K, V> = Arc<dyn Fn(&[K], &mut Connection) -> Outcome<Vec<(K, V)>> + Send + Sync>;

/// The batcher; one in the application's data.
pub struct Gather<K, V> {
    rows: Rows<K, V>,
    state: Arc<Mutex<State<K, V>>>,
}

struct State<K, V> {
    asked: Vec<Asked<K, V>>,
    under_way: usize,
}

struct Asked<K, V> {
    key: K,
    answer: oneshot::Sender<Option<V>>,
}

/// A running statement.
struct UnderWay<K, V> {
    rows: Rows<K, V>,
    state: Arc<Mutex<State<K, V>>>,
}

impl<K: Copy + Eq + Send + 'static, V: Clone + Send + 'static> Gather<K, V> {
    pub fn new(rows: impl Fn(&[K], &mut Connection) -> Outcome<Vec<(K, V)>> + Send + Sync + 'static) -> Gather<K, V> {
        Gather { rows: Arc::new(rows), state: Arc::new(Mutex::new(State { asked: Vec::new(), under_way: 0 })) }
    }

    /// The row of a key, if there is one. When a statement failed, each caller that waited for it queries alone.
    pub async fn get(&self, db: &Db, key: K) -> Outcome<Option<V>> {
        let (answer, answered) = oneshot::channel();
        if self.ask(Asked { key, answer }) {
            let under_way = UnderWay { rows: self.rows.clone(), state: self.state.clone() };
            let db = db.clone();
            // Detached: it goes on for the others when this caller disconnects.
            actix_web::rt::spawn(async move { db.read(move |conn| under_way.answer_all(conn)).await });
        }
        match tokio::time::timeout(db.patience(), answered).await {
            Ok(Ok(found)) => Ok(found),
            Ok(Err(_)) => {
                let rows = self.rows.clone();
                db.read(move |conn| Ok(rows(&[key], conn)?.pop().map(|(_, row)| row))).await
            }
            Err(_) => Err(Problem::unavailable("no database connection came free in time")),
        }
    }

    /// Queues a look-up; true when a statement has to be started for it.
    fn ask(&self, asked: Asked<K, V>) -> bool {
        let mut state = lock(&self.state);
        state.asked.push(asked);
        let starts = state.under_way < AT_ONCE;
        state.under_way += usize::from(starts);
        starts
    }
}

impl<K: Copy + Eq, V: Clone> UnderWay<K, V> {
    /// Runs statements until no look-up is waiting.
    fn answer_all(&self, conn: &mut Connection) -> Outcome<()> {
        loop {
            let batch: Vec<Asked<K, V>> = {
                let mut state = lock(&self.state);
                let count = state.asked.len().min(TOGETHER);
                state.asked.drain(..count).collect()
            };
            if batch.is_empty() {
                return Ok(());
            }
            let keys: Vec<K> = batch.iter().map(|asked| asked.key).collect();
            let rows = (self.rows)(&keys, conn)?;
            for Asked { key, answer } in batch {
                let row = rows.iter().find(|(known, _)| *known == key).map(|(_, row)| row.clone());
                let _ = answer.send(row); // a caller that disconnected needs none
            }
        }
    }
}

impl<K, V> Drop for UnderWay<K, V> {
    fn drop(&mut self) {
        let mut state = lock(&self.state);
        state.under_way -= 1;
        // Look-ups that came at the last moment, or for a statement that never ran, are released and query alone.
        state.asked.clear();
    }
}

fn lock<K, V>(state: &Mutex<State<K, V>>) -> MutexGuard<'_, State<K, V>> {
    state.lock().unwrap_or_else(PoisonError::into_inner)
}
