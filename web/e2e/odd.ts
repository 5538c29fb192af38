/** Runs that no page should break on: each as OTLP, by a name that says what is odd about it. */

import { agent, chat, id, otlp, type SpanOptions, tool } from "./otlp";

/** 18 November 2026, noon, UTC. */
const START_MS = Date.UTC(2026, 10, 18, 12);
const TEXT_50_MB = 50 * 1000 * 1000;

export const SCRIPT = `<script>window.owned = true</script><img src=x onerror="window.owned = true"><b>bold</b>`;
/** Right-to-left override, Arabic, combining marks, a family of emoji. */
export const BIDI =
  "\u202Egnp.exe مرحبا بالعالم Z\u0351\u036B\u0343\u036A\u0302a\u0334l\u0335 👨‍👩‍👧‍👦 \u2067שלום\u2069";
export const LONG_NAME = "name-".repeat(2000);

function trace(number: number): string {
  return `0dd${number.toString(16).padStart(29, "0")}`;
}

export interface Odd {
  traceId: string;
  request: unknown;
}

/** One message of 50 MB, as one OTLP body may just carry. */
export function hugeMessage(): Odd {
  const line = "0123456789 abcdefghijklmnopqrstuvwxyz needle? ";
  const text = `${line.repeat(Math.ceil(TEXT_50_MB / line.length))}the last words: haystack-end`;
  const traceId = trace(1);
  return {
    traceId,
    request: otlp(traceId, START_MS, [
      { id: id(1), name: "invoke_agent reader", start: 0, end: 9000, attributes: agent("reader") },
      {
        id: id(2),
        parent: id(1),
        name: "chat",
        start: 10,
        end: 5000,
        attributes: chat("gpt-5-mini", text, "Too long to read.", [12_000_000, 9]),
      },
    ]),
  };
}

/** 10,000 children under one node. */
export function wide(): Odd {
  const traceId = trace(2);
  const spans: SpanOptions[] = [
    { id: id(1), name: "invoke_agent wide", start: 0, end: 100_000, attributes: agent("wide") },
  ];
  for (let child = 0; child < 10_000; child++) {
    spans.push({
      id: id(child + 2),
      parent: id(1),
      name: `execute_tool fetch_page`,
      start: child * 10,
      end: child * 10 + 9,
      attributes: tool("fetch_page", { page: child }, `page ${child}`),
      ...(child === 7_777 ? { error: "page 7777 is torn out" } : {}),
    });
  }
  return { traceId, request: otlp(traceId, START_MS, spans) };
}

/** Each span the child of the one before, 5,000 deep. */
export function deep(): Odd {
  const traceId = trace(3);
  const spans: SpanOptions[] = [];
  for (let level = 0; level < 5_000; level++) {
    spans.push({
      id: id(level + 1),
      ...(level > 0 ? { parent: id(level) } : {}),
      name: `step ${level}`,
      start: level,
      end: 10_000 - level,
      attributes:
        level === 0
          ? agent("deep")
          : { "gen_ai.operation.name": "invoke_agent", "gen_ai.agent.name": `level-${level}` },
    });
  }
  return { traceId, request: otlp(traceId, START_MS, spans) };
}

/** Three spans, each the parent of the next, and one whose parent never comes. */
export function cycle(): Odd {
  const traceId = trace(4);
  return {
    traceId,
    request: otlp(traceId, START_MS, [
      { id: id(1), parent: id(3), name: "execute_tool a", start: 0, end: 30, attributes: tool("a", {}, "1") },
      { id: id(2), parent: id(1), name: "execute_tool b", start: 5, end: 20, attributes: tool("b", {}, "2") },
      {
        id: id(3),
        parent: id(2),
        name: "execute_tool c",
        start: 10,
        end: 15,
        attributes: tool("c", {}, "3"),
      },
      {
        id: id(4),
        parent: id(99),
        name: "execute_tool orphan",
        start: 12,
        end: 14,
        attributes: tool("orphan", {}, "4"),
      },
    ]),
  };
}

/** Markup, right-to-left text and names of 10 KB in every place that a sender fills. */
export function hostileText(): Odd {
  const traceId = trace(5);
  const words = {
    "user.id": SCRIPT,
    "session.id": `session ${SCRIPT}`,
    "gen_ai.conversation.id": `session ${SCRIPT}`,
  };
  return {
    traceId,
    request: otlp(
      traceId,
      START_MS,
      [
        { id: id(1), name: `invoke_agent ${SCRIPT}`, start: 0, end: 4000, attributes: agent(SCRIPT, words) },
        {
          id: id(2),
          parent: id(1),
          name: BIDI,
          start: 10,
          end: 900,
          attributes: chat(
            SCRIPT,
            `${SCRIPT} ${BIDI}`,
            `# ${SCRIPT}\n\n[click](javascript:window.owned=true) ![x](https://example.com/pixel.png)`,
            [10, 20],
          ),
        },
        {
          id: id(3),
          parent: id(1),
          name: LONG_NAME,
          start: 1000,
          end: 1900,
          attributes: tool(LONG_NAME, { [SCRIPT]: SCRIPT }, SCRIPT),
          error: SCRIPT,
          events: [
            {
              name: "exception",
              at: 1500,
              attributes: {
                "exception.type": SCRIPT,
                "exception.message": BIDI,
                "exception.stacktrace": SCRIPT,
              },
            },
          ],
        },
        {
          id: id(4),
          parent: id(1),
          name: "execute_tool \u001b[31mred\u001b[0m",
          start: 2000,
          end: 2100,
          attributes: tool("\u001b[31mred", { x: "\u001b]0;owned\u0007" }, "ok"),
        },
      ],
      SCRIPT,
    ),
  };
}

/** Nothing took time, one span ends before it starts, and two clocks are years away. */
export function oddClocks(): Odd {
  const traceId = trace(6);
  const year = 365 * 86_400_000;
  return {
    traceId,
    request: otlp(traceId, START_MS, [
      { id: id(1), name: "invoke_agent clocks", start: 0, end: 5000, attributes: agent("clocks") },
      {
        id: id(2),
        parent: id(1),
        name: "execute_tool instant",
        start: 100,
        end: 100,
        attributes: tool("instant", {}, "done"),
      },
      {
        id: id(3),
        parent: id(1),
        name: "execute_tool backwards",
        start: 900,
        end: 400,
        attributes: tool("backwards", {}, "done"),
      },
      {
        id: id(4),
        parent: id(1),
        name: "execute_tool past",
        start: -3 * year,
        end: -3 * year + 50,
        attributes: tool("past", {}, "done"),
      },
      {
        id: id(5),
        parent: id(1),
        name: "execute_tool future",
        start: 2 * year,
        end: 2 * year + 50,
        attributes: tool("future", {}, "done"),
      },
    ]),
  };
}
