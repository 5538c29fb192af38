/**
 * A part of the page that broke says so in its own place; the rest of the page goes on. What broke because Clew was
 * away is drawn again when it is back.
 */

import { Component, type ReactNode } from "react";
import { useServer } from "@/app/session";
import { EmptyState } from "@/ui/feedback";
import { ErrorIcon } from "@/ui/icons";
import { askAgain } from "@/ui/part";

interface Props {
  /** What is inside, as the sentence names it. */
  what: string;
  children: ReactNode;
}

export class Boundary extends Component<Props, { error: Error | null }> {
  override state = { error: null as Error | null };

  static getDerivedStateFromError(error: unknown) {
    return { error: error instanceof Error ? error : new Error(String(error)) };
  }

  private unsubscribe = () => {};

  override componentDidMount() {
    this.unsubscribe = useServer.subscribe((now, before) => {
      if (before.goneSince !== null && now.goneSince === null && this.state.error) this.again();
    });
  }

  override componentWillUnmount() {
    this.unsubscribe();
  }

  private readonly again = () => {
    askAgain();
    this.setState({ error: null });
  };

  override render() {
    const { error } = this.state;
    if (!error) return this.props.children;
    return (
      <EmptyState
        icon={ErrorIcon}
        title={`The ${this.props.what} could not be drawn`}
        actions={
          <button type="button" className="btn" onClick={this.again}>
            Draw it again
          </button>
        }
      >
        {error.message}
      </EmptyState>
    );
  }
}
