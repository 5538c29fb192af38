//! The facts of a span as bytes, in three parts by how often they recur.
//!
//! - *words* recur from span to span: what kind of step it is, models, tool;
//! - *who* recurs over a trace: agent, session, user, environment, release, tags;
//! - *facts* are the span's own.
//!
//! Id, start and sequence stand in the record around them. A bit that a later version adds
//! is the next free one; readers of this version then refuse the chunk by its version.

use std::sync::Arc;

use clew_model::ids::{SpanId, TraceId};
use clew_model::span::{AgentFacts, Category, Span, SpanError, SpanWords, Status};
use clew_model::usage::{Cost, CostSource, PicoUsd, Usage, UsageScope};

use super::bytes::{Damage, Input, put_bytes, put_varint, put_zigzag};

/// Writes the optional strings that are there, and returns a bit for each.
fn put_texts(out: &mut Vec<u8>, texts: &[Option<&str>]) {
    let bits = texts
        .iter()
        .enumerate()
        .fold(0_u64, |bits, (index, text)| bits | u64::from(text.is_some()) << index);
    put_varint(out, bits);
    texts.iter().flatten().for_each(|text| put_bytes(out, text.as_bytes()));
}

fn get_texts<const N: usize>(input: &mut Input<'_>) -> Result<[Option<String>; N], Damage> {
    let bits = input.varint()?;
    if bits >> N != 0 {
        return Err(Damage("facts of an unknown kind"));
    }
    let mut texts = [const { None }; N];
    for (index, text) in texts.iter_mut().enumerate() {
        if bits >> index & 1 == 1 {
            *text = Some(input.string()?);
        }
    }
    Ok(texts)
}

fn put_list(out: &mut Vec<u8>, texts: &[String]) {
    put_varint(out, texts.len() as u64);
    texts.iter().for_each(|text| put_bytes(out, text.as_bytes()));
}

fn get_list(input: &mut Input<'_>) -> Result<Vec<String>, Damage> {
    let count = input.count()?;
    (0..count).map(|_| input.string()).collect()
}

/// What recurs from span to span.
pub(crate) fn put_words(out: &mut Vec<u8>, span: &Span) {
    out.push(span.category as u8);
    put_texts(
        out,
        &[
            Some(span.name.as_str()),
            span.display_name.as_deref(),
            span.kind.as_deref(),
            span.operation.as_deref(),
            span.provider.as_deref(),
            span.request_model.as_deref(),
            span.response_model.as_deref(),
            span.tool_name.as_deref(),
            span.finish_reason.as_deref(),
        ],
    );
    put_list(out, &span.conventions);
}

/// What recurs over a trace.
pub(crate) fn put_who(out: &mut Vec<u8>, span: &Span) {
    let agent = &span.agent;
    put_texts(
        out,
        &[
            agent.agentos_id.as_deref(),
            agent.name.as_deref(),
            agent.id.as_deref(),
            agent.project.as_deref(),
            agent.service.as_deref(),
            span.session_id.as_deref(),
            span.user_id.as_deref(),
            span.environment.as_deref(),
            span.release.as_deref(),
        ],
    );
    put_list(out, &span.tags);
}

const PARENT: u64 = 1;
const FORCED_ROOT: u64 = 1 << 1;
const PLACEHOLDER: u64 = 1 << 2;
const STATUS: u64 = 0b11 << 3;
const ERROR: u64 = 1 << 5;
const ERROR_MARKS_PARENT: u64 = 1 << 6;
const END: u64 = 1 << 7;
const SEQUENCE: u64 = 1 << 8;
const TRACE_NAME: u64 = 1 << 9;
const RESPONSE_ID: u64 = 1 << 10;
const TOOL_CALL_ID: u64 = 1 << 11;
const USAGE: u64 = 1 << 12;
const USAGE_AGGREGATE: u64 = 1 << 13;
const CACHED: u64 = 1 << 14;
const COST: u64 = 1 << 15;
const TTFT: u64 = 1 << 16;
const INPUT_PREVIEW: u64 = 1 << 17;
const OUTPUT_PREVIEW: u64 = 1 << 18;
const SIZES: u64 = 1 << 19;
const CALL_HASH: u64 = 1 << 20;
const RESULT_HASH: u64 = 1 << 21;
const DROPPED: u64 = 1 << 22;
const TRUNCATED: u64 = 1 << 23;
const REJECTED_KEYS: u64 = 1 << 24;
const EVENTS: u64 = 1 << 25;
const LINKS: u64 = 1 << 26;
const KNOWN: u64 = (1 << 27) - 1;

fn presence(span: &Span) -> u64 {
    let bit = |there: bool, bit: u64| if there { bit } else { 0 };
    bit(span.parent_span_id.is_some(), PARENT)
        | bit(span.forced_root, FORCED_ROOT)
        | bit(span.placeholder, PLACEHOLDER)
        | (span.status as u64) << 3
        | bit(span.error.is_some(), ERROR)
        | bit(span.error_marks_parent, ERROR_MARKS_PARENT)
        | bit(span.end_nanos.is_some(), END)
        | bit(span.sequence.is_some(), SEQUENCE)
        | bit(span.trace_name.is_some(), TRACE_NAME)
        | bit(span.response_id.is_some(), RESPONSE_ID)
        | bit(span.tool_call_id.is_some(), TOOL_CALL_ID)
        | bit(span.usage.is_some(), USAGE)
        | bit(span.usage_scope == UsageScope::Aggregate, USAGE_AGGREGATE)
        | bit(span.cached, CACHED)
        | bit(span.cost.is_some(), COST)
        | bit(span.ttft_nanos.is_some(), TTFT)
        | bit(span.input_preview.is_some(), INPUT_PREVIEW)
        | bit(span.output_preview.is_some(), OUTPUT_PREVIEW)
        | bit(span.input_bytes > 0 || span.output_bytes > 0, SIZES)
        | bit(span.call_hash.is_some(), CALL_HASH)
        | bit(span.result_hash.is_some(), RESULT_HASH)
        | bit(span.dropped_count > 0, DROPPED)
        | bit(span.truncated, TRUNCATED)
        | bit(!span.rejected_keys.is_empty(), REJECTED_KEYS)
        | bit(span.has_events, EVENTS)
        | bit(span.has_links, LINKS)
}

/// The span's own facts, in the order of their bits.
pub(crate) fn put_facts(out: &mut Vec<u8>, span: &Span) {
    put_varint(out, presence(span));
    if let Some(parent) = &span.parent_span_id {
        out.extend_from_slice(parent.as_bytes());
    }
    if let Some(error) = &span.error {
        put_bytes(out, error.kind.as_bytes());
        put_bytes(out, error.message.as_bytes());
    }
    if let Some(end) = span.end_nanos {
        put_zigzag(out, end.wrapping_sub(span.start_nanos));
    }
    if let Some(sequence) = span.sequence {
        put_zigzag(out, sequence);
    }
    for text in [&span.trace_name, &span.response_id, &span.tool_call_id].into_iter().flatten() {
        put_bytes(out, text.as_bytes());
    }
    if let Some(usage) = &span.usage {
        put_usage(out, usage);
    }
    if let Some(cost) = &span.cost {
        put_cost(out, cost);
    }
    if let Some(ttft) = span.ttft_nanos {
        put_zigzag(out, ttft);
    }
    for text in [&span.input_preview, &span.output_preview].into_iter().flatten() {
        put_bytes(out, text.as_bytes());
    }
    if span.input_bytes > 0 || span.output_bytes > 0 {
        put_varint(out, span.input_bytes);
        put_varint(out, span.output_bytes);
    }
    for hash in [span.call_hash, span.result_hash].into_iter().flatten() {
        out.extend_from_slice(&hash.to_le_bytes());
    }
    if span.dropped_count > 0 {
        put_varint(out, u64::from(span.dropped_count));
    }
    if !span.rejected_keys.is_empty() {
        put_list(out, &span.rejected_keys);
    }
}

const EXCLUSIVE_BIT: u64 = 1 << 9;

fn put_usage(out: &mut Vec<u8>, usage: &Usage) {
    let numbers = [
        usage.input,
        usage.output,
        usage.cache_read,
        usage.cache_write,
        usage.cache_write_1h,
        usage.reasoning,
        usage.audio_input,
        usage.audio_output,
        usage.total,
    ];
    let mut bits = if usage.normalised_from_exclusive { EXCLUSIVE_BIT } else { 0 };
    for (index, number) in numbers.iter().enumerate() {
        bits |= u64::from(number.is_some()) << index;
    }
    put_varint(out, bits);
    numbers.into_iter().flatten().for_each(|number| put_varint(out, number));
}

fn get_usage(input: &mut Input<'_>) -> Result<Usage, Damage> {
    let bits = input.varint()?;
    if bits > (EXCLUSIVE_BIT << 1) - 1 {
        return Err(Damage("usage of an unknown kind"));
    }
    let mut number = |index: u32| -> Result<Option<u64>, Damage> {
        if bits >> index & 1 == 1 { input.varint().map(Some) } else { Ok(None) }
    };
    Ok(Usage {
        input: number(0)?,
        output: number(1)?,
        cache_read: number(2)?,
        cache_write: number(3)?,
        cache_write_1h: number(4)?,
        reasoning: number(5)?,
        audio_input: number(6)?,
        audio_output: number(7)?,
        total: number(8)?,
        normalised_from_exclusive: bits & EXCLUSIVE_BIT != 0,
    })
}

fn put_cost(out: &mut Vec<u8>, cost: &Cost) {
    let bits = u8::from(cost.input.is_some())
        | u8::from(cost.output.is_some()) << 1
        | u8::from(cost.source == CostSource::Computed) << 2
        | u8::from(cost.estimated) << 3;
    out.push(bits);
    put_zigzag(out, cost.total.0);
    [cost.input, cost.output].into_iter().flatten().for_each(|part| put_zigzag(out, part.0));
    put_varint(out, u64::from(cost.price_version));
}

fn get_cost(input: &mut Input<'_>) -> Result<Cost, Damage> {
    let bits = input.byte()?;
    if bits > 0b1111 {
        return Err(Damage("a cost of an unknown kind"));
    }
    let total = PicoUsd(input.zigzag()?);
    let mut part = |bit: u8| -> Result<Option<PicoUsd>, Damage> {
        if bits & bit != 0 { input.zigzag().map(|part| Some(PicoUsd(part))) } else { Ok(None) }
    };
    let (input_part, output_part) = (part(1)?, part(2)?);
    Ok(Cost {
        total,
        input: input_part,
        output: output_part,
        source: if bits & 4 != 0 { CostSource::Computed } else { CostSource::Reported },
        estimated: bits & 8 != 0,
        price_version: small(input.varint()?)?,
    })
}

fn small(number: u64) -> Result<u32, Damage> {
    u32::try_from(number).map_err(|_| Damage("a number is too large"))
}

/// The words of a record, decoded once.
#[derive(Debug, Clone)]
pub(crate) struct Words {
    category: Category,
    texts: [Option<String>; 9],
    conventions: Vec<String>,
}

/// Likewise, of the who part.
#[derive(Debug, Clone)]
pub(crate) struct Who {
    texts: [Option<String>; 9],
    tags: Vec<String>,
}

pub(crate) fn get_words(bytes: &[u8]) -> Result<Words, Damage> {
    let mut input = Input::new(bytes);
    let category =
        Category::from_number(input.byte()?).ok_or(Damage("a category of an unknown kind"))?;
    Ok(Words { category, texts: get_texts(&mut input)?, conventions: get_list(&mut input)? })
}

pub(crate) fn get_who(bytes: &[u8]) -> Result<Who, Damage> {
    let mut input = Input::new(bytes);
    Ok(Who { texts: get_texts(&mut input)?, tags: get_list(&mut input)? })
}

/// What a span says of itself: one of these for all spans that say the same.
#[derive(Debug, Clone)]
pub(crate) struct Said {
    category: Category,
    words: Arc<SpanWords>,
}

/// Puts the two parts that recur together again.
pub(crate) fn said(words: &Words, who: &Who) -> Said {
    let [
        name,
        display_name,
        kind,
        operation,
        provider,
        request_model,
        response_model,
        tool_name,
        finish_reason,
    ] = words.texts.clone();
    let [agentos_id, agent_name, id, project, service, session_id, user_id, environment, release] =
        who.texts.clone();
    let words_of_span = SpanWords {
        name: name.unwrap_or_default(),
        display_name,
        kind,
        operation,
        conventions: words.conventions.clone(),
        agent: AgentFacts { agentos_id, name: agent_name, id, project, service },
        session_id,
        user_id,
        environment,
        release,
        provider,
        request_model,
        response_model,
        tool_name,
        finish_reason,
        tags: who.tags.clone(),
    };
    Said { category: words.category, words: Arc::new(words_of_span) }
}

/// Puts all parts together again.
pub(crate) fn get_span(
    trace_id: TraceId,
    span_id: SpanId,
    start_nanos: i64,
    said: &Said,
    facts: &[u8],
) -> Result<Span, Damage> {
    let mut span = blank(trace_id, span_id, start_nanos, said);
    get_facts(&mut Input::new(facts), &mut span)?;
    Ok(span)
}

fn get_facts(input: &mut Input<'_>, span: &mut Span) -> Result<(), Damage> {
    let bits = input.varint()?;
    if bits & !KNOWN != 0 {
        return Err(Damage("facts of an unknown kind"));
    }
    let has = |bit: u64| bits & bit != 0;
    span.forced_root = has(FORCED_ROOT);
    span.placeholder = has(PLACEHOLDER);
    span.error_marks_parent = has(ERROR_MARKS_PARENT);
    span.cached = has(CACHED);
    span.truncated = has(TRUNCATED);
    span.has_events = has(EVENTS);
    span.has_links = has(LINKS);
    span.status = match (bits & STATUS) >> 3 {
        0 => Status::Unset,
        1 => Status::Ok,
        2 => Status::Error,
        _ => return Err(Damage("a status of an unknown kind")),
    };
    if has(USAGE_AGGREGATE) {
        span.usage_scope = UsageScope::Aggregate;
    }
    if has(PARENT) {
        let parent = SpanId::from_bytes(input.take(8)?);
        span.parent_span_id = Some(parent.map_err(|_| Damage("a parent of zeros"))?);
    }
    if has(ERROR) {
        span.error = Some(SpanError { kind: input.string()?, message: input.string()? });
    }
    if has(END) {
        span.end_nanos = Some(span.start_nanos.wrapping_add(input.zigzag()?));
    }
    if has(SEQUENCE) {
        span.sequence = Some(input.zigzag()?);
    }
    let mut text = |bit: u64| -> Result<Option<String>, Damage> {
        if has(bit) { input.string().map(Some) } else { Ok(None) }
    };
    span.trace_name = text(TRACE_NAME)?;
    span.response_id = text(RESPONSE_ID)?;
    span.tool_call_id = text(TOOL_CALL_ID)?;
    if has(USAGE) {
        span.usage = Some(get_usage(input)?);
    }
    if has(COST) {
        span.cost = Some(get_cost(input)?);
    }
    if has(TTFT) {
        span.ttft_nanos = Some(input.zigzag()?);
    }
    if has(INPUT_PREVIEW) {
        span.input_preview = Some(input.string()?);
    }
    if has(OUTPUT_PREVIEW) {
        span.output_preview = Some(input.string()?);
    }
    if has(SIZES) {
        span.input_bytes = input.varint()?;
        span.output_bytes = input.varint()?;
    }
    if has(CALL_HASH) {
        span.call_hash = Some(input.u64()?);
    }
    if has(RESULT_HASH) {
        span.result_hash = Some(input.u64()?);
    }
    if has(DROPPED) {
        span.dropped_count = small(input.varint()?)?;
    }
    if has(REJECTED_KEYS) {
        span.rejected_keys = get_list(input)?;
    }
    Ok(())
}

/// A span with what recurs and nothing else.
fn blank(trace_id: TraceId, span_id: SpanId, start_nanos: i64, said: &Said) -> Span {
    Span {
        trace_id,
        span_id,
        parent_span_id: None,
        forced_root: false,
        placeholder: false,
        trace_name: None,
        category: said.category,
        status: Status::Unset,
        error: None,
        error_marks_parent: false,
        start_nanos,
        end_nanos: None,
        sequence: None,
        response_id: None,
        tool_call_id: None,
        usage: None,
        usage_scope: UsageScope::Own,
        cached: false,
        cost: None,
        ttft_nanos: None,
        input_preview: None,
        output_preview: None,
        input_bytes: 0,
        output_bytes: 0,
        call_hash: None,
        result_hash: None,
        dropped_count: 0,
        truncated: false,
        has_events: false,
        has_links: false,
        rejected_keys: Vec::new(),
        words: Arc::clone(&said.words),
    }
}
