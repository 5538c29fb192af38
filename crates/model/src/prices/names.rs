//! The forms under which one model's name is looked up.
//!
//! Senders write the same model as `gpt-5-mini`, `openai/gpt-5-mini`,
//! `models/gemini-2.5-pro`, `bedrock/us.anthropic.claude-sonnet-4-5-20250929-v1:0` or
//! `gpt-5-mini-2026-08-01`. A name is stripped step by step; every intermediate form is a
//! candidate, those with fewer strips first.

/// A candidate and how far it is from the name as written.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct Form {
    /// Steps taken; a date weighs more than any prefix.
    pub(super) distance: u8,
    /// Lower-case name.
    pub(super) text: String,
}

/// Weight of a stripped date, above every sum of prefix strips.
const DATE_DISTANCE: u8 = 16;

/// Path segments looked into; deeper names are matched on their end only.
const SEGMENTS_MAX: usize = 6;

const REGIONS: [&str; 11] =
    ["us", "eu", "apac", "ap", "au", "jp", "ca", "sa", "global", "us-gov", "us-gov-west-1"];

/// Every form of `name`, nearest first.
pub(super) fn forms(name: &str) -> Vec<Form> {
    let name = name.trim().to_lowercase();
    let mut found: Vec<Form> = Vec::new();
    let mut add = |distance: u8, text: &str| {
        if !text.is_empty() && !found.iter().any(|form| form.text == text) {
            found.push(Form { distance, text: text.to_owned() });
        }
    };
    for (distance, stem) in prefix_forms(&name) {
        add(distance, stem);
        let bare = without_revision(stem);
        if bare != stem {
            add(distance + 1, bare);
        }
        let undated = without_date(bare);
        if undated != bare {
            add(distance + DATE_DISTANCE, undated);
        }
    }
    found.sort();
    found
}

/// `name` behind each of its path segments, then without region and maker.
fn prefix_forms(name: &str) -> Vec<(u8, &str)> {
    let mut stems = vec![(0, name)];
    let segments: Vec<usize> = name.match_indices('/').map(|(place, _)| place + 1).collect();
    let skipped = segments.len().saturating_sub(SEGMENTS_MAX);
    for (step, place) in segments.iter().skip(skipped).enumerate() {
        stems.push((step as u8 + 1, &name[*place..]));
    }
    let (distance, last) = stems[stems.len() - 1];
    let mut distance = distance;
    let mut rest = last;
    for strip in [without_region, without_maker] {
        let next = strip(rest);
        if next != rest {
            distance += 1;
            rest = next;
            stems.push((distance, rest));
        }
    }
    // A fine-tuned model `ft:BASE:organisation::id` is priced as `ft:BASE`.
    if let Some(tuned) = rest.strip_prefix("ft:")
        && let Some(end) = tuned.find(':')
    {
        stems.push((distance + 1, &rest[..3 + end]));
    }
    stems
}

fn without_region(name: &str) -> &str {
    match name.split_once('.') {
        Some((head, rest)) if REGIONS.contains(&head) => rest,
        _ => name,
    }
}

/// `anthropic.claude-...` to `claude-...`; `gpt-4.1` stays.
fn without_maker(name: &str) -> &str {
    match name.split_once('.') {
        Some((head, rest))
            if head == "ai21"
                || (head.len() > 1 && head.bytes().all(|b| b.is_ascii_lowercase())) =>
        {
            rest
        }
        _ => name,
    }
}

/// Without Bedrock's `-v1:0`, Vertex' `@default` and `-latest`.
fn without_revision(name: &str) -> &str {
    for suffix in ["@default", "@latest", "-latest"] {
        if let Some(bare) = name.strip_suffix(suffix) {
            return bare;
        }
    }
    let Some((head, minor)) = name.rsplit_once(':') else { return name };
    let Some((bare, major)) = head.rsplit_once("-v") else { return name };
    if is_digits(minor) && is_digits(major) { bare } else { name }
}

/// Without a date or numbered release at the end: `-2026-08-01`, `-20250929`,
/// `@20250929`, `-12-2025`, `-0613`, `-001`.
fn without_date(name: &str) -> &str {
    const SHAPES: [&str; 8] =
        ["-9999-99-99", "-99999999", "@99999999", "-99-9999", "-9999", "@9999", "-099", "@099"];
    SHAPES
        .iter()
        .find(|shape| ends_in_shape(name, shape))
        .map_or(name, |shape| &name[..name.len() - shape.len()])
}

/// `9` in the shape is any digit, everything else itself.
fn ends_in_shape(name: &str, shape: &str) -> bool {
    let (name, shape) = (name.as_bytes(), shape.as_bytes());
    name.len() > shape.len()
        && name[name.len() - shape.len()..].iter().zip(shape).all(|(letter, want)| {
            if *want == b'9' { letter.is_ascii_digit() } else { letter == want }
        })
}

fn is_digits(text: &str) -> bool {
    !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_digit())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn texts(name: &str) -> Vec<String> {
        forms(name).into_iter().map(|form| form.text).collect()
    }

    #[test]
    fn prefixes_go_one_by_one_and_dates_last() {
        assert_eq!(texts("gpt-5-mini"), ["gpt-5-mini"]);
        assert_eq!(texts("GPT-5-mini-2026-08-01"), ["gpt-5-mini-2026-08-01", "gpt-5-mini"]);
        assert_eq!(texts("models/gemini-2.5-pro"), ["models/gemini-2.5-pro", "gemini-2.5-pro"]);
        assert_eq!(
            texts("bedrock/us.anthropic.claude-sonnet-4-5-20250929-v1:0"),
            [
                "bedrock/us.anthropic.claude-sonnet-4-5-20250929-v1:0",
                "bedrock/us.anthropic.claude-sonnet-4-5-20250929",
                "us.anthropic.claude-sonnet-4-5-20250929-v1:0",
                "anthropic.claude-sonnet-4-5-20250929-v1:0",
                "us.anthropic.claude-sonnet-4-5-20250929",
                "anthropic.claude-sonnet-4-5-20250929",
                "claude-sonnet-4-5-20250929-v1:0",
                "claude-sonnet-4-5-20250929",
                "bedrock/us.anthropic.claude-sonnet-4-5",
                "us.anthropic.claude-sonnet-4-5",
                "anthropic.claude-sonnet-4-5",
                "claude-sonnet-4-5",
            ]
        );
        assert_eq!(texts("claude-sonnet-4-5@20250929").last().unwrap(), "claude-sonnet-4-5");
        assert_eq!(texts("gpt-4.1"), ["gpt-4.1"]);
        assert_eq!(texts("llama-3.1-405b"), ["llama-3.1-405b"]);
        assert_eq!(
            texts("ft:gpt-4o-2024-08-06:acme::abc123")[1..],
            ["ft:gpt-4o-2024-08-06".to_owned(), "ft:gpt-4o".to_owned()]
        );
    }

    #[test]
    fn hostile_names_stay_bounded() {
        assert!(forms(&"a/".repeat(10_000)).len() <= 2 * SEGMENTS_MAX + 4);
        assert!(texts("").is_empty());
        assert!(texts("   ").is_empty());
        assert!(!texts("ä/ö-2024-01-01").is_empty());
    }
}
