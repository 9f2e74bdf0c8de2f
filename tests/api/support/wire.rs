//! The network between the service and its database: a test may cut it.

use std::io::copy;
use std::net::{Shutdown, SocketAddr, TcpListener, TcpStream};
use std::sync::{Arc, Mutex};

/// Passes bytes on to a server until it is cut.
pub struct Wire {
    pub address: SocketAddr,
    ends: Arc<Mutex<Ends>>,
}

#[derive(Default)]
struct Ends {
    cut: bool,
    open: Vec<TcpStream>,
}

impl Wire {
    pub fn to(server: SocketAddr) -> Wire {
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let wire = Wire { address: listener.local_addr().unwrap(), ends: Arc::default() };
        let ends = wire.ends.clone();
        std::thread::spawn(move || {
            for near in listener.incoming().flatten() {
                let mut ends = ends.lock().unwrap();
                if ends.cut {
                    continue; // closed at once
                }
                let Ok(far) = TcpStream::connect(server) else { continue };
                ends.open.extend([near.try_clone().unwrap(), far.try_clone().unwrap()]);
                pass(near.try_clone().unwrap(), far.try_clone().unwrap());
                pass(far, near);
            }
        });
        wire
    }

    /// Ends every connection, and every new one at once.
    pub fn cut(&self) {
        let mut ends = self.ends.lock().unwrap();
        ends.cut = true;
        for end in ends.open.drain(..) {
            let _ = end.shutdown(Shutdown::Both);
        }
    }

    pub fn mend(&self) {
        self.ends.lock().unwrap().cut = false;
    }
}

fn pass(mut from: TcpStream, mut to: TcpStream) {
    std::thread::spawn(move || {
        let _ = copy(&mut from, &mut to);
        let _ = to.shutdown(Shutdown::Both);
    });
}
