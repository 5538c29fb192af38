//! The price list compiled into the binary.

use super::{PriceRow, Rate, Rates};

/// From a public price list of model providers, USD per token; see docs/prices.md.
const CSV: &str = include_str!("../../data/model-prices.csv");

/// Raised whenever data/model-prices.csv changes: the day of the change.
pub(super) const SHIPPED_VERSION: u32 = 20_261_120;

/// Every shipped row. A line that cannot be read is left out; a test holds that none is.
pub(super) fn rows() -> Vec<PriceRow> {
    CSV.lines().skip(1).filter_map(row).collect()
}

fn row(line: &str) -> Option<PriceRow> {
    let mut cells = line.split(',');
    let model = cells.next()?.to_owned();
    let provider = cells.next()?.to_owned();
    let mode = cells.next()?.to_owned();
    let mut rate = || {
        let cell = cells.next()?;
        if cell.is_empty() { Some(None) } else { Rate::from_usd_per_token(cell).ok().map(Some) }
    };
    let rates = Rates {
        input: rate()??,
        output: rate()?,
        cache_read: rate()?,
        cache_write: rate()?,
        cache_write_1h: rate()?,
        reasoning: rate()?,
        audio_input: rate()?,
        audio_output: rate()?,
        input_over_200k: rate()?,
        output_over_200k: rate()?,
    };
    Some(PriceRow { model, provider: Some(provider), mode, from_nanos: None, rates, shipped: true })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_line_of_the_list_is_read() {
        assert_eq!(rows().len(), 3_511);
        assert_eq!(CSV.lines().count(), 3_512);
        assert_eq!(
            CSV.lines().next().unwrap(),
            "model,provider,mode,input_cost_per_token,output_cost_per_token,\
             cache_read_input_token_cost,cache_creation_input_token_cost,\
             cache_creation_input_token_cost_above_1hr,output_cost_per_reasoning_token,\
             input_cost_per_audio_token,output_cost_per_audio_token,\
             input_cost_per_token_above_200k_tokens,output_cost_per_token_above_200k_tokens,\
             max_input_tokens,max_output_tokens"
        );
    }
}
