/**
 * Parts of the page whose code comes when they are first shown. Code that did not come, because Clew was away, is
 * asked for again when somebody asks, not only after a reload.
 */

import { type ComponentType, createElement, lazy } from "react";

/** What makes a part that did not come ready for another try. */
const failed = new Set<() => void>();

/** `React.lazy`, but `askAgain` forgets a failure. */
export function lazyPart<Props extends object>(
  load: () => Promise<{ default: ComponentType<Props> }>,
): ComponentType<Props> {
  const make = () =>
    lazy(() =>
      load().catch((error: unknown) => {
        failed.add(renew);
        throw error;
      }),
    );
  const renew = () => {
    part = make();
  };
  let part = make();
  return function Part(props: Props) {
    return createElement(part as ComponentType<Props>, props);
  };
}

/** What did not come is asked for again when it is drawn next. */
export function askAgain(): void {
  for (const renew of failed) renew();
  failed.clear();
}
