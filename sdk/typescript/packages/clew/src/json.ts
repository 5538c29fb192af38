/**
 * Whatever a user hands over, as JSON text. It is taken at once, since messages and results go on changing after the
 * call, and it never throws: a getter that fails, a circle or a BigInt must not reach the code that is traced.
 */

/** Levels of lists and objects that are kept; the server takes 32, and its own stand above these. */
export const DEPTH_MAX = 24;
/** Members of a list or an object that are kept. */
const MEMBERS_MAX = 10_000;

/** The JSON text of a value, or undefined where there is nothing to say (`undefined`, a symbol). */
export function jsonText(value: unknown, maxChars: number): string | undefined {
  let text: string | undefined;
  try {
    text = JSON.stringify(plain(value, 0, []));
  } catch (error) {
    text = JSON.stringify(`[not readable: ${messageOf(error)}]`);
  }
  if (text === undefined || text.length <= maxChars) return text;
  return clippedText(text, maxChars);
}

function clippedText(text: string, maxChars: number): string {
  const kept = text.startsWith('"') ? (JSON.parse(text) as string) : text;
  return JSON.stringify(`${kept.slice(0, maxChars)}… [cut, ${kept.length} characters]`);
}

function plain(value: unknown, depth: number, above: object[]): unknown {
  switch (typeof value) {
    case "string":
    case "boolean":
      return value;
    case "number":
      return Number.isFinite(value) ? value : String(value);
    case "bigint":
      return value <= Number.MAX_SAFE_INTEGER && value >= Number.MIN_SAFE_INTEGER
        ? Number(value)
        : String(value);
    case "function":
      return `[function ${value.name}]`;
    case "object":
      return value === null ? null : plainObject(value, depth, above);
    default:
      return undefined;
  }
}

function plainObject(value: object, depth: number, above: object[]): unknown {
  if (above.includes(value)) return "[circle]";
  if (depth >= DEPTH_MAX) return "[deeper]";
  const path = [...above, value];
  const inner = (member: unknown): unknown => plain(member, depth + 1, path);
  if (Array.isArray(value)) return value.slice(0, MEMBERS_MAX).map((member) => inner(member) ?? null);
  const known = knownObject(value, inner);
  if (known !== undefined) return known;
  const own = (value as { toJSON?: unknown }).toJSON;
  if (typeof own === "function") return plain(own.call(value), depth + 1, path);
  return members(value, inner);
}

function members(value: object, inner: (member: unknown) => unknown): Record<string, unknown> {
  const copy: Record<string, unknown> = Object.create(null) as Record<string, unknown>;
  let count = 0;
  for (const key of Object.keys(value)) {
    if ((count += 1) > MEMBERS_MAX) break;
    try {
      const member = (value as Record<string, unknown>)[key];
      if (typeof member !== "function") copy[key] = inner(member);
    } catch (error) {
      copy[key] = `[not readable: ${messageOf(error)}]`;
    }
  }
  return copy;
}

/** Objects whose members say little or much too much. */
function knownObject(value: object, inner: (member: unknown) => unknown): unknown {
  if (value instanceof Date) return Number.isNaN(value.getTime()) ? null : value.toISOString();
  if (value instanceof Error) return { type: value.name, message: value.message };
  if (value instanceof URL || value instanceof RegExp) return String(value);
  if (value instanceof Map) {
    return Object.fromEntries(
      [...value].slice(0, MEMBERS_MAX).map(([key, member]) => [String(key), inner(member)]),
    );
  }
  if (value instanceof Set) return [...value].slice(0, MEMBERS_MAX).map((member) => inner(member) ?? null);
  if (ArrayBuffer.isView(value) || value instanceof ArrayBuffer) return `[${value.byteLength} bytes]`;
  if (value instanceof Promise) return "[promise]";
  return undefined;
}

/** What an error says, whatever was thrown. */
export function messageOf(error: unknown): string {
  try {
    return String(error instanceof Error ? error.message : error);
  } catch {
    return "an error that cannot be shown";
  }
}

/** A value as text; undefined where it has no form as one. */
export function plainText(value: unknown): string | undefined {
  try {
    return typeof value === "string" ? value : String(value);
  } catch {
    return undefined;
  }
}
