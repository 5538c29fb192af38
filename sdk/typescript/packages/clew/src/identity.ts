/** What runs and spans can both say about whose they are. */

import { plainText } from "./json.js";
import type { CommonOptions } from "./types.js";

/** Fields whose names differ between the caller and the wire. */
const COMMON = [
  ["sessionId", "session_id"],
  ["userId", "user_id"],
  ["agentId", "agent_id"],
  ["agentName", "agent_name"],
] as const;

/** Session, user, agent and tags, as JSON members; they are few and short. */
export function identityText(options: CommonOptions): string {
  let text = "";
  for (const [name, wire] of COMMON) {
    const value = options[name];
    if (value === undefined || value === null || value === "") continue;
    const said = plainText(value);
    if (said !== undefined) text += `,"${wire}":${JSON.stringify(said)}`;
  }
  if (Array.isArray(options.tags) && options.tags.length > 0) {
    const tags = options.tags.map(plainText).filter((tag) => tag !== undefined);
    text += `,"tags":${JSON.stringify(tags)}`;
  }
  return text;
}
