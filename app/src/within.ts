/** Waits no longer than this; what comes later is dropped, an error too. */
export async function within<T>(
  timeoutMs: number,
  answer: Promise<T>,
  onTimeout: () => Error,
): Promise<T> {
  let timer: NodeJS.Timeout | undefined;
  const timeout = new Promise<never>((_resolve, reject) => {
    // A process that was too busy finds its timer due before it has looked at the answer that is
    // already there.
    timer = setTimeout(() => setImmediate(() => reject(onTimeout())), timeoutMs);
  });
  try {
    return await Promise.race([answer, timeout]);
  } finally {
    clearTimeout(timer);
  }
}
