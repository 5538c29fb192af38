//! Lists of JSON within the byte budget of an answer (design, rule 8). What does not fit
//! is not cut: the list ends before it and the answer has a cursor.

use serde::Serialize;

use crate::error::ApiError;
use crate::trouble::fault;

/// A JSON array that is being written.
#[derive(Debug)]
pub(crate) struct List {
    text: Vec<u8>,
    count: usize,
    max_bytes: usize,
}

impl List {
    /// An empty list that may grow to `max_bytes`.
    pub(crate) fn new(max_bytes: usize) -> Self {
        Self { text: vec![b'['], count: 0, max_bytes }
    }

    /// Adds an item; false: it does not fit and is not in. The first one always fits, or
    /// a page could make no progress.
    pub(crate) fn push(&mut self, item: &impl Serialize) -> Result<bool, ApiError> {
        let before = self.text.len();
        if self.count > 0 {
            self.text.push(b',');
        }
        serde_json::to_writer(&mut self.text, item).map_err(fault)?;
        if self.text.len() > self.max_bytes && self.count > 0 {
            self.text.truncate(before);
            return Ok(false);
        }
        self.count += 1;
        Ok(true)
    }

    /// Items in it.
    pub(crate) fn len(&self) -> usize {
        self.count
    }

    /// `{"name":[...],` and the fields of `rest`, an object.
    pub(crate) fn into_object(
        mut self,
        name: &str,
        rest: &serde_json::Value,
    ) -> Result<Vec<u8>, ApiError> {
        self.text.push(b']');
        let mut object = format!("{{\"{name}\":").into_bytes();
        object.append(&mut self.text);
        let rest = serde_json::to_vec(rest).map_err(fault)?;
        match rest.as_slice() {
            [b'{', b'}'] | [] => object.push(b'}'),
            [_, fields @ ..] => {
                object.push(b',');
                object.extend_from_slice(fields);
            }
        }
        Ok(object)
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn a_full_list_ends_before_what_does_not_fit() {
        let mut list = List::new(12);
        assert!(list.push(&"a long first item").unwrap());
        assert!(!list.push(&"b").unwrap());
        let text = list.into_object("items", &json!({"next_cursor": "1"})).unwrap();
        let text = String::from_utf8(text).unwrap();
        assert_eq!(text, r#"{"items":["a long first item"],"next_cursor":"1"}"#);
    }

    #[test]
    fn an_empty_list_is_one() {
        let text = List::new(9).into_object("items", &json!({})).unwrap();
        assert_eq!(text, br#"{"items":[]}"#);
    }
}
