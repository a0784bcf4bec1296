import { LAYER_TITLES } from '../../readings/layer-words.ts';
import type { Verdict } from '../../diagnosis/verdict.ts';
import { element, type Child } from './elements.ts';
import { showAge, showCount, showDuration, showMoment } from './figures.ts';
import { icon, type IconName } from './icons.ts';
import type { View } from './live-body.ts';
import type { StreamStatus } from './live-stream.ts';
import { redraw } from './redraw.ts';

const ICONS: Readonly<Record<Verdict['state'], IconName>> = {
  ok: 'ok',
  saturated: 'warning',
  down: 'down',
};

/** Returns the coloured word, and the place. */
function titleOf({ state, layer }: Verdict): readonly [word: string, place: string] {
  const name = layer === null ? '' : LAYER_TITLES[layer];
  switch (state) {
    case 'ok':
      return ['All well', ''];
    case 'saturated':
      return ['Saturated', layer === 'app' ? ' in the app' : ` at ${name}`];
    case 'down':
      return ['Down:', ` ${name}`];
  }
}

/** Draws the verdict in a sentence, and what to do; never claims what is no longer known. */
export function drawVerdict(
  section: HTMLElement,
  view: View | undefined,
  status: StreamStatus,
): void {
  if (view === undefined) drawNothingKnown(section, status);
  else if (view.isStale) drawStale(section, view, status);
  else drawKnown(section, view);
}

function drawKnown(section: HTMLElement, { body }: View): void {
  const { verdict, isShuttingDown } = body;
  section.dataset['state'] = verdict.state;
  redraw(
    section,
    icon(ICONS[verdict.state]),
    element(
      'div',
      { class: 'verdict-text' },
      heading(...titleOf(verdict)),
      element('p', { class: 'verdict-summary' }, verdict.summary),
      verdict.remedy === null
        ? null
        : element(
            'p',
            { class: 'verdict-remedy' },
            element('strong', {}, 'What to do: '),
            verdict.remedy,
          ),
      isShuttingDown
        ? element('p', { class: 'verdict-remedy' }, 'This instance of the app is shutting down.')
        : null,
    ),
    verdict.change === null
      ? null
      : element(
          'div',
          { class: 'change' },
          element('span', { class: 'change-title' }, 'Setting to change'),
          element('code', {}, verdict.change.setting),
          element(
            'span',
            { class: 'change-values' },
            element('span', {}, `${verdict.change.from}`),
            element('span', { class: 'change-arrow' }, ' → '),
            element('strong', {}, `${verdict.change.to}`),
          ),
        ),
    evidence(verdict),
  );
}

const heading = (word: string, place = ''): HTMLElement =>
  element('h2', { id: 'verdict-title' }, element('span', { class: 'verdict-word' }, word), place);

function evidence({ evidence: items, state }: Verdict): Child {
  if (items.length === 0 || state === 'ok') return null;
  const show = (value: number, unit: string): string =>
    unit === 'ms' ? showDuration(value) : showCount(value);
  return element(
    'dl',
    { class: 'evidence' },
    ...items.map(({ what, value, limit, unit }) =>
      element(
        'div',
        {},
        element('dt', {}, what),
        element(
          'dd',
          {},
          limit === null ? show(value, unit) : `${show(value, unit)} of ${show(limit, unit)}`,
        ),
      ),
    ),
  );
}

function drawStale(section: HTMLElement, { body, nowMs }: View, status: StreamStatus): void {
  section.dataset['state'] = 'unknown';
  const atMs = Date.parse(body.at);
  redraw(
    section,
    icon('unknown'),
    element(
      'div',
      { class: 'verdict-text' },
      heading('Not known'),
      element(
        'p',
        { class: 'verdict-summary' },
        reasonOf(status),
        ' Everything below is as of ',
        element('time', { datetime: body.at }, showMoment(atMs, nowMs)),
        `, ${showAge(nowMs - atMs)}.`,
      ),
      element(
        'p',
        { class: 'verdict-remedy' },
        element('strong', {}, 'Last known: '),
        body.verdict.summary,
      ),
      advice(status),
    ),
  );
}

function drawNothingKnown(section: HTMLElement, status: StreamStatus): void {
  section.dataset['state'] = 'unknown';
  redraw(
    section,
    icon('unknown'),
    element(
      'div',
      { class: 'verdict-text' },
      heading(status.state === 'reconnecting' ? 'Not known' : 'Looking…'),
      element('p', { class: 'verdict-summary' }, reasonOf(status)),
      advice(status),
    ),
  );
}

function reasonOf(status: StreamStatus): string {
  if (status.state === 'reconnecting') return `No live data: ${status.reason}.`;
  return status.state === 'live'
    ? 'No live data: nothing new comes.'
    : 'Asking the app for the state of each layer.';
}

function advice(status: StreamStatus): Child {
  if (status.state !== 'reconnecting') return null;
  return element(
    'p',
    { class: 'verdict-remedy' },
    element('strong', {}, 'What to do: '),
    'wait a few seconds for the reconnect. If it lasts, see whether the container app runs ' +
      'and what it logged last.',
  );
}

/**
 * Announces state and layer to screen readers, without the numbers, which change every two seconds.
 */
export function announceVerdict(region: HTMLElement, view: View | undefined): void {
  if (view === undefined) return;
  const { verdict } = view.body;
  const key = view.isStale ? 'stale' : titleOf(verdict).join('');
  if (region.dataset['key'] === key) return;
  region.dataset['key'] = key;
  region.textContent = view.isStale
    ? 'No live data.'
    : [`${key}.`, verdict.summary, verdict.remedy ?? ''].join(' ').trim();
}
