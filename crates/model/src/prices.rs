//! What tokens cost: the shipped price list, the user's own prices, and the sum.
//!
//! Rates are whole numbers of pico-dollars per million tokens (10^-18 USD per token), so
//! that neither a price of the list nor a sum is rounded before the end. Each side of a
//! call (input, output) is rounded once, to the pico-dollar.

mod names;
mod shipped;

use std::collections::HashMap;
use std::fmt;
use std::sync::{LazyLock, PoisonError, RwLock};

use serde::{Deserialize, Deserializer, Serialize, Serializer};

use crate::money::{DecimalError, parse_decimal};
use crate::usage::{Cost, CostSource, PicoUsd, Usage};

/// Input tokens above which the long-context rates of a row hold, for the whole call.
pub const LONG_CONTEXT_TOKENS: u64 = 200_000;

/// Names remembered with what they resolved to; senders choose the names.
const MEMO_MAX: usize = 4_096;

/// Longer names are resolved each time.
const MEMO_NAME_MAX_BYTES: usize = 200;

/// Pico-dollars per million tokens.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Default)]
pub struct Rate(pub i64);

impl Rate {
    /// Reads USD per token (`2.5e-07`).
    pub fn from_usd_per_token(text: &str) -> Result<Rate, DecimalError> {
        parse_decimal(text, 18).map(Rate)
    }

    /// Reads USD per million tokens (`0.25`), the unit in which providers publish.
    pub fn from_usd_per_million(text: &str) -> Result<Rate, DecimalError> {
        parse_decimal(text, 12).map(Rate)
    }
}

/// USD per million tokens as decimal text.
impl fmt::Display for Rate {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        PicoUsd(self.0).fmt(f)
    }
}

impl Serialize for Rate {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(self)
    }
}

impl<'de> Deserialize<'de> for Rate {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let text = std::borrow::Cow::<str>::deserialize(deserializer)?;
        let rate = Rate::from_usd_per_million(&text).map_err(serde::de::Error::custom)?;
        if rate.0 < 0 {
            return Err(serde::de::Error::custom("a price is not negative"));
        }
        Ok(rate)
    }
}

/// The rates of one model. In JSON: USD per million tokens as decimal text.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(default)]
pub struct Rates {
    /// Input without cache and audio.
    pub input: Rate,
    /// Output without reasoning and audio.
    pub output: Option<Rate>,
    /// Input read from a prompt cache.
    pub cache_read: Option<Rate>,
    /// Input written to a prompt cache.
    pub cache_write: Option<Rate>,
    /// Input written to a prompt cache for an hour.
    pub cache_write_1h: Option<Rate>,
    /// Reasoning; absent means that it costs what output costs.
    pub reasoning: Option<Rate>,
    /// Input of audio.
    pub audio_input: Option<Rate>,
    /// Output of audio.
    pub audio_output: Option<Rate>,
    /// Input of calls above [`LONG_CONTEXT_TOKENS`].
    pub input_over_200k: Option<Rate>,
    /// Output of calls above [`LONG_CONTEXT_TOKENS`].
    pub output_over_200k: Option<Rate>,
}

/// A price with the name it holds for.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct PriceRow {
    /// The model, as the shipped list or the user writes it.
    pub model: String,
    /// Whose price it is; `None` holds for every provider.
    #[serde(default)]
    pub provider: Option<String>,
    /// `chat`, `embedding`, ...; free text, for people.
    #[serde(default)]
    pub mode: String,
    /// Holds for calls that start here or later; `None` from the beginning.
    #[serde(default)]
    pub from_nanos: Option<i64>,
    /// The rates.
    pub rates: Rates,
    /// It came with the binary.
    #[serde(default)]
    pub shipped: bool,
}

/// All known prices.
pub struct PriceTable {
    own: Vec<PriceRow>,
    version: u32,
    memo: RwLock<HashMap<String, HashMap<String, Resolved>>>,
}

/// Which rows a name leads to, in the order in which they are asked.
#[derive(Debug, Clone, Default)]
struct Resolved {
    /// Places in [`PriceTable::own`].
    own: Vec<usize>,
    /// A place in the shipped list, and whether it is another provider's price.
    shipped: Option<(usize, bool)>,
}

/// The shipped rows and where each form of a name leads, made on first use.
struct Shipped {
    rows: Vec<PriceRow>,
    /// By form: distance from the row's name, and the row's place; best first.
    by_form: HashMap<String, Vec<(u8, u32)>>,
    exact: HashMap<String, usize>,
}

static SHIPPED: LazyLock<Shipped> = LazyLock::new(Shipped::load);

/// Providers that make models, in the order in which their own price speaks for a model
/// whose provider is not known. Resellers are not here.
const MAKERS: [&str; 17] = [
    "openai",
    "anthropic",
    "gcp.gemini",
    "gcp.vertex_ai",
    "x_ai",
    "mistral_ai",
    "deepseek",
    "cohere",
    "moonshot_ai",
    "zai",
    "ai21",
    "minimax",
    "dashscope",
    "perplexity",
    "voyage",
    "jina_ai",
    "meta",
];

impl Shipped {
    fn load() -> Shipped {
        let rows = shipped::rows();
        let mut by_form: HashMap<String, Vec<(u8, u32)>> = HashMap::new();
        let mut exact = HashMap::new();
        for (place, row) in rows.iter().enumerate() {
            exact.insert(row.model.to_lowercase(), place);
            for form in names::forms(&row.model) {
                by_form.entry(form.text).or_default().push((form.distance, place as u32));
            }
        }
        // Among equally near rows the later name wins: of two dates the newer one.
        for places in by_form.values_mut() {
            places.sort_by(|left, right| {
                let names = rows[right.1 as usize].model.cmp(&rows[left.1 as usize].model);
                left.0.cmp(&right.0).then(names)
            });
        }
        Shipped { rows, by_form, exact }
    }

    /// The row for a name, and whether it is another provider's price.
    fn find(&self, provider: Option<&str>, forms: &[names::Form]) -> Option<(usize, bool)> {
        let first = forms.first()?;
        if first.text.contains('/')
            && let Some(place) = self.exact.get(&first.text)
        {
            return Some((*place, false));
        }
        let places =
            |form: &names::Form| self.by_form.get(&form.text).map_or(&[][..], Vec::as_slice);
        let mut known = false;
        if let Some(provider) = provider {
            for family in families(provider) {
                for form in forms {
                    let mut rows = places(form).iter().map(|(_, place)| *place as usize);
                    if let Some(place) = rows.find(|place| self.family(*place) == family) {
                        return Some((place, false));
                    }
                }
            }
            known = true;
        }
        forms.iter().find_map(|form| self.native(places(form))).map(|place| (place, known))
    }

    /// The maker's own row, or a reseller's where all of them ask the same.
    fn native(&self, places: &[(u8, u32)]) -> Option<usize> {
        for maker in MAKERS {
            let own = places.iter().find(|(_, place)| self.family(*place as usize) == maker);
            if let Some((_, place)) = own {
                return Some(*place as usize);
            }
        }
        let (_, first) = places.first()?;
        let rates = self.rows[*first as usize].rates;
        let same = places.iter().all(|(_, place)| self.rows[*place as usize].rates == rates);
        same.then_some(*first as usize)
    }

    fn family(&self, place: usize) -> &str {
        self.rows[place].provider.as_deref().map_or("", family)
    }
}

/// One name for the spellings of a provider in price lists and traces.
fn family(provider: &str) -> &str {
    match provider {
        "text-completion-openai" => "openai",
        "azure" | "azure_text" | "az.ai.openai" | "azure-openai" | "azure.openai" => {
            "azure.ai.openai"
        }
        "azure_ai" | "az.ai.inference" => "azure.ai.inference",
        "bedrock" | "bedrock_converse" | "bedrock_mantle" | "aws" | "amazon" | "amazon-bedrock"
        | "aws_bedrock" => "aws.bedrock",
        "gemini" | "google_genai" | "google.generative-ai" => "gcp.gemini",
        "google" => "gcp.gen_ai",
        "vertexai" | "google-vertex" | "google.vertex" => "gcp.vertex_ai",
        "xai" => "x_ai",
        "mistral" | "mistralai" | "codestral" | "text-completion-codestral" => "mistral_ai",
        "moonshot" => "moonshot_ai",
        "cohere_chat" => "cohere",
        "watsonx" => "ibm.watsonx.ai",
        "together" => "together_ai",
        "fireworks_ai" | "fireworks_ai-embedding-models" => "fireworks",
        other if other.starts_with("vertex_ai") => "gcp.vertex_ai",
        other => other,
    }
}

/// Where to look for a provider's price, best first: one company may sell the same model
/// at the same price under two names.
fn families(provider: &str) -> Vec<&str> {
    let head = provider.split('.').next().unwrap_or(provider);
    let found = family(provider);
    match found {
        "gcp.gen_ai" | "gcp.gemini" => vec!["gcp.gemini", "gcp.vertex_ai"],
        "gcp.vertex_ai" => vec!["gcp.vertex_ai", "gcp.gemini"],
        "azure.ai.openai" => vec!["azure.ai.openai", "azure.ai.inference"],
        "azure.ai.inference" => vec!["azure.ai.inference", "azure.ai.openai"],
        // `openai.chat`, `anthropic.messages` of the Vercel AI SDK.
        same if same == provider && head != provider => vec![provider, family(head)],
        same => vec![same],
    }
}

impl PriceTable {
    /// The prices that come with the binary.
    pub fn shipped() -> PriceTable {
        PriceTable::with_overrides(Vec::new())
    }

    /// The shipped prices, with the user's own in front of them. A row holds for its
    /// model's name and for dated names of it; of two rows for one name the one of the
    /// call's provider speaks first, then the one that began later, then the later one.
    pub fn with_overrides(overrides: Vec<PriceRow>) -> PriceTable {
        let mut own = overrides;
        for row in &mut own {
            row.shipped = false;
            row.model = row.model.trim().to_lowercase();
            row.provider = row.provider.take().map(|name| name.trim().to_lowercase());
        }
        PriceTable { version: version_of(&own), own, memo: RwLock::default() }
    }

    /// Names the content of the table; equal tables have equal versions. Never 0.
    pub fn version(&self) -> u32 {
        self.version
    }

    /// Every row, the user's own first.
    pub fn rows(&self) -> impl Iterator<Item = &PriceRow> {
        self.own.iter().chain(&SHIPPED.rows)
    }

    /// What a call that began at `at_nanos` costs, or `None` where no price is known or
    /// no tokens were said.
    pub fn cost(
        &self,
        provider: Option<&str>,
        model: &str,
        usage: &Usage,
        at_nanos: i64,
    ) -> Option<Cost> {
        if usage.input.is_none()
            && usage.output.is_none()
            && usage.cache_read.is_none()
            && usage.cache_write.is_none()
        {
            return None;
        }
        let (rates, foreign) = self.rates(provider, model, at_nanos)?;
        let mut sum = Sum { estimated: foreign, ..Sum::default() };
        sum.add_input(&rates, usage);
        sum.add_output(&rates, usage);
        let (input, output) = (rounded(sum.input), rounded(sum.output));
        Some(Cost {
            total: input.plus(output),
            input: Some(input),
            output: Some(output),
            source: CostSource::Computed,
            estimated: sum.estimated,
            price_version: self.version,
        })
    }

    /// The rates for a name at a time, and whether they are another provider's.
    pub fn rates(
        &self,
        provider: Option<&str>,
        model: &str,
        at_nanos: i64,
    ) -> Option<(Rates, bool)> {
        let asked = provider.unwrap_or("");
        {
            let memo = self.memo.read().unwrap_or_else(PoisonError::into_inner);
            if let Some(resolved) = memo.get(asked).and_then(|models| models.get(model)) {
                return self.pick(resolved, at_nanos);
            }
        }
        let resolved = self.resolve(provider, model);
        let picked = self.pick(&resolved, at_nanos);
        if asked.len() + model.len() <= MEMO_NAME_MAX_BYTES {
            let mut memo = self.memo.write().unwrap_or_else(PoisonError::into_inner);
            if memo.values().map(HashMap::len).sum::<usize>() >= MEMO_MAX {
                memo.clear();
            }
            memo.entry(asked.to_owned()).or_default().insert(model.to_owned(), resolved);
        }
        picked
    }

    fn pick(&self, resolved: &Resolved, at_nanos: i64) -> Option<(Rates, bool)> {
        let holds =
            |place: &&usize| self.own[**place].from_nanos.is_none_or(|from| from <= at_nanos);
        if let Some(place) = resolved.own.iter().find(holds) {
            return Some((self.own[*place].rates, false));
        }
        resolved.shipped.map(|(place, foreign)| (SHIPPED.rows[place].rates, foreign))
    }

    fn resolve(&self, provider: Option<&str>, model: &str) -> Resolved {
        let provider =
            provider.map(|name| name.trim().to_lowercase()).filter(|name| !name.is_empty());
        let mut forms = names::forms(model);
        if let Some(dashed) = dots_to_dashes(model) {
            forms.extend(names::forms(&dashed));
        }
        let wanted = provider.as_deref().map(families).unwrap_or_default();
        let mut own = Vec::new();
        for form in &forms {
            let mut rows: Vec<usize> = (0..self.own.len())
                .filter(|place| self.own[*place].model == form.text)
                .filter(|place| match &self.own[*place].provider {
                    None => true,
                    Some(whose) => wanted.contains(&family(whose)),
                })
                .collect();
            rows.sort_by_key(|place| {
                let row = &self.own[*place];
                let from = row.from_nanos.unwrap_or(i64::MIN);
                std::cmp::Reverse((row.provider.is_some(), from, *place))
            });
            own.extend(rows);
        }
        Resolved { own, shipped: SHIPPED.find(provider.as_deref(), &forms) }
    }
}

impl Default for PriceTable {
    fn default() -> Self {
        PriceTable::shipped()
    }
}

impl fmt::Debug for PriceTable {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "PriceTable(version {}, {} own)", self.version, self.own.len())
    }
}

/// `claude-sonnet-4.5` as Anthropic writes it, `claude-sonnet-4-5`.
fn dots_to_dashes(model: &str) -> Option<String> {
    let bytes = model.as_bytes();
    let digit = |place: usize| bytes.get(place).is_some_and(u8::is_ascii_digit);
    let between =
        |place: usize| bytes[place] == b'.' && place > 0 && digit(place - 1) && digit(place + 1);
    if !(0..bytes.len()).any(between) {
        return None;
    }
    let dashed = model
        .char_indices()
        .map(|(place, letter)| if letter == '.' && between(place) { '-' } else { letter });
    Some(dashed.collect())
}

/// The shipped version where there is nothing else; with prices of the user's own a hash
/// of both with the highest bit set, so that the two kinds never meet.
fn version_of(own: &[PriceRow]) -> u32 {
    if own.is_empty() {
        return shipped::SHIPPED_VERSION;
    }
    let text = format!("{} {own:?}", shipped::SHIPPED_VERSION);
    xxhash_rust::xxh3::xxh3_64(text.as_bytes()) as u32 | 1 << 31
}

/// Tokens times rates, not yet rounded.
#[derive(Default)]
struct Sum {
    input: i128,
    output: i128,
    estimated: bool,
}

impl Sum {
    /// A missing rate is the normal one; then the sum is an estimate.
    fn charge(&mut self, tokens: u64, rate: Option<Rate>, normal: Rate) -> i128 {
        if tokens == 0 {
            return 0;
        }
        self.estimated |= rate.is_none();
        i128::from(tokens) * i128::from(rate.unwrap_or(normal).0)
    }

    fn add_input(&mut self, rates: &Rates, usage: &Usage) {
        let read = usage.cache_read.unwrap_or(0);
        let write = usage.cache_write.unwrap_or(0);
        let input = usage.input.unwrap_or(read.saturating_add(write));
        let read = read.min(input);
        let write = write.min(input - read);
        let hour = usage.cache_write_1h.unwrap_or(0).min(write);
        let audio = usage.audio_input.unwrap_or(0).min(input - read - write);
        let plain = input - read - write - audio;
        let long = input > LONG_CONTEXT_TOKENS;
        let plain_rate = if long { rates.input_over_200k } else { Some(rates.input) };
        // The list has no long-context rate for cached tokens.
        self.estimated |= long && (read > 0 || write > 0);
        let write_rate = rates.cache_write.unwrap_or(rates.input);
        let parts = [
            self.charge(plain, plain_rate, rates.input),
            self.charge(read, rates.cache_read, rates.input),
            self.charge(write - hour, rates.cache_write, rates.input),
            self.charge(hour, rates.cache_write_1h, write_rate),
            self.charge(audio, rates.audio_input, rates.input),
        ];
        self.input = parts.iter().sum();
    }

    fn add_output(&mut self, rates: &Rates, usage: &Usage) {
        let output = usage.output.unwrap_or(0);
        let long = usage.input.is_some_and(|input| input > LONG_CONTEXT_TOKENS);
        let normal = rates.output.unwrap_or_default();
        let text_rate = if long { rates.output_over_200k } else { rates.output };
        let reasoning = usage.reasoning.unwrap_or(0).min(output);
        let audio = usage.audio_output.unwrap_or(0).min(output - reasoning);
        // Providers bill reasoning as output; only a few rows say otherwise.
        let reasoning_rate = if long { text_rate } else { rates.reasoning.or(text_rate) };
        let parts = [
            self.charge(output - reasoning - audio, text_rate, normal),
            self.charge(reasoning, reasoning_rate, normal),
            self.charge(audio, rates.audio_output, normal),
        ];
        self.output = parts.iter().sum();
    }
}

/// Pico-dollars from token x (pico-dollars per million), halves away from zero.
fn rounded(amount: i128) -> PicoUsd {
    const MILLION: i128 = 1_000_000;
    let whole = (amount + MILLION / 2).div_euclid(MILLION);
    PicoUsd(i64::try_from(whole).unwrap_or(i64::MAX))
}

#[cfg(test)]
mod tests;
