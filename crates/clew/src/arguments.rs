//! The command line's grammar. What each command does is in [`crate::commands`].

use std::path::PathBuf;

use clap::{Args, Parser, Subcommand, ValueEnum};

/// Keeps the traces of AI agents and answers what each run did, what it cost and whether
/// it went well.
#[derive(Debug, Parser)]
#[command(name = "clew", version, propagate_version = true, max_term_width = 100)]
pub(crate) struct Arguments {
    /// Where and how, the same for every command.
    #[command(flatten)]
    pub target: Target,
    /// What to do.
    #[command(subcommand)]
    pub command: Command,
}

/// The data folder of whoever names none.
pub(crate) const DEFAULT_FOLDER: &str = "data";

/// Which Clew a command talks to, and in what form it prints.
#[derive(Debug, Args)]
pub(crate) struct Target {
    /// Address of a running server, such as http://127.0.0.1:2539 [default: the one that
    /// serves the data folder, else the folder itself is opened]
    #[arg(long, global = true, env = "CLEW_SERVER", value_name = "URL")]
    pub server: Option<String>,
    /// Data folder
    #[arg(long, global = true, env = "CLEW_DATA", value_name = "FOLDER", default_value = DEFAULT_FOLDER)]
    pub data: PathBuf,
    /// Key to send, where the server wants one
    #[arg(long, global = true, env = "CLEW_API_KEY", hide_env_values = true, value_name = "KEY")]
    pub key: Option<String>,
    /// Workspace, where no key names one
    #[arg(long, global = true, env = "CLEW_WORKSPACE", value_name = "NAME")]
    pub workspace: Option<String>,
    /// Print JSON for programs instead of text for people
    #[arg(long, global = true)]
    pub json: bool,
    /// Colours and styles
    #[arg(long, global = true, value_name = "WHEN", default_value = "auto")]
    pub color: ColorChoice,
    /// Configuration file [default: clew.toml in the data folder, if there]
    #[arg(long, global = true, env = "CLEW_CONFIG", value_name = "FILE")]
    pub config: Option<PathBuf>,
    /// Do not ask before something is deleted
    #[arg(long, global = true)]
    pub yes: bool,
}

/// When to write colours.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub(crate) enum ColorChoice {
    /// On a terminal, unless `NO_COLOR` is set
    Auto,
    /// Also into a pipe
    Always,
    /// Not at all
    Never,
}

/// What to do.
#[derive(Debug, Subcommand)]
pub(crate) enum Command {
    /// Take in traces and answer questions, until stopped
    Serve(Serve),
    /// Send a handful of varied, made-up runs, so that there is something to look at
    Demo(Demo),
    /// Runs: list, show, follow, search, count, export, delete
    #[command(subcommand, visible_alias = "runs")]
    Traces(Traces),
    /// Read files of other tools; reading the same file again changes nothing
    Import(Import),
    /// Spans over all runs
    #[command(subcommand)]
    Spans(Spans),
    /// Conversations: the runs that share a session id
    #[command(subcommand)]
    Sessions(Sessions),
    /// Agents and how they fare
    Agents(Listing),
    /// Keys that senders and readers show
    #[command(subcommand)]
    Keys(Keys),
    /// Tenants: each owns its agents, keys and runs
    #[command(subcommand)]
    Workspaces(Workspaces),
    /// Work out every computed cost again from the prices that hold now
    Reprice,
    /// Check the data folder: integrity, checksums, sums, sizes
    Doctor(Doctor),
    /// Copy the data folder's store into one file, while it is in use
    Backup(Backup),
    /// Print every setting, its value and where that comes from
    Config,
    /// Print a completion script for a shell
    Completions {
        /// Which shell
        shell: clap_complete::Shell,
    },
}

/// `clew serve`
#[derive(Debug, Args)]
pub(crate) struct Serve {
    /// Address to listen on; another than loopback needs a key
    #[arg(long, value_name = "ADDRESS")]
    pub listen: Option<String>,
    /// Port with everything: `off`, `0` for a free one, or a number [default: 2539]
    #[arg(long, value_name = "PORT")]
    pub port: Option<String>,
    /// OTLP over gRPC [default: 4317]
    #[arg(long, value_name = "PORT")]
    pub otlp_grpc_port: Option<String>,
    /// OTLP over HTTP [default: 4318]
    #[arg(long, value_name = "PORT")]
    pub otlp_http_port: Option<String>,
    /// Answer without a key [default: only on loopback]
    #[arg(long, value_name = "BOOL", num_args = 0..=1, default_missing_value = "true")]
    pub open: Option<bool>,
    /// Set any setting of `clew config` by its name
    #[arg(long = "set", value_name = "NAME=VALUE")]
    pub settings: Vec<String>,
}

/// `clew demo`
#[derive(Debug, Args)]
pub(crate) struct Demo {
    /// Send the made-up runs with new ids, so that they stand beside those sent before
    #[arg(long)]
    pub again: bool,
}

/// A filter, an order and a number of rows.
#[derive(Debug, Args, Clone)]
pub(crate) struct Listing {
    /// Filter, such as 'status:error duration > 2s' (docs/filters.md)
    #[arg(value_name = "FILTER")]
    pub filter: Vec<String>,
    /// Field to sort by; a leading - turns it around, as in --sort=-cost
    #[arg(long, value_name = "FIELD", allow_hyphen_values = true)]
    pub sort: Option<String>,
    /// Rows to print
    #[arg(long, short = 'n', value_name = "N", default_value_t = 30)]
    pub limit: usize,
    /// Go on from here: the cursor that the page before gave
    #[arg(long, value_name = "CURSOR")]
    pub cursor: Option<String>,
    /// Print every row, page after page
    #[arg(long)]
    pub all: bool,
}

/// `clew traces`
#[derive(Debug, Subcommand)]
pub(crate) enum Traces {
    /// The newest runs, or those that a filter names
    #[command(visible_alias = "ls")]
    List(Listing),
    /// One run as a tree, or as a conversation
    Show(Show),
    /// Runs as they come and change, until stopped
    Tail {
        /// Filter
        #[arg(value_name = "FILTER")]
        filter: Vec<String>,
    },
    /// Runs whose text holds these words, with the place
    Search {
        /// Words, or a phrase in quotes
        #[arg(value_name = "WORDS", required = true)]
        words: Vec<String>,
        /// Hits to print
        #[arg(long, short = 'n', value_name = "N", default_value_t = 30)]
        limit: usize,
    },
    /// Counts, tokens, cost and durations, by up to two groups
    Stats {
        /// Filter
        #[arg(value_name = "FILTER")]
        filter: Vec<String>,
        /// agent, model, tool, name, status, hour or day; two at most
        #[arg(long, value_name = "GROUPS", value_delimiter = ',')]
        by: Vec<String>,
    },
    /// Write runs as OTLP JSON lines, which any OTLP reader understands
    Export {
        /// Filter, or ids of runs
        #[arg(value_name = "FILTER")]
        filter: Vec<String>,
        /// File to write; a name ending in .gz is compressed [default: standard output]
        #[arg(long, short, value_name = "FILE")]
        output: Option<PathBuf>,
    },
    /// Delete runs for good
    #[command(visible_alias = "rm")]
    Delete {
        /// Ids of runs, or their first digits
        #[arg(value_name = "ID", required = true)]
        ids: Vec<String>,
    },
}

/// `clew import`
#[derive(Debug, clap::Args)]
pub(crate) struct Import {
    /// Files, also compressed ones, and folders of them; - is standard input
    #[arg(value_name = "FILE", required = true)]
    pub files: Vec<PathBuf>,
    /// What the files hold [default: as the first record looks]
    #[arg(long, short, value_enum, value_name = "FORMAT")]
    pub format: Option<ImportFormat>,
    /// Read all again, also where an import broke off
    #[arg(long)]
    pub from_start: bool,
}

/// What a file holds.
#[derive(Debug, Clone, Copy, PartialEq, Eq, clap::ValueEnum)]
pub(crate) enum ImportFormat {
    /// OTLP requests: JSON, or protobuf as collectors write it
    Otlp,
    /// A span a line: OpenTelemetry's console exporters, Phoenix, and others
    Spans,
    /// Claude Code's session files, such as ~/.claude/projects
    ClaudeCode,
    /// Calls of OpenAI's API with their answers, or conversations
    OpenaiChat,
    /// MLflow's traces.json, or whole runs with their info
    Mlflow,
    /// Langfuse's exports: runs with their observations, or observations alone
    Langfuse,
    /// LangSmith's runs, one a record or as trees
    Langsmith,
}

/// `clew traces show`
#[derive(Debug, Args)]
pub(crate) struct Show {
    /// Id of the run, or its first digits
    #[arg(value_name = "ID", required_unless_present = "latest")]
    pub id: Option<String>,
    /// The run that started last
    #[arg(long, conflicts_with = "id")]
    pub latest: bool,
    /// Read it as a conversation
    #[arg(long, short)]
    pub transcript: bool,
    /// One span with everything it carried
    #[arg(long, value_name = "SPAN")]
    pub span: Option<String>,
    /// Deepest level to draw
    #[arg(long, value_name = "N")]
    pub depth: Option<usize>,
}

/// `clew spans`
#[derive(Debug, Subcommand)]
pub(crate) enum Spans {
    /// The newest spans, or those that a filter names
    #[command(visible_alias = "ls")]
    List(Listing),
}

/// `clew sessions`
#[derive(Debug, Subcommand)]
pub(crate) enum Sessions {
    /// The newest conversations, or those that a filter names
    #[command(visible_alias = "ls")]
    List(Listing),
    /// One conversation and its runs
    Show {
        /// Its id
        id: String,
    },
}

/// `clew keys`
#[derive(Debug, Subcommand)]
pub(crate) enum Keys {
    /// Make a key; it is printed once and kept as a hash
    Create {
        /// What it is for
        #[arg(long, value_name = "NAME", default_value = "key")]
        name: String,
        /// What it may do
        #[arg(long, value_name = "SCOPES", value_delimiter = ',', default_value = "ingest,read")]
        scopes: Vec<Scope>,
        /// For one agent only: its id or name
        #[arg(long, value_name = "AGENT")]
        agent: Option<String>,
    },
    /// Keys, by their first characters
    #[command(visible_alias = "ls")]
    List,
    /// Make a key worthless, at once
    Revoke {
        /// Its id, as `clew keys list` shows it
        id: String,
    },
}

/// What a key may do.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub(crate) enum Scope {
    /// Send
    Ingest,
    /// Read
    Read,
    /// Everything in its workspace
    Admin,
}

/// `clew workspaces`
#[derive(Debug, Subcommand)]
pub(crate) enum Workspaces {
    /// Make one
    Create {
        /// Its name
        name: String,
    },
    /// All of them
    #[command(visible_alias = "ls")]
    List,
    /// Delete one with all that is in it
    Delete {
        /// Its name
        name: String,
    },
}

/// `clew doctor`
#[derive(Debug, Args)]
pub(crate) struct Doctor {
    /// Only say whether the server is ready
    #[arg(long)]
    pub ready: bool,
}

/// `clew backup`
#[derive(Debug, Args)]
pub(crate) struct Backup {
    /// File to write; it must not be there
    pub file: PathBuf,
}
