/** Above the tabs: what the span is, where it stands, what it took and what it cost. Drawn from the skeleton at once. */

import { Link } from "@tanstack/react-router";
import { count, cut, cutMiddle, duration, place, share, tokens } from "@/format";
import { useNow } from "@/app/clock";
import { category, displayName, failed, FLAG, has, type Skeleton, sum } from "@/trace/skeleton";
import { IconButton } from "@/ui/button";
import {
  AbandonedIcon,
  BackIcon,
  CloseIcon,
  DownIcon,
  ErrorIcon,
  LiveIcon,
  SearchIcon,
  SessionIcon,
  UpIcon,
  WarnIcon,
} from "@/ui/icons";
import { KindBadge, KindTile } from "@/ui/kind";
import { Duration, TokenBar } from "@/ui/values";
import { isGrowing, useRun } from "../store";
import type { Detail } from "./detail";
import { CopyMenu, MoreMenu } from "./Menus";
import { CostFact } from "./CostFact";

export interface HeaderProps {
  run: Skeleton;
  span: number;
  detail: Detail | null;
  onClose: () => void;
  onFind: () => void;
}

export function PanelHeader({ run, span, detail, onClose, onFind }: HeaderProps) {
  const kind = category(run, span);
  const name = displayName(run, span);
  const goTo = useRun((state) => state.goTo);
  const infrastructure = useRun((state) => state.showInfrastructure);
  const before = neighbour(run, span, -1, infrastructure);
  const after = neighbour(run, span, 1, infrastructure);
  const operation = run.strings[run.operation[span]!] || run.strings[run.kind[span]!] || kind;
  return (
    <>
      <div className="t">
        <IconButton icon={BackIcon} label="Back to the run" className="only-phone" onClick={onClose} />
        <KindTile category={kind} kind={run.strings[run.kind[span]!]} />
        <h2 className={kind === "tool" || kind === "other" ? "cut mono" : "cut"} title={cut(name)}>
          <bdi>{cut(name)}</bdi>
        </h2>
        <KindBadge category={kind} text={cut(operation, 28)} />
        <span className="grow" />
        <IconButton
          icon={UpIcon}
          label="Previous step"
          className="sm"
          disabled={before < 0}
          onClick={() => goTo(before)}
        />
        <IconButton
          icon={DownIcon}
          label="Next step"
          className="sm"
          disabled={after < 0}
          onClick={() => goTo(after)}
        />
        <IconButton
          icon={SearchIcon}
          label="Find in span"
          keys="⌘F"
          className="sm no-phone"
          onClick={onFind}
        />
        <CopyMenu run={run} span={span} detail={detail} />
        <MoreMenu run={run} span={span} detail={detail} onFind={onFind} />
        <IconButton icon={CloseIcon} label="Close" keys="Esc" className="sm no-phone" onClick={onClose} />
      </div>
      <div className="f">
        <State run={run} span={span} />
        <span>
          at{" "}
          <b title={`${run.start[span]! / 1e6} ms after the start of the run`}>{place(run.start[span]!)}</b>
        </span>
        <b>
          <HowLong run={run} span={span} />
        </b>
        {run.ttft[span]! >= 0 && (
          <span>
            first token{" "}
            <b>
              <Duration nanos={run.ttft[span]} />
            </b>
          </span>
        )}
        <CostFact run={run} span={span} detail={detail} />
        <ShareFact run={run} span={span} />
        <TokenFact run={run} span={span} />
        <Below run={run} span={span} />
        <Places run={run} span={span} detail={detail} />
      </div>
    </>
  );
}

/** The step before or after in the order of the tree; what is folded away by default is passed over. */
export function neighbour(run: Skeleton, span: number, step: 1 | -1, infrastructure: boolean): number {
  for (let at = span + step; at >= 0 && at < run.count; at += step) {
    if (has(run, at, FLAG.placeholder)) continue;
    if (infrastructure || !has(run, at, FLAG.infrastructure)) return at;
  }
  return -1;
}

function State({ run, span }: { run: Skeleton; span: number }) {
  if (failed(run, span)) {
    return (
      <span className="state bare k-error">
        <ErrorIcon size={14} strokeWidth={1.5} aria-hidden />
        Failed
      </span>
    );
  }
  if (has(run, span, FLAG.open)) {
    const growing = isGrowing(run);
    const Icon = growing ? LiveIcon : AbandonedIcon;
    return (
      <span className={growing ? "state bare k-live" : "state bare k-abandoned"}>
        <Icon size={14} strokeWidth={1.5} aria-hidden />
        {growing ? "Running" : "Never ended"}
      </span>
    );
  }
  if (has(run, span, FLAG.oddClock)) {
    return (
      <span className="state bare k-warn" title="Its clock contradicts that of the steps around it">
        <WarnIcon size={14} strokeWidth={1.5} aria-hidden />
        Odd clock
      </span>
    );
  }
  return null;
}

/** The duration; of an open span of a live run, so far. */
function HowLong({ run, span }: { run: Skeleton; span: number }) {
  return has(run, span, FLAG.open) && isGrowing(run) ? (
    <Ticking run={run} span={span} />
  ) : (
    <Duration nanos={run.duration[span]} />
  );
}

function Ticking({ run, span }: { run: Skeleton; span: number }) {
  const now = useNow();
  const start = Number(BigInt(run.trace.start_nanos) / 1_000_000n) + run.start[span]! / 1e6;
  return <span className="ticking">{duration(Math.max(0, now - start) * 1e6)}</span>;
}

function TokenFact({ run, span }: { run: Skeleton; span: number }) {
  const own = sum(run.input[span]!, run.output[span]!);
  const below = Number.isNaN(own);
  const input = below ? run.subtreeInput[span]! : run.input[span]!;
  const output = below ? run.subtreeOutput[span]! : run.output[span]!;
  if (Number.isNaN(input) && Number.isNaN(output)) return null;
  const plain = (amount: number) => (Number.isNaN(amount) ? null : amount);
  return (
    <span className="row tokfact" title={below ? "Tokens of the calls below" : undefined}>
      {!below && (
        <TokenBar input={plain(input)} cacheRead={plain(run.cacheRead[span]!)} output={plain(output)} />
      )}
      <span>
        <b>{tokens(input)}</b> in
        {run.cacheRead[span]! > 0 && <span className="dim"> ({tokens(run.cacheRead[span]!)} cached)</span>}
        {!Number.isNaN(output) && (
          <>
            {" · "}
            <b>{tokens(output)}</b> out
          </>
        )}
        {run.reasoning[span]! > 0 && <span className="dim"> ({tokens(run.reasoning[span]!)} reasoning)</span>}
      </span>
    </span>
  );
}

/** What is below an agent or a step. */
function Below({ run, span }: { run: Skeleton; span: number }) {
  const spans = run.subtreeSpans[span]! - 1;
  if (spans <= 0) return null;
  return <span className="dim">{count(spans)} below</span>;
}

function ShareFact({ run, span }: { run: Skeleton; span: number }) {
  const whole = run.trace.duration_nanos ?? run.end;
  const part = run.duration[span]! / whole;
  if (!Number.isFinite(part) || part <= 0 || run.parent[span]! < 0) return null;
  return <span className="dim">{share(part)} of the run</span>;
}

/** Parent and session, as ways there. */
function Places({ run, span, detail }: { run: Skeleton; span: number; detail: Detail | null }) {
  const goTo = useRun((state) => state.goTo);
  const parent = run.parent[span]!;
  const orphan =
    run.orphans.get(span) ?? (has(run, span, FLAG.orphan) ? detail?.span.parent_span_id : undefined);
  const session = run.strings[run.sessionId[span]!] || run.trace.session_id;
  return (
    <>
      {parent >= 0 && (
        <span className="place">
          parent{" "}
          <button
            type="button"
            className="link cut"
            onClick={() => goTo(parent)}
            title="Go to the parent (P)"
          >
            <bdi>{cut(displayName(run, parent), 32)}</bdi>
          </button>
        </span>
      )}
      {orphan && (
        <span className="warn-t" title={`The parent ${orphan} never came`}>
          parent {cutMiddle(orphan, 10)} never came
        </span>
      )}
      {session && (
        <span className="place">
          <SessionIcon size={13} strokeWidth={1.5} className="i" aria-hidden />
          <span className="vh">session</span>
          <Link
            className="link cut"
            to="/sessions/$sessionId"
            params={{ sessionId: session } as never}
            title={`Session ${cut(session)}`}
          >
            <bdi>{cutMiddle(cut(session), 24)}</bdi>
          </Link>
        </span>
      )}
    </>
  );
}
