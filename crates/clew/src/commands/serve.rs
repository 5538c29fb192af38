//! `clew serve`

use std::io::IsTerminal;
use std::process::ExitCode;

use anyhow::Context;
use clew_model::prices::PriceTable;
use clew_server::{Prices, Running};
use tokio::signal::unix::{SignalKind, signal};
use tracing_subscriber::EnvFilter;

use super::config::load;
use crate::arguments::{Serve, Target};
use crate::configuration::{Configuration, server_config};
use crate::connection::{Announcement, open_store};
use crate::render::style::{Paint, Style};

/// Serves until it is told to stop; what was accepted by then is on disk.
pub(super) fn run(target: &Target, serve: &Serve) -> anyhow::Result<ExitCode> {
    let configuration = load(target, &flags(serve)?)?;
    start_logging(&configuration)?;
    std::fs::create_dir_all(&target.data)
        .with_context(|| format!("cannot make the data folder {}", target.data.display()))?;
    let mut config = server_config(&configuration)?;
    config.scratch = Some(target.data.clone());
    let prices = Prices::new(PriceTable::shipped());
    let store = open_store(&target.data, &configuration, &prices)?;
    let runtime = tokio::runtime::Builder::new_multi_thread().enable_all().build()?;
    runtime.block_on(async {
        let open = config.is_open();
        let running = clew_server::serve(config, store, prices, told_to_stop()).await?;
        let announcement = running
            .http
            .map(|address| {
                let address = format!("http://{address}");
                Announcement { address, key: running.local_key.clone() }.write(&target.data)
            })
            .transpose()?;
        say_where(
            &running,
            target,
            open,
            Paint::choose(target.color, std::io::stdout().is_terminal()),
        );
        running.finished().await?;
        drop(announcement);
        tracing::info!("stopped; everything accepted is on disk");
        Ok(ExitCode::SUCCESS)
    })
}

fn flags(serve: &Serve) -> anyhow::Result<Vec<(String, String)>> {
    let mut flags: Vec<(String, String)> = [
        ("listen", &serve.listen),
        ("port", &serve.port),
        ("otlp_grpc_port", &serve.otlp_grpc_port),
        ("otlp_http_port", &serve.otlp_http_port),
    ]
    .into_iter()
    .filter_map(|(name, value)| Some((name.to_owned(), value.clone()?)))
    .collect();
    if let Some(open) = serve.open {
        flags.push(("open".to_owned(), open.to_string()));
    }
    for setting in &serve.settings {
        let (name, value) = setting
            .split_once('=')
            .with_context(|| format!("--set {setting}: write NAME=VALUE"))?;
        flags.push((name.to_owned(), value.to_owned()));
    }
    Ok(flags)
}

fn start_logging(configuration: &Configuration) -> anyhow::Result<()> {
    let level = configuration.get("log.level");
    let filter = EnvFilter::try_new(level)
        .with_context(|| format!("log.level = `{level}` is no level and no filter"))?;
    let terminal = std::io::stderr().is_terminal();
    let json = match configuration.get("log.format") {
        "json" => true,
        "text" => false,
        _ => !terminal,
    };
    let subscriber = tracing_subscriber::fmt()
        .with_env_filter(filter)
        .with_writer(std::io::stderr)
        .with_ansi(terminal);
    if json {
        subscriber.json().init()
    } else {
        subscriber.with_target(false).init()
    }
    Ok(())
}

async fn told_to_stop() {
    let mut terminate = match signal(SignalKind::terminate()) {
        Ok(terminate) => terminate,
        Err(error) => {
            tracing::error!(%error, "no signals can be received; stop this with kill -9");
            return std::future::pending().await;
        }
    };
    tokio::select! {
        _ = terminate.recv() => {}
        _ = tokio::signal::ctrl_c() => {}
    }
    tracing::info!("stopping: requests that run may end, new ones are refused");
}

/// The addresses, on standard output: what a person needs next, and what a script reads.
#[allow(clippy::print_stdout, clippy::print_stderr)]
fn say_where(running: &Running, target: &Target, open: bool, paint: Paint) {
    let strong = |text: String| paint.paint(Style::Strong, &text);
    println!("Clew {} keeps its data in {}", env!("CARGO_PKG_VERSION"), target.data.display());
    let lines = [
        (running.http, "http://", "everything: the page, API, OTLP, AgentOS, agno"),
        (running.otlp_http, "http://", "OTLP over HTTP"),
        (running.otlp_grpc, "http://", "OTLP over gRPC"),
    ];
    for (address, scheme, what) in lines {
        if let Some(address) = address {
            println!("  {}  {what}", strong(format!("{scheme}{address}")));
        }
    }
    for warning in &running.warnings {
        eprintln!("{} {warning}", paint.paint(Style::Warning, "warning:"));
    }
    if open {
        println!("open mode: no key is needed on this machine");
    }
    println!("`clew demo` in a second shell sends a few made-up runs; Ctrl-C stops this");
}
