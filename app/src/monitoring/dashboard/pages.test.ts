import { expect, test } from '@jest/globals';
import { createHash } from 'node:crypto';
import { pages, type Page } from './pages.ts';

const contentsOf = ({ html }: Page, tag: string): string[] =>
  [...html.matchAll(new RegExp(`<${tag}>(.*?)</${tag}>`, 'gs'))].map(([, text = '']) => text);
const markupOf = ({ html }: Page): string => html.replaceAll(/<(style|script)>.*?<\/\1>/gs, '');
const hashOf = (text: string): string =>
  `'sha256-${createHash('sha256').update(text).digest('base64')}'`;
const variants = {
  dashboard: pages.dashboard,
  'sign-in': pages.signIn(),
  'wrong token': pages.signIn('wrong_token'),
  'too many attempts': pages.signIn('too_many_attempts'),
};

test.each(Object.entries(variants))(
  'the policy of the page "%s" allows its own style and script by their hashes, and nothing else',
  (_name, page) => {
    const policy: Readonly<Record<string, string>> = Object.fromEntries(
      page.contentSecurityPolicy
        .split('; ')
        .map((directive) => [
          directive.split(' ')[0] ?? '',
          directive.split(' ').slice(1).join(' '),
        ]),
    );
    const [style = ''] = contentsOf(page, 'style');
    expect(style).not.toBe('');
    expect(policy['style-src']).toBe(hashOf(style));
    expect(policy['script-src']).toBe(contentsOf(page, 'script').map(hashOf)[0]);
    expect(policy).toMatchObject({
      'default-src': "'none'",
      'base-uri': "'none'",
      'frame-ancestors': "'none'",
      'form-action': "'self'",
      'img-src': 'data:',
    });
    expect(page.contentSecurityPolicy).not.toMatch(/unsafe|\*|https?:/);
  },
);

test.each(Object.entries(variants))(
  'the page "%s" asks for nothing from elsewhere and has no style or script in attributes',
  (_name, page) => {
    const markup = markupOf(page);
    expect(markup).not.toMatch(/(src|href|action)="(?!#|data:,|session|connections\/)/);
    expect(markup).not.toMatch(/ (style|on[a-z]+)=/);
    expect(contentsOf(page, 'style').join()).not.toMatch(/url\(|@import/);
  },
);

test('only the dashboard has a script and may ask its own server', () => {
  expect(contentsOf(pages.dashboard, 'script')).toHaveLength(1);
  expect(pages.dashboard.contentSecurityPolicy).toContain("connect-src 'self'");
  expect(contentsOf(pages.signIn(), 'script')).toEqual([]);
});

test('the sign-in page names the problem and marks the field of a wrong token', () => {
  expect(pages.signIn().html).not.toContain('role="alert"');
  expect(pages.signIn('wrong_token').html).toMatch(/role="alert">This is not the admin token/);
  expect(pages.signIn('wrong_token').html).toContain('id="token" aria-invalid="true"');
  expect(pages.signIn('too_many_attempts').html).toMatch(
    /role="alert">There were too many failed attempts/,
  );
  expect(markupOf(pages.signIn('too_many_attempts'))).not.toContain('aria-invalid');
});
