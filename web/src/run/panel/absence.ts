/** Why a span shows no payload: it has none, it is not over, or its sender is known to leave it out. */

import type { Detail } from "./detail";

/** The payload has nothing that could be shown. */
export function hasPayload({ content }: Detail): boolean {
  return (
    content.input_messages.length > 0 ||
    content.output_messages.length > 0 ||
    content.system_instructions.length > 0 ||
    content.input !== null ||
    content.output !== null ||
    (content.tool !== null && (content.tool.arguments !== null || content.tool.result !== null)) ||
    (content.retrieval !== null &&
      (content.retrieval.query !== null || content.retrieval.documents.length > 0))
  );
}

/** One or two sentences: what is not there, and what would bring it. */
export function whyNoPayload(detail: Detail): string {
  const { span, attributes, scope, resource } = detail;
  const from = `${scope.name} ${Object.keys(attributes).join(" ")} ${String(resource.attributes["service.name"] ?? "")}`;
  if (span.open) return "The span has not ended; senders mostly tell input and output when it does.";
  if (/claude[_-]?code|com\.anthropic/i.test(from)) {
    return "Claude Code sends texts only as log records, and only with OTEL_LOG_USER_PROMPTS=1, OTEL_LOG_ASSISTANT_RESPONSES=1, OTEL_LOG_TOOL_DETAILS=1 and OTEL_LOG_TOOL_CONTENT=1.";
  }
  if (/openai.*agents|openai_agents/i.test(from) && attributes["gen_ai.response.id"] !== undefined) {
    return "The sender told only the id of the response. The OpenAI Agents SDK keeps Responses on OpenAI's side; with its own exporter the messages come along.";
  }
  if (span.category === "llm" || span.category === "agent") {
    const known = span.conventions.includes("SC")
      ? " OpenTelemetry's instrumentations send messages only with OTEL_INSTRUMENTATION_GENAI_CAPTURE_MESSAGE_CONTENT=true."
      : "";
    return `The sender left messages out of this span.${known}`;
  }
  if (span.category === "embedding") return "The sender told how many tokens were embedded, not which text.";
  if (span.category === "tool") return "The sender said neither arguments nor result of this call.";
  return "The sender said no input and no output of this span. All it said stands under Attributes.";
}
