/**
 * What to set so that a tracer sends to this Clew: the lines of docs/tracers.md, with the real address and key put in.
 * Only tracers that Clew takes today.
 */

/** Where this Clew is reached, and with what. `key` is null in open mode. */
export interface Place {
  http: string;
  grpc: string | null;
  key: string | null;
}

/** A block to copy. */
export interface Block {
  /** Where it goes. */
  title: string;
  code: string;
}

export interface Guide {
  id: string;
  name: string;
  blocks: (place: Place) => Block[];
  /** What is good to know, in a sentence or two. */
  note?: string;
}

const SHELL = "Shell, before you start your agent";

/** Lines that are there, in order. */
function lines(...parts: (string | false)[]): string {
  return parts.filter((part) => part !== false).join("\n");
}

function header(place: Place): string | false {
  return place.key !== null && `export OTEL_EXPORTER_OTLP_HEADERS="Authorization=Bearer%20${place.key}"`;
}

function otlp(place: Place, ...more: string[]): string {
  return lines(`export OTEL_EXPORTER_OTLP_ENDPOINT=${place.http}`, header(place), ...more);
}

export const GUIDES: Guide[] = [
  {
    id: "opentelemetry",
    name: "OpenTelemetry",
    blocks: (place) => [
      {
        title: SHELL,
        code: lines(
          otlp(place, "export OTEL_SERVICE_NAME=my-agent"),
          place.grpc !== null && `# over gRPC: OTEL_EXPORTER_OTLP_ENDPOINT=${place.grpc}`,
        ),
      },
    ],
    note: "Spans with gen_ai.* attributes, OpenInference's or OpenLLMetry's are read as model calls, tools and agents. Put session.id and user.id on the root span.",
  },
  {
    id: "agno",
    name: "agno",
    blocks: (place) => [
      {
        title: SHELL,
        code: lines(
          "pip install openinference-instrumentation-agno opentelemetry-exporter-otlp-proto-http",
          otlp(place),
        ),
      },
      {
        title: "Python, before the agent is made",
        code: lines(
          "from openinference.instrumentation.agno import AgnoInstrumentor",
          "from opentelemetry.exporter.otlp.proto.http.trace_exporter import OTLPSpanExporter",
          "from opentelemetry.sdk.trace import TracerProvider",
          "from opentelemetry.sdk.trace.export import BatchSpanProcessor",
          "",
          "provider = TracerProvider()",
          "provider.add_span_processor(BatchSpanProcessor(OTLPSpanExporter()))",
          "AgnoInstrumentor().instrument(tracer_provider=provider)",
        ),
      },
    ],
    note: "agno's own client and view_traces.py read from Clew too.",
  },
  {
    id: "langsmith",
    name: "LangSmith",
    blocks: (place) => [
      {
        title: SHELL,
        code: lines(
          "export LANGSMITH_TRACING=true",
          `export LANGSMITH_ENDPOINT=${place.http}`,
          `export LANGSMITH_API_KEY=${place.key ?? "any"}`,
          "export LANGSMITH_PROJECT=my-agent",
        ),
      },
    ],
    note: "Nothing changes in the code; LangChain and LangGraph have it built in. The session is thread_id or session_id of the metadata, the user user_id.",
  },
  {
    id: "openai-agents",
    name: "OpenAI Agents SDK",
    blocks: (place) => [
      {
        title: "Python, before the first run",
        code: lines(
          "from agents import set_trace_processors",
          "from agents.tracing.processors import BackendSpanExporter, BatchTraceProcessor",
          "",
          `exporter = BackendSpanExporter(api_key="${place.key ?? "any"}", endpoint="${place.http}/v1/traces/ingest")`,
          "set_trace_processors([BatchTraceProcessor(exporter)])",
        ),
      },
      {
        title: "JavaScript, before the first run",
        code: lines(
          "import { BatchTraceProcessor, OpenAITracingExporter, setTraceProcessors } from '@openai/agents';",
          "",
          `const exporter = new OpenAITracingExporter({ apiKey: '${place.key ?? "any"}', endpoint: '${place.http}/v1/traces/ingest' });`,
          "setTraceProcessors([new BatchTraceProcessor(exporter)]);",
        ),
      },
    ],
    note: 'Session and user: trace(name, group_id=..., metadata={"user_id": ...}). Of the Responses API the SDK sends no prompts; docs/tracers/openai-agents.md has the lines that do.',
  },
  {
    id: "vercel",
    name: "Vercel AI SDK",
    blocks: (place) => [
      {
        title: SHELL,
        code: lines(
          "npm install ai @ai-sdk/otel @opentelemetry/sdk-trace-node @opentelemetry/exporter-trace-otlp-http",
          otlp(place),
        ),
      },
      {
        title: "JavaScript, once at the start",
        code: lines(
          "import { registerTelemetry } from 'ai';",
          "import { OpenTelemetry } from '@ai-sdk/otel';",
          "import { NodeTracerProvider, BatchSpanProcessor } from '@opentelemetry/sdk-trace-node';",
          "import { OTLPTraceExporter } from '@opentelemetry/exporter-trace-otlp-http';",
          "",
          "const provider = new NodeTracerProvider({ spanProcessors: [new BatchSpanProcessor(new OTLPTraceExporter())] });",
          "provider.register();",
          "registerTelemetry(new OpenTelemetry());",
        ),
      },
    ],
    note: "For version 7. Versions 4 to 6: experimental_telemetry: { isEnabled: true } in each call.",
  },
  {
    id: "phoenix",
    name: "Phoenix",
    blocks: (place) => [
      {
        title: SHELL,
        code: lines(
          `export PHOENIX_COLLECTOR_ENDPOINT=${place.http}`,
          place.key !== null && `export PHOENIX_API_KEY=${place.key}`,
          "export PHOENIX_PROJECT_NAME=my-agent",
        ),
      },
      {
        title: "Python",
        code: lines(
          "from phoenix.otel import register",
          'register(protocol="http/protobuf", batch=True, auto_instrument=True)',
        ),
      },
    ],
  },
  {
    id: "traceloop",
    name: "Traceloop",
    blocks: (place) => [
      {
        title: SHELL,
        code: lines(
          `export TRACELOOP_BASE_URL=${place.http}`,
          `export TRACELOOP_API_KEY=${place.key ?? "any"}`,
          "export TRACELOOP_TELEMETRY=false",
        ),
      },
      {
        title: "Python",
        code: lines("from traceloop.sdk import Traceloop", 'Traceloop.init(app_name="my-agent")'),
      },
    ],
  },
  {
    id: "logfire",
    name: "Logfire, Pydantic AI",
    blocks: (place) => [
      {
        title: SHELL,
        code: lines(`export LOGFIRE_BASE_URL=${place.http}`, `export LOGFIRE_TOKEN=${place.key ?? "any"}`),
      },
      {
        title: "Python",
        code: lines(
          "import logfire",
          'logfire.configure(service_name="my-agent")',
          "logfire.instrument_pydantic_ai()",
        ),
      },
    ],
    note: "Logfire's scrubber hides session.id: give conversation_id to a run, or configure(scrubbing=False).",
  },
  {
    id: "langchain",
    name: "LangChain, LangGraph",
    blocks: (place) => [
      {
        title: SHELL,
        code: lines(
          "pip install openinference-instrumentation-langchain opentelemetry-exporter-otlp-proto-http",
          otlp(place),
        ),
      },
      {
        title: "Python, once at the start",
        code: lines(
          "from openinference.instrumentation.langchain import LangChainInstrumentor",
          "from opentelemetry.exporter.otlp.proto.http.trace_exporter import OTLPSpanExporter",
          "from opentelemetry.sdk.trace import TracerProvider",
          "from opentelemetry.sdk.trace.export import BatchSpanProcessor",
          "",
          "provider = TracerProvider()",
          "provider.add_span_processor(BatchSpanProcessor(OTLPSpanExporter()))",
          "LangChainInstrumentor().instrument(tracer_provider=provider)",
        ),
      },
    ],
    note: 'Session and user: agent.invoke(..., {"metadata": {"session_id": "trip-7", "user_id": "ada"}}).',
  },
  {
    id: "crewai",
    name: "CrewAI",
    blocks: (place) => [
      {
        title: SHELL,
        code: lines(
          "pip install openinference-instrumentation-crewai openinference-instrumentation-openai \\",
          "  opentelemetry-exporter-otlp-proto-http",
          otlp(place),
        ),
      },
      {
        title: "Python, once at the start",
        code: lines(
          "from openinference.instrumentation.crewai import CrewAIInstrumentor",
          "from openinference.instrumentation.openai import OpenAIInstrumentor",
          "from opentelemetry.exporter.otlp.proto.http.trace_exporter import OTLPSpanExporter",
          "from opentelemetry.sdk.trace import TracerProvider",
          "from opentelemetry.sdk.trace.export import BatchSpanProcessor",
          "",
          "provider = TracerProvider()",
          "provider.add_span_processor(BatchSpanProcessor(OTLPSpanExporter()))",
          "CrewAIInstrumentor().instrument(tracer_provider=provider)",
          "OpenAIInstrumentor().instrument(tracer_provider=provider)",
        ),
      },
    ],
    note: "CrewAI's instrumentor has crews, agents and tools; the second one has the model calls and their tokens.",
  },
  {
    id: "laminar",
    name: "Laminar",
    blocks: (place) => {
      const url = new URL(place.http);
      return [
        {
          title: "Python",
          code: lines(
            "from lmnr import Laminar",
            `Laminar.initialize(base_url="${url.protocol}//${url.hostname}", http_port=${url.port || 80}, force_http=True, project_api_key="${place.key ?? "any"}")`,
          ),
        },
      ];
    },
  },
  {
    id: "mlflow",
    name: "MLflow",
    blocks: (place) => [
      {
        title: SHELL,
        code: lines(
          "pip install mlflow",
          `export MLFLOW_TRACKING_URI=${place.http}`,
          place.key !== null && `export MLFLOW_TRACKING_TOKEN=${place.key}`,
        ),
      },
      {
        title: "Python",
        code: lines("import mlflow", 'mlflow.set_experiment("my-agent")', "mlflow.openai.autolog()"),
      },
    ],
    note: "Traces, tags, feedback and attachments. Runs, metrics and models of MLflow are not taken.",
  },
  {
    id: "langfuse",
    name: "Langfuse",
    blocks: (place) => [
      {
        title: SHELL,
        code: lines(
          `export LANGFUSE_BASE_URL=${place.http} LANGFUSE_HOST=${place.http}`,
          `export LANGFUSE_PUBLIC_KEY=pk-any LANGFUSE_SECRET_KEY=${place.key ?? "any"}`,
        ),
      },
    ],
    note: "Version 2 and every later one: spans, scores and media. Prompts are not here: give a fallback.",
  },
  {
    id: "braintrust",
    name: "Braintrust",
    blocks: (place) => [
      {
        title: SHELL,
        code: lines(
          `export BRAINTRUST_APP_URL=${place.http}`,
          `export BRAINTRUST_API_URL=${place.http}`,
          `export BRAINTRUST_API_KEY=${place.key ?? "any"}`,
        ),
      },
      {
        title: "Python",
        code: lines(
          "import braintrust",
          'braintrust.init_logger(project="my-agent")',
          "braintrust.auto_instrument()",
        ),
      },
    ],
    note: "Spans, scores, feedback and attachments. Datasets, prompts and comparisons of experiments are not here.",
  },
  {
    id: "claude-code",
    name: "Claude Code",
    blocks: (place) => [
      {
        title: SHELL,
        code: lines(
          "export CLAUDE_CODE_ENABLE_TELEMETRY=1 CLAUDE_CODE_ENHANCED_TELEMETRY_BETA=1",
          "export OTEL_TRACES_EXPORTER=otlp OTEL_LOGS_EXPORTER=otlp OTEL_EXPORTER_OTLP_PROTOCOL=http/protobuf",
          otlp(place),
          "export OTEL_LOG_USER_PROMPTS=1 OTEL_LOG_ASSISTANT_RESPONSES=1 OTEL_LOG_TOOL_DETAILS=1 OTEL_LOG_TOOL_CONTENT=1",
        ),
      },
    ],
    note: "The last line is what lets prompts, answers and tool contents out; without it there are only names, times and tokens. Log records alone (no traces, no beta) give runs as well.",
  },
  {
    id: "clew-python",
    name: "Clew's SDK, Python",
    blocks: (place) => [
      {
        title: "Shell, in a clone of Clew",
        code: lines(
          "pip install ./sdk/python",
          `export CLEW_URL=${place.http}`,
          place.key !== null && `export CLEW_API_KEY=${place.key}`,
        ),
      },
      {
        title: "Python",
        code: lines(
          "import clew",
          "",
          'with clew.start_run(agent_id="mail", session_id="ticket-7", user_id="ada"):',
          '    with clew.span("gpt-4.1", kind="llm") as llm:',
          '        llm.set_end(content="In Lyon.", input_tokens=12, output_tokens=4)',
        ),
      },
    ],
    note: "Steps show while they are open, and what could not be sent waits on disk. There is one for TypeScript, too.",
  },
  {
    id: "agentos",
    name: "AgentOS",
    blocks: (place) => [
      {
        title: SHELL,
        code: lines(
          `export OTEL_EXPORTER_OTLP_TRACES_ENDPOINT=${place.http}/api/ingest/v1/traces`,
          place.key !== null &&
            `export OTEL_EXPORTER_OTLP_TRACES_HEADERS="Authorization=Bearer%20${place.key}"`,
          "export OTEL_RESOURCE_ATTRIBUTES=agentos.agent_id=my-agent",
        ),
      },
    ],
  },
  {
    id: "curl",
    name: "curl",
    blocks: (place) => [
      {
        title: "Shell",
        code: lines(
          `curl ${place.http}/v1/traces -H 'Content-Type: application/json' \\`,
          place.key !== null && `  -H 'Authorization: Bearer ${place.key}' \\`,
          '  -d "{\\"resourceSpans\\":[{\\"scopeSpans\\":[{\\"spans\\":[{\\"traceId\\":\\"$(openssl rand -hex 16)\\",\\"spanId\\":\\"$(openssl rand -hex 8)\\",',
          '       \\"name\\":\\"hello\\",\\"startTimeUnixNano\\":\\"$(date +%s)000000000\\",\\"endTimeUnixNano\\":\\"$(date +%s)500000000\\"}]}]}]}"',
        ),
      },
    ],
  },
];
