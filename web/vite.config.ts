import { fileURLToPath } from "node:url";
import react from "@vitejs/plugin-react";
import tailwindcss from "@tailwindcss/vite";
import { defineConfig } from "vitest/config";

/** A running Clew, for `make web-dev`: the pages come hot from here, everything else from there. */
const clew = process.env.CLEW_URL ?? "http://127.0.0.1:2539";

export default defineConfig({
  base: "/ui/",
  plugins: [react(), tailwindcss()],
  build: {
    target: "es2022",
    // The policy of the pages allows no inlined data but images.
    assetsInlineLimit: 0,
    chunkSizeWarningLimit: 600,
  },
  resolve: { alias: { "@": fileURLToPath(new URL("./src", import.meta.url)) } },
  worker: { format: "es" },
  server: {
    port: 5173,
    // Open mode answers no foreign origin, so the proxy speaks as the server's own page.
    proxy: {
      "/api": { target: clew, changeOrigin: true, headers: { origin: clew } },
    },
  },
  test: {
    include: ["src/**/*.test.ts", "src/**/*.test.tsx"],
    environment: "node",
  },
});
