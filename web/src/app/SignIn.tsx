/** Signing in with a key: a page of its own at first, a form in the band when a key ends under an open page. */

import { useQueryClient } from "@tanstack/react-query";
import { type FormEvent, useId, useState } from "react";
import { ApiError } from "@/api/client";
import { Button } from "@/ui/button";
import { Logo } from "./Logo";
import { signIn } from "./session";

/** The field and its button. What was refused is said under it, and the key is never kept by the page. */
export function SignInForm({ autoFocus = false }: { autoFocus?: boolean }) {
  const [key, setKey] = useState("");
  const [wrong, setWrong] = useState<string | null>(null);
  const [busy, setBusy] = useState(false);
  const queries = useQueryClient();
  const id = useId();
  const submit = async (event: FormEvent) => {
    event.preventDefault();
    setBusy(true);
    try {
      const session = await signIn(key.trim());
      queries.setQueryData(["session"], session);
      await queries.invalidateQueries();
    } catch (error) {
      setWrong(error instanceof ApiError ? error.message : String(error));
    } finally {
      setKey("");
      setBusy(false);
    }
  };
  return (
    <form className="signin" onSubmit={(event) => void submit(event)}>
      <label htmlFor={id}>Key</label>
      <div className="row">
        <input
          id={id}
          className="field mono"
          type="password"
          autoComplete="current-password"
          placeholder="aos_ws_…"
          value={key}
          autoFocus={autoFocus}
          spellCheck={false}
          aria-invalid={wrong !== null}
          aria-describedby={wrong ? `${id}-wrong` : undefined}
          onChange={(event) => {
            setKey(event.target.value);
            setWrong(null);
          }}
        />
        <Button tone="primary" type="submit" disabled={busy || key.trim() === ""}>
          Sign in
        </Button>
      </div>
      {wrong && (
        <p id={`${id}-wrong`} className="err-t" role="alert">
          {wrong}
        </p>
      )}
    </form>
  );
}

/** In place of every page while nobody is signed in. */
export function SignInPage() {
  return (
    <main className="signin-page" id="main">
      <div className="box">
        <div className="row">
          <Logo />
          <h1>Clew</h1>
        </div>
        <p className="mut">
          This Clew asks for a key. One with the scope <code>read</code> shows runs; <code>admin</code> also
          manages keys and settings.
        </p>
        <SignInForm autoFocus />
        <p className="dim">
          No key yet? On the machine that runs Clew, <code>clew keys create --name me --scopes read</code>{" "}
          makes one. The page keeps only a cookie that scripts cannot read; it ends after 30 days or when you
          sign out.
        </p>
      </div>
    </main>
  );
}
