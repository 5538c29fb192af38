/** A part of the page that broke says so in its own place; the rest of the page goes on. */

import { Component, type ReactNode } from "react";
import { EmptyState } from "@/ui/feedback";
import { ErrorIcon } from "@/ui/icons";

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

  override render() {
    const { error } = this.state;
    if (!error) return this.props.children;
    return (
      <EmptyState
        icon={ErrorIcon}
        title={`The ${this.props.what} could not be drawn`}
        actions={
          <button type="button" className="btn" onClick={() => this.setState({ error: null })}>
            Draw it again
          </button>
        }
      >
        {error.message}
      </EmptyState>
    );
  }
}
