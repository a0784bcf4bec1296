import {
  SORTS,
  type SlowQueries,
  type SlowQueriesQuery,
  type SlowQuery,
} from '../../readings/slow-queries.ts';
import { element, find } from './elements.ts';
import { showAge, showCount, showDuration, showMoment } from './figures.ts';
import { redraw } from './redraw.ts';

const EVERY_MS = 30_000;
const PATH = 'database/slow-queries';

/** Result of the last fetch, or why it failed. */
type Fetched =
  | { readonly state: 'ready'; readonly found: SlowQueries }
  | { readonly state: 'failed'; readonly message: string };

/** Fetches the table every half minute and whenever its form or sort order changes. */
export function openSlowQueriesSection(onSignedOut: () => void): void {
  const form = find('slow-queries-form') as HTMLFormElement;
  const table = find('slow-queries-table');
  let sort: SlowQueriesQuery['sort'] = 'mean';
  let last: { readonly fetched: Fetched; readonly atMs: number } | undefined;
  let asked = 0;

  const show = (): void => {
    for (const header of table.querySelectorAll<HTMLElement>('th[data-sort]'))
      header.ariaSort = header.dataset['sort'] === sort ? 'descending' : 'none';
    if (last === undefined) return;
    const { fetched, atMs } = last;
    const isReady = fetched.state === 'ready' && fetched.found.queries.length > 0;
    table.hidden = !isReady;
    if (isReady) redraw(find('slow-queries-rows'), ...fetched.found.queries.map(row));
    find('slow-queries-note').dataset['state'] = fetched.state;
    redraw(find('slow-queries-note'), note(fetched));
    redraw(find('slow-queries-age'), `Read ${showAge(Date.now() - atMs)}`);
  };

  const refresh = async (): Promise<void> => {
    const turn = (asked += 1);
    const fetched = await ask(
      new URLSearchParams({ sort, limit: valueOf(form, 'limit'), minMs: valueOf(form, 'minMs') }),
    );
    // An answer to an earlier question that comes late is not shown.
    if (turn !== asked) return;
    if (fetched === 'signed out') return onSignedOut();
    last = { fetched, atMs: Date.now() };
    show();
  };

  table.addEventListener('click', ({ target }) => {
    const wanted =
      target instanceof Element
        ? target.closest<HTMLElement>('th[data-sort]')?.dataset['sort']
        : undefined;
    const found = SORTS.find((name) => name === wanted);
    if (found === undefined) return;
    sort = found;
    show();
    void refresh();
  });
  form.addEventListener('change', () => void refresh());
  form.addEventListener('submit', (event) => event.preventDefault());
  setInterval(() => void refresh(), EVERY_MS);
  setInterval(show, 1_000);
  void refresh();
}

const valueOf = (form: HTMLFormElement, name: string): string =>
  (form.elements.namedItem(name) as HTMLSelectElement).value;

async function ask(parameters: URLSearchParams): Promise<Fetched | 'signed out'> {
  try {
    const answer = await fetch(`${PATH}?${parameters.toString()}`, {
      headers: { Accept: 'application/json' },
      cache: 'no-store',
    });
    if (answer.status === 401) return 'signed out';
    const body: unknown = await answer.json();
    if (answer.ok) return { state: 'ready', found: body as SlowQueries };
    const { message } = (body as { readonly error: { readonly message: string } }).error;
    return {
      state: 'failed',
      message: answer.status === 503 ? message : `The app answered ${answer.status}: ${message}`,
    };
  } catch {
    return { state: 'failed', message: 'The app cannot be reached.' };
  }
}

function note(fetched: Fetched): string {
  if (fetched.state === 'failed') return fetched.message;
  const since =
    fetched.found.since === null
      ? ''
      : ` Counted since ${showMoment(Date.parse(fetched.found.since), Date.now())}.`;
  return fetched.found.queries.length === 0
    ? `No statement is that slow.${since}`
    : `Constants are left out of the texts.${since}`;
}

/**
 * Draws a row. On a phone it stands by itself with the names from `data-name`; the roles keep it a
 * table.
 */
function row({ query, calls, meanMs, totalMs, maxMs, rows }: SlowQuery): HTMLElement {
  const number = (name: string, value: string): HTMLElement =>
    element('td', { role: 'cell', class: 'number', 'data-name': name }, value);
  return element(
    'tr',
    { role: 'row' },
    element('td', { role: 'cell', class: 'query' }, element('code', {}, query)),
    number('mean', showDuration(meanMs)),
    number('max', showDuration(maxMs)),
    number('total', showDuration(totalMs)),
    number('calls', showCount(calls)),
    number('rows', showCount(rows)),
  );
}
