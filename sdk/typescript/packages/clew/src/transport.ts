/** Requests to the server. */

import { request as httpRequest, Agent as HttpAgent } from "node:http";
import { request as httpsRequest, Agent as HttpsAgent } from "node:https";
import type { Config } from "./config.js";

/** A request. */
export interface Outgoing {
  method: "GET" | "POST" | "DELETE";
  /** Path and query, without the address of the server. */
  path: string;
  headers: Record<string, string>;
  body?: Uint8Array;
}

/** What was answered. */
export interface Answer {
  status: number;
  /** Names in lower case. */
  headers: Record<string, string | undefined>;
  body: string;
}

/** Carries requests. Rejects where no answer came. */
export interface Transport {
  send(request: Outgoing): Promise<Answer>;
}

/** An answer is read so far; what senders and readers need is far shorter. */
const ANSWER_MAX_BYTES = 64 * 1024 * 1024;
const KEEP = { keepAlive: true, maxSockets: 4 };

/**
 * Node's own HTTP client with a connection kept open. Not `fetch`: what it does is patched by test tools and tracers,
 * and the SDK's requests are nobody else's business.
 */
export class HttpTransport implements Transport {
  private agent: HttpAgent | HttpsAgent | undefined;

  constructor(private readonly config: Pick<Config, "baseUrl" | "timeoutMs">) {}

  send(outgoing: Outgoing): Promise<Answer> {
    const { method, headers, body } = outgoing;
    const length = body ? { "content-length": String(body.byteLength) } : {};
    return new Promise<Answer>((resolve, reject) => {
      // An address that is none throws here, and so rejects, instead of where the client is made.
      const isSecure = new URL(this.config.baseUrl).protocol === "https:";
      const agent = (this.agent ??= isSecure ? new HttpsAgent(KEEP) : new HttpAgent(KEEP));
      const options = { method, headers: { ...headers, ...length }, agent };
      const open = isSecure ? httpsRequest : httpRequest;
      const request = open(this.config.baseUrl + outgoing.path, options);
      const timer = setTimeout(() => {
        request.destroy(new Error(`no answer within ${this.config.timeoutMs} ms`));
      }, this.config.timeoutMs);
      const fail = (error: Error): void => {
        clearTimeout(timer);
        reject(error);
      };
      request.on("error", fail);
      request.on("response", (response) => {
        const pieces: Buffer[] = [];
        let bytes = 0;
        response.on("data", (piece: Buffer) => {
          bytes += piece.length;
          if (bytes > ANSWER_MAX_BYTES) request.destroy(new Error("the answer is too large"));
          else pieces.push(piece);
        });
        response.on("error", fail);
        response.on("aborted", () => fail(new Error("the answer broke off")));
        response.on("end", () => {
          clearTimeout(timer);
          const headers = response.headers as Record<string, string | undefined>;
          resolve({
            status: response.statusCode ?? 0,
            headers,
            body: Buffer.concat(pieces).toString("utf8"),
          });
        });
      });
      request.end(body);
    });
  }
}

/** Headers that say who asks. */
export function accessHeaders(config: Pick<Config, "apiKey" | "workspace">): Record<string, string> {
  return {
    ...(config.apiKey ? { authorization: `Bearer ${config.apiKey}` } : {}),
    ...(config.workspace ? { "x-clew-workspace": config.workspace } : {}),
  };
}
