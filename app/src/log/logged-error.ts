import { pino } from 'pino';
import { causesOf, codesOf, MAX_CAUSE_DEPTH } from './error-causes.ts';

/**
 * Part of an error that is logged: enough to find its cause, and nothing that a caller or a secret
 * put into it.
 */
export interface LoggedError {
  readonly type: string;
  readonly message: string;
  readonly stack?: string;
  /** Code of the error itself, without its causes'. */
  readonly code?: string;
  /** Chain of causes, the outermost first, each with every code it carries. */
  readonly chain: readonly {
    readonly type: string;
    readonly codes: readonly string[];
    readonly syscall?: string;
  }[];
}

/**
 * SQLSTATE class "data exception": only its messages quote the value that Postgres could not read.
 */
const QUOTES_VALUES = /^22[0-9A-Z]{3}$/;

/**
 * Renders an error without its other fields: Postgres puts rows into `detail`, ioredis a command's
 * arguments into `command`, the password of AUTH among them, and pg-pool a whole client into
 * `client`.
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
