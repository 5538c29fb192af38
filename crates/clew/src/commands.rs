//! What each command does.

mod backup;
mod config;
mod demo;
mod doctor;
mod export;
mod import;
mod keys;
mod listing;
mod reprice;
mod serve;
mod sessions;
mod show;
mod spans;
mod stats;
mod tail;
mod traces;
mod workspaces;

use std::process::ExitCode;

use clap::CommandFactory;

use crate::arguments::{Arguments, Command, Keys, Sessions, Spans, Traces, Workspaces};
use crate::connection::Connection;
use crate::render::Screen;

pub(crate) use config::load as load_configuration;

/// Carries a command out; its answer is the program's.
pub(crate) fn run(arguments: Arguments) -> anyhow::Result<ExitCode> {
    let target = &arguments.target;
    let mut screen = Screen::standard(target.color, target.json);
    match &arguments.command {
        Command::Serve(serve) => return serve::run(target, serve),
        Command::Config => return config::run(target, &mut screen),
        Command::Completions { shell } => {
            let mut command = Arguments::command();
            clap_complete::generate(*shell, &mut command, "clew", &mut std::io::stdout());
            return Ok(ExitCode::SUCCESS);
        }
        Command::Doctor(doctor) => return doctor::run(target, doctor, &mut screen),
        _ => {}
    }
    let connection = match arguments.command {
        // A first key, and what is imported, may come before the first start.
        Command::Keys(_) | Command::Workspaces(_) | Command::Import(_) => {
            Connection::find_or_make(target)?
        }
        _ => Connection::find(target)?,
    };
    let client = &connection.client;
    match arguments.command {
        Command::Demo(demo) => demo::run(client, &demo, &mut screen)?,
        Command::Traces(traces) => match traces {
            Traces::List(listing) => traces::list(client, &listing, &mut screen)?,
            Traces::Show(show) => show::run(client, &show, &mut screen)?,
            Traces::Tail { filter } => tail::run(client, &filter.join(" "), &mut screen)?,
            Traces::Search { words, limit } => {
                traces::search(client, &words.join(" "), limit, &mut screen)?;
            }
            Traces::Stats { filter, by } => {
                stats::run(client, &filter.join(" "), &by, &mut screen)?;
            }
            Traces::Export { filter, output } => {
                export::run(client, &filter.join(" "), output.as_deref(), &mut screen)?;
            }
            Traces::Delete { ids } => traces::delete(client, &ids, target.yes, &mut screen)?,
        },
        Command::Import(import) => import::run(client, &import, &mut screen)?,
        Command::Spans(Spans::List(listing)) => spans::list(client, &listing, &mut screen)?,
        Command::Sessions(Sessions::List(listing)) => {
            sessions::list(client, &listing, &mut screen)?;
        }
        Command::Sessions(Sessions::Show { id }) => sessions::show(client, &id, &mut screen)?,
        Command::Agents(listing) => sessions::agents(client, &listing, &mut screen)?,
        Command::Keys(keys) => match keys {
            Keys::Create { name, scopes, agent } => {
                keys::create(client, &name, &scopes, agent.as_deref(), &mut screen)?;
            }
            Keys::List => keys::list(client, &mut screen)?,
            Keys::Revoke { id } => keys::revoke(client, &id, &mut screen)?,
        },
        Command::Workspaces(workspaces) => match workspaces {
            Workspaces::Create { name } => workspaces::create(client, &name, &mut screen)?,
            Workspaces::List => workspaces::list(client, &mut screen)?,
            Workspaces::Delete { name } => {
                workspaces::delete(client, &name, target.yes, &mut screen)?;
            }
        },
        Command::Reprice => reprice::run(client, &mut screen)?,
        Command::Backup(backup) => backup::run(client, &backup, &mut screen)?,
        Command::Serve(_) | Command::Config | Command::Completions { .. } | Command::Doctor(_) => {}
    }
    screen.flush()?;
    Ok(ExitCode::SUCCESS)
}
