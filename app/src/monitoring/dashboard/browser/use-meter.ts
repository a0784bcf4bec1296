import { element, svg, type Child } from './elements.ts';
import { showCount } from './figures.ts';
import { icon } from './icons.ts';
import { levelOf, type Thresholds } from './live-body.ts';

/** Use of something limited. */
export interface Use {
  readonly label: string;
  readonly used: number;
  readonly limit: number;
  /** Shares from which on there is an alert; absent where being full is no problem. */
  readonly thresholds?: Thresholds;
  /** Limit that the thresholds are shares of, where that is less than `limit`. */
  readonly full?: number;
  /** Unit shown behind both numbers, where they are no counts. */
  readonly unit?: string;
  /** Planned maximum, of the same limit. */
  readonly planned?: number | undefined;
}

const percentOf = (part: number, whole: number): string =>
  `${Math.min(100, whole === 0 ? 0 : (part * 100) / whole).toFixed(2)}%`;

/**
 * Draws a bar with the marks of the alerts, the numbers beside it, and the planned worst case below
 * it.
 */
export function useMeter({
  label,
  used,
  limit,
  thresholds,
  full = limit,
  unit = '',
  planned,
}: Use): HTMLElement {
  const level = thresholds === undefined ? 'ok' : levelOf(used, full, thresholds);
  const figure = `${showCount(used)} of ${showCount(limit)}${unit}`;
  const bar = svg(
    'svg',
    {
      class: 'meter-bar',
      role: 'meter',
      'aria-label': label,
      'aria-valuemin': '0',
      'aria-valuemax': `${limit}`,
      'aria-valuenow': `${Math.min(used, limit)}`,
      'aria-valuetext': level === 'ok' ? figure : `${figure}, ${level}`,
    },
    svg('rect', { class: 'meter-track', width: '100%', height: '10', y: '3', rx: '3' }),
    svg('rect', {
      class: 'meter-fill',
      width: percentOf(used, limit),
      height: '10',
      y: '3',
      rx: '3',
    }),
    ...(thresholds === undefined
      ? []
      : [thresholds.warnPercent, thresholds.criticalPercent].map((percent) =>
          svg('rect', {
            class: 'meter-mark',
            x: percentOf((percent * full) / 100, limit),
            width: '1.5',
            height: '16',
            y: '0',
          }),
        )),
    ...(planned === undefined ? [] : [plannedMark(percentOf(planned, limit))]),
  );
  return element(
    'div',
    { class: 'meter', 'data-level': level },
    element(
      'p',
      { class: 'meter-label' },
      element('span', {}, label),
      element('span', { class: 'meter-figure' }, levelIcon(level), element('strong', {}, figure)),
    ),
    bar,
    planned === undefined
      ? null
      : element(
          'p',
          { class: 'meter-plan' },
          element('span', { class: 'plan-key', 'aria-hidden': 'true' }),
          `planned at worst ${showCount(planned)} of ${showCount(limit)}${unit}`,
        ),
  );
}

const levelIcon = (level: ReturnType<typeof levelOf>): Child =>
  level === 'ok' ? null : icon(level);

function plannedMark(x: string): SVGElement {
  return svg(
    'svg',
    { x, y: '0', class: 'meter-planned' },
    svg('path', { d: 'M0 0v16M-3.5 0h7M-3.5 16h7' }),
  );
}
