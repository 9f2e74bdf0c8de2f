//! The HTTP server around the application: its listening socket, its time limits and its end.
//!
//! On SIGTERM `/readyz` turns 503 at once, new connections are still accepted for `drain_seconds`, so that a balancer can
//! turn away, and then running requests get `shutdown_seconds`. SIGINT (Ctrl-C) skips the first wait, and so does any
//! second signal.

mod refusals;

use std::io::{Error, ErrorKind};
use std::net::TcpListener;
use std::sync::Arc;
use std::time::Duration;

use actix_http::error::DispatchError;
use actix_http::{HttpService, Protocol};
use actix_service::{IntoServiceFactory, ServiceFactoryExt, fn_service, map_config};
use actix_web::App;
use actix_web::body::MessageBody;
use actix_web::dev::{AppConfig, Server, ServerHandle, ServiceFactory, ServiceRequest, ServiceResponse};
use tokio::net::TcpStream;
use tokio::signal::unix::{Signal, SignalKind, signal};

use crate::config::Settings;
use crate::health::Draining;
use crate::server::refusals::Explained;

/// A client that does not send its request's head in this time is answered with 408.
const REQUEST_HEAD: Duration = Duration::from_secs(10);

/// A client that does not end a closed connection in this time is cut off.
const DISCONNECT: Duration = Duration::from_secs(5);

/// Longer than the idle time of common balancers (60 s), so that these close first and no request meets a closing socket.
const KEEP_ALIVE: Duration = Duration::from_secs(75);

/// Bytes of an answer that are gathered before they are written: a page of usual size goes out at once.
const WRITE_AT_ONCE: usize = 128 * 1024;

/// Connections that one worker holds at once; more wait in the backlog.
const CONNECTIONS_PER_WORKER: usize = 10_000;

/// Binds the listen address and writes the port that the system chose for port 0 into `settings`. Call it before the
/// database is touched, so that a second start by mistake changes nothing.
pub fn bind(settings: &mut Settings) -> Result<TcpListener, String> {
    let address = settings.listen;
    let listener = TcpListener::bind(address).map_err(|error| explain(settings, &error))?;
    settings.listen = listener.local_addr().map_err(|error| explain(settings, &error))?;
    Ok(listener)
}

fn explain(settings: &Settings, error: &Error) -> String {
    let address = settings.listen;
    let why = match error.kind() {
        ErrorKind::AddrInUse => {
            "the port is taken; stop what uses it or choose another with --listen or CHUANYU_LISTEN".to_owned()
        }
        ErrorKind::PermissionDenied => "ports below 1024 need a privilege; choose another with --listen".to_owned(),
        ErrorKind::AddrNotAvailable => "this machine does not have that address".to_owned(),
        _ => error.to_string(),
    };
    format!("cannot listen on {address}: {why}")
}

/// Serves `app` until a signal ends it. `app` runs once in each worker; share state by cloning it into the closure.
pub async fn run<F, T, B>(listener: TcpListener, settings: &Settings, draining: Draining, app: F) -> Result<(), Error>
where
    F: Fn() -> App<T> + Clone + Send + 'static,
    T: ServiceFactory<
            ServiceRequest,
            Config = (),
            Response = ServiceResponse<B>,
            Error = actix_web::Error,
            InitError = (),
        > + 'static,
    B: MessageBody + 'static,
{
    let server = start(listener, settings, app)?;
    let end = Ending::new(server.handle(), draining, Duration::from_secs(settings.drain_seconds))?;
    let waiting = actix_web::rt::spawn(end.on_signal());
    let result = server.await;
    waiting.abort();
    result
}

/// Starts serving `app` with the time limits of this service; no signal ends it.
pub fn start<F, T, B>(listener: TcpListener, settings: &Settings, app: F) -> Result<Server, Error>
where
    F: Fn() -> App<T> + Clone + Send + 'static,
    T: ServiceFactory<
            ServiceRequest,
            Config = (),
            Response = ServiceResponse<B>,
            Error = actix_web::Error,
            InitError = (),
        > + 'static,
    B: MessageBody + 'static,
{
    let builder = Server::build()
        .workers(settings.workers())
        .max_concurrent_connections(CONNECTIONS_PER_WORKER)
        .shutdown_timeout(settings.shutdown_seconds)
        .disable_signals();
    let ending = builder.graceful_shutdown_signal();
    let public_url: Arc<str> = settings.public_url().into();
    let server = builder.listen("http", listener, move || {
        let ending = ending.clone();
        let application = app().into_factory().map_err(|error| error.error_response());
        let http = HttpService::build()
            .graceful_shutdown_signal(move || {
                let ending = ending.clone();
                async move { ending.notified().await }
            })
            .client_request_timeout(REQUEST_HEAD)
            .client_disconnect_timeout(DISCONNECT)
            .keep_alive(KEEP_ALIVE)
            .h1_write_buffer_size(WRITE_AT_ONCE)
            .finish(map_config(application, |()| AppConfig::default()));
        let public_url = public_url.clone();
        fn_service(move |io: TcpStream| {
            let public_url = public_url.clone();
            async move {
                // The end of an answer must not wait for the client's acknowledgement of what went before.
                let _ = io.set_nodelay(true);
                let peer = io.peer_addr().ok();
                Ok::<_, DispatchError>((Explained::new(io, public_url), Protocol::Http1, peer))
            }
        })
        .and_then(http)
    })?;
    Ok(server.run())
}

/// Waits for a signal and ends the server gently.
struct Ending {
    server: ServerHandle,
    draining: Draining,
    drain: Duration,
    terminate: Signal,
    interrupt: Signal,
}

impl Ending {
    fn new(server: ServerHandle, draining: Draining, drain: Duration) -> Result<Ending, Error> {
        let terminate = signal(SignalKind::terminate())?;
        let interrupt = signal(SignalKind::interrupt())?;
        Ok(Ending { server, draining, drain, terminate, interrupt })
    }

    async fn on_signal(mut self) {
        let drain = tokio::select! {
            _ = self.terminate.recv() => self.drain,
            _ = self.interrupt.recv() => Duration::ZERO,
        };
        self.draining.begin();
        tracing::info!(drain_ms = drain.as_millis() as u64, "stopping: no longer ready");
        tokio::select! {
            _ = tokio::time::sleep(drain) => {}
            _ = self.terminate.recv() => {}
            _ = self.interrupt.recv() => {}
        }
        tracing::info!("stopping: running requests may end");
        self.server.stop(true).await;
    }
}
