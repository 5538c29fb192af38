import type { LucideIcon } from "lucide-react";
import { plural } from "@/format";
import { AbandonedIcon, ErrorIcon, LiveIcon, OkIcon, QuietIcon, WarnIcon } from "./icons";

/** What a run came to, as people see it: the root's outcome and the failures below are two facts (ruling 9). */
export type Outcome = "ok" | "warn" | "error" | "live" | "quiet" | "abandoned";

interface Facts {
  state: string;
  status: string;
  root_status: string;
  error_count: number;
}

const ICONS: Record<Outcome, LucideIcon> = {
  ok: OkIcon,
  warn: WarnIcon,
  error: ErrorIcon,
  live: LiveIcon,
  quiet: QuietIcon,
  abandoned: AbandonedIcon,
};

/** Which of the six a run is in. A failed root says so even while something below is open. */
export function outcome(run: Facts): Outcome {
  if (run.root_status === "error") return "error";
  if (run.state === "live" || run.state === "resumed") return "live";
  if (run.state === "quiet" || run.state === "abandoned") return run.state;
  return run.status === "error" ? "warn" : "ok";
}

/**
 * The run's clock runs: it is live and a step of it is open. Where all that came has ended, its root may never come:
 * then the time from the first to the last of its spans is all that is known.
 */
export function isTicking(run: { state: string; receipt: { open_spans: number } }): boolean {
  return (run.state === "live" || run.state === "resumed") && run.receipt.open_spans > 0;
}

/** The outcome in words. */
export function outcomeText(run: Facts): string {
  const failures = run.error_count > 0 ? `, ${plural(run.error_count, "step")} failed` : "";
  switch (outcome(run)) {
    case "error":
      return "Failed";
    case "live":
      return `Live${failures}`;
    case "quiet":
      return `Quiet${failures}`;
    case "abandoned":
      return `Abandoned${failures}`;
    case "warn":
      return `Completed${failures}`;
    case "ok":
      return "Completed";
  }
}

/** The mark of a run's outcome: icon, and the words in a pill or for the screen reader. */
export function StateMark({ run, pill = false }: { run: Facts; pill?: boolean }) {
  const which = outcome(run);
  const text = outcomeText(run);
  const Icon = ICONS[which];
  return (
    <span className={`state k-${which} ${pill ? "pill" : "bare"}`} title={text}>
      <Icon size={14} strokeWidth={1.5} aria-hidden />
      <span className={pill ? undefined : "vh"}>{text}</span>
    </span>
  );
}
