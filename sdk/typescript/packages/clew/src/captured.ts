/** Values of a span, taken as they are at the moment of the call. */

import { jsonText, messageOf } from "./json.js";
import type { Attributes } from "./types.js";

/** Characters of one value; what is longer is cut and says so. */
export const VALUE_MAX_CHARS = 8 * 1024 * 1024;

/** JSON that is text already. */
export class JsonText {
  constructor(readonly text: string) {}
}

/** A value that cannot change any more. */
export type Held = string | number | boolean | JsonText;

/** Named values that cannot change any more. */
export type Captured = Record<string, Held>;

/** Keys that hold what people and models say; `capture: false` leaves them out. */
const CONTENT_KEYS = new Set([
  "args",
  "arguments",
  "choices",
  "content",
  "documents",
  "input",
  "instructions",
  "messages",
  "modified_input",
  "modified_output",
  "output",
  "prediction",
  "prompt",
  "query",
  "reasoning",
  "response",
  "result",
  "system",
  "system_prompt",
  "task",
  "text",
  "tool_calls",
]);

/** Takes a value; undefined where there is nothing to say. */
export function held(value: unknown): Held | undefined {
  switch (typeof value) {
    case "string":
      return value.length <= VALUE_MAX_CHARS ? value : new JsonText(jsonText(value, VALUE_MAX_CHARS) ?? '""');
    case "boolean":
      return value;
    case "number":
      return Number.isFinite(value) ? value : String(value);
    case "undefined":
      return undefined;
    default: {
      if (value === null) return undefined;
      if (value instanceof JsonText) return value;
      const text = jsonText(value, VALUE_MAX_CHARS);
      return text === undefined ? undefined : new JsonText(text);
    }
  }
}

/** Takes named values. What cannot be read says so in its place. */
export function captured(data: Attributes, withContent: boolean): Captured {
  const copy: Captured = {};
  try {
    for (const key in data) {
      if (!withContent && CONTENT_KEYS.has(key)) continue;
      const value = heldMember(data, key);
      if (value !== undefined) copy[key] = value;
    }
  } catch (error) {
    copy["not_read"] = messageOf(error);
  }
  return copy;
}

/** A copy of named values; one that cannot be read says so in its place. */
export function copied(data: Attributes | null | undefined): Attributes {
  try {
    return { ...data };
  } catch {
    return captured(data ?? {}, true);
  }
}

function heldMember(data: Attributes, key: string): Held | undefined {
  try {
    return held(data[key]);
  } catch (error) {
    return `[not readable: ${messageOf(error)}]`;
  }
}

/** About how much memory a value takes, in bytes. */
export function sizeOf(value: Held | undefined): number {
  if (typeof value === "string") return value.length + 16;
  return value instanceof JsonText ? value.text.length + 16 : 16;
}

/** About how much memory named values take, in bytes. */
export function sizeOfAll(data: Captured | undefined): number {
  let bytes = 0;
  for (const key in data) bytes += key.length + sizeOf(data[key]);
  return bytes;
}

/** The JSON of a value. */
export function textOf(value: Held): string {
  return value instanceof JsonText ? value.text : JSON.stringify(value);
}

/** The JSON of named values. */
export function textOfAll(data: Captured): string {
  let text = "";
  for (const key in data) text += `${text ? "," : ""}${JSON.stringify(key)}:${textOf(data[key]!)}`;
  return `{${text}}`;
}
