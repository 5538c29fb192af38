//! Texts of a trace: names are kept once however many spans say them.

use std::sync::Arc;

use super::hash::Map;
use super::node::push;

/// A text's number; [`NO_TEXT`] where there is none.
pub(super) type TextId = u32;
pub(super) const NO_TEXT: TextId = u32::MAX;
/// There is a text, which the state's owner has at hand.
pub(super) const ELSEWHERE: TextId = u32::MAX - 1;

#[derive(Debug, Default)]
pub(super) struct Texts {
    slots: Vec<Slot>,
    numbers: Map<Arc<str>, TextId>,
    free: Vec<TextId>,
    bytes: usize,
}

#[derive(Debug)]
struct Slot {
    text: Arc<str>,
    uses: u32,
    /// It stands in the map.
    shared: bool,
}

impl Texts {
    /// The number of a text, counted as used once more. `recent` is the number that is
    /// likely: most spans say of themselves what the one before did.
    pub(super) fn keep_like(&mut self, recent: TextId, text: Option<&str>) -> TextId {
        match (self.slots.get_mut(recent as usize), text) {
            (Some(slot), Some(text)) if slot.shared && *slot.text == *text => {
                slot.uses += 1;
                recent
            }
            _ => self.keep(text),
        }
    }

    /// The number of a text, counted as used once more.
    pub(super) fn keep(&mut self, text: Option<&str>) -> TextId {
        let Some(text) = text else { return NO_TEXT };
        if let Some(number) = self.numbers.get(text) {
            self.slots[*number as usize].uses += 1;
            return *number;
        }
        let text: Arc<str> = text.into();
        let number = self.put(Slot { text: Arc::clone(&text), uses: 1, shared: true });
        self.numbers.insert(text, number);
        number
    }

    /// Counts a text as used once more.
    pub(super) fn keep_again(&mut self, number: TextId) {
        if let Some(slot) = self.slots.get_mut(number as usize) {
            slot.uses += 1;
        }
    }

    /// The number of a text that no other span is likely to say.
    pub(super) fn keep_alone(&mut self, text: Option<&str>) -> TextId {
        let Some(text) = text else { return NO_TEXT };
        self.put(Slot { text: text.into(), uses: 1, shared: false })
    }

    fn put(&mut self, slot: Slot) -> TextId {
        self.bytes += slot.text.len();
        match self.free.pop() {
            Some(number) => {
                self.slots[number as usize] = slot;
                number
            }
            None => {
                push(&mut self.slots, slot);
                (self.slots.len() - 1) as TextId
            }
        }
    }

    /// Takes back one [`Texts::keep`].
    pub(super) fn release(&mut self, number: TextId) {
        let Some(slot) = self.slots.get_mut(number as usize) else { return };
        slot.uses -= 1;
        if slot.uses == 0 {
            let text = std::mem::replace(&mut slot.text, Arc::from(""));
            self.bytes -= text.len();
            if std::mem::take(&mut slot.shared) {
                self.numbers.remove(&text);
            }
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
        // What the allocator and the count take.
        const PER_TEXT: usize = 32;
        self.bytes
            + self.slots.len() * PER_TEXT
            + self.slots.capacity() * size_of::<Slot>()
            + self.numbers.capacity() * 28
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
        texts.release(ELSEWHERE);
    }

    #[test]
    fn a_text_may_stand_alone() {
        let mut texts = Texts::default();
        let (one, two) = (texts.keep_alone(Some("a")), texts.keep_alone(Some("a")));
        let shared = texts.keep(Some("a"));
        assert!(one != two && two != shared);
        texts.release(one);
        assert_eq!(texts.keep(Some("a")), shared);
        assert_eq!(texts.keep_like(shared, Some("a")), shared);
        assert_eq!(texts.keep_like(two, Some("a")), shared, "lists tell names by number");
        let other = texts.keep_like(shared, Some("b"));
        assert_eq!((other, texts.get(other)), (one, Some("b")), "in the free place");
    }
}
