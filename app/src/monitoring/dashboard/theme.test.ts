import { expect, test } from '@jest/globals';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';

const css = readFileSync(join(import.meta.dirname, 'browser', 'style', 'theme.css'), 'utf8');
const [light = '', dark = ''] = css.split('@media (prefers-color-scheme: dark)');
const coloursOf = (text: string): Readonly<Record<string, string>> =>
  Object.fromEntries(
    [...text.matchAll(/--([a-z-]+): (#[0-9a-f]{6});/g)].map(([, name = '', colour = '']) => [
      name,
      colour,
    ]),
  );
const schemes = { light: coloursOf(light), dark: coloursOf(dark) };

/** Contrast ratio as WCAG 2 defines it. */
function contrast(one: string, other: string): number {
  const [brighter = 0, darker = 0] = [luminance(one), luminance(other)].sort((a, b) => b - a);
  return (brighter + 0.05) / (darker + 0.05);
}

function luminance(colour: string): number {
  const [red = 0, green = 0, blue = 0] = [1, 3, 5].map((at) => {
    const part = parseInt(colour.slice(at, at + 2), 16) / 255;
    return part <= 0.04045 ? part / 12.92 : ((part + 0.055) / 1.055) ** 2.4;
  });
  return 0.2126 * red + 0.7152 * green + 0.0722 * blue;
}

const TEXTS: readonly (readonly [text: string, ground: string])[] = [
  ...['ground', 'surface', 'ok-soft', 'warning-soft', 'critical-soft', 'unknown-soft'].flatMap(
    (ground) =>
      [
        ['text', ground],
        ['muted', ground],
      ] as const,
  ),
  ['accent', 'ground'],
  ['accent', 'surface'],
  ['surface', 'accent'],
  ['ok', 'surface'],
  ['ok', 'ok-soft'],
  ['warning', 'surface'],
  ['warning', 'warning-soft'],
  ['critical', 'surface'],
  ['critical', 'critical-soft'],
  ['surface', 'critical'],
];
const SHAPES: readonly (readonly [shape: string, ground: string])[] = [
  'fill-ok',
  'fill-critical',
  'series-main',
  'series-second',
  'series-third',
  'series-limit',
].map((shape) => [shape, 'surface'] as const);

test.each(Object.entries(schemes))(
  'in the %s scheme each text has a contrast of 4.5 to its ground, and each line and bar one of 3',
  (_name, colours) => {
    const below = (pairs: typeof TEXTS, least: number) =>
      pairs
        .map(([one, other]) => ({
          pair: `${one} on ${other}`,
          ratio: contrast(colours[one] ?? '', colours[other] ?? ''),
        }))
        .filter(({ ratio }) => !(ratio >= least));
    expect(below(TEXTS, 4.5)).toEqual([]);
    expect(below(SHAPES, 3)).toEqual([]);
  },
);

test('black on white has a contrast of 21', () => {
  expect(contrast('#000000', '#ffffff')).toBeCloseTo(21, 5);
});
