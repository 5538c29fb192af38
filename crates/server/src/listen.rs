//! Which sockets the server opens, and when it refuses to (rulings 1 and 4).

use std::io;
use std::net::{IpAddr, SocketAddr};

use tokio::net::{TcpListener, TcpSocket};

use crate::config::{Port, ServerConfig};

/// Connections that the system holds before they are accepted.
const BACKLOG: u32 = 1024;

/// The sockets of a server.
#[derive(Debug)]
pub(crate) struct Listeners {
    /// Everything.
    pub(crate) http: Option<TcpListener>,
    /// OTLP over HTTP.
    pub(crate) otlp_http: Option<TcpListener>,
    /// OTLP over gRPC.
    pub(crate) otlp_grpc: Option<TcpListener>,
    /// Default OTLP ports that somebody else has: the server runs without them.
    pub(crate) warnings: Vec<String>,
}

/// Where the sockets of a server came to listen; `None` where there is no such listener.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub(crate) struct Addresses {
    /// Everything.
    pub(crate) http: Option<SocketAddr>,
    /// OTLP over HTTP.
    pub(crate) otlp_http: Option<SocketAddr>,
    /// OTLP over gRPC.
    pub(crate) otlp_grpc: Option<SocketAddr>,
}

impl Listeners {
    /// Where they listen.
    pub(crate) fn addresses(&self) -> io::Result<Addresses> {
        let of = |listener: &Option<TcpListener>| {
            listener.as_ref().map(TcpListener::local_addr).transpose()
        };
        Ok(Addresses {
            http: of(&self.http)?,
            otlp_http: of(&self.otlp_http)?,
            otlp_grpc: of(&self.otlp_grpc)?,
        })
    }
}

/// Why a server does not start.
#[derive(Debug, thiserror::Error)]
pub enum ListenError {
    /// The port belongs to somebody else.
    #[error(
        "{address} is taken by another program: stop it, or choose another port with \
         --{flag} (0 takes any free one{off})"
    )]
    Taken {
        /// Where.
        address: SocketAddr,
        /// Which flag sets it.
        flag: &'static str,
        /// What else can be done.
        off: &'static str,
    },
    /// The system said no for another reason.
    #[error("cannot listen on {address}: {source}")]
    Io {
        /// Where.
        address: SocketAddr,
        /// What the system said.
        source: io::Error,
    },
    /// Outside of loopback without keys.
    #[error(
        "refusing to listen on {0}, which other machines can reach, without a key: run \
         `clew keys create --scopes admin` on the data folder first, or set CLEW_ADMIN_KEY, or \
         bind to 127.0.0.1"
    )]
    NoKeys(IpAddr),
}

/// Refuses an address that others can reach while nothing protects it.
pub(crate) fn check_access(config: &ServerConfig, has_keys: bool) -> Result<(), ListenError> {
    let open_by_hand = config.open == Some(true);
    if config.bind.is_loopback() || has_keys || config.admin_key.is_some() || open_by_hand {
        return Ok(());
    }
    Err(ListenError::NoKeys(config.bind))
}

/// Opens the sockets. A default OTLP port that is taken is a warning, every other
/// failure is fatal.
pub(crate) fn bind(config: &ServerConfig) -> Result<Listeners, ListenError> {
    let mut warnings = Vec::new();
    let http = bind_one(config.bind, config.http_port, "port", "")?;
    let off = ", `off` goes without";
    let mut optional = |port: Port, flag: &'static str| match bind_one(config.bind, port, flag, off)
    {
        Err(error @ ListenError::Taken { .. }) if matches!(port, Port::Default(_)) => {
            warnings.push(error.to_string());
            Ok(None)
        }
        other => other,
    };
    let otlp_http = optional(config.otlp_http_port, "otlp-http-port")?;
    let otlp_grpc = optional(config.otlp_grpc_port, "otlp-grpc-port")?;
    Ok(Listeners { http, otlp_http, otlp_grpc, warnings })
}

fn bind_one(
    ip: IpAddr,
    port: Port,
    flag: &'static str,
    off: &'static str,
) -> Result<Option<TcpListener>, ListenError> {
    let number = match port {
        Port::Off => return Ok(None),
        Port::Free => 0,
        Port::Default(number) | Port::Asked(number) => number,
    };
    let address = SocketAddr::new(ip, number);
    match open_socket(address) {
        Ok(listener) => Ok(Some(listener)),
        Err(error) if error.kind() == io::ErrorKind::AddrInUse => {
            Err(ListenError::Taken { address, flag, off })
        }
        Err(source) => Err(ListenError::Io { address, source }),
    }
}

fn open_socket(address: SocketAddr) -> io::Result<TcpListener> {
    let socket = if address.is_ipv4() { TcpSocket::new_v4()? } else { TcpSocket::new_v6()? };
    // A restart must not wait for old connections to time out.
    #[cfg(not(windows))]
    socket.set_reuseaddr(true)?;
    socket.bind(address)?;
    socket.listen(BACKLOG)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn config(port: Port) -> ServerConfig {
        ServerConfig {
            http_port: Port::Free,
            otlp_http_port: port,
            otlp_grpc_port: Port::Off,
            ..ServerConfig::default()
        }
    }

    #[tokio::test]
    async fn a_taken_default_port_warns_and_an_asked_for_one_is_fatal() {
        let other = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let taken = other.local_addr().unwrap().port();
        let listeners = bind(&config(Port::Default(taken))).unwrap();
        assert!(listeners.http.is_some() && listeners.otlp_http.is_none());
        assert_eq!(
            listeners.warnings,
            [format!(
                "127.0.0.1:{taken} is taken by another program: stop it, or choose another port \
                 with --otlp-http-port (0 takes any free one, `off` goes without)"
            )]
        );
        let error = bind(&config(Port::Asked(taken))).unwrap_err();
        assert!(matches!(error, ListenError::Taken { flag: "otlp-http-port", .. }));
        let main = ServerConfig { http_port: Port::Default(taken), ..config(Port::Off) };
        assert!(matches!(bind(&main), Err(ListenError::Taken { flag: "port", .. })));
    }

    #[test]
    fn other_machines_need_a_key() {
        let mut config = config(Port::Off);
        assert!(check_access(&config, false).is_ok());
        config.bind = IpAddr::from([0, 0, 0, 0]);
        let message = check_access(&config, false).unwrap_err().to_string();
        assert!(message.contains("clew keys create"), "{message}");
        assert!(check_access(&config, true).is_ok());
        config.open = Some(true);
        assert!(check_access(&config, false).is_ok());
    }
}
