import type { Session } from "@/api/schema";
import { cut, plural, tokens } from "@/format";
import { StateMark } from "@/ui/state";
import { Cost, When } from "@/ui/values";
import { sessionState } from "./sessionColumns";
import { Text } from "./cells";

/** A session in two lines: its name and when it was last heard of; who, how many runs, how dear. */
export function SessionPhoneRow({ session }: { session: Session }) {
  return (
    <>
      <StateMark run={sessionState(session)} />
      <Text text={session.session_id} />
      <span className="num dim">
        <When nanos={session.last_start_nanos} />
      </span>
      <span className="second">
        <bdi className="mut cut">{cut(session.users[0] ?? session.agents[0]?.name ?? "", 40)}</bdi>
        <span className="nowrap">{plural(session.trace_count, "run")}</span>
        <Cost usd={session.cost?.total} />
        <span>{tokens(session.usage.total)}</span>
        {session.failed_count > 0 && <span className="label e">{session.failed_count} failed</span>}
      </span>
    </>
  );
}
