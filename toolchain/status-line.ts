const REDRAW_MS = 250;
const HEARTBEAT_MS = 15_000;
/** A step that ends sooner without a word is not worth a line. */
const UNNOTICED_MS = 1_000;
/** Where lines stay, a talkative piece of work gets one in that time. */
const REPORT_PAUSE_MS = 3_000;
const ERASE_LINE = '\r\u001b[K';

/** The part of a stderr stream that is needed. */
export interface Terminal {
  readonly isTTY?: boolean;
  readonly columns?: number;
  write(text: string): unknown;
}

interface StatusLine {
  readonly report: (line: string, stays?: 'stays') => void;
  readonly end: (outcome: 'ready' | 'done' | 'failed') => void;
}

interface Running {
  readonly name: string;
  readonly startedMs: number;
  announced: boolean;
  latest: string;
  reportedMs: number;
}

/**
 * Shows `total` pieces of work: on a terminal one live line below the finished ones; elsewhere a
 * plain line at the start and the end of each piece and a sign of life in between. What is quick,
 * silent and `ready` is never mentioned.
 */
export function openStatus(
  terminal: Terminal,
  total: number,
): { start(name: string): StatusLine; close(): void } {
  const running = new Set<Running>();
  let ended = 0;
  let lastLineMs = Date.now();
  const live = terminal.isTTY === true;

  const erase = (): void => void (live && terminal.write(ERASE_LINE));
  const print = (line: string): void => {
    erase();
    terminal.write(`${line}\n`);
    lastLineMs = Date.now();
  };
  const announce = (piece: Running): void => {
    if (piece.announced) return;
    piece.announced = true;
    if (!live) print(`${piece.name}: started`);
  };
  const summary = (): string => {
    const pieces = [...running].filter(({ announced }) => announced);
    const parts = pieces.map(
      ({ name, startedMs, latest }) =>
        `${name} ${elapsed(startedMs)}${latest === '' ? '' : ` (${latest})`}`,
    );
    return parts.length === 0 ? '' : `[${ended} of ${total} done] ${parts.join(' | ')}`;
  };
  const tick = (): void => {
    const now = Date.now();
    for (const piece of running) if (now - piece.startedMs > UNNOTICED_MS) announce(piece);
    if (live) {
      erase();
      terminal.write(summary().slice(0, (terminal.columns ?? 80) - 1));
    } else if (now - lastLineMs >= HEARTBEAT_MS && summary() !== '') print(summary());
  };
  const timer = setInterval(tick, REDRAW_MS);

  return {
    start(name) {
      const piece: Running = {
        name,
        startedMs: Date.now(),
        announced: false,
        latest: '',
        reportedMs: 0,
      };
      running.add(piece);
      return {
        report(line, stays) {
          announce(piece);
          if (piece.latest === line) return;
          piece.latest = line;
          if (!stays && (live || Date.now() - piece.reportedMs < REPORT_PAUSE_MS)) return;
          piece.reportedMs = Date.now();
          print(`${name}: ${line}`);
        },
        end(outcome) {
          running.delete(piece);
          ended += 1;
          if (outcome !== 'ready' || piece.announced)
            print(
              `${name}: ${outcome} in ${elapsed(piece.startedMs)}, ${total - ended} of ` +
                `${total} left`,
            );
        },
      };
    },
    close() {
      clearInterval(timer);
      erase();
    },
  };
}

function elapsed(startedMs: number): string {
  const seconds = (Date.now() - startedMs) / 1000;
  if (seconds < 60) return `${seconds.toFixed(1)} s`;
  return `${Math.floor(seconds / 60)} min ${String(Math.floor(seconds % 60)).padStart(2, '0')} s`;
}
