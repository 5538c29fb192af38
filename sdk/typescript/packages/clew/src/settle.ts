/** Following what a function does until it is done: returned, settled, or read to its end. */

/** Calls a function and tells when it is done, once; the result is the function's own. */
export function follow<T>(
  call: () => T,
  done: (result: unknown) => void,
  failed: (error: unknown) => void,
): T {
  let result: T;
  try {
    result = call();
  } catch (error) {
    failed(error);
    throw error;
  }
  if (!isPromiseLike(result)) {
    done(result);
    return result;
  }
  if (result.constructor === Promise) {
    const promise: Promise<unknown> = result;
    return promise.then(
      (value) => {
        done(value);
        return value;
      },
      (error: unknown) => {
        failed(error);
        throw error;
      },
    ) as T;
  }
  // A client's promise has methods of its own, and the caller keeps it; its end is watched on the side.
  result.then(done, failed);
  return result;
}

/** Whether something is waited for. */
export function isPromiseLike(value: unknown): value is PromiseLike<unknown> {
  return (
    typeof value === "object" && value !== null && typeof (value as { then?: unknown }).then === "function"
  );
}
