/** How the page talks to the server: one function for every request, one error for everything that goes wrong. */

import type { ErrorBody } from "./schema";

/** What a request came to when it did not succeed. */
export class ApiError extends Error {
  constructor(
    /** HTTP status; 0 when the server did not answer at all. */
    readonly status: number,
    /** The server's words, or ours where it said none. */
    readonly body: Partial<ErrorBody> & { message: string },
  ) {
    super(body.message);
    this.name = "ApiError";
  }

  /** The server is away: worth trying again by itself. */
  get gone(): boolean {
    return this.status === 0 || this.status === 502 || this.status === 504;
  }

  /** The key is missing, unknown or revoked: signing in helps. */
  get unauthenticated(): boolean {
    return this.status === 401;
  }

  get notFound(): boolean {
    return this.status === 404;
  }
}

/** Query parameters; null, undefined and "" are left out. */
export type Params = Record<string, string | number | boolean | null | undefined>;

type Listener = (error: ApiError | null) => void;
const listeners = new Set<Listener>();

/** Is told of each answer: null when the server answered, the error when it did not or refused the key. */
export function onAnswer(listener: Listener): () => void {
  listeners.add(listener);
  return () => listeners.delete(listener);
}

/** The address of a path of the API with parameters. */
export function address(path: string, params: Params = {}): string {
  const query = new URLSearchParams();
  for (const [name, value] of Object.entries(params)) {
    if (value !== null && value !== undefined && value !== "") query.set(name, String(value));
  }
  const text = query.toString();
  return `/api/v1${path}${text ? `?${text}` : ""}`;
}

/** Sends a request and gives the answer, whatever its form. Throws `ApiError`. */
export async function request(
  method: string,
  path: string,
  options: { params?: Params; body?: unknown; signal?: AbortSignal; headers?: Record<string, string> } = {},
): Promise<Response> {
  const headers: Record<string, string> = { "X-Clew-Page": "1", ...options.headers };
  if (options.body !== undefined) headers["Content-Type"] = "application/json";
  let response: Response;
  try {
    response = await fetch(address(path, options.params), {
      method,
      headers,
      body: options.body === undefined ? undefined : JSON.stringify(options.body),
      signal: options.signal,
      credentials: "same-origin",
    });
  } catch (error) {
    if (options.signal?.aborted) throw error;
    return fail(new ApiError(0, { message: "Clew does not answer. Is it still running?" }));
  }
  if (!response.ok && response.status !== 304) return fail(await refused(response));
  for (const listener of listeners) listener(null);
  return response;
}

/** GET of JSON. */
export async function get<T>(path: string, params?: Params, signal?: AbortSignal): Promise<T> {
  const response = await request("GET", path, { params, signal });
  return (await response.json()) as T;
}

/** A change, with a JSON body where there is one; gives the answer's JSON. */
export async function send<T>(
  method: "POST" | "PUT" | "DELETE",
  path: string,
  body?: unknown,
  params?: Params,
  signal?: AbortSignal,
): Promise<T> {
  const response = await request(method, path, { body, params, signal });
  return (await response.json()) as T;
}

function fail(error: ApiError): never {
  for (const listener of listeners) listener(error);
  throw error;
}

async function refused(response: Response): Promise<ApiError> {
  try {
    const answer = (await response.json()) as { error?: ErrorBody };
    if (answer.error) return new ApiError(response.status, answer.error);
  } catch {
    // Not ours: a proxy in between answers in its own form.
  }
  return new ApiError(response.status, {
    message: `The server answered ${response.status} ${response.statusText}`,
  });
}
