//! Bloom filters over the tokens of texts: what they rule out need not be read.
//!
//! A filter is a byte with the number of probes and then bits, six for each distinct token: about
//! one token in eighteen that is not there seems to be. More bits would weigh more than they
//! save: what a filter lets through by mistake is only read for nothing.

use clew_model::span::Span;
use clew_query::each_token;

use super::text::each_text;

const BITS_A_TOKEN: f64 = 6.0;
const PROBES: u8 = 4;
/// Bits of the map by which distinct tokens are estimated.
const ESTIMATE_BITS: usize = 1 << 16;

/// The filter of a chunk: names, ids and errors of its spans, and their short texts.
pub(crate) fn of_chunk(spans: &[Span], texts: &mut dyn Iterator<Item = &str>) -> Vec<u8> {
    let mut builder = Builder::default();
    for span in spans {
        builder.add(&span.name);
        builder.add(&span.span_id.to_string());
        for text in [&span.tool_name, &span.display_name].into_iter().flatten() {
            builder.add(text);
        }
        if let Some(error) = &span.error {
            builder.add(&error.kind);
            builder.add(&error.message);
        }
    }
    texts.for_each(|text| builder.add_text(text));
    builder.build()
}

/// The filter of a block of texts.
pub(crate) fn of_block(texts: &mut dyn Iterator<Item = &str>) -> Vec<u8> {
    let mut builder = Builder::default();
    texts.for_each(|text| builder.add_text(text));
    builder.build()
}

#[derive(Default)]
struct Builder {
    hashes: Vec<u64>,
}

impl Builder {
    /// A text that may be JSON.
    fn add_text(&mut self, text: &str) {
        each_text(text, &mut |piece| self.add(piece));
    }

    fn add(&mut self, piece: &str) {
        each_hash(piece, &mut |hash| self.hashes.push(hash));
    }

    fn build(self) -> Vec<u8> {
        let distinct = estimate(&self.hashes);
        let bytes = ((distinct * BITS_A_TOKEN / 8.0).ceil() as usize).max(1);
        let mut filter = vec![0; bytes + 1];
        filter[0] = PROBES;
        let bits = bytes as u64 * 8;
        for hash in self.hashes {
            for bit in probes(hash, PROBES, bits) {
                filter[1 + (bit / 8) as usize] |= 1 << (bit % 8);
            }
        }
        filter
    }
}

/// How many of them are different, by counting how much of a map they fill.
fn estimate(hashes: &[u64]) -> f64 {
    let mut map = vec![0u64; ESTIMATE_BITS / 64];
    for hash in hashes {
        let bit = (hash >> 48) as usize;
        map[bit / 64] |= 1 << (bit % 64);
    }
    let filled: u32 = map.iter().map(|word| word.count_ones()).sum();
    let all = ESTIMATE_BITS as f64;
    let free = (all - f64::from(filled)).max(1.0);
    (all * (all / free).ln()).ceil()
}

fn probes(hash: u64, count: u8, bits: u64) -> impl Iterator<Item = u64> {
    let step = hash.rotate_left(32) | 1;
    (0..u64::from(count)).map(move |probe| {
        let mixed = hash.wrapping_add(step.wrapping_mul(probe));
        // The high half of the product: a number below `bits` without a division.
        ((u128::from(mixed) * u128::from(bits)) >> 64) as u64
    })
}

/// A token to ask filters for.
#[derive(Debug, Clone, Copy)]
pub(crate) struct TokenHash(u64);

impl TokenHash {
    /// `token` is one of [`clew_query::tokens`].
    pub(crate) fn new(token: &str) -> TokenHash {
        TokenHash(finish(token.bytes().fold(SEED, step)))
    }

    /// Whether the token may be among those of the filter. One that cannot be read holds
    /// everything.
    pub(crate) fn may_be_in(self, filter: &[u8]) -> bool {
        let Some((count, bits)) = filter.split_first() else { return true };
        if *count == 0 || *count > 16 || bits.is_empty() {
            return true;
        }
        let length = bits.len() as u64 * 8;
        probes(self.0, *count, length).all(|bit| bits[(bit / 8) as usize] & 1 << (bit % 8) != 0)
    }
}

const SEED: u64 = 0xcbf2_9ce4_8422_2325;

fn step(hash: u64, byte: u8) -> u64 {
    (hash ^ u64::from(byte)).wrapping_mul(0x0000_0100_0000_01b3)
}

fn finish(hash: u64) -> u64 {
    let hash = (hash ^ hash >> 33).wrapping_mul(0xff51_afd7_ed55_8ccd);
    let hash = (hash ^ hash >> 33).wrapping_mul(0xc4ce_b9fe_1a85_ec53);
    hash ^ hash >> 33
}

/// The hash of each token. ASCII, which most text is, is read byte by byte without a copy.
fn each_hash(piece: &str, visit: &mut dyn FnMut(u64)) {
    if !piece.is_ascii() {
        return each_token(piece, |token| visit(TokenHash::new(token).0));
    }
    let mut hash = SEED;
    let mut is_inside = false;
    for byte in piece.bytes() {
        if byte.is_ascii_alphanumeric() {
            hash = step(hash, byte.to_ascii_lowercase());
            is_inside = true;
        } else if is_inside {
            visit(finish(hash));
            (hash, is_inside) = (SEED, false);
        }
    }
    if is_inside {
        visit(finish(hash));
    }
}

#[cfg(test)]
mod tests {
    use clew_query::tokens;

    use super::*;
    use crate::embedded::rows::fixture::tool;

    fn holds(filter: &[u8], token: &str) -> bool {
        TokenHash::new(token).may_be_in(filter)
    }

    #[test]
    fn what_was_put_in_is_there() {
        let mut texts = [
            "Refund-Policy for 42 days",
            r#"[{"role":"user","content":"Caf\u00e9 in K\u00f6ln\nORDER 12345"}]"#,
            "検索エラー",
        ]
        .into_iter();
        let filter = of_block(&mut texts);
        for word in ["refund", "policy", "42", "café", "köln", "order", "12345", "索エ"] {
            assert!(holds(&filter, word), "{word}");
        }
        let absent = ["parcel", "Refund", "caf", "content"];
        assert!(absent.iter().filter(|word| holds(&filter, word)).count() < 3);
    }

    #[test]
    fn a_chunk_knows_names_ids_and_errors() {
        let mut span = tool(1, 7, "delete_user");
        span.name = "execute_tool".to_owned();
        span.error = Some(clew_model::span::SpanError {
            kind: "TimeoutError".to_owned(),
            message: "after 3s".to_owned(),
        });
        let filter = of_chunk(&[span], &mut ["Unmapped value"].into_iter());
        for word in
            ["delete", "user", "execute", "0707070707070707", "timeouterror", "3s", "unmapped"]
        {
            assert!(holds(&filter, word), "{word}");
        }
    }

    #[test]
    fn hashes_are_those_of_the_query_languages_tokens() {
        for text in ["Delete_user(42), x-1", "naïve Ünicode", "GPT検索 東 x", "", "…"] {
            let mut found = Vec::new();
            each_hash(text, &mut |hash| found.push(hash));
            let wanted: Vec<u64> =
                tokens(text).iter().map(|token| TokenHash::new(token).0).collect();
            assert_eq!(found, wanted, "{text}");
        }
    }

    #[test]
    fn one_absent_token_in_eighteen_or_so_seems_to_be_there() {
        let text: String = (0..5_000).map(|number| format!("in{number} ")).collect();
        let filter = of_block(&mut [text.as_str(), text.as_str()].into_iter());
        // Six bits for each of 5,000 different tokens, however often each stands there.
        assert!((3_700..3_950).contains(&filter.len()), "{}", filter.len());
        assert!((0..5_000).all(|number| holds(&filter, &format!("in{number}"))));
        let wrong = (0..10_000).filter(|number| holds(&filter, &format!("out{number}"))).count();
        assert!((300..800).contains(&wrong), "{wrong}");
    }

    #[test]
    fn a_filter_that_cannot_be_read_rules_nothing_out() {
        for filter in [&[][..], &[4], &[0, 0, 0], &[99, 0]] {
            assert!(holds(filter, "anything"));
        }
        assert!(!holds(&of_block(&mut [].into_iter()), "anything"));
    }
}
