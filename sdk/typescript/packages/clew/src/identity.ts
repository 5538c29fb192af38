/** What runs and spans can both say about whose they are. */

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
    if (value !== undefined && value !== null && value !== "")
      text += `,"${wire}":${JSON.stringify(String(value))}`;
  }
  if (Array.isArray(options.tags) && options.tags.length > 0) {
    text += `,"tags":${JSON.stringify(options.tags.map(String))}`;
  }
  return text;
}
