/** What went wrong, in the form that the server takes. */

import { jsonText, messageOf } from "./json.js";

/** An error as it is sent. */
export interface Failure {
  message: string;
  type?: string;
  stack?: string;
}

const TEXT_MAX_CHARS = 64 * 1024;

/** Reads whatever was thrown, given as text, or put together by hand. */
export function failureOf(error: unknown): Failure {
  try {
    return read(error);
  } catch {
    return { message: "an error that cannot be read" };
  }
}

function read(error: unknown): Failure {
  if (error instanceof Error) return ofError(error);
  if (typeof error === "object" && error !== null) {
    const { message, type, name, stack } = error as Record<string, unknown>;
    if (typeof message === "string") {
      const kind = typeof type === "string" ? type : typeof name === "string" ? name : undefined;
      return {
        message: cut(message),
        ...(kind === undefined ? {} : { type: kind }),
        ...(typeof stack === "string" ? { stack: cut(stack) } : {}),
      };
    }
    return { message: cut(jsonText(error, TEXT_MAX_CHARS) ?? "an error without a text") };
  }
  return { message: cut(error === undefined ? "failed" : messageOf(error)) };
}

function ofError(error: Error): Failure {
  const code = (error as { code?: unknown }).code;
  const names = [error.name, error.constructor.name, typeof code === "string" ? code : "Error"];
  const type = names.find((name) => name !== "Error" && name !== "") ?? "Error";
  const cause = error.cause === undefined ? "" : `\ncaused by: ${messageOf(error.cause)}`;
  return {
    message: cut(error.message || error.name),
    type,
    ...(typeof error.stack === "string" ? { stack: cut(error.stack + cause) } : {}),
  };
}

function cut(text: string): string {
  return text.length <= TEXT_MAX_CHARS ? text : `${text.slice(0, TEXT_MAX_CHARS)}…`;
}
