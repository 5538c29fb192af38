//! The threads of a session, and which tool call each sub-agent belongs to.

use std::collections::HashMap;

use clew_model::ids::{SpanId, TraceId};
use clew_model::source::{SourceLink, SourceSpan};
use clew_model::value::attribute;

use super::line::{Agent, Line, Said};
use super::thread::{SUB_AGENT, Start, Thread};

/// A session that is being read.
pub(super) struct Session {
    main: Vec<Said>,
    /// Sub-agents in order of appearance.
    agents: Vec<(String, Vec<Said>)>,
    known: HashMap<String, Agent>,
    /// Tool calls that are known to have started a sub-agent, from their results.
    started_by: HashMap<String, String>,
}

/// Where a tool call stands.
#[derive(Clone, Copy)]
pub(super) struct ToolPlace {
    pub(super) trace_id: TraceId,
    pub(super) span_id: SpanId,
}

impl Session {
    pub(super) fn of(lines: Vec<Line>) -> Session {
        let mut session = Session {
            main: Vec::new(),
            agents: Vec::new(),
            known: HashMap::new(),
            started_by: HashMap::new(),
        };
        for Line { agent, said } in lines {
            session.note_started(&said);
            match (agent, said) {
                (Some(agent), Said::Agent(facts)) => {
                    session.known.insert(agent, facts);
                }
                (None, Said::Agent(_)) => {}
                (None, said) => session.main.push(said),
                (Some(agent), said) => session.thread(agent).push(said),
            }
        }
        session
    }

    fn thread(&mut self, agent: String) -> &mut Vec<Said> {
        let place = self.agents.iter().position(|(id, _)| *id == agent).unwrap_or_else(|| {
            self.agents.push((agent, Vec::new()));
            self.agents.len() - 1
        });
        &mut self.agents[place].1
    }

    /// A tool's result says which sub-agent it started, also where no meta file is there.
    fn note_started(&mut self, said: &Said) {
        if let Said::User(user) = said
            && let Some(agent) = &user.started_agent
            && let Some(call) = super::thread::answered_call(&user.content)
        {
            self.started_by.entry(agent.clone()).or_insert(call);
        }
    }

    /// Every span of the session. Sub-agents come after the thread that started them, as
    /// many levels as there are.
    pub(super) fn spans(self) -> Vec<SourceSpan> {
        let Session { main, mut agents, known, started_by } = self;
        let mut tools: HashMap<String, ToolPlace> = HashMap::new();
        let mut thread = Thread::main();
        thread.read(main);
        let runs = thread.runs.clone();
        let mut spans = thread.finish(&mut tools);
        loop {
            let before = agents.len();
            let mut waiting = Vec::new();
            for (agent, said) in agents {
                let facts = known.get(&agent);
                let call = facts.and_then(|facts| facts.tool_call.as_ref());
                let place = call.or(started_by.get(&agent)).and_then(|call| tools.get(call));
                match place.copied() {
                    Some(place) => spans.extend(sub_agent(&agent, facts, said, place, &mut tools)),
                    None => waiting.push((agent, said)),
                }
            }
            agents = waiting;
            if agents.is_empty() || agents.len() == before {
                break;
            }
        }
        // Whose tool call is nowhere stands below the run that was going on.
        for (agent, said) in agents {
            let at = said.iter().find_map(first_time);
            let run =
                runs.iter().rev().find(|run| at.is_none_or(|at| run.at <= at)).or(runs.first());
            if let Some(run) = run {
                let place = ToolPlace { trace_id: run.trace_id, span_id: run.span_id };
                spans.extend(sub_agent(&agent, known.get(&agent), said, place, &mut tools));
            }
        }
        link_notices(&mut spans);
        spans
    }
}

/// A sub-agent in the background ends after the run that started it; its end comes as a
/// prompt of its own, which is a run that points at the sub-agent.
fn link_notices(spans: &mut [SourceSpan]) {
    let places: HashMap<String, ToolPlace> = spans
        .iter()
        .filter(|span| span.name.as_deref() == Some(SUB_AGENT))
        .filter_map(|span| {
            let place = ToolPlace { trace_id: span.trace_id, span_id: span.span_id };
            Some((span.sender_span_id.clone()?, place))
        })
        .collect();
    for span in spans {
        let prompt = attribute(&span.attributes, "user_prompt").and_then(|prompt| prompt.as_str());
        let noticed = prompt
            .and_then(|text| text.strip_prefix("<task-notification>"))
            .and_then(|text| text.split_once("<task-id>")?.1.split_once("</task-id>"))
            .and_then(|(task, _)| places.get(task));
        span.links.extend(noticed.map(|place| SourceLink {
            trace_id: place.trace_id,
            span_id: place.span_id,
            trace_state: String::new(),
            attributes: Vec::new(),
            dropped_attributes_count: 0,
            flags: 0,
        }));
    }
}

fn sub_agent(
    agent: &str,
    facts: Option<&Agent>,
    said: Vec<Said>,
    place: ToolPlace,
    tools: &mut HashMap<String, ToolPlace>,
) -> Vec<SourceSpan> {
    let start = Start {
        agent,
        kind: facts.and_then(|facts| facts.kind.as_deref()),
        description: facts.and_then(|facts| facts.description.as_deref()),
        place,
    };
    let mut thread = Thread::sub_agent(&start);
    thread.read(said);
    thread.finish(tools)
}

fn first_time(said: &Said) -> Option<i64> {
    match said {
        Said::User(user) => Some(user.at),
        Said::Assistant(answer) => Some(answer.at),
        Said::Request { at, .. } => Some(*at),
        Said::Agent(_) => None,
    }
}
