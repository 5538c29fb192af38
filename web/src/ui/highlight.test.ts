import { expect, test } from "vitest";
import { grammarOf } from "./highlight";

test("code is known by its language or its look, prose is not code", () => {
  expect(grammarOf("x", "json5")).toBe("json");
  expect(grammarOf("x", "postgresql")).toBe("sql");
  expect(grammarOf("x", "python")).toBe("program");
  expect(grammarOf("x", "text")).toBeNull();
  expect(grammarOf("select maker from orders")).toBe("sql");
  expect(grammarOf("def f(x):\n  return x")).toBe("program");
  expect(grammarOf("Select one of these")).toBeNull();
  expect(grammarOf("The import failed")).toBeNull();
});
