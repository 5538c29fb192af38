//! Which conventions a span follows. A span may follow several at once (a span processor
//! adds its vendor's keys to an instrumentation's), so they are layers, kept as a bitset.

use crate::source::{Sender, SourceSpan};

/// A set of conventions (span-conventions section 1).
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Layers(u32);

impl Layers {
    /// No convention.
    pub const NONE: Layers = Layers(0);
    /// Every convention, and none: for keys that mean the same wherever they stand.
    pub const ANY: Layers = Layers(u32::MAX);
    /// AgentOS run and span calls.
    pub const AO: Layers = Layers(1);
    /// Langfuse SDK.
    pub const LF: Layers = Layers(1 << 1);
    /// Laminar.
    pub const LM: Layers = Layers(1 << 2);
    /// MLflow.
    pub const ML: Layers = Layers(1 << 3);
    /// LangSmith.
    pub const LS: Layers = Layers(1 << 4);
    /// OpenInference.
    pub const OI: Layers = Layers(1 << 5);
    /// Any OTel GenAI span.
    pub const SC: Layers = Layers(1 << 6);
    /// Traceloop, OpenLLMetry.
    pub const TL: Layers = Layers(1 << 7);
    /// Vercel AI SDK 4 to 6.
    pub const V4: Layers = Layers(1 << 8);
    /// Vercel AI SDK 7.
    pub const V7: Layers = Layers(1 << 9);
    /// Pydantic AI.
    pub const PA: Layers = Layers(1 << 10);
    /// Logfire SDK.
    pub const LG: Layers = Layers(1 << 11);
    /// Google ADK.
    pub const ADK: Layers = Layers(1 << 12);
    /// Strands.
    pub const ST: Layers = Layers(1 << 13);
    /// Claude Code, Claude Agent SDK.
    pub const CC: Layers = Layers(1 << 14);
    /// Claude API and SDK native.
    pub const CA: Layers = Layers(1 << 15);
    /// Microsoft Agent Framework.
    pub const MAF: Layers = Layers(1 << 16);
    /// Semantic Kernel.
    pub const SK: Layers = Layers(1 << 17);
    /// AutoGen.
    pub const AG: Layers = Layers(1 << 18);
    /// LiveKit.
    pub const LK: Layers = Layers(1 << 19);
    /// LiteLLM.
    pub const LL: Layers = Layers(1 << 20);
    /// Genkit.
    pub const GK: Layers = Layers(1 << 21);
    /// Mastra.
    pub const MA: Layers = Layers(1 << 22);
    /// Gemini CLI.
    pub const GC: Layers = Layers(1 << 23);
    /// VoltAgent.
    pub const VA: Layers = Layers(1 << 24);
    /// Flue.
    pub const FL: Layers = Layers(1 << 25);
    /// MCP.
    pub const MCP: Layers = Layers(1 << 26);
    /// Braintrust.
    pub const BT: Layers = Layers(1 << 27);
    /// The exporter of OpenAI's Agents SDK.
    pub const OA: Layers = Layers(1 << 28);

    /// Both sets.
    pub const fn or(self, other: Layers) -> Layers {
        Layers(self.0 | other.0)
    }

    /// Whether the sets share a convention; [`Layers::ANY`] shares one with every set,
    /// the empty one included.
    pub const fn meets(self, other: Layers) -> bool {
        self.0 & other.0 != 0 || self.0 == u32::MAX || other.0 == u32::MAX
    }

    /// No convention was found: a span of plain infrastructure.
    pub const fn is_empty(self) -> bool {
        self.0 == 0
    }

    /// Short ids in order of precedence.
    pub fn names(self) -> impl Iterator<Item = &'static str> {
        ORDER.iter().filter(move |(layer, _)| self.0 & layer.0 != 0).map(|(_, name)| *name)
    }
}

/// Explicit vendor annotation, then OpenInference, then OTel, then what a framework calls
/// its own.
const ORDER: &[(Layers, &str)] = &[
    (Layers::AO, "AO"),
    (Layers::LF, "LF"),
    (Layers::LM, "LM"),
    (Layers::ML, "ML"),
    (Layers::LS, "LS"),
    (Layers::BT, "BT"),
    (Layers::OA, "OA"),
    (Layers::OI, "OI"),
    (Layers::SC, "SC"),
    (Layers::TL, "TL"),
    (Layers::V4, "V4-6"),
    (Layers::V7, "V7"),
    (Layers::PA, "PA"),
    (Layers::LG, "LG"),
    (Layers::ADK, "ADK"),
    (Layers::ST, "ST"),
    (Layers::CC, "CC"),
    (Layers::CA, "CA"),
    (Layers::MAF, "MAF"),
    (Layers::SK, "SK"),
    (Layers::AG, "AG"),
    (Layers::LK, "LK"),
    (Layers::LL, "LL"),
    (Layers::GK, "GK"),
    (Layers::MA, "MA"),
    (Layers::GC, "GC"),
    (Layers::VA, "VA"),
    (Layers::FL, "FL"),
    (Layers::MCP, "MCP"),
];

/// Keys that alone tell the convention.
const EXACT: &[(&str, Layers)] = &[
    ("ai.operationId", Layers::V4),
    ("entity.type", Layers::NONE),
    ("event_loop.cycle_id", Layers::ST),
    ("gen_ai.agent.tools", Layers::ST.or(Layers::SC)),
    ("hidden_params", Layers::LL),
    ("lmnr.span.path", Layers::LM),
    ("lmnr.span.type", Layers::LM),
    ("llm.request.type", Layers::TL),
    ("logfire.msg", Layers::LG),
    ("logfire.span_type", Layers::LG),
    ("mastra.span.type", Layers::MA),
    ("mcp.method.name", Layers::MCP),
    ("mlflow.spanType", Layers::ML),
    ("mlflow.traceRequestId", Layers::ML),
    ("model_request_parameters", Layers::PA),
    ("openinference.span.kind", Layers::OI),
];

/// Beginnings of keys that tell the convention. `logfire.json_schema` is left out as a sign
/// of Pydantic AI: every span of the Logfire SDK has it.
const PREFIXES: &[(&str, Layers)] = &[
    ("aisdk.model.", Layers::MA),
    ("braintrust.", Layers::BT),
    ("flue.", Layers::FL),
    ("gcp.vertex.agent.", Layers::ADK),
    ("gen_ai.", Layers::SC),
    ("genkit:", Layers::GK),
    ("langfuse.observation.", Layers::LF),
    ("langfuse.trace.", Layers::LF),
    ("langsmith.span.kind", Layers::LS),
    ("langsmith.trace.", Layers::LS),
    ("litellm.", Layers::LL),
    ("lk.", Layers::LK),
    ("llm.input_messages.", Layers::OI),
    ("llm.output_messages.", Layers::OI),
    ("llm.token_count.", Layers::OI),
    ("pydantic_ai.", Layers::PA),
    ("traceloop.", Layers::TL),
    ("voltagent.", Layers::VA),
];

/// Mastra's older usage keys, `<operation>.usage.inputTokens`.
const MASTRA_OPERATIONS: &[&str] =
    &["stream.", "generateText.", "streamText.", "generateObject.", "streamObject."];

/// The conventions that the mere presence of `key` shows.
pub(crate) fn of_key(key: &str) -> Layers {
    if let Some((_, layers)) = EXACT.iter().find(|(name, _)| *name == key) {
        return *layers;
    }
    for prefix in ["gen_ai.prompt.", "gen_ai.completion."] {
        if let Some(rest) = key.strip_prefix(prefix)
            && rest.starts_with(|first: char| first.is_ascii_digit())
        {
            return Layers::SC.or(Layers::TL);
        }
    }
    if let Some((_, layers)) = PREFIXES.iter().find(|(prefix, _)| key.starts_with(prefix)) {
        return *layers;
    }
    match MASTRA_OPERATIONS.iter().find_map(|prefix| key.strip_prefix(prefix)) {
        Some(rest) if rest.starts_with("usage.") => Layers::MA,
        _ => Layers::NONE,
    }
}

/// The conventions that sender, scope and name show; the rest comes from the keys.
pub(crate) fn of_envelope(source: &SourceSpan) -> Layers {
    let mut layers = match source.sender {
        Sender::Agentos => Layers::AO,
        Sender::Langsmith => Layers::LS,
        Sender::Langfuse => Layers::LF,
        Sender::OpenaiAgents => Layers::OA,
        Sender::Braintrust => Layers::BT,
        Sender::Mlflow => Layers::ML,
        Sender::Otlp | Sender::ClaudeSession | Sender::OpenaiLog => Layers::NONE,
    };
    layers = layers.or(of_scope(&source.scope.name));
    if let Some(name) = &source.name {
        if name.starts_with("claude_code.") {
            layers = layers.or(Layers::CC);
        } else if name == "litellm_request" || name == "raw_gen_ai_request" {
            layers = layers.or(Layers::LL);
        }
    }
    layers
}

fn of_scope(scope: &str) -> Layers {
    match scope {
        "" => Layers::NONE,
        "pydantic-ai" => Layers::PA,
        "gcp.vertex.agent" => Layers::ADK,
        "strands.telemetry.tracer" => Layers::ST,
        "agent_framework" => Layers::MAF,
        "autogen-core" => Layers::AG,
        "livekit-agents" => Layers::LK,
        "litellm" => Layers::LL,
        "genkit-tracer" => Layers::GK,
        "@flue/opentelemetry" => Layers::FL,
        "com.anthropic.claude-platform" => Layers::CA,
        "lmnr.tracer" => Layers::LM,
        "traceloop.tracer" => Layers::TL,
        "gen_ai" => Layers::V7,
        "ai" => Layers::V4,
        "langsmith" => Layers::LS,
        _ => of_scope_beginning(scope),
    }
}

fn of_scope_beginning(scope: &str) -> Layers {
    const BEGINNINGS: &[(&str, Layers)] = &[
        ("langfuse-sdk", Layers::LF),
        ("openinference.", Layers::OI),
        ("logfire", Layers::LG),
        ("com.anthropic.sdk.", Layers::CA),
        ("com.anthropic.claude_code", Layers::CC),
        ("semantic_kernel.", Layers::SK),
        ("Microsoft.SemanticKernel", Layers::SK),
        ("autogen ", Layers::AG),
    ];
    BEGINNINGS
        .iter()
        .find(|(beginning, _)| scope.starts_with(beginning))
        .map_or(Layers::NONE, |(_, layers)| *layers)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn names(layers: Layers) -> Vec<&'static str> {
        layers.names().collect()
    }

    #[test]
    fn a_key_tells_its_convention() {
        for (key, want) in [
            ("langfuse.observation.type", vec!["LF"]),
            ("langfuse.session.id", vec![]),
            ("gen_ai.prompt.0.role", vec!["SC", "TL"]),
            ("gen_ai.prompt.name", vec!["SC"]),
            ("streamText.usage.inputTokens", vec!["MA"]),
            ("stream.size", vec![]),
            ("lk.room_sid", vec!["LK"]),
            ("genkit:name", vec!["GK"]),
            ("http.route", vec![]),
        ] {
            assert_eq!(names(of_key(key)), want, "{key}");
        }
    }

    #[test]
    fn any_meets_the_empty_set_and_others_do_not() {
        assert!(Layers::ANY.meets(Layers::NONE));
        assert!(!Layers::CC.meets(Layers::NONE));
        assert!(Layers::CC.or(Layers::SC).meets(Layers::SC));
    }
}
