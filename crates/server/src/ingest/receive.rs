//! The one way of a body onto the disk, for every receiver: room, unpacking, decoding,
//! facts, rules, append. The answer comes after the fsync.

use std::future::Future;
use std::pin::Pin;
use std::time::Instant;

use clew_model::label::Label;
use clew_model::normalise::normalise;
use clew_model::source::SourceSpan;
use clew_store::{Append, Appended, Incoming, StoreError};
use clew_wire::{Decoded, Rejected, WireError};

use crate::app::App;
use crate::auth::caller::Caller;
use crate::error::{ApiError, ErrorCode};
use crate::ingest::admission::Reservation;
use crate::ingest::body::size_words;
use crate::ingest::decompress::{Packing, UnpackError, unpack};
use crate::ingest::foreign::ForeignTraces;
use crate::request_log::IngestNote;

/// A body that has come in whole.
pub(crate) struct Received {
    /// As on the wire.
    pub(crate) body: Vec<u8>,
    /// How it is packed.
    pub(crate) packing: Packing,
    /// Memory granted to it.
    pub(crate) room: Reservation,
}

/// Who must say which agent a span belongs to.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum AgentRule {
    /// The key, or whatever the span says, down to `service.name`.
    Any,
    /// With a key: its agent, or `agentos.agent_id` (ruling 6).
    MustBeNamed,
}

/// What became of a body.
pub(crate) struct Landed<T> {
    /// What the decoder had to say beside the spans.
    pub(crate) told: T,
    /// What was decoded, without the spans; refused ones are in it.
    pub(crate) decoded: Decoded,
    /// For the request log.
    pub(crate) note: IngestNote,
}

type Pending = Pin<Box<dyn Future<Output = Result<Appended, StoreError>> + Send>>;

/// Takes a body all the way. `decode` runs beside the network's threads.
pub(crate) async fn land<T: Send + 'static>(
    app: &App,
    caller: &Caller,
    sender: &'static str,
    rule: AgentRule,
    received: Received,
    decode: impl FnOnce(&[u8]) -> Result<(Decoded, T), WireError> + Send + 'static,
) -> Result<Landed<T>, ApiError> {
    let wire_bytes = received.body.len() as u64;
    let received = make_room(app, received).await?;
    let caller = caller.clone();
    let prepared = app
        .decode(move |app| {
            let (body, room) = unpacked(app, received)?;
            let (decoded, told) = decode(&body)?;
            drop(body);
            let (append, decoded, refusals) = prepare(app, &caller, rule, decoded)?;
            let offered = append.spans.len() as u64;
            let started = Instant::now();
            // The store encodes on this thread, before it hands out the future.
            let pending: Pending = Box::pin(app.store.append(append));
            Ok((pending, decoded, told, refusals, offered, room, started))
        })
        .await?;
    let (pending, mut decoded, told, refusals, offered, room, started) = prepared;
    let appended = pending.await?;
    drop(room);
    app.metrics.commit.observe(started.elapsed());
    note_deleted(&mut decoded, appended.refused_deleted);
    note_refused_attachments(&mut decoded, appended.refused_attachments);
    count(app, sender, &decoded, &refusals, offered, &appended);
    let note = IngestNote {
        bytes: wire_bytes,
        accepted: offered.saturating_sub(appended.refused_deleted),
        rejected: decoded.rejected_count,
        reason: decoded.partial_message(),
    };
    Ok(Landed { told, decoded, note })
}

/// Waits for the room that the unpacked body will need, as far as it says.
async fn make_room(app: &App, mut received: Received) -> Result<Received, ApiError> {
    if received.packing != Packing::Identity {
        let claimed = received.packing.claimed_bytes(&received.body);
        let claimed = claimed.min(app.config.limits.max_decoded_bytes);
        received.room.grow_to(received.body.len().saturating_add(claimed)).await?;
    }
    Ok(received)
}

fn unpacked(app: &App, received: Received) -> Result<(Vec<u8>, Reservation), ApiError> {
    let Received { body, packing, mut room } = received;
    if packing == Packing::Identity {
        return Ok((body, room));
    }
    let limit = app.config.limits.max_decoded_bytes;
    let packed = body.len();
    match unpack(packing, &body, limit, |size| room.try_grow_to(packed + size)) {
        Ok(bytes) => Ok((bytes, room)),
        Err(UnpackError::Refused(error)) => Err(error),
        Err(UnpackError::Corrupt(why)) => Err(ApiError::new(
            ErrorCode::Undecodable,
            format!("the body cannot be unpacked as {}: {why}", packing.name()),
        )),
        Err(UnpackError::TooLarge) => Err(ApiError::new(
            ErrorCode::TooLarge,
            format!(
                "the unpacked body is larger than {} (ingest.max_decoded_bytes)",
                size_words(limit)
            ),
        )),
    }
}

/// Spans refused by rules of the server, for the counters.
#[derive(Default)]
struct Refusals {
    foreign_agent: u64,
    unnamed_agent: u64,
}

/// Facts for every span, and the rules on agents. A redaction of configured rules takes
/// its place between the two steps of [`facts`] and before the append: whatever is not
/// to be stored must go before this function returns.
fn prepare(
    app: &App,
    caller: &Caller,
    rule: AgentRule,
    mut decoded: Decoded,
) -> Result<(Append, Decoded, Refusals), ApiError> {
    let mut spans = facts(app, std::mem::take(&mut decoded.spans));
    let mut notes = facts(app, std::mem::take(&mut decoded.notes));
    let mut run_events = std::mem::take(&mut decoded.run_events);
    let mut labels = std::mem::take(&mut decoded.labels);
    labels.iter_mut().for_each(Label::clip);
    let mut attachments = std::mem::take(&mut decoded.attachments);
    let mut refusals = Refusals::default();
    if rule == AgentRule::MustBeNamed && caller.key_no.is_some() && caller.agent.is_none() {
        refusals.unnamed_agent = keep_named(&mut spans, &mut decoded)?;
    }
    if let Some(agent) = caller.agent {
        let mut foreign = ForeignTraces::new(app, caller.workspace, agent);
        let before =
            spans.len() + notes.len() + run_events.len() + labels.len() + attachments.len();
        foreign.check(spans.iter().chain(&notes).map(|incoming| incoming.source.trace_id))?;
        foreign.check(run_events.iter().map(|event| event.trace_id))?;
        foreign.check(labels.iter().filter_map(|label| label.target.trace_id()))?;
        foreign.check(attachments.iter().map(|attachment| attachment.trace_id))?;
        spans.retain(|incoming| !foreign.has(incoming.source.trace_id));
        notes.retain(|incoming| !foreign.has(incoming.source.trace_id));
        run_events.retain(|event| !foreign.has(event.trace_id));
        // A session is a whole workspace's: an agent's key says nothing about one.
        labels.retain(|label| label.target.trace_id().is_some_and(|trace| !foreign.has(trace)));
        attachments.retain(|attachment| !foreign.has(attachment.trace_id));
        let after = spans.len() + notes.len() + run_events.len() + labels.len() + attachments.len();
        refusals.foreign_agent = (before - after) as u64;
        for _ in 0..refusals.foreign_agent {
            let why = "its trace belongs to another agent than the key";
            refuse(&mut decoded, "a span".to_owned(), why);
        }
    }
    let append = Append {
        workspace: caller.workspace,
        agent: caller.agent,
        spans,
        notes,
        run_events,
        labels,
        attachments,
        attachment_limits: app.config.limits.attachments(),
    };
    Ok((append, decoded, refusals))
}

fn facts(app: &App, sources: Vec<SourceSpan>) -> Vec<Incoming> {
    let prices = app.prices.current();
    sources
        .into_iter()
        .map(|source| {
            let span = normalise(&source, &prices);
            Incoming { source, span }
        })
        .collect()
}

/// Keeps spans that say `agentos.agent_id`; nothing left of something is an error.
fn keep_named(spans: &mut Vec<Incoming>, decoded: &mut Decoded) -> Result<u64, ApiError> {
    const WHY: &str = "a workspace key needs the resource attribute `agentos.agent_id`, or use an \
                       agent's key";
    let before = spans.len();
    spans.retain(|incoming| incoming.span.agent.agentos_id.is_some());
    let refused = (before - spans.len()) as u64;
    if refused > 0 && spans.is_empty() {
        return Err(ApiError::bad_request(WHY).with_field("agentos.agent_id"));
    }
    for _ in 0..refused {
        refuse(decoded, "a span".to_owned(), WHY);
    }
    Ok(refused)
}

fn refuse(decoded: &mut Decoded, what: String, reason: &str) {
    decoded.rejected_count += 1;
    decoded.accepted_count = decoded.accepted_count.saturating_sub(1);
    if decoded.rejected.is_empty() {
        decoded.rejected.push(Rejected { what, reason: reason.to_owned() });
    }
}

fn note_deleted(decoded: &mut Decoded, refused: u64) {
    for _ in 0..refused {
        refuse(decoded, "a span".to_owned(), "its trace was deleted and is not taken again");
    }
}

fn note_refused_attachments(decoded: &mut Decoded, refused: u64) {
    for _ in 0..refused {
        let why = "it is too large (ingest.max_attachment_bytes), there are too many of its run \
                   (ingest.max_trace_attachments), or its content is not there";
        refuse(decoded, "an attachment".to_owned(), why);
    }
}

fn count(
    app: &App,
    sender: &'static str,
    decoded: &Decoded,
    refusals: &Refusals,
    offered: u64,
    appended: &Appended,
) {
    let metrics = &app.metrics;
    metrics.accepted(sender, offered.saturating_sub(appended.refused_deleted));
    metrics.rejected(sender, "foreign_agent", refusals.foreign_agent);
    metrics.rejected(sender, "unnamed_agent", refusals.unnamed_agent);
    metrics.rejected(sender, "deleted_trace", appended.refused_deleted);
    metrics.rejected(sender, "attachment_limit", appended.refused_attachments);
    let ruled = refusals.foreign_agent
        + refusals.unnamed_agent
        + appended.refused_deleted
        + appended.refused_attachments;
    metrics.rejected(sender, "invalid", decoded.rejected_count.saturating_sub(ruled));
}
