import { expect, test } from "vitest";
import { GUIDES, type Place } from "./guides";

const OPEN: Place = { http: "http://127.0.0.1:2539", grpc: "http://127.0.0.1:4317", key: null };
const KEYED: Place = { http: "https://clew.example:8443", grpc: null, key: "aos_ws_abc" };

const code = (id: string, place: Place) =>
  GUIDES.find((guide) => guide.id === id)!
    .blocks(place)
    .map((block) => block.code)
    .join("\n");

test("in open mode no line asks for a key", () => {
  expect(code("opentelemetry", OPEN)).toBe(
    "export OTEL_EXPORTER_OTLP_ENDPOINT=http://127.0.0.1:2539\nexport OTEL_SERVICE_NAME=my-agent\n# over gRPC: OTEL_EXPORTER_OTLP_ENDPOINT=http://127.0.0.1:4317",
  );
  for (const guide of GUIDES) expect(code(guide.id, OPEN)).not.toContain("null");
});

test("with a key every guide carries it and the real address", () => {
  for (const guide of GUIDES) expect(code(guide.id, KEYED), guide.id).toContain("aos_ws_abc");
  expect(code("laminar", KEYED)).toContain('base_url="https://clew.example", http_port=8443');
  expect(code("phoenix", KEYED)).toContain("PHOENIX_COLLECTOR_ENDPOINT=https://clew.example:8443");
});
