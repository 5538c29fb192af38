//! The packed column `rest` of a trace row: what no scan needs. Written down in
//! docs/formats/store.md, "rest".

use clew_model::receipt::Receipt;
use clew_model::span::{AgentFacts, SpanError};
use clew_model::summary::TraceSummary;

use super::pack::{Packer, Unpacker};
use crate::contract::StoreError;

/// First number of the column. A new field goes to the end under a new version.
const VERSION: u64 = 1;

/// Packs what the columns do not hold.
pub(crate) fn pack(summary: &TraceSummary) -> Vec<u8> {
    let mut packer = Packer::default();
    packer.number(VERSION);
    for text in agent_texts(&summary.agent) {
        packer.optional_text(text.as_deref());
    }
    let usage = &summary.usage;
    for number in [usage.cache_write_1h, usage.audio_input, usage.audio_output, usage.total] {
        packer.optional_number(number);
    }
    packer.number(u64::from(usage.normalised_from_exclusive));
    packer.number(summary.embedding_input);
    for list in
        [&summary.models, &summary.providers, &summary.tools, &summary.agents, &summary.tags]
    {
        packer.texts(list);
    }
    packer.optional_text(summary.input_preview.as_deref());
    packer.optional_text(summary.output_preview.as_deref());
    packer.number(u64::from(summary.error.is_some()));
    if let Some(error) = &summary.error {
        packer.text(&error.kind);
        packer.text(&error.message);
    }
    receipt_numbers(&summary.receipt).into_iter().for_each(|number| packer.number(number));
    packer.bytes
}

/// Fills the packed fields of `summary`.
pub(crate) fn unpack_into(bytes: &[u8], summary: &mut TraceSummary) -> Result<(), StoreError> {
    let mut rest = begin(bytes)?;
    summary.agent = AgentFacts {
        agentos_id: rest.optional_text()?,
        name: rest.optional_text()?,
        id: rest.optional_text()?,
        project: rest.optional_text()?,
        service: rest.optional_text()?,
    };
    summary.usage.cache_write_1h = rest.optional_number()?;
    summary.usage.audio_input = rest.optional_number()?;
    summary.usage.audio_output = rest.optional_number()?;
    summary.usage.total = rest.optional_number()?;
    summary.usage.normalised_from_exclusive = rest.number()? != 0;
    summary.embedding_input = rest.number()?;
    summary.models = rest.texts()?;
    summary.providers = rest.texts()?;
    summary.tools = rest.texts()?;
    summary.agents = rest.texts()?;
    summary.tags = rest.texts()?;
    summary.input_preview = rest.optional_text()?;
    summary.output_preview = rest.optional_text()?;
    summary.error = match rest.number()? {
        0 => None,
        _ => Some(SpanError { kind: rest.text()?, message: rest.text()? }),
    };
    summary.receipt = unpack_receipt(&mut rest)?;
    match rest.is_at_end() {
        true => Ok(()),
        false => Err(StoreError::Corrupt("a packed trace row is too long".to_owned())),
    }
}

fn begin(bytes: &[u8]) -> Result<Unpacker<'_>, StoreError> {
    let mut rest = Unpacker::new(bytes);
    match rest.number()? {
        VERSION => Ok(rest),
        _ => Err(StoreError::Corrupt("a trace row was packed by a later version".to_owned())),
    }
}

fn agent_texts(agent: &AgentFacts) -> [&Option<String>; 5] {
    [&agent.agentos_id, &agent.name, &agent.id, &agent.project, &agent.service]
}

fn receipt_numbers(receipt: &Receipt) -> [u64; 13] {
    // Taken apart by name, so that a new field of the receipt does not compile until it is stored.
    let Receipt {
        orphans,
        missing_root,
        duplicates,
        placeholders,
        open_spans,
        dropped_by_sender,
        truncated,
        odd_clocks,
        skewed,
        cycles,
        rejected_numbers,
        unpriced,
        suspect_cumulative,
    } = *receipt;
    [
        orphans,
        u64::from(missing_root),
        duplicates,
        placeholders,
        open_spans,
        dropped_by_sender,
        truncated,
        odd_clocks,
        skewed,
        cycles,
        rejected_numbers,
        unpriced,
        suspect_cumulative,
    ]
}

fn unpack_receipt(rest: &mut Unpacker<'_>) -> Result<Receipt, StoreError> {
    Ok(Receipt {
        orphans: rest.number()?,
        missing_root: rest.number()? != 0,
        duplicates: rest.number()?,
        placeholders: rest.number()?,
        open_spans: rest.number()?,
        dropped_by_sender: rest.number()?,
        truncated: rest.number()?,
        odd_clocks: rest.number()?,
        skewed: rest.number()?,
        cycles: rest.number()?,
        rejected_numbers: rest.number()?,
        unpriced: rest.number()?,
        suspect_cumulative: rest.number()?,
    })
}
