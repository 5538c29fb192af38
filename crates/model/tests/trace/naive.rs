//! The summary of a trace straight from its definitions (docs/ledger.md, rulings 6, 9
//! and 17), without any state: quadratic, and written without looking at the state's
//! ways of doing it.

use std::cmp::Reverse;
use std::collections::HashMap;

use clew_model::ids::{SpanId, TraceId};
use clew_model::receipt::Receipt;
use clew_model::span::{AgentFacts, Category, Span, SpanError, Status};
use clew_model::summary::TraceSummary;
use clew_model::usage::{Cost, CostSource, PicoUsd, Usage, UsageScope};

/// The spans with their true parents.
pub(crate) struct Facts<'a> {
    spans: &'a [Span],
    parents: Vec<Option<usize>>,
    cut: Vec<bool>,
}

fn key(span: &Span) -> (i64, i64, SpanId) {
    let start = if span.placeholder { i64::MAX } else { span.start_nanos };
    (start, span.sequence.unwrap_or(i64::MAX), span.span_id)
}

fn is_root(span: &Span) -> bool {
    span.forced_root || (span.parent_span_id.is_none() && !span.placeholder)
}

impl<'a> Facts<'a> {
    pub(crate) fn of(spans: &'a [Span]) -> Facts<'a> {
        let by_id: HashMap<SpanId, usize> =
            spans.iter().enumerate().map(|(place, span)| (span.span_id, place)).collect();
        let mut parents: Vec<Option<usize>> = spans
            .iter()
            .map(|span| match span.parent_span_id {
                Some(parent) if !is_root(span) => by_id.get(&parent).copied(),
                _ => None,
            })
            .collect();
        let mut cut = vec![false; spans.len()];
        for start in 0..spans.len() {
            let mut way = vec![start];
            while let Some(parent) = parents[way[way.len() - 1]] {
                if let Some(entry) = way.iter().position(|place| *place == parent) {
                    let first = *way[entry..].iter().min_by_key(|at| key(&spans[**at])).unwrap();
                    parents[first] = None;
                    cut[first] = true;
                    break;
                }
                way.push(parent);
            }
        }
        Facts { spans, parents, cut }
    }

    fn above(&self, place: usize) -> Vec<usize> {
        std::iter::successors(self.parents[place], |place| self.parents[*place]).collect()
    }

    fn is_orphan(&self, place: usize) -> bool {
        let span = &self.spans[place];
        !is_root(span)
            && span.parent_span_id.is_some()
            && self.parents[place].is_none()
            && !self.cut[place]
    }

    fn failed(&self, place: usize) -> bool {
        let own = |span: &Span| span.status == Status::Error;
        own(&self.spans[place])
            || (0..self.spans.len()).any(|child| {
                let span = &self.spans[child];
                self.parents[child] == Some(place) && own(span) && span.error_marks_parent
            })
    }

    fn usage(&self, place: usize) -> Option<Usage> {
        self.spans[place].usage.filter(|usage| !usage.is_absent())
    }

    fn fetched(&self, place: usize) -> bool {
        self.spans[place].operation.as_deref() == Some("fetch_response")
    }

    pub(crate) fn owns(&self, place: usize) -> bool {
        let span = &self.spans[place];
        let call =
            matches!(span.category, Category::Llm | Category::Embedding | Category::Reranker);
        span.usage_scope == UsageScope::Own
            && !self.fetched(place)
            && (self.usage(place).is_some() || (call && span.cost.is_some()))
    }

    fn aggregates(&self, place: usize) -> bool {
        (self.usage(place).is_some() || self.spans[place].cost.is_some())
            && !self.owns(place)
            && !self.spans[place].cached
            && !self.fetched(place)
    }

    fn boundary(&self, place: usize) -> bool {
        matches!(self.spans[place].category, Category::Agent | Category::Tool)
    }

    fn call(&self, place: usize) -> Option<Category> {
        match self.spans[place].category {
            Category::Agent | Category::Tool => None,
            same @ (Category::Llm | Category::Embedding | Category::Reranker) => Some(same),
            _ => Some(Category::Other),
        }
    }

    /// `inner` reports the call that `outer` reports.
    fn nested(&self, outer: usize, inner: usize) -> bool {
        let above = self.above(inner);
        let Some(distance) = above.iter().position(|place| *place == outer) else { return false };
        self.owns(outer)
            && self.owns(inner)
            && self.call(outer).is_some()
            && self.call(outer) == self.call(inner)
            && !above[..distance].iter().any(|between| self.boundary(*between))
    }

    pub(crate) fn shadowed(&self, place: usize) -> bool {
        (0..self.spans.len()).any(|inner| self.nested(place, inner))
    }

    /// Usage and cost that count for an owner, wrappers' details included.
    fn effective(&self, place: usize) -> (Usage, Option<Cost>) {
        let mut usage = self.usage(place).unwrap_or_default();
        let mut cost = self.spans[place].cost;
        for outer in self.above(place) {
            let leaves = (0..self.spans.len())
                .filter(|inner| self.nested(outer, *inner) && !self.shadowed(*inner));
            if !self.nested(outer, place) || leaves.count() != 1 {
                continue;
            }
            let more = self.usage(outer).unwrap_or_default();
            let before = Usage {
                input: usage.input.or(more.input),
                output: usage.output.or(more.output),
                ..usage
            };
            usage = before;
            let read = usage.cache_read.or(more.cache_read);
            if read.unwrap_or(0) <= usage.input.unwrap_or(0) {
                usage.cache_read = read;
            }
            if more.reasoning.unwrap_or(0) <= usage.output.unwrap_or(0) {
                usage.reasoning = usage.reasoning.or(more.reasoning);
            }
            let reported =
                |cost: &Option<Cost>| cost.is_some_and(|it| it.source == CostSource::Reported);
            let outer_cost = self.spans[outer].cost;
            let take = match cost {
                None => true,
                Some(_) => !reported(&cost) && (reported(&outer_cost) || usage != before),
            };
            if take {
                cost = outer_cost.or(cost);
            }
        }
        (usage, cost)
    }

    /// Its cost is its sender's word for the calls below it, and there are some.
    pub(crate) fn pays(&self, place: usize) -> bool {
        let span = &self.spans[place];
        self.aggregates(place)
            && self.usage(place).is_none()
            && span.cost.is_some_and(|cost| cost.source == CostSource::Reported)
            && span.conventions == ["CC"]
            && (0..self.spans.len()).any(|at| self.owns(at) && self.above(at).contains(&place))
    }

    /// Who pays a call in its place.
    pub(crate) fn payer(&self, place: usize) -> Option<usize> {
        let above = self.above(place);
        let payer = above.iter().position(|at| self.pays(*at))?;
        let apart = above[..payer].iter().chain([&place]).any(|at| self.boundary(*at));
        (self.owns(place) && !apart).then(|| above[payer])
    }

    /// Whether its cost is in the total.
    pub(crate) fn cost_counts(&self, place: usize) -> bool {
        self.pays(place) || (self.counts(place) && self.payer(place).is_none())
    }

    /// The spans of one response, the one that counts first.
    fn leader(&self, place: usize) -> usize {
        let response = |place: usize| self.spans[place].response_id.clone();
        if response(place).is_none() {
            return place;
        }
        let detail = |place: usize| {
            let usage = self.usage(place).unwrap_or_default();
            let parts =
                [usage.input, usage.output, usage.cache_read, usage.cache_write, usage.reasoning];
            parts.iter().flatten().count() + usize::from(self.spans[place].cost.is_some())
        };
        (0..self.spans.len())
            .filter(|other| self.owns(*other) && !self.spans[*other].cached)
            .filter(|other| !self.shadowed(*other) && response(*other) == response(place))
            .min_by_key(|other| (Reverse(detail(*other)), key(&self.spans[*other])))
            .unwrap()
    }

    pub(crate) fn counts(&self, place: usize) -> bool {
        if self.owns(place) {
            return !self.spans[place].cached
                && !self.shadowed(place)
                && self.leader(place) == place;
        }
        self.fills_in(place)
            && !self.above(place).iter().any(|above| self.fills_in(*above))
            && !self.covered(place)
    }

    /// Tells a model call that another span counts for.
    fn repeats(&self, place: usize) -> bool {
        self.spans[place].category == Category::Llm
            && self.owns(place)
            && !self.spans[place].cached
            && !self.counts(place)
    }

    /// A sum with no owner below it.
    fn fills_in(&self, place: usize) -> bool {
        self.aggregates(place)
            && !(0..self.spans.len())
                .any(|owner| self.owns(owner) && self.above(owner).contains(&place))
    }

    /// An owner above it, with no agent or tool between or here, has it in its own usage.
    fn covered(&self, place: usize) -> bool {
        self.covering(place).is_some()
    }

    fn covering(&self, place: usize) -> Option<usize> {
        if self.boundary(place) {
            return None;
        }
        for above in self.above(place) {
            if self.owns(above) {
                return Some(above);
            }
            if self.boundary(above) {
                return None;
            }
        }
        None
    }

    /// The spans at and below one whose lines make its subtree's total.
    pub(crate) fn lines_below(&self, top: usize) -> Vec<usize> {
        let inside = |place: usize| place == top || self.above(place).contains(&top);
        let way = |place: usize| -> Vec<usize> {
            self.above(place).into_iter().filter(|above| inside(*above)).collect()
        };
        (0..self.spans.len())
            .filter(|place| inside(*place))
            .filter(|place| {
                if self.owns(*place) {
                    return self.counts(*place);
                }
                let hidden = way(*place).iter().any(|above| self.fills_in(*above));
                let owner = self.covering(*place).is_some_and(&inside);
                self.fills_in(*place) && !hidden && !owner
            })
            .collect()
    }

    /// What a line counts.
    pub(crate) fn amount(&self, place: usize) -> (Usage, Option<Cost>) {
        match self.owns(place) {
            true => self.effective(place),
            false => (self.spans[place].usage.unwrap_or_default(), self.spans[place].cost),
        }
    }

    pub(crate) fn depth(&self, place: usize) -> u32 {
        self.above(place).len() as u32
    }

    pub(crate) fn parent(&self, place: usize) -> Option<usize> {
        self.parents[place]
    }

    /// Orphan, cycle, failed.
    pub(crate) fn marks(&self, place: usize) -> (bool, bool, bool) {
        (self.is_orphan(place), self.cut[place], self.failed(place))
    }

    /// Everything in order, by the definition: siblings sorted, each before its children.
    pub(crate) fn order(&self, parent: Option<usize>) -> Vec<usize> {
        let mut children: Vec<usize> =
            (0..self.spans.len()).filter(|place| self.parents[*place] == parent).collect();
        children.sort_by_key(|place| {
            let (start, sequence, id) = key(&self.spans[*place]);
            (start, sequence, self.spans[*place].end_nanos.unwrap_or(i64::MAX), id)
        });
        children
            .into_iter()
            .flat_map(|child| std::iter::once(child).chain(self.order(Some(child))))
            .collect()
    }

    /// The session of the span or of the nearest one above that has one.
    pub(crate) fn session(&self, place: usize) -> Option<String> {
        std::iter::once(place)
            .chain(self.above(place))
            .find_map(|place| unscrubbed(&self.spans[place].session_id))
    }

    fn best(
        &self,
        ai_first: bool,
        last: bool,
        said: impl Fn(&Span) -> Option<String>,
    ) -> Option<String> {
        let rank = |place: usize| {
            let span = &self.spans[place];
            let speaks = matches!(
                span.category,
                Category::Agent | Category::Llm | Category::Workflow | Category::Chain
            );
            let class = if is_root(span) { 0 } else { 1 + u8::from(ai_first && !speaks) };
            (class, self.above(place).len())
        };
        let mut found: Vec<usize> = (0..self.spans.len())
            .filter(|place| said(&self.spans[*place]).is_some_and(|text| !text.is_empty()))
            .collect();
        found.sort_by_key(|place| key(&self.spans[*place]));
        if last {
            found.reverse();
        }
        found.sort_by_key(|place| rank(*place));
        found.first().and_then(|place| said(&self.spans[*place]))
    }

    fn names(&self, said: impl Fn(&Span) -> Vec<String>) -> Vec<String> {
        let mut spans: Vec<&Span> = self.spans.iter().collect();
        spans.sort_by_key(|span| key(span));
        let mut names: Vec<(_, String)> = Vec::new();
        for span in spans {
            for name in said(span).into_iter().filter(|name| !name.is_empty()) {
                if !names.iter().any(|(_, known)| *known == name) {
                    names.push((key(span), name));
                }
            }
        }
        names.sort();
        names.into_iter().map(|(_, name)| name).take(64).collect()
    }

    fn count(&self, test: impl Fn(usize, &Span) -> bool) -> u64 {
        (0..self.spans.len()).filter(|place| test(*place, &self.spans[*place])).count() as u64
    }
}

fn unscrubbed(text: &Option<String>) -> Option<String> {
    text.clone().filter(|text| !text.starts_with("[Scrubbed"))
}

/// What counts, added up.
struct Sums {
    usage: Usage,
    embedding_input: u64,
    cost: Option<i64>,
    reported: Option<i64>,
    estimated: bool,
    unpriced: u64,
    suspects: u64,
}

fn sums(facts: &Facts<'_>) -> Sums {
    let (mut usage, mut embedding_input) = (Usage::default(), 0);
    let (mut cost, mut reported): (Option<i64>, Option<i64>) = (None, None);
    let (mut estimated, mut unpriced, mut suspects) = (false, 0, 0);
    for place in 0..facts.spans.len() {
        let (own, price) = facts.amount(place);
        if facts.counts(place) {
            usage.add(&own);
            let embeds = facts.spans[place].category == Category::Embedding;
            embedding_input += own.input.filter(|_| embeds).unwrap_or(0);
            let sum = !facts.owns(place) && facts.spans[place].conventions == ["ST"];
            suspects += u64::from(sum);
        }
        if !facts.cost_counts(place) {
            continue;
        }
        if let Some(price) = price {
            cost = Some(cost.unwrap_or(0) + price.total.0);
            estimated |= price.estimated;
            if price.source == CostSource::Reported {
                reported = Some(reported.unwrap_or(0) + price.total.0);
            }
        } else if own.input.unwrap_or(0) + own.output.unwrap_or(0) > 0 {
            unpriced += 1;
        }
    }
    usage.total = match (usage.input, usage.output) {
        (None, None) => None,
        (input, output) => Some(input.unwrap_or(0) + output.unwrap_or(0)),
    };
    Sums { usage, embedding_input, cost, reported, estimated, unpriced, suspects }
}

/// Status of the whole and of its roots.
fn statuses(facts: &Facts<'_>) -> (Status, Status) {
    let roots = facts.count(|_, span| is_root(span));
    let failing_roots = match roots {
        0 => facts.count(|at, _| facts.failed(at) && (facts.is_orphan(at) || facts.cut[at])),
        _ => facts.count(|at, span| facts.failed(at) && is_root(span)),
    };
    let status = |failed: u64| match (failed, facts.count(|_, span| !span.placeholder)) {
        (1.., _) => Status::Error,
        (0, 1..) => Status::Ok,
        (0, 0) => Status::Unset,
    };
    (status(facts.count(|at, _| facts.failed(at))), status(failing_roots))
}

fn name(facts: &Facts<'_>) -> String {
    let own = |span: &Span| Some(span.name.clone()).filter(|_| !span.placeholder);
    facts
        .best(false, false, |span| span.trace_name.clone())
        .or_else(|| facts.best(false, false, own))
        .unwrap_or_default()
}

fn agent(facts: &Facts<'_>) -> AgentFacts {
    let of_root = |span: &Span| span.agent.name.clone().filter(|_| is_root(span));
    AgentFacts {
        name: facts.best(false, false, of_root),
        service: facts.best(false, false, |span| span.agent.service.clone()),
        ..AgentFacts::default()
    }
}

fn model(span: &Span) -> Vec<String> {
    let call = matches!(span.category, Category::Llm | Category::Embedding | Category::Reranker);
    let owned = span.usage.is_some() && span.usage_scope == UsageScope::Own;
    span.response_model.clone().filter(|_| call || owned).into_iter().collect()
}

fn first_error(spans: &[Span]) -> Option<SpanError> {
    let mut errors: Vec<&Span> = spans
        .iter()
        .filter(|span| span.status == Status::Error)
        .filter(|span| span.error.as_ref().is_some_and(|error| !error.message.is_empty()))
        .collect();
    errors.sort_by_key(|span| (!is_root(span), key(span)));
    errors.first().and_then(|span| span.error.clone())
}

pub(crate) fn summary(trace_id: TraceId, spans: &[Span]) -> TraceSummary {
    let facts = Facts::of(spans);
    let sums = sums(&facts);
    let real = || spans.iter().filter(|span| !span.placeholder);
    let roots = || spans.iter().filter(|span| is_root(span));
    let (status, root_status) = statuses(&facts);
    let of = |category: Category| move |_: usize, span: &Span| span.category == category;
    let failing = |category: Category| {
        let facts = &facts;
        move |at: usize, span: &Span| span.category == category && facts.failed(at)
    };
    let calls = facts.count(of(Category::Llm)) - facts.count(|at, _| facts.repeats(at));
    TraceSummary {
        trace_id,
        name: name(&facts),
        agent: agent(&facts),
        session_id: facts.best(false, false, |span| unscrubbed(&span.session_id)),
        user_id: facts.best(false, false, |span| unscrubbed(&span.user_id)),
        environment: facts.best(false, false, |span| span.environment.clone()),
        release: None,
        status,
        root_status,
        start_nanos: real().map(|span| span.start_nanos).min().unwrap_or(0),
        end_nanos: real().filter_map(|span| span.end_nanos).max(),
        ended: roots().next().is_some() && roots().all(|span| span.end_nanos.is_some()),
        span_count: spans.len() as u64,
        root_count: roots().count() as u64,
        orphan_count: facts.count(|at, _| facts.is_orphan(at)),
        error_count: facts.count(|at, _| facts.failed(at)),
        llm_count: calls,
        llm_error_count: facts.count(failing(Category::Llm)).min(calls),
        tool_count: facts.count(of(Category::Tool)),
        tool_error_count: facts.count(failing(Category::Tool)),
        embedding_count: facts.count(of(Category::Embedding)),
        usage: sums.usage,
        embedding_input: sums.embedding_input,
        cost: sums.cost.map(PicoUsd),
        cost_reported: sums.reported.map(PicoUsd),
        cost_estimated: sums.estimated,
        unpriced_count: sums.unpriced,
        models: facts.names(model),
        providers: facts.names(|span| span.provider.clone().into_iter().collect()),
        tools: facts.names(|span| {
            let tool = span.category == Category::Tool;
            span.tool_name.clone().filter(|_| tool).into_iter().collect()
        }),
        agents: facts.names(|span| {
            let agent = span.category == Category::Agent;
            span.agent.name.clone().filter(|_| agent).into_iter().collect()
        }),
        tags: facts.names(|span| span.tags.clone()),
        input_preview: facts.best(true, false, |span| span.input_preview.clone()),
        output_preview: facts.best(true, true, |span| span.output_preview.clone()),
        error: first_error(spans),
        receipt: receipt(&facts, sums.unpriced, sums.suspects),
    }
}

impl Facts<'_> {
    fn skewed(&self, place: usize, span: &Span) -> bool {
        let Some(parent) = self.parents[place].map(|parent| &self.spans[parent]) else {
            return false;
        };
        let late = match (span.end_nanos, parent.end_nanos) {
            (Some(end), Some(limit)) => end - limit > 1_000_000_000,
            _ => false,
        };
        !span.placeholder
            && !parent.placeholder
            && (parent.start_nanos - span.start_nanos > 1_000_000_000 || late)
    }
}

fn receipt(facts: &Facts<'_>, unpriced: u64, suspect_cumulative: u64) -> Receipt {
    let spans = facts.spans;
    Receipt {
        orphans: facts.count(|at, _| facts.is_orphan(at)),
        missing_root: !spans.is_empty() && !spans.iter().any(is_root),
        duplicates: 0,
        placeholders: facts.count(|_, span| span.placeholder),
        open_spans: facts.count(|_, span| !span.placeholder && span.end_nanos.is_none()),
        dropped_by_sender: spans.iter().map(|span| u64::from(span.dropped_count)).sum(),
        truncated: facts.count(|_, span| span.truncated),
        odd_clocks: facts.count(|_, span| {
            !span.placeholder && span.end_nanos.is_some_and(|end| end < span.start_nanos)
        }),
        skewed: facts.count(|at, span| facts.skewed(at, span)),
        cycles: facts.count(|at, _| facts.cut[at]),
        rejected_numbers: 0,
        unpriced,
        suspect_cumulative,
    }
}
