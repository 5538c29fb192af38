import { QueryClient, QueryClientProvider } from "@tanstack/react-query";
import { RouterProvider } from "@tanstack/react-router";
import { StrictMode } from "react";
import { createRoot } from "react-dom/client";
import { ApiError } from "./api/client";
import { router } from "./app/router";
import { SESSION } from "./app/session";
import "./styles/index.css";

const queries = new QueryClient({
  defaultOptions: {
    queries: {
      // What the server refused stays refused; only its absence is worth another try.
      retry: (failures, error) => failures < 2 && error instanceof ApiError && error.gone,
      staleTime: 5_000,
      refetchOnWindowFocus: false,
    },
  },
});

// Every page waits for it, so it is under way before the page is.
void queries.prefetchQuery(SESSION);

createRoot(document.getElementById("root")!).render(
  <StrictMode>
    <QueryClientProvider client={queries}>
      <RouterProvider router={router} />
    </QueryClientProvider>
  </StrictMode>,
);
