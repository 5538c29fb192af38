//! Clew's binary: one server, and a command line over its API.

mod arguments;
mod client;
mod commands;
mod configuration;
mod connection;
mod demo;
mod pages;
mod render;

use std::process::ExitCode;

use clap::Parser;

use arguments::Arguments;

fn main() -> ExitCode {
    let arguments = Arguments::parse();
    match commands::run(arguments) {
        Ok(code) => code,
        Err(error) if is_closed_pipe(&error) => ExitCode::SUCCESS,
        Err(error) => {
            render::complain(&error);
            ExitCode::FAILURE
        }
    }
}

/// The reader of our output went away (`clew traces list | head`): nothing is wrong.
fn is_closed_pipe(error: &anyhow::Error) -> bool {
    error.chain().any(|cause| {
        cause
            .downcast_ref::<std::io::Error>()
            .is_some_and(|io| io.kind() == std::io::ErrorKind::BrokenPipe)
    })
}
