//! Keeps the texts of one answer within a number of bytes: the longest are cut first, and
//! what is cut says so at its end.

/// No text is cut shorter than this, whatever the budget.
const SHORTEST_BYTES: usize = 256;

/// Texts of one answer. They are cut while they come in, so that a trace of any size
/// passes through a bounded memory.
#[derive(Debug)]
pub(super) struct Clipper {
    budget_bytes: usize,
    longest_bytes: usize,
    held_bytes: usize,
    texts: Vec<Text>,
}

#[derive(Debug)]
struct Text {
    kept: String,
    /// As JSON writes it.
    bytes: usize,
    /// Before any cut.
    whole_bytes: usize,
}

/// A text that was handed in.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Slot(usize);

/// A text as it may go out.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Clipped {
    pub(super) text: String,
    /// Bytes of the whole where it was cut.
    pub(super) whole_bytes: Option<usize>,
}

impl Clipper {
    pub(super) fn new(budget_bytes: usize) -> Self {
        Self {
            budget_bytes,
            longest_bytes: budget_bytes.max(SHORTEST_BYTES),
            held_bytes: 0,
            texts: Vec::new(),
        }
    }

    /// Takes a text.
    pub(super) fn keep(&mut self, text: String) -> Slot {
        let mut text = Text { bytes: json_bytes(&text), whole_bytes: text.len(), kept: text };
        text.cut(self.longest_bytes);
        self.held_bytes += text.bytes;
        self.texts.push(text);
        if self.held_bytes > self.budget_bytes {
            self.tighten();
        }
        Slot(self.texts.len() - 1)
    }

    /// Gives a text out.
    pub(super) fn give(&mut self, slot: Slot) -> Clipped {
        let Some(text) = self.texts.get_mut(slot.0) else {
            return Clipped { text: String::new(), whole_bytes: None };
        };
        let mut kept = std::mem::take(&mut text.kept);
        let whole = text.whole_bytes;
        if kept.len() == whole {
            return Clipped { text: kept, whole_bytes: None };
        }
        kept.push_str(&format!("… [clipped: {} of {whole} bytes]", kept.len()));
        Clipped { text: kept, whole_bytes: Some(whole) }
    }

    /// Finds the length to which the longest must go, with some room to spare, or every
    /// further text would look through all of them again.
    fn tighten(&mut self) {
        let aim = self.budget_bytes / 4 * 3;
        let (mut low, mut high) = (SHORTEST_BYTES, self.longest_bytes);
        while low < high {
            let middle = (low + high).div_ceil(2);
            let held: usize = self.texts.iter().map(|text| text.bytes.min(middle)).sum();
            if held <= aim {
                low = middle;
            } else {
                high = middle - 1;
            }
        }
        self.longest_bytes = low;
        self.texts.iter_mut().for_each(|text| text.cut(low));
        self.held_bytes = self.texts.iter().map(|text| text.bytes).sum();
    }
}

impl Text {
    fn cut(&mut self, longest_bytes: usize) {
        if self.bytes <= longest_bytes {
            return;
        }
        let mut bytes = 0;
        let end = self.kept.char_indices().find_map(|(at, character)| {
            bytes += json_width(character);
            (bytes > longest_bytes).then_some(at)
        });
        let Some(end) = end else { return };
        self.kept.truncate(end);
        self.kept.shrink_to_fit();
        self.bytes = json_bytes(&self.kept);
    }
}

fn json_bytes(text: &str) -> usize {
    text.chars().map(json_width).sum()
}

fn json_width(character: char) -> usize {
    match character {
        '"' | '\\' | '\n' | '\r' | '\t' | '\u{8}' | '\u{c}' => 2,
        '\0'..='\u{1f}' => 6,
        _ => character.len_utf8(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_fits_is_whole() {
        let mut clipper = Clipper::new(1_000);
        let slot = clipper.keep("é".repeat(400));
        assert_eq!(clipper.give(slot), Clipped { text: "é".repeat(400), whole_bytes: None });
    }

    #[test]
    fn the_longest_is_cut_and_says_so() {
        let mut clipper = Clipper::new(10_000);
        let short = clipper.keep("s".repeat(300));
        let long = clipper.keep("é".repeat(10_000));
        let later = clipper.keep("l".repeat(300));
        assert_eq!(clipper.give(short).whole_bytes, None);
        assert_eq!(clipper.give(later).whole_bytes, None);
        let cut = clipper.give(long);
        assert_eq!(cut.whole_bytes, Some(20_000));
        assert!(cut.text.len() < 10_100);
        assert!(cut.text.contains("é… [clipped: "), "{}", &cut.text[cut.text.len() - 60..]);
        assert!(cut.text.ends_with(" of 20000 bytes]"));
    }

    #[test]
    fn many_texts_stay_within_the_budget_while_they_come() {
        let mut clipper = Clipper::new(100_000);
        let slots: Vec<Slot> = (0..200).map(|size| clipper.keep("\n".repeat(size * 100))).collect();
        assert!(clipper.held_bytes <= 100_000);
        let out: usize = slots.into_iter().map(|slot| json_bytes(&clipper.give(slot).text)).sum();
        assert!(out <= 100_000 + 200 * 48, "{out}");
    }
}
