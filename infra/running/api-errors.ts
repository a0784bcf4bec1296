/** A request to the API server, in the words of its access rules. */
export interface ApiRequest {
  readonly verb: 'get' | 'list' | 'create' | 'patch';
  /** `pods`, `pods/log`, ... */
  readonly resource: string;
  /** Left out for what belongs to no namespace. */
  readonly namespace?: string;
}

const UNAUTHORIZED = 401;
const FORBIDDEN = 403;
const NOT_FOUND = 404;

/** Returns the HTTP status of an answer that is an error; none when there was no answer at all. */
export function statusOf(error: unknown): number | undefined {
  const { code } = error as { readonly code?: unknown };
  return typeof code === 'number' ? code : undefined;
}

/** Waits for an answer of the API server; nothing when it knows no such object. */
export async function orNothing<T>(answer: Promise<T>): Promise<T | undefined> {
  try {
    return await answer;
  } catch (error) {
    if (statusOf(error) === NOT_FOUND) return undefined;
    throw error;
  }
}

/** Describes an error in one line for a person: which right is missing, or that nobody answers. */
export function describeApiError(
  error: unknown,
  { verb, resource, namespace }: ApiRequest,
): string {
  const place = namespace === undefined ? '' : ` in the namespace ${namespace}`;
  const what = `${verb} ${resource}${place}`;
  switch (statusOf(error)) {
    case undefined:
      return (
        `cannot ${what}: the API server does not answer (${innermost(error as Error)}). ` +
        'Look at KUBECONFIG, at the current context and at kubernetes.context.'
      );
    case UNAUTHORIZED:
      return (
        `cannot ${what}: the API server does not know this user. ` +
        'Log in again, or look at the user in your kubeconfig.'
      );
    case FORBIDDEN:
      return (
        `this user may not ${what}: ${serverWords(error)}. ` +
        'docs/kubernetes.md has the rights that are needed.'
      );
    default:
      return `cannot ${what}: ${serverWords(error)}`;
  }
}

/** Returns the innermost message: the outer one is only `fetch failed`. */
function innermost({ cause, message }: Error): string {
  const { message: inner } = (cause ?? {}) as { readonly message?: string };
  return inner === undefined || inner === '' ? message : inner;
}

/** Returns the server's message: the client's own text is the whole answer with all headers. */
function serverWords(error: unknown): string {
  const { code, body } = error as { readonly code?: number; readonly body?: unknown };
  const said = typeof body === 'string' ? parseOrNothing(body) : body;
  const message = (said as { readonly message?: unknown } | null | undefined)?.message;
  return typeof message === 'string' ? message : `HTTP ${code ?? 'without a status'}`;
}

function parseOrNothing(text: string): unknown {
  try {
    return JSON.parse(text) as unknown;
  } catch {
    return undefined;
  }
}
