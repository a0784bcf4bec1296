export function withLock<Result>(
  file: string,
  report: (line: string) => void,
  work: (hold: (pid: number) => void) => Promise<Result>,
): Promise<Result>;
export function isAlive(pid: number): boolean;
