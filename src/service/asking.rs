//! What a handler of a question takes from its request: who asks, and what the answer is made from.

use std::future::{Ready, ready};

use actix_web::dev::Payload;
use actix_web::web::Data;
use actix_web::{FromRequest, HttpRequest};

use crate::auth::Reader;
use crate::db::{Connection, Db};
use crate::kind::register::Register;
use crate::problem::{Outcome, Problem};
use crate::reading::cache::Shelf;
use crate::reading::expand::Lens;
use crate::records::sight::Sight;
use crate::service::writing::{Served, shared};

/// Who asks, and through what.
pub struct Around<'a> {
    pub register: &'static Register,
    pub lens: Lens<'a>,
    /// The source system of the caller, whose accepted spellings count.
    pub system: Option<&'a str>,
}

/// Who asks, and what the answer is made from. It comes first among the parameters: who calls is checked before anything else.
pub struct Asking {
    reader: Reader,
    register: &'static Register,
    db: Data<Db>,
    shelf: Data<Shelf>,
}

impl FromRequest for Asking {
    type Error = Problem;
    type Future = Ready<Outcome<Asking>>;

    fn from_request(request: &HttpRequest, payload: &mut Payload) -> Self::Future {
        let reader = Reader::from_request(request, payload).into_inner();
        ready(reader.and_then(|reader| {
            let register = shared::<Served>(request)?.register;
            let (db, shelf) = (shared::<Db>(request)?.clone(), shared::<Shelf>(request)?.clone());
            Ok(Asking { reader, register, db, shelf })
        }))
    }
}

impl Asking {
    /// Reads for the caller.
    pub async fn read<T: Send + 'static>(
        &self,
        work: impl Fn(Around, &mut Connection) -> Outcome<T> + Send + Sync + 'static,
    ) -> Outcome<T> {
        let (sight, shelf, register) = (Sight::from(&self.reader), self.shelf.clone(), self.register);
        let system = self.reader.principal().map(|principal| principal.source_system.clone());
        let read = move |conn: &mut Connection| {
            let lens = Lens { sight: &sight, shelf: &shelf, position: None };
            work(Around { register, lens, system: system.as_deref() }, conn)
        };
        self.db.read(read).await
    }
}
