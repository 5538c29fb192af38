//! Sums of tokens and money from which a part can be taken out again exactly.

use crate::span::Category;
use crate::usage::{Cost, CostSource, PicoUsd, Usage};

/// Fields of [`Usage`] that are added.
const FIELDS: usize = 9;

/// What one line of the ledger counts.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub(super) struct Amount {
    pub(super) usage: Usage,
    pub(super) cost: Option<Cost>,
    /// The tokens are those of an embedding call.
    pub(super) embedding: bool,
    /// The number may be a sum over more than this trace.
    pub(super) suspect: bool,
}

/// Wide enough that nothing a sender claims overflows; cut only when read.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub(super) struct Sums {
    tokens: [u128; FIELDS],
    /// How many of the parts said each field: absent is not 0.
    said: [u32; FIELDS],
    exclusive: u32,
    embedding_input: u128,
    cost: i128,
    priced: u32,
    reported: i128,
    reports: u32,
    estimates: u32,
    unpriced: u32,
    suspects: u32,
}

fn fields(usage: &Usage) -> [Option<u64>; FIELDS] {
    [
        usage.input,
        usage.output,
        usage.cache_read,
        usage.cache_write,
        usage.cache_write_1h,
        usage.reasoning,
        usage.audio_input,
        usage.audio_output,
        usage.total,
    ]
}

impl Amount {
    fn sums(&self) -> Sums {
        let mut sums = Sums::default();
        for (place, tokens) in fields(&self.usage).into_iter().enumerate() {
            sums.tokens[place] = u128::from(tokens.unwrap_or(0));
            sums.said[place] = u32::from(tokens.is_some());
        }
        sums.exclusive = u32::from(self.usage.normalised_from_exclusive);
        if self.embedding {
            sums.embedding_input = u128::from(self.usage.input.unwrap_or(0));
        }
        match &self.cost {
            Some(cost) => {
                sums.cost = i128::from(cost.total.0);
                sums.priced = 1;
                sums.estimates = u32::from(cost.estimated);
                if cost.source == CostSource::Reported {
                    sums.reported = sums.cost;
                    sums.reports = 1;
                }
            }
            None => sums.unpriced = u32::from(self.has_tokens()),
        }
        sums.suspects = u32::from(self.suspect);
        sums
    }

    /// The part of [`Amount::sums`] that is about money.
    fn money(&self) -> Sums {
        let Sums { cost, priced, reported, reports, estimates, unpriced, .. } = self.sums();
        Sums { cost, priced, reported, reports, estimates, unpriced, ..Sums::default() }
    }

    fn has_tokens(&self) -> bool {
        self.usage.input.unwrap_or(0) > 0 || self.usage.output.unwrap_or(0) > 0
    }

    pub(super) fn of(category: Category, usage: Option<Usage>, cost: Option<Cost>) -> Amount {
        Amount {
            usage: usage.unwrap_or_default(),
            cost,
            embedding: category == Category::Embedding,
            suspect: false,
        }
    }
}

impl Sums {
    pub(super) fn add(&mut self, other: &Sums) {
        self.combine(other, |a, b| a + b, |a, b| a + b, |a, b| a + b);
    }

    pub(super) fn subtract(&mut self, other: &Sums) {
        self.combine(other, |a, b| a - b, |a, b| a - b, |a, b| a - b);
    }

    pub(super) fn add_amount(&mut self, amount: &Amount) {
        self.add(&amount.sums());
    }

    pub(super) fn subtract_amount(&mut self, amount: &Amount) {
        self.subtract(&amount.sums());
    }

    /// Adds what a line costs, not its tokens.
    pub(super) fn add_money(&mut self, amount: &Amount) {
        self.add(&amount.money());
    }

    /// Takes [`Sums::add_money`] back.
    pub(super) fn subtract_money(&mut self, amount: &Amount) {
        self.subtract(&amount.money());
    }

    pub(super) fn is_empty(&self) -> bool {
        *self == Sums::default()
    }

    fn combine(
        &mut self,
        other: &Sums,
        tokens: impl Fn(u128, u128) -> u128,
        money: impl Fn(i128, i128) -> i128,
        count: impl Fn(u32, u32) -> u32,
    ) {
        for place in 0..FIELDS {
            self.tokens[place] = tokens(self.tokens[place], other.tokens[place]);
            self.said[place] = count(self.said[place], other.said[place]);
        }
        self.embedding_input = tokens(self.embedding_input, other.embedding_input);
        self.cost = money(self.cost, other.cost);
        self.reported = money(self.reported, other.reported);
        for (mine, theirs) in [
            (&mut self.exclusive, other.exclusive),
            (&mut self.priced, other.priced),
            (&mut self.reports, other.reports),
            (&mut self.estimates, other.estimates),
            (&mut self.unpriced, other.unpriced),
            (&mut self.suspects, other.suspects),
        ] {
            *mine = count(*mine, theirs);
        }
    }

    /// The tokens. `total` is input and output: what senders call the total is only
    /// taken where they say neither.
    pub(super) fn usage(&self) -> Usage {
        let field = |place: usize| (self.said[place] > 0).then(|| clamp(self.tokens[place]));
        let both = clamp(self.tokens[0] + self.tokens[1]);
        Usage {
            input: field(0),
            output: field(1),
            cache_read: field(2),
            cache_write: field(3),
            cache_write_1h: field(4),
            reasoning: field(5),
            audio_input: field(6),
            audio_output: field(7),
            total: if self.said[0] + self.said[1] > 0 { Some(both) } else { field(8) },
            normalised_from_exclusive: self.exclusive > 0,
        }
    }

    pub(super) fn embedding_input(&self) -> u64 {
        clamp(self.embedding_input)
    }

    pub(super) fn cost(&self) -> Option<PicoUsd> {
        (self.priced > 0).then(|| money(self.cost))
    }

    pub(super) fn cost_reported(&self) -> Option<PicoUsd> {
        (self.reports > 0).then(|| money(self.reported))
    }

    pub(super) fn estimated(&self) -> bool {
        self.estimates > 0
    }

    pub(super) fn unpriced(&self) -> u64 {
        u64::from(self.unpriced)
    }

    pub(super) fn suspects(&self) -> u64 {
        u64::from(self.suspects)
    }
}

fn clamp(tokens: u128) -> u64 {
    u64::try_from(tokens).unwrap_or(u64::MAX)
}

fn money(pico: i128) -> PicoUsd {
    PicoUsd(pico.clamp(i128::from(i64::MIN), i128::from(i64::MAX)) as i64)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn amount(input: Option<u64>, cost: Option<i64>) -> Amount {
        let cost = cost.map(|pico| Cost {
            total: PicoUsd(pico),
            input: None,
            output: None,
            source: CostSource::Reported,
            estimated: false,
            price_version: 0,
        });
        let usage = Usage { input, ..Usage::default() };
        Amount::of(Category::Llm, Some(usage), cost)
    }

    #[test]
    fn what_goes_in_comes_out_and_absent_is_not_zero() {
        let mut sums = Sums::default();
        assert_eq!((sums.usage().input, sums.cost()), (None, None));
        sums.add_amount(&amount(Some(0), Some(5)));
        assert_eq!((sums.usage().input, sums.cost()), (Some(0), Some(PicoUsd(5))));
        sums.add_amount(&amount(Some(u64::MAX), None));
        sums.add_amount(&amount(Some(u64::MAX), None));
        assert_eq!((sums.usage().input, sums.unpriced()), (Some(u64::MAX), 2));
        sums.subtract_amount(&amount(Some(u64::MAX), None));
        sums.subtract_amount(&amount(Some(u64::MAX), None));
        assert_eq!((sums.usage().input, sums.cost()), (Some(0), Some(PicoUsd(5))));
        sums.subtract_amount(&amount(Some(0), Some(5)));
        assert!(sums.is_empty());
    }
}
