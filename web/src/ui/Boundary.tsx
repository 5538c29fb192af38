/**
 * A part of the page that broke says so in its own place; the rest of the page goes on. What broke because Clew was
 * away is drawn again when it is back.
 */

import { Component, type ReactNode } from "react";
import { useServer } from "@/app/session";
import { EmptyState } from "./feedback";
import { ErrorIcon } from "./icons";
import { askAgain } from "./part";

interface Props {
  /** What is inside, as the sentence names it. */
  what: string;
  children: ReactNode;
  /** Too small for more than a line. */
  small?: boolean;
  /** What the sentence stands in. */
  around?: (said: ReactNode) => ReactNode;
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
    if (this.props.small) {
      return (
        <div className="h-full flex flex-col items-center justify-center gap-2 dim" title={error.message}>
          The {this.props.what} could not be drawn
          <button type="button" className="btn sm" onClick={this.again}>
            Draw it again
          </button>
        </div>
      );
    }
    const said = (
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
    return this.props.around?.(said) ?? said;
  }
}
