//! The address a request came from, for limits and the log.

use std::net::{IpAddr, Ipv4Addr};

use actix_web::HttpRequest;
use ipnet::IpNet;

/// The peer's address. When the peer is one of `trusted_proxies`, the last address of `X-Forwarded-For` that is not;
/// from anybody else that field is ignored, because anybody can write it.
pub fn client_address(request: &HttpRequest, trusted_proxies: &[IpNet]) -> IpAddr {
    let trusted = |address: &IpAddr| trusted_proxies.iter().any(|proxies| proxies.contains(address));
    let peer = request.peer_addr().map_or(IpAddr::V4(Ipv4Addr::UNSPECIFIED), |peer| peer.ip().to_canonical());
    if !trusted(&peer) {
        return peer;
    }
    let fields = request.headers().get_all("x-forwarded-for").filter_map(|field| field.to_str().ok());
    let hops: Vec<&str> = fields.flat_map(|field| field.split(',')).map(str::trim).collect();
    let mut nearest = peer;
    for hop in hops.iter().rev() {
        // What precedes an unreadable hop was not written by a trusted proxy.
        let Ok(address) = hop.parse::<IpAddr>().map(|address| address.to_canonical()) else {
            return nearest;
        };
        nearest = address;
        if !trusted(&address) {
            return nearest;
        }
    }
    nearest
}

#[cfg(test)]
mod tests {
    use super::*;

    fn seen(peer: &str, forwarded: &str, trusted: &str) -> String {
        let request = actix_web::test::TestRequest::get()
            .peer_addr(format!("{peer}:1").parse().unwrap())
            .insert_header(("x-forwarded-for", forwarded))
            .to_http_request();
        client_address(&request, &[trusted.parse::<IpAddr>().unwrap().into()]).to_string()
    }

    #[test]
    fn only_a_trusted_proxy_is_believed_and_only_its_own_word() {
        assert_eq!(seen("10.0.0.1", "1.2.3.4", "10.0.0.9"), "10.0.0.1");
        assert_eq!(seen("10.0.0.9", "6.6.6.6, 1.2.3.4", "10.0.0.9"), "1.2.3.4");
        assert_eq!(seen("10.0.0.9", "1.2.3.4, 10.0.0.9", "10.0.0.9"), "1.2.3.4");
        assert_eq!(seen("10.0.0.9", "1.2.3.4, nonsense", "10.0.0.9"), "10.0.0.9");
        assert_eq!(seen("[::ffff:10.0.0.9]", "2001:db8::1", "10.0.0.9"), "2001:db8::1");
    }
}
