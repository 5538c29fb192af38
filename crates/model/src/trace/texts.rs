//! Texts of a trace, each kept once however many spans say it.

use std::collections::HashMap;
use std::sync::Arc;

/// A text's number; [`NO_TEXT`] where there is none.
pub(super) type TextId = u32;
pub(super) const NO_TEXT: TextId = u32::MAX;

#[derive(Debug, Default)]
pub(super) struct Texts {
    slots: Vec<Slot>,
    numbers: HashMap<Arc<str>, TextId>,
    free: Vec<TextId>,
    bytes: usize,
}

#[derive(Debug)]
struct Slot {
    text: Arc<str>,
    uses: u32,
}

impl Texts {
    /// The number of a text, counted as used once more.
    pub(super) fn keep(&mut self, text: Option<&str>) -> TextId {
        let Some(text) = text else { return NO_TEXT };
        if let Some(number) = self.numbers.get(text) {
            self.slots[*number as usize].uses += 1;
            return *number;
        }
        let text: Arc<str> = text.into();
        self.bytes += text.len();
        let slot = Slot { text: Arc::clone(&text), uses: 1 };
        let number = match self.free.pop() {
            Some(number) => {
                self.slots[number as usize] = slot;
                number
            }
            None => {
                self.slots.push(slot);
                (self.slots.len() - 1) as TextId
            }
        };
        self.numbers.insert(text, number);
        number
    }

    /// Takes back one [`Texts::keep`].
    pub(super) fn release(&mut self, number: TextId) {
        let Some(slot) = self.slots.get_mut(number as usize) else { return };
        slot.uses -= 1;
        if slot.uses == 0 {
            let text = std::mem::replace(&mut slot.text, Arc::from(""));
            self.bytes -= text.len();
            self.numbers.remove(&text);
            self.free.push(number);
        }
    }

    pub(super) fn get(&self, number: TextId) -> Option<&str> {
        self.slots.get(number as usize).map(|slot| &*slot.text)
    }

    pub(super) fn owned(&self, number: TextId) -> Option<String> {
        self.get(number).map(str::to_owned)
    }

    /// Heap bytes, by estimate.
    pub(super) fn memory_bytes(&self) -> usize {
        const PER_TEXT: usize = 64;
        self.bytes + self.slots.capacity() * PER_TEXT
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_text_lives_as_long_as_it_is_used() {
        let mut texts = Texts::default();
        let one = texts.keep(Some("a"));
        assert_eq!(texts.keep(Some("a")), one);
        texts.release(one);
        assert_eq!(texts.get(one), Some("a"));
        texts.release(one);
        let two = texts.keep(Some("b"));
        assert_eq!((two, texts.get(two)), (one, Some("b")));
        assert_eq!(texts.keep(None), NO_TEXT);
        assert_eq!(texts.get(NO_TEXT), None);
        texts.release(NO_TEXT);
    }
}
