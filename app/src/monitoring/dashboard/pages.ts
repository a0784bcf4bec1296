import { dashboardHashes, dashboardHtml, signInHashes, signInHtml } from './generated/pages.ts';

/** Page with its content security policy: its own script and style, nothing from elsewhere. */
export interface Page {
  readonly html: string;
  readonly contentSecurityPolicy: string;
}

export type SignInProblem = 'wrong_token' | 'too_many_attempts';

const PROBLEMS: Readonly<Record<SignInProblem, string>> = {
  wrong_token: 'This is not the admin token, or it was rotated. Nobody is signed in.',
  too_many_attempts:
    'There were too many failed attempts from this address. Wait a minute, then try again.',
};

const PROBLEM_PLACE = '<!--problem-->';
const TOKEN_INPUT = 'id="token"';

/** Pages for the browser; made at build time by tools/images/bundle-dashboard.ts. */
export const pages = {
  dashboard: {
    html: dashboardHtml,
    // Trusted types: no text can become markup, whatever the script is given.
    contentSecurityPolicy:
      `${restrict(dashboardHashes)}; connect-src 'self'; require-trusted-types-for 'script'; ` +
      "trusted-types 'none'",
  } satisfies Page,
  /** Renders the sign-in page, which works without a script. */
  signIn(problem?: SignInProblem): Page {
    const html =
      problem === undefined
        ? signInHtml.replace(PROBLEM_PLACE, '')
        : signInHtml.replace(
            PROBLEM_PLACE,
            `<p class="problem" role="alert">${PROBLEMS[problem]}</p>`,
          );
    return {
      html:
        problem === 'wrong_token'
          ? html.replace(TOKEN_INPUT, `${TOKEN_INPUT} aria-invalid="true"`)
          : html,
      contentSecurityPolicy: restrict(signInHashes),
    };
  },
} as const;

/** Renders a policy; `img-src data:` allows the icon on the tab. */
function restrict({ style, script }: { readonly style: string; readonly script?: string }): string {
  return [
    "default-src 'none'",
    `style-src ${style}`,
    ...(script === undefined ? [] : [`script-src ${script}`]),
    'img-src data:',
    "form-action 'self'",
    "base-uri 'none'",
    "frame-ancestors 'none'",
  ].join('; ');
}
