//! A stored trace as the evaluator sees it: columns are read when the filter asks for them.

use std::cell::{OnceCell, RefCell};
use std::rc::Rc;

use clew_model::ids::TraceId;
use clew_model::label::{Label, LabelTarget};
use clew_model::source::SourceSpan;
use clew_model::span::Status;
use clew_model::trace::Tree;
use clew_query::{
    Field, FieldRef, MILLIONTHS, Namespace, Row as FilterRow, Subject, Test, Value, billionths,
};
use rusqlite::{Connection, Row};

use super::names::Names;
use super::span_row::{SpanRow, json_holds};
use super::spans_of::{SpanSource, Spans};
use crate::contract::StoreError;
use crate::embedded::facets::{FacetKind, TermSet};
use crate::embedded::rows::columns::{flag, status_from};
use crate::embedded::search::text::each_text_of;
use crate::embedded::{labels, notes, rows};
use crate::ids::WorkspaceId;
use crate::row::AgentRef;

/// Columns of a candidate; [`column`] names their places.
pub(crate) const COLUMNS: &str = "tno, trace_id, start_nanos, agent_no, session_no, user_no, \
    arrived_nanos, end_nanos, quiet_at_nanos, abandoned_at_nanos, flags, span_count, \
    error_count, llm_count, tool_count, input_tokens, output_tokens, cache_read_tokens, \
    cache_write_tokens, reasoning_tokens, cost_pico, gaps, name, terms, tokens, root_count, \
    orphan_count";

mod column {
    pub(super) const TNO: usize = 0;
    pub(super) const TRACE_ID: usize = 1;
    pub(super) const START: usize = 2;
    pub(super) const AGENT: usize = 3;
    pub(super) const SESSION: usize = 4;
    pub(super) const USER: usize = 5;
    pub(super) const ARRIVED: usize = 6;
    pub(super) const END: usize = 7;
    pub(super) const QUIET_AT: usize = 8;
    pub(super) const ABANDONED_AT: usize = 9;
    pub(super) const FLAGS: usize = 10;
    pub(super) const SPANS: usize = 11;
    pub(super) const ERRORS: usize = 12;
    pub(super) const LLM_CALLS: usize = 13;
    pub(super) const TOOL_CALLS: usize = 14;
    pub(super) const INPUT: usize = 15;
    pub(super) const OUTPUT: usize = 16;
    pub(super) const CACHE_READ: usize = 17;
    pub(super) const CACHE_WRITE: usize = 18;
    pub(super) const REASONING: usize = 19;
    pub(super) const COST: usize = 20;
    pub(super) const GAPS: usize = 21;
    pub(super) const NAME: usize = 22;
    pub(super) const TERMS: usize = 23;
    pub(super) const TOKENS: usize = 24;
    pub(super) const ROOTS: usize = 25;
    pub(super) const ORPHANS: usize = 26;
}

/// What all candidates of one list share.
pub(crate) struct Context<'c> {
    pub(crate) connection: &'c Connection,
    pub(crate) workspace: WorkspaceId,
    pub(crate) now: i64,
    pub(crate) spans: &'c dyn SpanSource,
    pub(crate) names: Names,
    trouble: RefCell<Option<StoreError>>,
}

impl<'c> Context<'c> {
    pub(crate) fn new(
        connection: &'c Connection,
        workspace: WorkspaceId,
        now: i64,
        spans: &'c dyn SpanSource,
    ) -> Context<'c> {
        let trouble = RefCell::new(None);
        Context { connection, workspace, now, spans, names: Names::default(), trouble }
    }

    /// The evaluator knows no errors: they are kept until it is done.
    pub(crate) fn kept<T>(&self, result: Result<T, StoreError>) -> Option<T> {
        match result {
            Ok(value) => Some(value),
            Err(error) => {
                self.trouble.borrow_mut().get_or_insert(error);
                None
            }
        }
    }

    /// What went wrong while the evaluator worked.
    pub(crate) fn check(&self) -> Result<(), StoreError> {
        self.trouble.borrow_mut().take().map_or(Ok(()), Err)
    }
}

/// One row of a statement that selects [`COLUMNS`].
pub(crate) struct Candidate<'a> {
    pub(crate) context: &'a Context<'a>,
    row: &'a Row<'a>,
    terms: OnceCell<TermSet>,
    labels: OnceCell<Vec<Label>>,
    spans: OnceCell<Spans>,
}

impl<'a> Candidate<'a> {
    pub(crate) fn new(context: &'a Context<'a>, row: &'a Row<'a>) -> Candidate<'a> {
        let (terms, labels, spans) = (OnceCell::new(), OnceCell::new(), OnceCell::new());
        Candidate { context, row, terms, labels, spans }
    }

    fn number(&self, column: usize) -> Option<i64> {
        self.context
            .kept(self.row.get::<_, Option<i64>>(column).map_err(StoreError::from))
            .flatten()
    }

    fn flags(&self) -> i64 {
        self.number(column::FLAGS).unwrap_or(0)
    }

    pub(crate) fn tno(&self) -> i64 {
        self.number(column::TNO).unwrap_or(0)
    }

    pub(crate) fn agent_no(&self) -> Option<i64> {
        self.number(column::AGENT)
    }

    fn agent(&self) -> Option<Rc<AgentRef>> {
        let number = self.agent_no()?;
        self.context.kept(self.context.names.agent(self.context.connection, number))
    }

    pub(crate) fn agent_name(&self) -> Option<String> {
        self.agent().map(|agent| agent.name.clone())
    }

    pub(crate) fn arrived_nanos(&self) -> Option<i64> {
        self.number(column::ARRIVED)
    }

    pub(crate) fn trace_id(&self) -> Option<TraceId> {
        let bytes = self.row.get_ref(column::TRACE_ID).ok()?;
        TraceId::from_bytes(bytes.as_blob().ok()?).ok()
    }

    pub(crate) fn name(&self) -> &str {
        let name = self.row.get_ref(column::NAME).ok().and_then(|name| name.as_str().ok());
        name.unwrap_or_default()
    }

    pub(crate) fn session(&self) -> Option<Rc<str>> {
        let number = self.number(column::SESSION)?;
        self.context.kept(self.context.names.session(self.context.connection, number))
    }

    pub(crate) fn user(&self) -> Option<Rc<str>> {
        let number = self.number(column::USER)?;
        self.context.kept(self.context.names.user(self.context.connection, number))
    }

    fn duration_nanos(&self) -> Option<i64> {
        let (start, end) = (self.number(column::START)?, self.number(column::END)?);
        (self.flags() & flag::STARTED != 0).then(|| end.saturating_sub(start).max(0))
    }

    fn cache_hit(&self) -> Option<i64> {
        let (read, input) = (self.number(column::CACHE_READ)?, self.number(column::INPUT)?);
        let share = i128::from(read) * MILLIONTHS / i128::from((input > 0).then_some(input)?);
        i64::try_from(share).ok()
    }

    fn state(&self) -> &'static str {
        let at = |column| self.number(column).unwrap_or(i64::MAX);
        state_word(self.flags(), at(column::QUIET_AT), at(column::ABANDONED_AT), self.context.now)
    }

    /// A field that has one number at most.
    pub(crate) fn figure(&self, field: Field) -> Option<i64> {
        match field {
            Field::Duration => self.duration_nanos(),
            Field::Cost => self.number(column::COST),
            Field::Tokens => self.number(column::TOKENS),
            Field::TokensIn => self.number(column::INPUT),
            Field::TokensOut => self.number(column::OUTPUT),
            Field::TokensCacheRead => self.number(column::CACHE_READ),
            Field::TokensCacheWrite => self.number(column::CACHE_WRITE),
            Field::TokensReasoning => self.number(column::REASONING),
            Field::CacheHit => self.cache_hit(),
            Field::Spans => self.number(column::SPANS),
            Field::Errors => self.number(column::ERRORS),
            Field::LlmCalls => self.number(column::LLM_CALLS),
            Field::ToolCalls => self.number(column::TOOL_CALLS),
            Field::ReceiptGaps => self.number(column::GAPS),
            Field::Start => self.number(column::START),
            Field::End => self.number(column::END),
            Field::Arrived => self.number(column::ARRIVED),
            Field::Depth => {
                let nodes = self.spans()?.tree.nodes();
                let deepest = nodes.iter().map(|node| i64::from(node.depth) + 1).max();
                Some(deepest.unwrap_or(0))
            }
            Field::Size => {
                let bytes = |span: &clew_model::span::Span| span.input_bytes + span.output_bytes;
                let nodes = self.spans()?.tree.nodes();
                let sum: u64 = nodes.iter().map(|node| bytes(&node.span)).sum();
                i64::try_from(sum).ok()
            }
            _ => None,
        }
    }

    /// A field that has one word at most.
    pub(crate) fn word(&self, field: Field) -> Option<&'static str> {
        match field {
            Field::Status => Some(status_word(status_from(self.flags()))),
            Field::RootStatus => {
                Some(status_word(status_from(self.flags() >> flag::ROOT_STATUS_SHIFT)))
            }
            Field::State => Some(self.state()),
            _ => None,
        }
    }

    fn terms(&self) -> &TermSet {
        self.terms.get_or_init(|| {
            let bytes = self.row.get_ref(column::TERMS).map_err(StoreError::from);
            let terms =
                bytes.and_then(|bytes| TermSet::unpack(bytes.as_blob().unwrap_or_default()));
            self.context.kept(terms).unwrap_or_default()
        })
    }

    fn labels(&self) -> &[Label] {
        self.labels.get_or_init(|| {
            if self.flags() & flag::LABELLED == 0 {
                return Vec::new();
            }
            let Context { connection, workspace, .. } = self.context;
            let stored = labels::of_trace(connection, *workspace, self.tno());
            let stored = self.context.kept(stored).unwrap_or_default();
            stored.into_iter().map(|stored| stored.label).collect()
        })
    }

    /// Labels of one span.
    pub(crate) fn labels_of(&self, span: clew_model::ids::SpanId) -> impl Iterator<Item = &Label> {
        let is_on_span = move |label: &&Label| matches!(&label.target, LabelTarget::Span { span_id, .. } if *span_id == span);
        self.labels().iter().filter(is_on_span)
    }

    /// Whether the trace may meet all of these full-text conditions. The blooms are asked before
    /// any text is read; the row's own words are not in them.
    pub(crate) fn may_have_words(&self, words: &[(Test, Vec<String>)]) -> Result<bool, StoreError> {
        for (test, tokens) in words {
            if !tokens.is_empty()
                && !self.own_text(&mut |value| test.matches(value))
                && !self.context.spans.may_hold(self.context.connection, self.tno(), tokens)?
            {
                return Ok(false);
            }
        }
        Ok(true)
    }

    /// The tree of its spans, where it was read.
    pub(crate) fn into_tree(self) -> Option<Tree> {
        self.spans.into_inner().map(|spans| spans.tree)
    }

    pub(crate) fn spans(&self) -> Option<&Spans> {
        if self.spans.get().is_none() {
            let found = self.context.spans.spans(self.context.workspace, &self.trace_id()?);
            let _ = self.spans.set(Spans::new(self.context.kept(found)?));
        }
        self.spans.get()
    }

    /// Whether a term of this kind passes, as far as the row knows; `None` where only spans do.
    fn term_holds(
        &self,
        kind: FacetKind,
        holds: &mut dyn FnMut(Value<'_>) -> bool,
    ) -> Option<bool> {
        let Context { connection, names, .. } = self.context;
        let found = self.terms().0.iter().any(|term| {
            let term = self.context.kept(names.term(connection, *term));
            term.is_some_and(|term| term.kind == kind && holds(Value::Text(&term.text)))
        });
        let flags = self.flags();
        match found {
            true if flags & flag::STALE_TERMS == 0 => Some(true),
            false if flags & flag::MORE_TERMS == 0 => Some(false),
            _ => None,
        }
    }

    /// The words of the row itself; those of its spans are not in it.
    pub(crate) fn own_text(&self, holds: &mut dyn FnMut(Value<'_>) -> bool) -> bool {
        let id = self.trace_id().map(|id| id.to_string()).unwrap_or_default();
        holds(Value::Text(self.name()))
            || holds(Value::Text(&id))
            || self.session().is_some_and(|session| holds(Value::Text(&session)))
            || self.user().is_some_and(|user| holds(Value::Text(&user)))
            || self.agent().is_some_and(|agent| holds(Value::Text(&agent.name)))
            || self.note().is_some_and(|note| {
                let mut found = false;
                each_text_of(&note, &mut |piece| found = found || holds(Value::Text(piece)));
                found
            })
    }

    /// The row's tags: those of the note first.
    fn tags_of_run(&self) -> Vec<String> {
        let row = self.context.kept(rows::by_tno(self.context.connection, self.tno()));
        row.flatten().map(|row| row.summary.tags).unwrap_or_default()
    }

    /// What the sender says about the run itself.
    fn note(&self) -> Option<SourceSpan> {
        let trace_id = self.trace_id()?;
        let found = notes::of_tno(self.context.connection, self.tno(), trace_id);
        self.context.kept(found).flatten()
    }

    fn open_value(
        &self,
        namespace: Namespace,
        name: &str,
        holds: &mut dyn FnMut(Value<'_>) -> bool,
    ) -> bool {
        match namespace {
            Namespace::Label | Namespace::Score => {
                self.labels().iter().any(|label| label_value(label, namespace, name, holds))
            }
            // The sender puts metadata of a run into its note, or on its spans.
            Namespace::Meta => {
                let field = FieldRef::Open(Namespace::Meta, name.to_owned());
                let said = self.note().is_some_and(|note| {
                    let metadata = clew_model::content::content(&note).metadata;
                    metadata.get(name).is_some_and(|value| json_holds(value, holds))
                });
                said || self.any_below(Subject::Span, &mut |span| span.any_value(&field, holds))
            }
            Namespace::Attr | Namespace::Resource | Namespace::Event => false,
        }
    }
}

/// `label.NAME` is the word, else the number of the verdict; `score.NAME` the number.
pub(crate) fn label_value(
    label: &Label,
    namespace: Namespace,
    name: &str,
    holds: &mut dyn FnMut(Value<'_>) -> bool,
) -> bool {
    if label.name != name {
        return false;
    }
    let score = label.score.map(|score| Value::Number(billionths(score)));
    match (namespace, &label.value) {
        (Namespace::Label, Some(value)) => holds(Value::Text(value)),
        _ => score.is_some_and(holds),
    }
}

/// The state of a trace (ruling 10).
pub(crate) fn state_word(flags: i64, quiet_at: i64, abandoned_at: i64, now: i64) -> &'static str {
    match () {
        () if flags & flag::ENDED != 0 => "done",
        () if now >= abandoned_at => "abandoned",
        () if now >= quiet_at => "quiet",
        () if flags & flag::RESUMED != 0 => "resumed",
        () => "live",
    }
}

pub(crate) fn status_word(status: Status) -> &'static str {
    match status {
        Status::Unset => "unset",
        Status::Ok => "ok",
        Status::Error => "error",
    }
}

/// The kind of term that holds the values of a span's field.
pub(crate) fn facet_of(field: &FieldRef) -> Option<FacetKind> {
    let FieldRef::Field(field) = field else { return None };
    Some(match field {
        Field::Tool => FacetKind::Tool,
        Field::Model => FacetKind::Model,
        Field::Provider => FacetKind::Provider,
        Field::Tag => FacetKind::Tag,
        Field::Env => FacetKind::Environment,
        Field::Service => FacetKind::Service,
        Field::Version => FacetKind::Release,
        Field::Finish => FacetKind::Finish,
        Field::Kind => FacetKind::Kind,
        Field::Category => FacetKind::Category,
        _ => return None,
    })
}

impl FilterRow for Candidate<'_> {
    fn any_value(&self, field: &FieldRef, holds: &mut dyn FnMut(Value<'_>) -> bool) -> bool {
        let field = match field {
            FieldRef::Open(namespace, name) => return self.open_value(*namespace, name, holds),
            FieldRef::Field(field) => *field,
        };
        let mut text = |text: Option<&str>| text.is_some_and(|text| holds(Value::Text(text)));
        match field {
            Field::Trace => text(self.trace_id().map(|id| id.to_string()).as_deref()),
            Field::Session => text(self.session().as_deref()),
            Field::User => text(self.user().as_deref()),
            Field::Name => text(Some(self.name())),
            Field::Agent => self
                .agent()
                .is_some_and(|agent| text(Some(&agent.name)) || text(Some(&agent.id.to_string()))),
            Field::Status | Field::RootStatus | Field::State => text(self.word(field)),
            Field::Is => {
                (self.number(column::ROOTS) > Some(0) && text(Some("root")))
                    || (self.number(column::ORPHANS) > Some(0) && text(Some("orphan")))
            }
            Field::Label => self.labels().iter().any(|label| text(Some(&label.name))),
            Field::Tag => match self.term_holds(FacetKind::Tag, holds) {
                Some(answer) => answer,
                None => {
                    let of_spans = FieldRef::Field(Field::Tag);
                    self.tags_of_run().iter().any(|tag| holds(Value::Text(tag)))
                        || self
                            .any_below(Subject::Span, &mut |span| span.any_value(&of_spans, holds))
                }
            },
            Field::Text => {
                self.own_text(holds)
                    || self.any_below(Subject::Span, &mut |span| {
                        span.any_value(&FieldRef::Field(Field::Text), holds)
                    })
            }
            Field::Input | Field::Output => {
                let Some(spans) = self.spans() else { return false };
                spans.tree.tops().any(|index| {
                    SpanRow::new(self, spans, index).any_value(&FieldRef::Field(field), holds)
                })
            }
            _ => self.figure(field).is_some_and(|number| holds(Value::Number(number.into()))),
        }
    }

    fn any_below(&self, subject: Subject, holds: &mut dyn FnMut(&dyn FilterRow) -> bool) -> bool {
        if subject != Subject::Span {
            return false;
        }
        let Some(spans) = self.spans() else { return false };
        (0..spans.tree.nodes().len()).any(|index| holds(&SpanRow::new(self, spans, index)))
    }

    fn any_value_below(
        &self,
        subject: Subject,
        field: &FieldRef,
        holds: &mut dyn FnMut(Value<'_>) -> bool,
    ) -> bool {
        if subject != Subject::Span {
            return false;
        }
        if let Some(answer) = facet_of(field).and_then(|kind| self.term_holds(kind, holds)) {
            return answer;
        }
        // A row without an error need not be asked for its errors.
        let asks_errors = *field == FieldRef::Field(Field::Error);
        if asks_errors && self.number(column::ERRORS) == Some(0) {
            return false;
        }
        self.any_below(subject, &mut |span| span.any_value(field, holds))
    }
}
