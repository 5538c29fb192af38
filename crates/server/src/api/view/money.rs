//! Tokens and money.

use clew_model::summary::TraceSummary;
use clew_model::usage::{Cost, CostSource, PicoUsd, Usage};
use clew_store::Totals;
use serde::{Serialize, Serializer};

/// US dollars as decimal text.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Usd(pub(crate) PicoUsd);

impl Serialize for Usd {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(&self.0)
    }
}

/// Tokens.
#[derive(Debug, Serialize)]
pub(crate) struct UsageView {
    input: Option<u64>,
    output: Option<u64>,
    cache_read: Option<u64>,
    cache_write: Option<u64>,
    reasoning: Option<u64>,
    total: Option<u64>,
}

impl UsageView {
    /// The numbers of `usage`; `None` where it says nothing.
    pub(crate) fn of(usage: &Usage) -> Option<Self> {
        (!usage.is_absent()).then(|| Self::all(usage))
    }

    /// The numbers of a sum; those that nobody said are null.
    pub(crate) fn all(usage: &Usage) -> Self {
        Self {
            input: usage.input,
            output: usage.output,
            cache_read: usage.cache_read,
            cache_write: usage.cache_write,
            reasoning: usage.reasoning,
            total: total(usage),
        }
    }
}

/// Input and output together; the sender's own total only where it gave neither.
pub(crate) fn total(usage: &Usage) -> Option<u64> {
    match (usage.input, usage.output) {
        (None, None) => usage.total,
        (input, output) => Some(input.unwrap_or(0).saturating_add(output.unwrap_or(0))),
    }
}

/// Tokens of a trace.
#[derive(Debug, Serialize)]
pub(crate) struct TraceUsage {
    input: Option<u64>,
    output: Option<u64>,
    cache_read: Option<u64>,
    cache_write: Option<u64>,
    reasoning: Option<u64>,
    total: Option<u64>,
    embedding_input: Option<u64>,
}

impl From<&TraceSummary> for TraceUsage {
    fn from(summary: &TraceSummary) -> Self {
        let usage = &summary.usage;
        Self {
            input: usage.input,
            output: usage.output,
            cache_read: usage.cache_read,
            cache_write: usage.cache_write,
            reasoning: usage.reasoning,
            total: total(usage),
            embedding_input: (summary.embedding_count > 0).then_some(summary.embedding_input),
        }
    }
}

/// Money of a trace.
#[derive(Debug, Serialize)]
pub(crate) struct TraceCost {
    total: Usd,
    reported: Option<Usd>,
    estimated: bool,
    unpriced_calls: u64,
}

impl TraceCost {
    /// `None` where no counted span has a cost.
    pub(crate) fn of(summary: &TraceSummary) -> Option<Self> {
        Some(Self {
            total: Usd(summary.cost?),
            reported: summary.cost_reported.map(Usd),
            estimated: summary.cost_estimated,
            unpriced_calls: summary.unpriced_count,
        })
    }
}

/// Money of several traces.
#[derive(Debug, Serialize)]
pub(crate) struct GroupCost {
    total: Usd,
    reported: Option<Usd>,
    estimated: bool,
    unpriced_calls: u64,
}

impl GroupCost {
    /// `None` where none of them has a cost.
    pub(crate) fn of(totals: &Totals) -> Option<Self> {
        Some(Self {
            total: Usd(totals.cost?),
            reported: totals.cost_reported.map(Usd),
            estimated: totals.cost_estimated,
            unpriced_calls: totals.unpriced_count,
        })
    }
}

/// Money of a span.
#[derive(Debug, Serialize)]
pub(crate) struct CostView {
    total: Usd,
    input: Option<Usd>,
    output: Option<Usd>,
    source: CostSource,
    estimated: bool,
    /// It is in the trace's total; what it names may be counted on another span.
    counted: bool,
}

impl CostView {
    /// The cost of a span.
    pub(crate) fn new(cost: &Cost, counted: bool) -> Self {
        Self {
            total: Usd(cost.total),
            input: cost.input.map(Usd),
            output: cost.output.map(Usd),
            source: cost.source,
            estimated: cost.estimated,
            counted,
        }
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn money_is_decimal_text() {
        let cost = Cost {
            total: PicoUsd(3_373_200_000),
            input: None,
            output: Some(PicoUsd(0)),
            source: CostSource::Computed,
            estimated: false,
            price_version: 1,
        };
        assert_eq!(
            serde_json::to_value(CostView::new(&cost, true)).unwrap(),
            json!({"total": "0.0033732", "input": null, "output": "0", "source": "computed",
                "estimated": false, "counted": true})
        );
    }

    #[test]
    fn a_senders_total_counts_only_alone() {
        let usage = Usage { input: Some(7), total: Some(99), ..Usage::default() };
        assert_eq!(total(&usage), Some(7));
        assert_eq!(total(&Usage { total: Some(99), ..Usage::default() }), Some(99));
        assert_eq!(total(&Usage::default()), None);
    }
}
