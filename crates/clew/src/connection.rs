//! Finding the Clew that a command talks to (ruling 7): the one that was named, the one
//! that serves the data folder, else the folder itself, opened for this command alone.

use std::net::SocketAddr;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use anyhow::{Context, bail};
use clew_model::prices::PriceTable;
use clew_server::{Port, Prices, Running, ServerConfig};
use clew_store::{Store, StoreError};
use serde_json::{Value as Json, json};
use tokio::runtime::Runtime;

use crate::arguments::{DEFAULT_FOLDER, Target};
use crate::client::Client;
use crate::commands;
use crate::configuration::{Configuration, store_options};

/// A client, and the server behind it where this command had to start one.
pub(crate) struct Connection {
    /// To call with.
    pub client: Client,
    own: Option<OwnServer>,
}

/// A server on a free loopback port that lives as long as the command.
struct OwnServer {
    runtime: Runtime,
    running: Option<Running>,
}

/// Where Clew listens unless it is told otherwise.
const DEFAULT_ADDRESS: &str = "http://127.0.0.1:2539";
/// Written into the data folder by `clew serve`, so that commands find it.
const ADDRESS_FILE: &str = "server.json";

impl Connection {
    /// Finds a server, or opens the folder.
    pub(crate) fn find(target: &Target) -> anyhow::Result<Self> {
        let client = |base: &str, key: Option<String>| {
            let key = target.key.clone().or(key);
            Self { client: Client::new(base, key, target.workspace.clone()), own: None }
        };
        if let Some(server) = &target.server {
            if server.starts_with("https://") {
                bail!(
                    "{server}: commands speak no TLS; name the address behind the proxy, or bring it here with `ssh -L 2539:localhost:2539`"
                );
            }
            return Ok(client(server, None));
        }
        if let Some(found) = Announcement::read(&target.data)
            && answers(&found.address)
        {
            return Ok(client(&found.address, found.key));
        }
        if !target.data.join("clew.db").exists() {
            // Who names a folder means that one, and never another Clew that happens to run.
            if !names_folder(target) && answers(DEFAULT_ADDRESS) {
                return Ok(client(DEFAULT_ADDRESS, None));
            }
            let elsewhere = match names_folder(target) {
                true => String::new(),
                false => format!("no Clew runs at {DEFAULT_ADDRESS}, and "),
            };
            bail!(
                "{elsewhere}{} is no data folder; start `clew serve`, or name one with --server or --data",
                target.data.display()
            );
        }
        Self::open_folder(target)
    }

    /// The same for a command that may make the folder: a first key comes before the
    /// first start.
    pub(crate) fn find_or_make(target: &Target) -> anyhow::Result<Self> {
        let is_fresh = match names_folder(target) {
            true => !target.data.join("clew.db").exists(),
            false => !target.data.exists(),
        };
        if target.server.is_none() && Announcement::read(&target.data).is_none() && is_fresh {
            return Self::open_folder(target);
        }
        Self::find(target)
    }

    fn open_folder(target: &Target) -> anyhow::Result<Self> {
        let configuration = commands::load_configuration(target, &[])?;
        let prices = Prices::new(PriceTable::shipped());
        let store = open_store(&target.data, &configuration, &prices)?;
        let config = ServerConfig {
            http_port: Port::Free,
            otlp_http_port: Port::Off,
            otlp_grpc_port: Port::Off,
            // Whoever may write the folder may do everything with it.
            open: Some(true),
            scratch: Some(target.data.clone()),
            ..ServerConfig::default()
        };
        let runtime = tokio::runtime::Builder::new_multi_thread().enable_all().build()?;
        let serving = clew_server::serve(config, store, prices, std::future::pending());
        let running = runtime.block_on(serving)?;
        let address: SocketAddr = running.http.context("the folder's own server has no address")?;
        let client = Client::new(&format!("http://{address}"), None, target.workspace.clone());
        Ok(Self { client, own: Some(OwnServer { runtime, running: Some(running) }) })
    }
}

/// The folder was chosen, and is not the one of whoever names none.
fn names_folder(target: &Target) -> bool {
    target.data != Path::new(DEFAULT_FOLDER)
}

impl Drop for Connection {
    fn drop(&mut self) {
        if let Some(own) = &mut self.own
            && let Some(running) = own.running.take()
            && let Err(error) = own.runtime.block_on(running.stop())
        {
            crate::render::complain(&anyhow::Error::from(error).context("closing the data folder"));
        }
    }
}

/// Opens the folder, or says who has it.
pub(crate) fn open_store(
    folder: &Path,
    configuration: &Configuration,
    prices: &Prices,
) -> anyhow::Result<Store> {
    let handle = prices.clone();
    let options = store_options(configuration, Arc::new(move || handle.current()))?;
    match Store::open(folder, options) {
        Ok(store) => Ok(store),
        Err(StoreError::Locked(_)) => bail!(
            "another clew has {} open; name its address with --server, or stop it",
            folder.display()
        ),
        Err(error) => {
            Err(anyhow::Error::from(error).context(format!("cannot open {}", folder.display())))
        }
    }
}

/// What `clew serve` leaves in its data folder.
pub(crate) struct Announcement {
    /// `http://host:port`.
    pub address: String,
    /// A key for those who may read the folder, where the server wants one.
    pub key: Option<String>,
}

impl Announcement {
    fn read(folder: &Path) -> Option<Self> {
        let text = std::fs::read_to_string(folder.join(ADDRESS_FILE)).ok()?;
        let json: Json = serde_json::from_str(&text).ok()?;
        Some(Self {
            address: json["address"].as_str()?.to_owned(),
            key: json["key"].as_str().map(str::to_owned),
        })
    }

    /// Writes it, readable for the owner only, and takes it away when dropped.
    pub(crate) fn write(&self, folder: &Path) -> anyhow::Result<AnnouncementFile> {
        use std::io::Write;
        let path = folder.join(ADDRESS_FILE);
        let partial = folder.join("server.json.part");
        let mut options = std::fs::OpenOptions::new();
        options.write(true).create(true).truncate(true);
        #[cfg(unix)]
        std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
        let mut file = options
            .open(&partial)
            .with_context(|| format!("cannot write {}", partial.display()))?;
        write!(file, "{}", json!({ "address": self.address, "key": self.key }))?;
        std::fs::rename(&partial, &path)?;
        Ok(AnnouncementFile(path))
    }
}

/// The file; gone when this is.
pub(crate) struct AnnouncementFile(PathBuf);

impl Drop for AnnouncementFile {
    fn drop(&mut self) {
        // After a kill -9 the file stays; commands see that nobody answers there.
        let _ = std::fs::remove_file(&self.0);
    }
}

fn answers(address: &str) -> bool {
    Client::new(address, None, None).is_clew()
}
