//! What an owner counts: what it says, and details that only its wrappers say.

use super::super::node::Place;
use super::super::state::TraceState;
use super::super::sums::Amount;
use super::Counted;
use crate::usage::{CostSource, Usage};

impl TraceState {
    pub(super) fn effective(&self, place: Place) -> Counted {
        let Some(line) = self.line(place) else { return Counted::No };
        let mut amount = line.amount;
        for wrapper in self.wrappers(place) {
            if let Some(wrapper) = self.line(wrapper) {
                fill(&mut amount, &wrapper.amount);
            }
        }
        if amount == line.amount { Counted::AsSaid } else { Counted::Filled(Box::new(amount)) }
    }
}

/// Takes from a wrapper what the call itself does not say. Never adds.
pub(super) fn fill(amount: &mut Amount, wrapper: &Amount) {
    let usage = &mut amount.usage;
    let more = &wrapper.usage;
    usage.input = usage.input.or(more.input);
    usage.output = usage.output.or(more.output);
    let before = *usage;
    let input = usage.input.unwrap_or(0);
    let output = usage.output.unwrap_or(0);
    // A part larger than its whole is a part of another whole.
    let cached = |usage: &Usage| {
        usage.cache_read.unwrap_or(0).saturating_add(usage.cache_write.unwrap_or(0))
    };
    let mut candidate = *usage;
    candidate.cache_read = usage.cache_read.or(more.cache_read);
    candidate.cache_write = usage.cache_write.or(more.cache_write);
    if cached(&candidate) <= input {
        *usage = candidate;
        if usage.cache_write == more.cache_write {
            usage.cache_write_1h = usage.cache_write_1h.or(more.cache_write_1h);
        }
    }
    usage.reasoning = usage.reasoning.or(more.reasoning.filter(|tokens| *tokens <= output));
    usage.audio_input = usage.audio_input.or(more.audio_input.filter(|it| *it <= input));
    usage.audio_output = usage.audio_output.or(more.audio_output.filter(|it| *it <= output));
    let detailed = *usage != before;

    let reported =
        |amount: &Amount| amount.cost.is_some_and(|cost| cost.source == CostSource::Reported);
    let better = match amount.cost {
        None => true,
        Some(_) if reported(amount) => false,
        // The wrapper's price knows what the call itself does not say.
        Some(_) => reported(wrapper) || detailed,
    };
    if better {
        amount.cost = wrapper.cost.or(amount.cost);
    }
}
