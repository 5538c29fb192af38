/** A session as one conversation over its runs. */

import { Link, useNavigate, useParams } from "@tanstack/react-router";
import { useCallback, useEffect, useRef, useState } from "react";
import { address } from "@/api/client";
import type { Session, TraceRow } from "@/api/schema";
import { useAddress } from "@/app/address";
import { announce } from "@/app/announce";
import { useKeys } from "@/app/keys";
import * as format from "@/format";
import { More } from "@/runs/More";
import { sessionState } from "@/runs/sessionColumns";
import { Button, IconButton } from "@/ui/button";
import { copyText } from "@/ui/copy";
import { EmptyState, Failure, LoadingRows } from "@/ui/feedback";
import { Menu, type MenuItem } from "@/ui/floating";
import {
  AgentIcon,
  BackIcon,
  CopyIcon,
  ExportIcon,
  LinkIcon,
  MoreIcon,
  PrintIcon,
  RunsIcon,
  SessionIcon,
  UserIcon,
} from "@/ui/icons";
import { usePhone } from "@/ui/media";
import { StateMark } from "@/ui/state";
import { Conversation, type ConversationHandle } from "./Conversation";
import { Outline } from "./Outline";
import { Side } from "./Side";
import { ofSession, useSessionRuns, useSessionSums } from "./useSessionRuns";
import { lengthWords } from "./words";

export function SessionPage() {
  const { sessionId } = useParams({ strict: false }) as { sessionId: string };
  // Another session is another page: no place or opened run goes along.
  return <OpenSession key={sessionId} sessionId={sessionId} />;
}

function OpenSession({ sessionId }: { sessionId: string }) {
  const sums = useSessionSums(sessionId);
  const { list, rows } = useSessionRuns(sessionId, false);
  const { search, update } = useAddress();
  const navigate = useNavigate();
  const conversation = useRef<ConversationHandle>(null);
  const [at, setAt] = useState(0);
  const { more, hasMore, loadingMore } = list;

  // The address may name a run: pages are read until it is there.
  const wanted = useRef(search.run);
  useEffect(() => {
    if (wanted.current === undefined || list.loading) return;
    const place = rows.findIndex((row) => row.trace_id === wanted.current);
    if (place >= 0) {
      wanted.current = undefined;
      setAt(place);
      conversation.current?.show(place);
      requestAnimationFrame(() => conversation.current?.show(place));
    } else if (hasMore && !loadingMore) more();
    else if (!hasMore) wanted.current = undefined;
  }, [rows, list.loading, hasMore, loadingMore, more]);

  // The end is where the last run is: pages are read until it is there.
  const [toEnd, setToEnd] = useState(false);
  useEffect(() => {
    if (!toEnd) return;
    if (hasMore) {
      if (!loadingMore) more();
      return;
    }
    setToEnd(false);
    setAt(rows.length - 1);
    requestAnimationFrame(() => conversation.current?.toEnd());
  }, [toEnd, hasMore, loadingMore, more, rows.length]);

  const go = useCallback(
    (place: number) => {
      const row = rows[place];
      if (!row) return;
      setAt(place);
      conversation.current?.show(place);
      update({ run: row.trace_id }, "replace");
    },
    [rows, update],
  );
  const step = (by: number) => {
    const next = at + by;
    if (next < 0) announce("This is the first run");
    else if (next >= rows.length) {
      more();
      announce(hasMore ? "More runs are loading" : "This is the last run");
    } else go(next);
  };
  const back = () => void navigate({ to: "/sessions" });
  const open = () => {
    const row = rows[at];
    if (row) void navigate({ to: "/runs/$traceId", params: { traceId: row.trace_id } });
  };
  useKeys([
    { keys: "j", label: "Next run", group: "List", run: () => step(1) },
    { keys: "k", label: "Previous run", group: "List", run: () => step(-1) },
    { keys: "Enter", label: "Open the run", group: "List", run: open },
    { keys: "Home", label: "First run", group: "List", hidden: true, run: () => go(0) },
    { keys: "End", label: "Last run", group: "List", hidden: true, run: () => setToEnd(true) },
    { keys: "Shift+g", label: "Newest run", group: "List", run: () => setToEnd(true) },
    { keys: "y", label: "Link to this view", group: "Copy", run: copyLink },
    { keys: "Shift+x", label: "Export", group: "Copy", run: () => exportSession(sessionId) },
    { keys: "Escape", label: "Back one level", group: "Anywhere", run: back },
  ]);

  const session = sums.data;
  const head = headOf(session, rows);
  return (
    <>
      <Header sessionId={sessionId} session={session} onBack={back} />
      {list.loading ? (
        <LoadingRows rows={10} height={60} />
      ) : list.error && rows.length === 0 ? (
        <Failure error={list.error} retry={() => void list.renew()} />
      ) : rows.length === 0 ? (
        <NoSession sessionId={sessionId} />
      ) : (
        <div className="ses">
          <Outline rows={rows} head={head} at={at} onPick={go} onEnd={more} />
          <Conversation
            rows={rows}
            at={at}
            setAt={setAt}
            onEnd={more}
            grows={!hasMore}
            foot={<More list={list} />}
            handle={conversation}
          />
          {session ? (
            <Side session={session} rows={rows} isWhole={!hasMore} />
          ) : (
            <aside className="side" aria-busy={sums.isPending}>
              {sums.isError && <p className="dim sec">The sums of this session did not come.</p>}
            </aside>
          )}
        </div>
      )}
    </>
  );
}

function Header({
  sessionId,
  session,
  onBack,
}: {
  sessionId: string;
  session: Session | undefined;
  onBack: () => void;
}) {
  const navigate = useNavigate();
  const phone = usePhone();
  const user = session?.users[0];
  const agent = session?.agents[0]?.name;
  const items: (MenuItem | null)[] = [
    { label: "Copy session id", icon: CopyIcon, onSelect: () => void copyText(sessionId, "session id") },
    { label: "Copy link", icon: LinkIcon, keys: ["Y"], onSelect: copyLink },
    null,
    {
      label: "Its runs as a list",
      icon: RunsIcon,
      onSelect: () =>
        void navigate({ to: "/runs", search: { q: ofSession(sessionId), range: "all" } as never }),
    },
    ...(user
      ? [
          {
            label: `User ${format.cut(user, 40)}`,
            icon: UserIcon,
            onSelect: () => void navigate({ to: "/users/$userId", params: { userId: user } }),
          },
        ]
      : []),
    ...(agent
      ? [
          {
            label: `Agent ${format.cut(agent, 40)}`,
            icon: AgentIcon,
            onSelect: () => void navigate({ to: "/agents/$agent", params: { agent } }),
          },
        ]
      : []),
    null,
    {
      label: "Export all runs as OTLP JSON lines",
      icon: ExportIcon,
      keys: ["⇧", "X"],
      onSelect: () => exportSession(sessionId),
    },
    { label: "Print", icon: PrintIcon, onSelect: () => setTimeout(() => print(), 200) },
  ];
  return (
    <div className="bar sesbar">
      <IconButton icon={BackIcon} label="Back to sessions" keys="Esc" onClick={onBack} />
      <SessionIcon size={16} strokeWidth={1.5} className="i no-phone" aria-hidden />
      <h1 className="cut">
        <bdi title={format.cut(sessionId)}>{format.cutMiddle(format.cut(sessionId), 64)}</bdi>
      </h1>
      {session && <StateMark run={sessionState(session)} pill={!phone || !isLong(session)} />}
      <span className="grow" />
      <span className="no-phone row">
        <Button small icon={LinkIcon} title="Copy a link to this view (Y)" onClick={copyLink}>
          Copy link
        </Button>
        <Button
          small
          icon={ExportIcon}
          title="Save all runs as OTLP JSON lines (⇧X)"
          onClick={() => exportSession(sessionId)}
        >
          Export
        </Button>
      </span>
      <Menu trigger={<IconButton icon={MoreIcon} label="More" />} items={items} />
    </div>
  );
}

/** `4 runs over 2 days`: of the whole session, not of what is loaded. */
function headOf(session: Session | undefined, rows: readonly TraceRow[]): string {
  const first = session?.first_start_nanos ?? rows[0]?.start_nanos;
  const last = session?.last_start_nanos ?? rows.at(-1)?.start_nanos;
  if (!first || !last) return "";
  return lengthWords(session?.trace_count ?? rows.length, format.millis(first), format.millis(last));
}

/** The words of its state take more room than a phone has. */
function isLong(session: Session): boolean {
  return session.error_count > 0 && session.failed_count < session.trace_count;
}

function NoSession({ sessionId }: { sessionId: string }) {
  return (
    <EmptyState
      icon={SessionIcon}
      title="No run of this session is here"
      actions={
        <Link to="/sessions" className="btn">
          All sessions
        </Link>
      }
    >
      No run says that it belongs to <bdi>{format.cut(sessionId, 80)}</bdi>. Perhaps its runs were deleted, or
      none came yet.
    </EmptyState>
  );
}

function copyLink(): void {
  void copyText(location.href, "link to this view");
}

/** Saves all runs as a file; the browser streams it. */
function exportSession(sessionId: string): void {
  const link = document.createElement("a");
  link.href = address("/export", { filter: ofSession(sessionId) });
  link.download = `${sessionId.replace(/[^\w.-]+/g, "_").slice(0, 80)}.otlp.jsonl`;
  link.click();
}
