import { pino } from 'pino';
import { causesOf, codesOf, MAX_CAUSE_DEPTH } from './error-causes.ts';

/** What of an error is written to the log: enough to find its cause, and nothing that a caller or a secret put into it. */
export interface LoggedError {
  readonly type: string;
  readonly message: string;
  readonly stack?: string;
  /** The error's own, without its causes'. */
  readonly code?: string;
  /** Each error that it is made of, the outermost first, with every code it carries. */
  readonly chain: readonly {
    readonly type: string;
    readonly codes: readonly string[];
    readonly syscall?: string;
  }[];
}

/** Postgres quotes the value it could not read in errors of this class, "data exception", and in no other message. */
const QUOTES_VALUES = /^22[0-9A-Z]{3}$/;

/**
 * Of other fields there is none: Postgres puts rows into `detail`, ioredis the arguments of a command into `command`, the
 * password of AUTH among them, and pg-pool a whole client into `client`.
 */
export function renderError(error: unknown): LoggedError {
  const chain = linksOf(error);
  if (!isErrorLike(error))
    return { type: typeof error, message: 'thrown, and not an Error', chain };
  const { type, message, stack } = pino.stdSerializers.err(error);
  const [{ codes: [code] = [] } = {}] = chain;
  const traced = { type, ...(code === undefined ? {} : { code }), chain };
  if (!chain.some(({ codes }) => codes.some((code) => QUOTES_VALUES.test(code))))
    return { ...traced, message, stack };
  const masked = message.replace(/"[\s\S]*"/, '"..."');
  return {
    ...traced,
    message: masked,
    stack: [`${type}: ${masked}`, ...framesOf(stack)].join('\n'),
  };
}

const isErrorLike = (error: unknown): error is Error =>
  typeof error === 'object' &&
  error !== null &&
  typeof (error as Partial<Error>).message === 'string';

function linksOf(error: unknown, depth = 0): LoggedError['chain'] {
  if (typeof error !== 'object' || error === null || depth > MAX_CAUSE_DEPTH) return [];
  const { syscall } = error as { syscall?: unknown };
  const link = {
    type: typeOf(error),
    codes: [...new Set(codesOf(error))],
    ...(typeof syscall === 'string' ? { syscall } : {}),
  };
  return [link, ...causesOf(error).flatMap((cause) => linksOf(cause, depth + 1))];
}

const typeOf = (error: object): string => (error instanceof Error ? error.name : 'Object');

const framesOf = (stack: string): readonly string[] =>
  stack.split('\n').filter((line) => /^\s+at /.test(line));
