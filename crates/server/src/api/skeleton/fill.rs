//! What a tree's spans are in columns. The numbers are those of
//! [`crate::api::view::skeleton::SkeletonView`], in other clothes.

use clew_model::span::{Category, Span, Status};
use clew_model::trace::{LedgerLine, Tree, TreeNode};
use clew_model::usage::{Cost, Usage};

use super::area::{Area, Column};
use super::strings::{Inherited, Strings};

/// Bits of the column `flags`; docs/formats/skeleton.md says what they mean.
const OPEN: u32 = 1;
const ORPHAN: u32 = 1 << 1;
const ERROR_DERIVED: u32 = 1 << 2;
const USAGE_COUNTED: u32 = 1 << 3;
const USAGE_NOT_COUNTED: u32 = 1 << 4;
const INFRASTRUCTURE: u32 = 1 << 5;
const COST_ESTIMATED: u32 = 1 << 6;
const COST_COUNTED: u32 = 1 << 7;
const PLACEHOLDER: u32 = 1 << 8;
const CYCLE: u32 = 1 << 9;
const EVENTS: u32 = 1 << 10;
const LINKS: u32 = 1 << 11;
const ODD_CLOCK: u32 = 1 << 12;

/// Fills all columns.
pub(super) fn fill<'a>(
    area: &mut Area,
    strings: &mut Strings<'a>,
    tree: &'a Tree,
    start_nanos: i64,
) {
    // Both in the order of the tree.
    let mut lines = tree.ledger_lines().iter().peekable();
    let mut before = [Inherited::default(); 3];
    for (index, node) in tree.nodes().iter().enumerate() {
        let line = lines.next_if(|line| line.index == index);
        let usage = line.map_or(node.span.usage, |line| Some(line.usage));
        let cost = line.map_or(node.span.cost, |line| line.cost);
        place(area, tree, node, index);
        area.put(Column::Flags, index, flags(node, line, usage, cost).to_le_bytes());
        times(area, &node.span, index, start_nanos);
        words(area, strings, node, index);
        for ((column, text), before) in [
            (Column::AgentName, tree.agent_name(index)),
            (Column::SessionId, tree.session_id(index)),
            (Column::UserId, tree.user_id(index)),
        ]
        .into_iter()
        .zip(&mut before)
        {
            strings.put_inherited(area, column, index, text, before);
        }
        amounts(area, node, usage.unwrap_or_default(), cost, index);
        sizes(area, &node.span, index);
    }
}

fn place(area: &mut Area, tree: &Tree, node: &TreeNode, index: usize) {
    let span = &node.span;
    area.put(Column::SpanId, index, *span.span_id.as_bytes());
    let parent = node.parent.and_then(|parent| i32::try_from(parent).ok()).unwrap_or(-1);
    area.put(Column::Parent, index, parent.to_le_bytes());
    area.put(Column::Depth, index, node.depth.to_le_bytes());
    area.put_count(Column::EndIndex, index, tree.end_of(index) as u64);
    area.put(Column::Category, index, [span.category as u8]);
    // A child's error may be its error; the flag says that it was not its word.
    let status = if node.failed() { Status::Error } else { span.status };
    area.put(Column::Status, index, [status as u8]);
}

fn flags(
    node: &TreeNode,
    line: Option<&LedgerLine>,
    usage: Option<Usage>,
    cost: Option<Cost>,
) -> u32 {
    let span = &node.span;
    let says_usage = usage.is_some_and(|usage| !usage.is_absent());
    let counted = line.is_some_and(|line| line.counted);
    [
        (OPEN, span.end_nanos.is_none()),
        (ORPHAN, node.orphan),
        (ERROR_DERIVED, node.error_derived),
        (USAGE_COUNTED, says_usage && counted),
        (USAGE_NOT_COUNTED, says_usage && !counted),
        (INFRASTRUCTURE, is_infrastructure(span)),
        (COST_ESTIMATED, cost.is_some_and(|cost| cost.estimated)),
        (COST_COUNTED, line.is_some_and(|line| line.cost.is_some() && line.cost_counted)),
        (PLACEHOLDER, span.placeholder),
        (CYCLE, node.cycle),
        (EVENTS, span.has_events),
        (LINKS, span.has_links),
        (ODD_CLOCK, node.odd_clock || node.skewed),
    ]
    .into_iter()
    .filter(|(_, is)| *is)
    .fold(0, |bits, (bit, _)| bits | bit)
}

/// HTTP, databases and the like: nothing in it says that it has to do with AI (ruling 12).
fn is_infrastructure(span: &Span) -> bool {
    span.category == Category::Other
        && span.conventions.is_empty()
        && span.kind.is_none()
        && span.operation.is_none()
        && !span.placeholder
}

fn times(area: &mut Area, span: &Span, index: usize, start_nanos: i64) {
    let offset = if span.placeholder { 0 } else { span.start_nanos.saturating_sub(start_nanos) };
    area.put(Column::Start, index, (offset as f64).to_le_bytes());
    let number = |nanos: Option<i64>| nanos.map(|nanos| nanos as f64);
    area.put_number(Column::Duration, index, number(span.duration_nanos()));
    area.put_number(Column::Ttft, index, number(span.ttft_nanos));
}

fn words<'a>(area: &mut Area, strings: &mut Strings<'a>, node: &'a TreeNode, index: usize) {
    let span = &node.span;
    strings.put_words(area, index, span);
    if let Some(error) = &span.error {
        strings.put_word(area, Column::ErrorKind, index, &error.kind);
        strings.put_word(area, Column::ErrorMessage, index, &error.message);
    }
    strings.put_alone(area, Column::ToolCallId, index, span.tool_call_id.as_deref().unwrap_or(""));
}

fn amounts(area: &mut Area, node: &TreeNode, usage: Usage, cost: Option<Cost>, index: usize) {
    let subtree = node.subtree.usage.unwrap_or_default();
    for (column, tokens) in [
        (Column::Input, usage.input),
        (Column::Output, usage.output),
        (Column::CacheRead, usage.cache_read),
        (Column::CacheWrite, usage.cache_write),
        (Column::Reasoning, usage.reasoning),
        (Column::SubtreeInput, subtree.input),
        (Column::SubtreeOutput, subtree.output),
    ] {
        area.put_number(column, index, tokens.map(|tokens| tokens as f64));
    }
    let money = |pico: i64| pico as f64;
    area.put_number(Column::Cost, index, cost.map(|cost| money(cost.total.0)));
    area.put_number(Column::SubtreeCost, index, node.subtree.cost.map(|cost| money(cost.0)));
    area.put_count(Column::SubtreeSpans, index, node.subtree.spans);
    area.put_count(Column::SubtreeErrors, index, node.subtree.errors);
}

fn sizes(area: &mut Area, span: &Span, index: usize) {
    let chars = |text: &Option<String>| text.as_ref().map_or(0, |text| text.chars().count() as u64);
    area.put_count(Column::InputBytes, index, span.input_bytes);
    area.put_count(Column::OutputBytes, index, span.output_bytes);
    area.put_count(Column::InputPreviewChars, index, chars(&span.input_preview));
    area.put_count(Column::OutputPreviewChars, index, chars(&span.output_preview));
    area.put(Column::CallHash, index, span.call_hash.unwrap_or(0).to_le_bytes());
    area.put(Column::ResultHash, index, span.result_hash.unwrap_or(0).to_le_bytes());
}
