import { svg } from './elements.ts';

/** Shapes of the states, all different, so that they can be told apart without colours. */
const SHAPES = {
  ok: ['circle', 'M7.5 12.4l3 3 6-6.6'],
  warning: ['triangle', 'M12 9.2v4.6M12 16.9v.1'],
  critical: ['octagon', 'M12 7v6.2M12 16.6v.1'],
  down: ['octagon', 'M8.6 8.6l6.8 6.8M15.4 8.6l-6.8 6.8'],
  unknown: ['dashed', 'M9.4 9.6a2.6 2.6 0 1 1 3.6 2.5c-.7.3-1 .8-1 1.5M12 16.7v.1'],
  off: ['circle', 'M8 12h8'],
  waiting: ['none', 'M7 3.5h10M7 20.5h10M8 3.5v3.2L12 12l4-5.3V3.5M8 20.5v-3.2L12 12l4 5.3v3.2'],
} as const;

const OUTLINES = {
  circle: 'M12 2.5a9.5 9.5 0 1 1 0 19a9.5 9.5 0 1 1 0-19z',
  triangle:
    'M10.7 3.4a1.5 1.5 0 0 1 2.6 0l8.5 15.3a1.5 1.5 0 0 1-1.3 2.3H3.5a1.5 1.5 0 0 1-1.3-2.3z',
  octagon: 'M8.1 2.5h7.8l5.6 5.6v7.8l-5.6 5.6H8.1l-5.6-5.6V8.1z',
  dashed: 'M12 2.5a9.5 9.5 0 1 1 0 19a9.5 9.5 0 1 1 0-19z',
  none: '',
} as const;

export type IconName = keyof typeof SHAPES;

/** Draws an icon, hidden from screen readers: the word always stands beside it. */
export function icon(name: IconName): SVGElement {
  const [outline, mark] = SHAPES[name];
  const parts =
    outline === 'none' ? [] : [svg('path', { class: 'icon-outline', d: OUTLINES[outline] })];
  return svg(
    'svg',
    { class: `icon icon-${name}`, viewBox: '0 0 24 24', 'aria-hidden': 'true' },
    ...parts,
    svg('path', { class: 'icon-mark', d: mark }),
  );
}
