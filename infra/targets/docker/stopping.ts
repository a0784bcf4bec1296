export type StopSignal = 'SIGINT' | 'SIGTERM';

/** The provider kills at replace and destroy unless destroyGraceSeconds is set; stopTimeout is for everyone else. */
export function stopping(stopSignal: StopSignal, graceSeconds: number) {
  return { stopSignal, stopTimeout: graceSeconds, destroyGraceSeconds: graceSeconds };
}
