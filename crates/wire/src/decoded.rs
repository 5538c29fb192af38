//! What came out of a request, and the sink that collects it.

use std::collections::BTreeMap;
use std::sync::Arc;

use clew_model::attachment::NewAttachment;
use clew_model::label::Label;
use clew_model::source::{Resource, RunEvent, Scope, SourceSpan};

use crate::fault::{Fault, Parsed, Reach, WireError};
use crate::limits::Limits;

/// What came out of one request.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct Decoded {
    /// Spans and parts of spans, in the order of the request.
    pub spans: Vec<SourceSpan>,
    /// Events of runs that name no span.
    pub run_events: Vec<RunEvent>,
    /// What is said about whole runs ([`SourceSpan::note`]).
    pub notes: Vec<SourceSpan>,
    /// Scores and feedback that came along.
    pub labels: Vec<Label>,
    /// Files, images and sound that came along.
    pub attachments: Vec<NewAttachment>,
    /// The first rejected items ([`Limits::reasons_kept`]).
    pub rejected: Vec<Rejected>,
    /// All rejected items: spans, log records, data points or events.
    pub rejected_count: u64,
    /// Items taken or knowingly ignored.
    pub accepted_count: u64,
    /// Accepted items that say nothing about an agent, by reason.
    pub ignored: BTreeMap<String, u64>,
    /// Texts that were no UTF-8 and carry U+FFFD now.
    pub replaced_texts: u64,
}

/// An item that was refused, and why.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Rejected {
    /// Its place in the request, such as `resourceSpans[0].scopeSpans[0].spans[3]`.
    pub what: String,
    /// Field, reason and byte.
    pub reason: String,
}

impl Decoded {
    /// One line for a partial success, `None` where nothing was rejected.
    pub fn partial_message(&self) -> Option<String> {
        let first = self.rejected.first()?;
        let more = match self.rejected_count {
            0 | 1 => String::new(),
            count => format!(" (and {} more)", count - 1),
        };
        Some(format!("{}: {}{more}", first.what, first.reason))
    }

    /// Adds to every span's resource what was said beside the body, such as a project in a
    /// header. Resources stay shared.
    pub fn add_to_resources(&mut self, key: &str, value: &str) {
        let mut changed: Vec<(Arc<Resource>, Arc<Resource>)> = Vec::new();
        for span in &mut self.spans {
            let known = changed.iter().find(|(old, _)| Arc::ptr_eq(old, &span.resource));
            if let Some((_, new)) = known {
                span.resource = Arc::clone(new);
                continue;
            }
            let old = Arc::clone(&span.resource);
            Arc::make_mut(&mut span.resource).attributes.push((key.to_owned(), value.into()));
            changed.push((old, Arc::clone(&span.resource)));
        }
    }
}

/// An item that stands under a resource and a scope, which may come after it.
pub(crate) trait Placed {
    fn set_resource(&mut self, resource: &Arc<Resource>);
    fn set_scope(&mut self, scope: &Arc<Scope>);
    /// How many items of the protocol's own counting this is (a metric has data points).
    fn weight(&self) -> u64 {
        1
    }
}

impl Placed for SourceSpan {
    fn set_resource(&mut self, resource: &Arc<Resource>) {
        self.resource = Arc::clone(resource);
    }

    fn set_scope(&mut self, scope: &Arc<Scope>) {
        self.scope = Arc::clone(scope);
    }
}

/// Bytes of a joined key that count as one value, which needs about as many.
const JOINED_BYTES_PER_VALUE: usize = 64;

/// Limits and tallies that decoding of values needs.
pub(crate) struct Tally {
    pub(crate) limits: Limits,
    values_left: usize,
    pub(crate) replaced_texts: u64,
}

impl Tally {
    pub(crate) fn new(limits: &Limits) -> Self {
        Tally { limits: *limits, values_left: limits.values_per_request, replaced_texts: 0 }
    }

    /// Takes one value from the request's budget.
    #[inline]
    pub(crate) fn take_value(&mut self) -> Parsed<()> {
        self.take_values(1)
    }

    /// Takes an event or a link, which need the room of a few values.
    #[inline]
    pub(crate) fn take_record(&mut self) -> Parsed<()> {
        self.take_values(3)
    }

    #[inline]
    fn take_values(&mut self, count: usize) -> Parsed<()> {
        match self.values_left.checked_sub(count) {
            Some(left) => {
                self.values_left = left;
                Ok(())
            }
            None => Err(Fault::content(format!(
                "the request has more than {} attribute values",
                self.limits.values_per_request
            ))),
        }
    }

    /// Takes a key that is put together from the names of nested objects. Few bytes of a
    /// request make many long ones, so that each costs the room that it needs.
    pub(crate) fn take_joined_key(&mut self, length: usize) -> Parsed<()> {
        self.check_bytes(length, self.limits.key_bytes)?;
        self.take_values(length / JOINED_BYTES_PER_VALUE)
    }

    /// Checks that one more attribute fits beside `count` others.
    #[inline]
    pub(crate) fn check_attributes(&self, count: usize) -> Parsed<()> {
        self.check(count, self.limits.attributes_per_item, "attributes")
    }

    /// Checks that one more of `what` fits beside `count` others.
    #[inline]
    pub(crate) fn check(&self, count: usize, limit: usize, what: &str) -> Parsed<()> {
        if count < limit {
            Ok(())
        } else {
            Err(Fault::content(format!("more than {limit} {what}")))
        }
    }

    /// Checks the length of a key or a name.
    #[inline]
    pub(crate) fn check_bytes(&self, length: usize, limit: usize) -> Parsed<()> {
        if length <= limit {
            Ok(())
        } else {
            Err(Fault::content(format!("has {length} bytes, at most {limit} are taken")))
        }
    }
}

/// Collects the items of a request and the reasons of those that are refused.
pub(crate) struct Sink<T> {
    pub(crate) items: Vec<T>,
    pub(crate) tally: Tally,
    seen: usize,
    rejected: Vec<Rejected>,
    rejected_count: u64,
    first_misshapen: Option<Box<Fault>>,
}

impl<T: Placed> Sink<T> {
    pub(crate) fn new(limits: &Limits) -> Self {
        Sink {
            items: Vec::new(),
            tally: Tally::new(limits),
            seen: 0,
            rejected: Vec::new(),
            rejected_count: 0,
            first_misshapen: None,
        }
    }

    /// Counts an item in; an error where the request has too many.
    pub(crate) fn admit(&mut self) -> Parsed<()> {
        self.seen += 1;
        if self.seen <= self.tally.limits.items_per_request {
            return Ok(());
        }
        Err(Fault::content(format!(
            "the request has more than {} items",
            self.tally.limits.items_per_request
        )))
    }

    /// Notes a refused item.
    #[cold]
    pub(crate) fn reject(&mut self, what: String, fault: Box<Fault>) {
        self.reject_many(what, 1, fault);
    }

    #[cold]
    fn reject_many(&mut self, what: String, count: u64, fault: Box<Fault>) {
        self.rejected_count += count;
        if self.rejected.len() < self.tally.limits.reasons_kept {
            self.rejected.push(Rejected { what: what.clone(), reason: fault.reason() });
        }
        if fault.reach != Reach::Content && self.first_misshapen.is_none() {
            self.first_misshapen = Some(fault.within(&what));
        }
    }

    /// Hands the resource to the items from `first` on; where it is refused, they are too.
    pub(crate) fn place_resource(
        &mut self,
        first: usize,
        what: impl Fn() -> String,
        resource: Parsed<Resource>,
    ) -> Parsed<()> {
        match resource {
            Ok(resource) if self.items.len() > first => {
                let shared = Arc::new(resource);
                self.items[first..].iter_mut().for_each(|item| item.set_resource(&shared));
                Ok(())
            }
            Ok(_) => Ok(()),
            Err(fault) => self.refuse_from(first, what(), fault),
        }
    }

    /// As [`Sink::place_resource`], for the scope.
    pub(crate) fn place_scope(
        &mut self,
        first: usize,
        what: impl Fn() -> String,
        scope: Parsed<Scope>,
    ) -> Parsed<()> {
        match scope {
            Ok(scope) if self.items.len() > first => {
                let shared = Arc::new(scope);
                self.items[first..].iter_mut().for_each(|item| item.set_scope(&shared));
                Ok(())
            }
            Ok(_) => Ok(()),
            Err(fault) => self.refuse_from(first, what(), fault),
        }
    }

    #[cold]
    fn refuse_from(&mut self, first: usize, what: String, fault: Box<Fault>) -> Parsed<()> {
        if fault.reach == Reach::Body {
            return Err(fault.within(&what));
        }
        let count = self.items.drain(first..).map(|item| item.weight()).sum();
        self.reject_many(what, count, fault);
        Ok(())
    }

    /// The items and the tallies; an error where nothing at all had the right shape.
    pub(crate) fn finish(self) -> Result<(Vec<T>, Decoded), WireError> {
        if self.items.is_empty()
            && let Some(fault) = self.first_misshapen
        {
            return Err(fault.into());
        }
        let decoded = Decoded {
            rejected: self.rejected,
            rejected_count: self.rejected_count,
            accepted_count: self.items.iter().map(Placed::weight).sum(),
            replaced_texts: self.tally.replaced_texts,
            ..Decoded::default()
        };
        Ok((self.items, decoded))
    }
}
