/** A small run of three spans, sent as any tracer would send it, to see that the way is open. */

import { ApiError } from "@/api/client";

/** Sends it, dated at `nowMs`, and gives the trace's id. */
export async function sendTestTrace(nowMs: number): Promise<string> {
  const traceId = hex(16);
  const response = await fetch("/v1/traces", {
    method: "POST",
    headers: { "Content-Type": "application/json", "X-Clew-Page": "1" },
    body: JSON.stringify(testTrace(traceId, [hex(8), hex(8), hex(8)], nowMs)),
  });
  if (!response.ok) {
    throw new ApiError(response.status, {
      message:
        response.status === 403
          ? "The key that you signed in with may not send: the scope “ingest” is missing"
          : `The trace was refused with ${response.status}`,
    });
  }
  return traceId;
}

/** The run as an OTLP request. */
export function testTrace(
  traceId: string,
  [root, llm, tool]: [string, string, string],
  nowMs: number,
): unknown {
  const at = (ms: number) => `${BigInt(nowMs + ms) * 1_000_000n}`;
  const text = (key: string, value: string) => ({ key, value: { stringValue: value } });
  const whole = (key: string, value: number) => ({ key, value: { intValue: String(value) } });
  const message = (role: string, content: string) =>
    JSON.stringify([{ role, parts: [{ type: "text", content }] }]);
  const span = (
    spanId: string,
    parentSpanId: string,
    name: string,
    start: number,
    end: number,
    attributes: unknown[],
  ) => ({
    traceId,
    spanId,
    parentSpanId,
    name,
    kind: 1,
    startTimeUnixNano: at(start),
    endTimeUnixNano: at(end),
    attributes,
  });
  return {
    resourceSpans: [
      {
        resource: { attributes: [text("service.name", "test-trace")] },
        scopeSpans: [
          {
            scope: { name: "clew.page" },
            spans: [
              span(root, "", "invoke_agent test", -1500, 0, [
                text("gen_ai.operation.name", "invoke_agent"),
                text("gen_ai.agent.name", "test-trace"),
              ]),
              span(llm, root, "chat gpt-5-mini", -1450, -400, [
                text("gen_ai.operation.name", "chat"),
                text("gen_ai.provider.name", "openai"),
                text("gen_ai.request.model", "gpt-5-mini"),
                whole("gen_ai.usage.input_tokens", 24),
                whole("gen_ai.usage.output_tokens", 9),
                text("gen_ai.input.messages", message("user", "Is the way to Clew open?")),
                text(
                  "gen_ai.output.messages",
                  message("assistant", "It is. I looked at the clock to be sure."),
                ),
              ]),
              span(tool, root, "execute_tool clock", -380, -350, [
                text("gen_ai.operation.name", "execute_tool"),
                text("gen_ai.tool.name", "clock"),
                text("gen_ai.tool.call.arguments", "{}"),
                text("gen_ai.tool.call.result", new Date(nowMs).toISOString()),
              ]),
            ],
          },
        ],
      },
    ],
  };
}

function hex(bytes: number): string {
  return Array.from(crypto.getRandomValues(new Uint8Array(bytes)), (byte) =>
    byte.toString(16).padStart(2, "0"),
  ).join("");
}
