//! Tokens of a span (span-conventions 3.11): aliases are alternatives, never summands.

use crate::attributes::{AttrView, Key, Source, key};
use crate::convention::Layers;
use crate::usage::{Usage, UsageScope};
use crate::value::Value;

use super::category::Classified;

mod objects;
mod tables;

use tables::Target;

/// More tokens than this are not believed: no call has as many, and sums must not overflow.
const TOKENS_MAX: u64 = 1_000_000_000_000;

/// What was found.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub(crate) struct Found {
    /// `None` where no number was said.
    pub(crate) usage: Option<Usage>,
    /// Own or aggregate.
    pub(crate) scope: UsageScope,
    /// Keys whose numbers were not believed.
    pub(crate) rejected: Vec<String>,
}

/// Reads the usage of a span.
pub(crate) fn usage(
    view: &AttrView<'_>,
    scope_name: &str,
    provider: Option<&str>,
    classified: &Classified,
) -> Found {
    let mut reader = Reader::default();
    objects::read(view, &mut reader);
    let mut input_key = None;
    for (target, sources) in tables::ALIASES {
        for source in view.rows(sources) {
            if !reader.is_open(*target) {
                break;
            }
            if let Some(value) = view.get(source.key)
                && reader.take(*target, source.key.name(), value)
            {
                reader.aggregated |= source.key.name().starts_with("gen_ai.aggregated_usage.");
                if *target == Target::Input {
                    input_key = Some(source.key);
                }
            }
        }
    }
    objects::fill_gaps(view, &mut reader);
    let mut usage = reader.usage;
    settle_cache_write(&mut usage, reader.cache_write_5m);
    settle_input(&mut usage, always_excludes(view, scope_name, provider, input_key));
    settle_reasoning(&mut usage, provider);
    Found {
        usage: (!usage.is_absent()).then_some(usage),
        scope: scope(classified, reader.aggregated),
        rejected: reader.rejected,
    }
}

/// Rules 1 and 2 of 5.2: only calls own their usage.
fn scope(classified: &Classified, aggregated: bool) -> UsageScope {
    use crate::span::Category::{Embedding, Llm, Reranker};
    let own = matches!(classified.category, Llm | Embedding | Reranker) || classified.decision;
    if own && !aggregated { UsageScope::Own } else { UsageScope::Aggregate }
}

/// Collects numbers, the first believable one for each target.
#[derive(Debug, Default)]
pub(crate) struct Reader {
    usage: Usage,
    cache_write_5m: Option<u64>,
    aggregated: bool,
    rejected: Vec<String>,
}

impl Reader {
    fn field(&mut self, target: Target) -> &mut Option<u64> {
        match target {
            Target::Input => &mut self.usage.input,
            Target::Output => &mut self.usage.output,
            Target::Total => &mut self.usage.total,
            Target::CacheRead => &mut self.usage.cache_read,
            Target::CacheWrite => &mut self.usage.cache_write,
            Target::CacheWrite5m => &mut self.cache_write_5m,
            Target::CacheWrite1h => &mut self.usage.cache_write_1h,
            Target::Reasoning => &mut self.usage.reasoning,
            Target::AudioInput => &mut self.usage.audio_input,
            Target::AudioOutput => &mut self.usage.audio_output,
        }
    }

    fn is_open(&mut self, target: Target) -> bool {
        self.field(target).is_none()
    }

    /// Takes a value unless the target has one; says whether it was taken.
    fn take(&mut self, target: Target, key: &str, value: &Value) -> bool {
        match tokens_of(value) {
            Ok(number) => self.set(target, number),
            Err(NotTokens) => {
                if !self.rejected.iter().any(|known| known == key) {
                    self.rejected.push(key.to_owned());
                }
                false
            }
        }
    }

    fn set(&mut self, target: Target, number: u64) -> bool {
        let field = self.field(target);
        let open = field.is_none();
        if open {
            *field = Some(number);
        }
        open
    }
}

/// A value that is no believable number of tokens: NaN, negative, a fraction, a word.
#[derive(Debug, PartialEq, Eq)]
struct NotTokens;

fn tokens_of(value: &Value) -> Result<u64, NotTokens> {
    let number = match value {
        Value::Int(number) => u64::try_from(*number).map_err(|_| NotTokens)?,
        Value::Double(number) => whole(*number)?,
        Value::String(text) => {
            let text = text.trim().trim_matches('"');
            match text.parse::<u64>() {
                Ok(number) => number,
                Err(_) => whole(text.parse().map_err(|_| NotTokens)?)?,
            }
        }
        // Some decoders of JavaScript give 64-bit integers as two halves.
        Value::Map(halves) => {
            let half = |name: &str| match crate::value::attribute(halves, name) {
                Some(Value::Int(number)) => Ok(*number),
                _ => Err(NotTokens),
            };
            let (low, high) = (half("low")?, half("high")?);
            u64::try_from((high << 32) | (low & 0xFFFF_FFFF)).map_err(|_| NotTokens)?
        }
        _ => return Err(NotTokens),
    };
    if number > TOKENS_MAX { Err(NotTokens) } else { Ok(number) }
}

fn whole(number: f64) -> Result<u64, NotTokens> {
    if number.is_finite() && number >= 0.0 && number.fract() == 0.0 && number <= TOKENS_MAX as f64 {
        Ok(number as u64)
    } else {
        Err(NotTokens)
    }
}

/// Writes may be given only by how long they are kept.
fn settle_cache_write(usage: &mut Usage, five_minutes: Option<u64>) {
    if usage.cache_write.is_none() && (five_minutes.is_some() || usage.cache_write_1h.is_some()) {
        usage.cache_write =
            Some(five_minutes.unwrap_or(0).saturating_add(usage.cache_write_1h.unwrap_or(0)));
    }
}

/// Makes `input` include the cache. More cache than input proves that it did not.
fn settle_input(usage: &mut Usage, always_excludes: bool) {
    let Some(input) = usage.input else { return };
    let cache = usage.cache_read.unwrap_or(0).saturating_add(usage.cache_write.unwrap_or(0));
    if cache > 0 && (always_excludes || cache > input) {
        usage.input = Some(input.saturating_add(cache));
        usage.normalised_from_exclusive = true;
    }
}

/// Gemini's thoughts are in the total but, on Vertex, not in the output.
fn settle_reasoning(usage: &mut Usage, provider: Option<&str>) {
    if !provider.is_some_and(|provider| provider.starts_with("gcp.")) {
        return;
    }
    if let (Some(input), Some(output), Some(reasoning), Some(total)) =
        (usage.input, usage.output, usage.reasoning, usage.total)
        && reasoning > 0
        && input.saturating_add(output).saturating_add(reasoning) == total
    {
        usage.output = Some(output + reasoning);
    }
}

/// Senders whose input always leaves the cache out. A small cache of theirs would not
/// show in the numbers, so they stand in a table.
fn always_excludes(
    view: &AttrView<'_>,
    scope_name: &str,
    provider: Option<&str>,
    input_key: Option<Key>,
) -> bool {
    if Layers::CC.meets(view.layers) && input_key == Some(const { key("input_tokens") }) {
        return true;
    }
    EXCLUSIVE_SCOPES
        .iter()
        .any(|(scope, only_provider)| scope_name == *scope && provider == Some(*only_provider))
}

/// Scope and provider. Genkit's Anthropic plugin passes Anthropic's numbers through.
const EXCLUSIVE_SCOPES: &[(&str, &str)] = &[("genkit-tracer", "anthropic")];

/// A row of an alias table.
const fn row(name: &str) -> Source {
    Source::any(name)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_whole_believable_numbers_are_tokens() {
        for (value, want) in [
            (Value::Int(25), Ok(25)),
            (Value::from("25"), Ok(25)),
            (Value::from("25.0"), Ok(25)),
            (Value::Double(25.0), Ok(25)),
            (Value::Int(0), Ok(0)),
            (Value::Int(-1), Err(NotTokens)),
            (Value::Double(f64::NAN), Err(NotTokens)),
            (Value::Double(0.5), Err(NotTokens)),
            (Value::from("NaN"), Err(NotTokens)),
            (Value::from("many"), Err(NotTokens)),
            (Value::Bool(true), Err(NotTokens)),
            (Value::Int(i64::MAX), Err(NotTokens)),
            (
                Value::Map(vec![("low".into(), Value::Int(7)), ("high".into(), Value::Int(0))]),
                Ok(7),
            ),
        ] {
            assert_eq!(tokens_of(&value), want, "{value:?}");
        }
    }
}
