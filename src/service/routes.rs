//! The endpoints that every kind has, written once. A handler says who calls, what they send, what happens and what they
//! get; which kind it is about comes from the scope it is mounted in.

use actix_web::guard;
use actix_web::web::{self, Data, ServiceConfig};

use crate::api::compressed;
use crate::kind::register::Register;
use crate::service::agreement::{confirm, transition};
use crate::service::change_requests;
use crate::service::edit::{create, delete, patch, upsert};
use crate::service::history::{self, confirmations, revision, revisions, transitions};
use crate::service::read::{list, show};
use crate::service::writing::Served;

/// Mounts the endpoints of every kind below `/api/v1`.
pub fn configure(register: &'static Register) -> impl FnOnce(&mut ServiceConfig) {
    move |cfg| {
        cfg.configure(change_requests::configure(register));
        for kind in register.kinds() {
            cfg.service(
                web::scope(kind.name)
                    .app_data(Data::new(Served { register, kind }))
                    .service(compressed(
                        web::resource("")
                            .guard(guard::Any(guard::Get()).or(guard::Head()))
                            .route(web::route().to(list)),
                    ))
                    .service(web::resource("").guard(guard::Post()).route(web::post().to(create)))
                    .service(web::resource("/by-source/{source_id}").route(web::put().to(upsert)))
                    .service(
                        web::resource("/{ref}")
                            .route(web::get().to(show))
                            .route(web::head().to(show))
                            .route(web::patch().to(patch))
                            .route(web::delete().to(delete)),
                    )
                    .service(
                        web::resource("/{ref}/transitions")
                            .route(web::get().to(transitions))
                            .route(web::head().to(transitions))
                            .route(web::post().to(transition)),
                    )
                    .service(
                        web::resource("/{ref}/confirmations")
                            .route(web::get().to(confirmations))
                            .route(web::head().to(confirmations))
                            .route(web::post().to(confirm)),
                    )
                    .service(web::resource("/{ref}/change-requests").route(web::post().to(change_requests::create)))
                    .service(web::resource("/{ref}/restorations").route(web::post().to(change_requests::restore)))
                    .service(
                        web::resource("/{ref}/revisions")
                            .route(web::get().to(revisions))
                            .route(web::head().to(revisions)),
                    )
                    .service(
                        web::resource("/{ref}/revisions/{number}")
                            .route(web::get().to(revision))
                            .route(web::head().to(revision)),
                    )
                    .configure(history::configure),
            );
        }
    }
}
