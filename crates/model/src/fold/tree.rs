//! Attributes as a tree whose leaves know their age.

use std::cmp::Ordering;
use std::collections::BTreeMap;

use super::order;
use crate::source::PartAge;
use crate::value::{Attributes, Value};

/// One object: the attributes of a span, or an object inside them.
pub(super) struct Tree<'a>(BTreeMap<&'a str, Node<'a>>);

enum Node<'a> {
    Leaf(PartAge, &'a Value),
    /// With the value as sent, as long as nothing different was joined to it.
    Object(Tree<'a>, Option<&'a Value>),
}

impl<'a> Tree<'a> {
    /// Of a key that stands twice the last value holds, as in every look-up.
    pub(super) fn of(
        attributes: &'a [(String, Value)],
        path: &mut Vec<&'a str>,
        age: &impl Fn(&[&str]) -> PartAge,
    ) -> Tree<'a> {
        let mut tree = BTreeMap::new();
        for (key, value) in attributes {
            path.push(key);
            let node = match value {
                Value::Map(entries) => Node::Object(Tree::of(entries, path, age), Some(value)),
                leaf => Node::Leaf(age(path), leaf),
            };
            tree.insert(key.as_str(), node);
            path.pop();
        }
        Tree(tree)
    }

    pub(super) fn join(mut self, other: Tree<'a>) -> Tree<'a> {
        for (key, theirs) in other.0 {
            let joined = match self.0.remove(key) {
                Some(ours) => ours.join(theirs),
                None => theirs,
            };
            self.0.insert(key, joined);
        }
        self
    }

    /// The text under a key of the top level.
    pub(super) fn text(&self, key: &str) -> Option<&'a str> {
        match self.0.get(key) {
            Some(Node::Leaf(_, value)) => value.as_str(),
            _ => None,
        }
    }

    pub(super) fn remove(&mut self, key: &str) {
        self.0.remove(key);
    }

    /// Sorted by key; tells `dated` each leaf's age and path.
    pub(super) fn into_attributes(
        self,
        path: &mut Vec<String>,
        dated: &mut impl FnMut(PartAge, Vec<String>),
    ) -> Attributes {
        let mut attributes = Attributes::with_capacity(self.0.len());
        for (key, node) in self.0 {
            path.push(key.to_owned());
            let value = match node {
                Node::Leaf(age, value) => {
                    dated(age, path.clone());
                    value.clone()
                }
                Node::Object(tree, sent) => {
                    let joined = tree.into_attributes(path, dated);
                    sent.cloned().unwrap_or(Value::Map(joined))
                }
            };
            attributes.push((key.to_owned(), value));
            path.pop();
        }
        attributes
    }
}

impl<'a> Node<'a> {
    /// An object beats a plain value and a plain value an empty one, whatever their age:
    /// else what a beaten one had hidden would depend on the order of arrival.
    fn join(self, other: Node<'a>) -> Node<'a> {
        match (self, other) {
            (Node::Object(ours, sent), Node::Object(theirs, resent)) => {
                let same = |sent: &&Value| {
                    resent.is_some_and(|resent| order::values(sent, resent).is_eq())
                };
                Node::Object(ours.join(theirs), sent.filter(same))
            }
            (object @ Node::Object(..), _) | (_, object @ Node::Object(..)) => object,
            (Node::Leaf(age, value), Node::Leaf(other_age, other)) => {
                let order = (*value != Value::Empty)
                    .cmp(&(*other != Value::Empty))
                    .then(age.cmp(&other_age))
                    .then_with(|| order::values(value, other));
                match order {
                    Ordering::Less => Node::Leaf(other_age, other),
                    _ => Node::Leaf(age, value),
                }
            }
        }
    }
}
