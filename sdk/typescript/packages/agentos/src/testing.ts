/** The test kit of @clew/sdk. */

export * from "@clew/sdk/testing";
