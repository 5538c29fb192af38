import { expect, test } from "vitest";
import { foldStack } from "./stack";

test("Python: own frames with their code, libraries folded, the error's own line left out", () => {
  const stack = `Traceback (most recent call last):
  File "/srv/venv/lib/python3.11/site-packages/mlflow/tracing/fluent.py", line 383, in wrapper
    return wrapping_coro.send(fn(*args, **kwargs))
                              ^^^^^^^^^^^^^^^^^^^
  File "/srv/venv/lib/python3.11/site-packages/mlflow/tracing/fluent.py", line 335, in _wrapping_logic
    result = yield
  File "agents/tools.py", line 88, in query_warehouse
    rows = client.execute(sql)
ValueError: tool exploded: text for value
`;
  expect(foldStack(stack, "tool exploded: text for value")).toEqual([
    {
      kind: "folded",
      frames: [
        {
          kind: "frame",
          text: 'File "/srv/venv/lib/python3.11/site-packages/mlflow/tracing/fluent.py", line 383, in wrapper',
          code: "return wrapping_coro.send(fn(*args, **kwargs))",
          library: true,
        },
        {
          kind: "frame",
          text: 'File "/srv/venv/lib/python3.11/site-packages/mlflow/tracing/fluent.py", line 335, in _wrapping_logic',
          code: "result = yield",
          library: true,
        },
      ],
    },
    {
      kind: "frame",
      text: 'File "agents/tools.py", line 88, in query_warehouse',
      code: "rows = client.execute(sql)",
      library: false,
    },
  ]);
});

test("JavaScript: node_modules and node's own are libraries", () => {
  const stack = `Error: tool exploded
    at Object.execute (file:///srv/agents/vercel_ai.mjs:18:149)
    at executeTool (file:///srv/node_modules/ai/dist/index.js:3030:25)
    at AsyncLocalStorage.run (node:async_hooks:346:14)`;
  expect(foldStack(stack, "tool exploded").map((line) => [line.kind, count(line)])).toEqual([
    ["frame", 1],
    ["folded", 2],
  ]);
});

test("Java: packages decide, causes stay", () => {
  const stack = `java.lang.IllegalStateException: no stock
\tat com.larch.Orders.take(Orders.java:42)
\tat java.base/java.util.ArrayList.forEach(ArrayList.java:1511)
\tat org.springframework.web.Dispatcher.run(Dispatcher.java:7)
Caused by: java.io.IOException: closed
\tat com.larch.Stock.read(Stock.java:9)
\t... 14 more`;
  expect(foldStack(stack, "no stock").map((line) => [line.kind, count(line)])).toEqual([
    ["frame", 1],
    ["folded", 2],
    ["note", 1],
    ["frame", 1],
    ["folded", 1],
  ]);
});

test("text that is no stack stays as it came", () => {
  expect(foldStack("something went wrong\nsomewhere", null)).toEqual([
    { kind: "note", text: "something went wrong" },
    { kind: "note", text: "somewhere" },
  ]);
});

function count(line: ReturnType<typeof foldStack>[number]): number {
  return line.kind === "folded" ? line.frames.length : 1;
}
