//! What a trace is as a whole: its summary, its tree and its ledger.

mod best;
mod counts;
mod firsts;
mod hash;
mod ledger;
mod links;
mod node;
mod note;
mod state;
mod summary;
mod sums;
mod texts;
mod tree;

pub use state::TraceState;
pub use tree::{LedgerLine, Provenance, Subtree, Tree, TreeNode};
