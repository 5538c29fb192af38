//! Literal expectations, worked out by hand from the providers' published prices per
//! million tokens.

use super::*;

fn usage(input: u64, output: u64) -> Usage {
    Usage { input: Some(input), output: Some(output), ..Usage::default() }
}

fn text(provider: Option<&str>, model: &str, usage: &Usage) -> Option<(String, bool)> {
    let cost = PriceTable::shipped().cost(provider, model, usage, 0)?;
    Some((cost.total.to_string(), cost.estimated))
}

fn exact(amount: &str) -> Option<(String, bool)> {
    Some((amount.to_owned(), false))
}

fn estimate(amount: &str) -> Option<(String, bool)> {
    Some((amount.to_owned(), true))
}

#[test]
fn input_and_output_are_charged_at_their_rates() {
    // gpt-5-mini: 0.25 in, 2.00 out, 0.025 cached, per million.
    assert_eq!(text(Some("openai"), "gpt-5-mini", &usage(200_000, 0)), exact("0.05"));
    assert_eq!(text(Some("openai"), "gpt-5-mini", &usage(0, 1_000_000)), exact("2"));
    // 56 x 0.25 + 64 x 0.025 + 17 x 2 = 14 + 1.6 + 34 = 49.6 millionths of a dollar.
    let call = Usage { cache_read: Some(64), reasoning: Some(5), ..usage(120, 17) };
    assert_eq!(text(Some("openai"), "gpt-5-mini-2026-08-01", &call), exact("0.0000496"));
    let cost = PriceTable::shipped().cost(Some("openai"), "gpt-5-mini", &call, 0).unwrap();
    assert_eq!(cost.input, Some(PicoUsd(15_600_000)));
    assert_eq!(cost.output, Some(PicoUsd(34_000_000)));
    assert_eq!(cost.source, CostSource::Computed);
    assert_eq!(cost.price_version, PriceTable::shipped().version());
}

#[test]
fn cache_writes_have_their_own_rates() {
    // claude-sonnet-4-5: 3 in, 15 out, 0.30 read, 3.75 write, 6 write for an hour.
    let call = Usage {
        cache_read: Some(1_000),
        cache_write: Some(2_000),
        cache_write_1h: Some(500),
        ..usage(10_000, 100)
    };
    // 7000 x 3 + 1000 x 0.3 + 1500 x 3.75 + 500 x 6 + 100 x 15
    // = 21000 + 300 + 5625 + 3000 + 1500 = 31425 millionths.
    assert_eq!(text(Some("anthropic"), "claude-sonnet-4-5", &call), exact("0.031425"));
}

#[test]
fn missing_rates_are_the_normal_ones_and_marked() {
    // Jamba on Bedrock has no cache rates: 0.5 in, 0.7 out.
    let cached = Usage { cache_read: Some(1_000_000), ..usage(1_000_000, 0) };
    let model = "ai21.jamba-instruct-v1:0";
    assert_eq!(text(Some("aws.bedrock"), model, &cached), estimate("0.5"));
    assert_eq!(text(Some("aws.bedrock"), model, &usage(1_000_000, 0)), estimate("0.5"));
    assert_eq!(text(Some("aws.bedrock"), model, &usage(200_000, 0)), exact("0.1"));
}

#[test]
fn long_calls_cost_the_long_context_rate_for_all_of_it() {
    // gemini-2.5-pro: 1.25 in, 10 out; above 200k 2.50 and 15.
    assert_eq!(text(Some("gcp.gemini"), "gemini-2.5-pro", &usage(200_000, 1_000)), exact("0.26"));
    assert_eq!(
        text(Some("gcp.gemini"), "models/gemini-2.5-pro", &usage(200_001, 1_000)),
        exact("0.5150025")
    );
}

#[test]
fn the_provider_decides_between_rows_of_one_model() {
    let fifth = usage(200_000, 0);
    // Azure's European regions ask ten percent more than Azure's global price.
    assert_eq!(text(Some("azure.ai.openai"), "gpt-5-mini", &fifth), exact("0.05"));
    assert_eq!(text(Some("openai"), "azure/eu/gpt-5-mini", &fifth), exact("0.055"));
    let short = usage(100_000, 0);
    let bedrock = Some("aws.bedrock");
    let dated = "anthropic.claude-sonnet-4-5-20250929-v1:0";
    assert_eq!(text(bedrock, dated, &short), exact("0.3"));
    assert_eq!(text(bedrock, &format!("eu.{dated}"), &short), exact("0.33"));
    assert_eq!(text(None, &format!("bedrock/us.{dated}"), &short), exact("0.33"));
    assert_eq!(text(bedrock, "claude-sonnet-4-5", &short), exact("0.3"));
    assert_eq!(text(Some("gcp.vertex_ai"), "claude-sonnet-4-5@20250929", &short), exact("0.3"));
    assert_eq!(text(Some("x_ai"), "grok-4.20", &short), text(None, "xai/grok-4.20", &short));
    assert!(text(Some("x_ai"), "grok-4.20", &short).is_some());
}

#[test]
fn an_unknown_provider_gets_the_makers_price_as_an_estimate() {
    let fifth = usage(200_000, 0);
    assert_eq!(text(None, "gpt-5-mini", &fifth), exact("0.05"));
    assert_eq!(text(Some("openai.chat"), "gpt-5-mini", &fifth), exact("0.05"));
    assert_eq!(text(Some("our-gateway"), "openai/gpt-5-mini", &fifth), estimate("0.05"));
    assert_eq!(
        text(Some("openrouter"), "anthropic/claude-sonnet-4.5", &usage(100_000, 0)),
        estimate("0.3")
    );
    assert_eq!(text(None, "no-such-model-anywhere", &fifth), None);
    assert_eq!(text(None, "", &fifth), None);
}

#[test]
fn embeddings_have_no_output() {
    let call = Usage { input: Some(8), ..Usage::default() };
    // text-embedding-3-small: 0.02 per million.
    assert_eq!(text(Some("openai"), "text-embedding-3-small", &call), exact("0.00000016"));
}

#[test]
fn without_tokens_there_is_no_cost_and_zero_tokens_cost_zero() {
    assert_eq!(text(Some("openai"), "gpt-5-mini", &Usage::default()), None);
    let total = Usage { total: Some(5), ..Usage::default() };
    assert_eq!(text(Some("openai"), "gpt-5-mini", &total), None);
    assert_eq!(text(Some("openai"), "gpt-5-mini", &usage(0, 0)), exact("0"));
}

#[test]
fn sub_counts_larger_than_their_whole_are_cut() {
    let odd = Usage {
        cache_read: Some(500),
        cache_write: Some(500),
        cache_write_1h: Some(900),
        reasoning: Some(50),
        audio_output: Some(50),
        ..usage(100, 10)
    };
    // 100 read at 0.025, 10 reasoning at 2.
    assert_eq!(text(Some("openai"), "gpt-5-mini", &odd), exact("0.0000225"));
}

fn own(model: &str, provider: Option<&str>, from_nanos: Option<i64>, input: &str) -> PriceRow {
    PriceRow {
        model: model.to_owned(),
        provider: provider.map(str::to_owned),
        mode: String::new(),
        from_nanos,
        rates: Rates { input: Rate::from_usd_per_million(input).unwrap(), ..Rates::default() },
        shipped: false,
    }
}

#[test]
fn own_prices_go_first_and_hold_from_their_date() {
    let table = PriceTable::with_overrides(vec![
        own("gpt-5-mini", None, Some(1_000), "7"),
        own("gpt-5-mini", None, Some(2_000), "8"),
        own("gpt-5-mini", Some("azure"), None, "9"),
        own("In-House", None, None, "1"),
    ]);
    let million = Usage { input: Some(100_000), ..Usage::default() };
    let at =
        |provider, model, at| table.cost(provider, model, &million, at).unwrap().total.to_string();
    assert_eq!(at(Some("openai"), "gpt-5-mini", 999), "0.025");
    assert_eq!(at(Some("openai"), "gpt-5-mini", 1_000), "0.7");
    assert_eq!(at(Some("openai"), "gpt-5-mini-2025-08-07", 2_500), "0.8");
    assert_eq!(at(Some("azure.ai.openai"), "gpt-5-mini", 2_500), "0.9");
    assert_eq!(at(None, "gateway/in-house", 0), "0.1");
}

#[test]
fn the_version_follows_the_content() {
    let shipped = PriceTable::shipped().version();
    let one = PriceTable::with_overrides(vec![own("a", None, None, "1")]).version();
    let other = PriceTable::with_overrides(vec![own("a", None, None, "2")]).version();
    assert_eq!(shipped, 20_261_120);
    assert_ne!(one, shipped);
    assert_ne!(one, other);
    assert_eq!(one, PriceTable::with_overrides(vec![own("a", None, None, "1")]).version());
}

#[test]
fn rates_are_written_per_million() {
    let rates = Rates { input: Rate(250_000_000_000), ..Rates::default() };
    let json = serde_json::to_value(rates).unwrap();
    assert_eq!(json["input"], "0.25");
    assert_eq!(json["output"], serde_json::Value::Null);
    let back: Rates = serde_json::from_str(r#"{"input":"0.25","output":"1.5e0"}"#).unwrap();
    assert_eq!(back.output, Some(Rate(1_500_000_000_000)));
    assert!(serde_json::from_str::<Rates>(r#"{"input":"-1"}"#).is_err());
}

#[test]
fn the_memo_stays_bounded() {
    let table = PriceTable::shipped();
    for number in 0..MEMO_MAX * 2 {
        table.rates(None, &format!("made-up-{number}x"), 0);
    }
    let held: usize = table.memo.read().unwrap().values().map(HashMap::len).sum();
    assert!(held <= MEMO_MAX);
}
