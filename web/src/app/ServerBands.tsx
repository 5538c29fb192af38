/** Bands over the page: the server is away, the key was refused. What is on the page stays. */

import { Banner } from "@/ui/feedback";
import { useNow } from "./clock";
import { RETRY_SECONDS, useServer } from "./session";
import { SignInForm } from "./SignIn";

export function ServerBands() {
  const { goneSince, refused } = useServer();
  if (goneSince !== null) return <Gone since={goneSince} />;
  if (refused !== null) {
    return (
      <Banner tone="error" action={<SignInForm />}>
        {refused} What you see was loaded before.
      </Banner>
    );
  }
  return null;
}

function Gone({ since }: { since: number }) {
  const now = useNow();
  const passed = Math.max(0, Math.floor((now - since) / 1000));
  const next = RETRY_SECONDS - (passed % RETRY_SECONDS);
  return (
    <Banner tone="warn">
      Clew does not answer{passed > 0 ? ` since ${passed} s` : ""}. What you see was loaded before; trying
      again in {next} s.
    </Banner>
  );
}
