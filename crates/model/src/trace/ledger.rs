//! Who owns which tokens and money, so that each is counted once (docs/ledger.md).
//!
//! A span whose usage is its own call's is an *owner*, one whose usage is a sum an
//! *aggregate*. An owner does not count when another owner of its kind of call stands
//! below it with no agent or tool between them (the deepest owns), when another span
//! reports the same response, or when the answer came from a cache. An aggregate counts
//! only where nothing below it is an owner and nothing above it counts for it.

mod effective;
mod fallback;
mod paid;
mod zone;

use std::cmp::Reverse;
use std::collections::{BTreeSet, HashSet};

use super::hash::{Map, Seeded};
use super::node::{NOWHERE, Place, push};
use super::state::TraceState;
use super::sums::{Amount, Sums};
use crate::ids::SpanId;
use crate::span::{Category, Span};
use crate::usage::{CostSource, Usage, UsageScope};
use fallback::Fallback;
pub(super) use zone::Zone;

/// Two spans of one response: which one to count.
type Rank = (Reverse<u32>, i64, i64, SpanId, Place);

/// The amounts that a span says.
#[derive(Debug)]
pub(super) struct Line {
    pub(super) amount: Amount,
    pub(super) owns: bool,
    /// It never counts: answered from a cache, or no call at all.
    pub(super) free: bool,
    /// Its cost is the sender's word for the calls below it (`paid`).
    pub(super) pays: bool,
    response: Option<u128>,
    grouped: bool,
    /// Waits in [`Ledger::unsettled`].
    marked: bool,
    pub(super) counted: Counted,
    /// It tells a model call that another span counts for.
    repeats: bool,
}

/// Whether and how an owner counts.
#[derive(Debug, PartialEq)]
pub(super) enum Counted {
    No,
    AsSaid,
    /// With details that only a wrapper of the same call says.
    Filled(Box<Amount>),
}

#[derive(Debug)]
enum Group {
    One(Rank),
    Many(BTreeSet<Rank>),
}

#[derive(Debug, Default)]
pub(super) struct Ledger {
    pub(super) lines: Vec<Line>,
    free: Vec<Place>,
    groups: Map<u128, Group>,
    fallbacks: Map<Place, Fallback>,
    aggregates: usize,
    /// Nodes whose lines pay for calls.
    payers: HashSet<Place, Seeded>,
    /// Owners that count.
    owned: Sums,
    /// Owners whose line must be looked at again.
    unsettled: Vec<Place>,
    /// Lines that repeat a model call.
    repeated: u64,
}

/// What the ledger must remember of a node while its facts are replaced.
pub(super) struct View {
    owners: u32,
    fallback: fallback::Out,
    zone: Zone,
}

impl Ledger {
    /// How many spans tell a model call that another one counts for.
    pub(super) fn repeated(&self) -> u64 {
        self.repeated
    }

    /// Heap bytes, by estimate.
    pub(super) fn memory_bytes(&self) -> usize {
        self.lines.capacity() * size_of::<Line>()
            + self.groups.capacity() * 96
            + self.fallbacks.len() * (size_of::<Fallback>() + 16)
    }
}

impl TraceState {
    pub(super) fn line(&self, place: Place) -> Option<&Line> {
        self.ledger.lines.get(self.node(place).line as usize)
    }

    pub(super) fn is_owner(&self, place: Place) -> bool {
        self.line(place).is_some_and(|line| line.owns)
    }

    /// Everything that counts, each once.
    pub(super) fn total(&self) -> Sums {
        let mut total = self.ledger.owned.clone();
        total.add(&self.counted_aggregates());
        self.pay(&mut total);
        total
    }

    pub(super) fn ledger_view(&self, place: Place) -> View {
        View {
            owners: self.node(place).owners,
            fallback: self.fallback_out(place),
            zone: self.zone_out(place),
        }
    }

    /// Takes the node's line out, before its facts are replaced.
    pub(super) fn ledger_leave(&mut self, place: Place) {
        self.unsettle_call(place);
        let number = self.node(place).line;
        if number == NOWHERE {
            return;
        }
        self.leave_group(place);
        self.count(place, Counted::No);
        self.repeat(place, false);
        let line = &mut self.ledger.lines[number as usize];
        let owned = line.owns;
        line.owns = false;
        self.ledger.free.push(number);
        let node = self.node_mut(place);
        node.line = NOWHERE;
        node.owners -= u32::from(owned);
        self.ledger.aggregates -= usize::from(!owned);
        self.ledger.payers.remove(&place);
    }

    /// Gives the node the line that its new facts say.
    pub(super) fn ledger_join(&mut self, place: Place, span: &Span) {
        let Some(line) = line_of(span) else { return };
        let owned = line.owns;
        if line.pays {
            self.ledger.payers.insert(place);
        }
        let number = match self.ledger.free.pop() {
            Some(number) => {
                self.ledger.lines[number as usize] = line;
                number
            }
            None => {
                push(&mut self.ledger.lines, line);
                (self.ledger.lines.len() - 1) as Place
            }
        };
        let node = self.node_mut(place);
        node.line = number;
        node.owners += u32::from(owned);
        self.ledger.aggregates += usize::from(!owned);
    }

    /// The node's facts were replaced: tells the nodes above.
    pub(super) fn ledger_changed(&mut self, place: Place, before: View) {
        let now = self.ledger_view(place);
        let parent = self.node(place).parent;
        self.pass_fallback(parent, (before.owners, now.owners), before.fallback, now.fallback);
        self.pass_zone(parent, before.zone, now.zone);
        self.unsettle_call(place);
    }

    /// The node has come under `parent`.
    pub(super) fn ledger_attached(&mut self, place: Place, parent: Place) {
        let now = self.ledger_view(place);
        self.pass_fallback(parent, (0, now.owners), Default::default(), now.fallback);
        self.pass_zone(parent, Zone::default(), now.zone);
    }

    /// The node has gone from under `parent`.
    pub(super) fn ledger_detached(&mut self, place: Place, parent: Place) {
        let before = self.ledger_view(place);
        self.pass_fallback(parent, (before.owners, 0), before.fallback, Default::default());
        self.pass_zone(parent, before.zone, Zone::default());
    }

    /// Marks the owner itself, and the one below whose call it may repeat.
    fn unsettle_call(&mut self, place: Place) {
        if self.is_owner(place) {
            self.unsettle(place);
            self.unsettle_only_leaves(place);
        }
    }

    fn unsettle(&mut self, place: Place) {
        let number = self.node(place).line as usize;
        let Some(line) = self.ledger.lines.get_mut(number) else { return };
        if line.owns && !std::mem::replace(&mut line.marked, true) {
            self.ledger.unsettled.push(place);
        }
    }

    /// Brings the lines of all marked owners up to date.
    pub(super) fn settle_ledger(&mut self) {
        while let Some(place) = self.ledger.unsettled.pop() {
            let number = self.node(place).line as usize;
            let Some(line) = self.ledger.lines.get_mut(number).filter(|line| line.owns) else {
                continue;
            };
            line.marked = false;
            let Some(line) = self.line(place) else { continue };
            let free = line.free;
            let candidate = !free && !self.is_shadowed(place);
            match (candidate && line.response.is_some(), line.grouped) {
                (true, false) => self.join_group(place),
                (false, true) => self.leave_group(place),
                _ => {}
            }
            let counted = match candidate && self.leader_of(place).is_none_or(|it| it == place) {
                true => self.effective(place),
                false => Counted::No,
            };
            let is_call = self.node(place).category == Category::Llm;
            let repeats = is_call && !free && counted == Counted::No;
            self.count(place, counted);
            self.repeat(place, repeats);
        }
    }

    /// Books an owner's line in place of the one that stood there.
    fn count(&mut self, place: Place, counted: Counted) {
        let number = self.node(place).line as usize;
        let ledger = &mut self.ledger;
        let line = &mut ledger.lines[number];
        if line.counted == counted {
            return;
        }
        if let Some(amount) = line.counted_amount() {
            ledger.owned.subtract_amount(amount);
        }
        line.counted = counted;
        if let Some(amount) = line.counted_amount() {
            ledger.owned.add_amount(amount);
        }
    }

    /// Books whether an owner tells a model call again, in place of what stood there.
    fn repeat(&mut self, place: Place, repeats: bool) {
        let number = self.node(place).line as usize;
        let ledger = &mut self.ledger;
        let before = std::mem::replace(&mut ledger.lines[number].repeats, repeats);
        ledger.repeated = ledger.repeated + u64::from(repeats) - u64::from(before);
    }

    /// The span that counts for this one's response.
    pub(super) fn leader_of(&self, place: Place) -> Option<Place> {
        let line = self.line(place).filter(|line| line.grouped)?;
        match self.ledger.groups.get(&line.response?)? {
            Group::One(rank) => Some(rank.4),
            Group::Many(ranks) => ranks.first().map(|rank| rank.4),
        }
    }

    /// More detail first, then the earlier one.
    fn rank(&self, place: Place) -> Rank {
        let detail = self.line(place).map_or(0, |line| detail(&line.amount));
        let (start, sequence, id) = self.node(place).key();
        (Reverse(detail), start, sequence, id, place)
    }

    fn join_group(&mut self, place: Place) {
        let rank = self.rank(place);
        let number = self.node(place).line as usize;
        let ledger = &mut self.ledger;
        ledger.lines[number].grouped = true;
        let Some(response) = ledger.lines[number].response else { return };
        let leader = match ledger.groups.remove(&response) {
            None => {
                ledger.groups.insert(response, Group::One(rank));
                return;
            }
            Some(group) => {
                let mut ranks = match group {
                    Group::One(other) => BTreeSet::from([other]),
                    Group::Many(ranks) => ranks,
                };
                let leader = ranks.first().map(|rank| rank.4);
                ranks.insert(rank);
                ledger.groups.insert(response, Group::Many(ranks));
                leader
            }
        };
        if let Some(leader) = leader {
            self.unsettle(leader);
        }
    }

    fn leave_group(&mut self, place: Place) {
        let rank = self.rank(place);
        let number = self.node(place).line as usize;
        let ledger = &mut self.ledger;
        if !std::mem::take(&mut ledger.lines[number].grouped) {
            return;
        }
        let Some(response) = ledger.lines[number].response else { return };
        let Some(Group::Many(mut ranks)) = ledger.groups.remove(&response) else { return };
        ranks.remove(&rank);
        let Some(first) = ranks.first().copied() else { return };
        let group = if ranks.len() == 1 { Group::One(first) } else { Group::Many(ranks) };
        ledger.groups.insert(response, group);
        self.unsettle(first.4);
    }
}

impl Line {
    pub(super) fn counted_amount(&self) -> Option<&Amount> {
        match &self.counted {
            Counted::No => None,
            Counted::AsSaid => Some(&self.amount),
            Counted::Filled(amount) => Some(amount),
        }
    }
}

fn line_of(span: &Span) -> Option<Line> {
    let usage = span.usage.filter(|usage| !usage.is_absent());
    if usage.is_none() && span.cost.is_none() {
        return None;
    }
    let call = matches!(span.category, Category::Llm | Category::Embedding | Category::Reranker);
    // Fetching an answer again is no call, and what it says of tokens is the call's.
    let fetched = span.operation.as_deref() == Some("fetch_response");
    let owns = span.usage_scope == UsageScope::Own && (usage.is_some() || call) && !fetched;
    let free = span.cached || fetched;
    let says = |name: &str| span.conventions.iter().any(|convention| convention == name);
    let mut amount = Amount::of(span.category, usage, span.cost);
    // Strands' agent reports the sum since the session began.
    amount.suspect = !owns && says("ST");
    let reported = span.cost.is_some_and(|cost| cost.source == CostSource::Reported);
    let pays = reported && usage.is_none() && !owns && !free && says("CC");
    let response = span.response_id.as_deref().filter(|id| !id.is_empty());
    Some(Line {
        amount,
        owns,
        free,
        pays,
        response: response.map(|id| xxhash_rust::xxh3::xxh3_128(id.as_bytes())),
        grouped: false,
        marked: false,
        counted: Counted::No,
        repeats: false,
    })
}

/// How much a line says, to choose between two reports of one call.
fn detail(amount: &Amount) -> u32 {
    let Usage { input, output, cache_read, cache_write, reasoning, .. } = amount.usage;
    [input, output, cache_read, cache_write, reasoning]
        .iter()
        .map(|it| u32::from(it.is_some()))
        .sum::<u32>()
        + u32::from(amount.cost.is_some())
}
