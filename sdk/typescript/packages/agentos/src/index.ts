/** The names of the AgentOS documents. Everything is @clew/sdk's; only the client is called otherwise. */

export * from "@clew/sdk";
export { Clew as AgentOS } from "@clew/sdk";
export type { ClewOptions as AgentOSOptions } from "@clew/sdk";
