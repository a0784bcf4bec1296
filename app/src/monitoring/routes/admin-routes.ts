import { Router, type ErrorRequestHandler, type Response } from 'express';
import helmet from 'helmet';
import type { Logger } from 'pino';
import type { AdminTokens } from '../../environment/admin-tokens.ts';
import { answerMethodNotAllowed, answerNotFound } from '../../http/error-answers.ts';
import { errorHandler } from '../../http/error-handler.ts';
import { HttpError } from '../../http/http-error.ts';
import { createAdminAccess } from '../admin/admin-access.ts';
import { createSessionRoutes, SIGN_IN_PATH, SIGN_OUT_PATH } from '../admin/session-routes.ts';
import type { Page, SignInProblem } from '../dashboard/pages.ts';
import {
  createMonitoringRoutes,
  takeNoParameters,
  type MonitoringSources,
} from './monitoring-routes.ts';

interface Pages {
  readonly dashboard: Page;
  /** Sign-in page, with what was wrong with the last attempt. */
  readonly signIn: (problem?: SignInProblem) => Page;
}

/** Everything below /api/admin, to be mounted there. */
export function createAdminRoutes(
  parts: MonitoringSources & {
    readonly adminTokens: AdminTokens;
    readonly page: Pages;
    readonly logger: Logger;
  },
): Router {
  const { adminTokens, page, logger } = parts;
  const access = createAdminAccess({ adminTokens, logger });

  const monitoring = Router({ strict: true });
  monitoring.use(access.limit);
  monitoring.use(createSessionRoutes({ access, logger }));
  monitoring.use(access.check);
  monitoring
    .route('/')
    .get(takeNoParameters, (_request, response) => {
      sendPage(response, page.dashboard);
    })
    .all(answerMethodNotAllowed('GET', 'HEAD'));
  for (const path of [SIGN_IN_PATH, SIGN_OUT_PATH])
    monitoring.route(path).all(answerMethodNotAllowed('POST'));
  monitoring.use(createMonitoringRoutes(parts));
  monitoring.use(answerNotFound);
  monitoring.use(access.settle);
  monitoring.use(offerSignIn(page.signIn));

  const admin = Router({ strict: true });
  // The policy of a page names what that page holds; transport security is for who ends TLS.
  admin.use(helmet({ contentSecurityPolicy: false, strictTransportSecurity: false }));
  admin.use((_request, response, next) => {
    response.set('Cache-Control', 'no-store');
    next();
  });
  // Only with the slash at its end are the page's relative addresses below it.
  admin.get('/monitoring', (_request, response) => {
    response.status(308).location('monitoring/').end();
  });
  admin.use('/monitoring', monitoring);
  admin.use(answerNotFound);
  return admin;
}

/** Shows a browser that is not let in where to sign in; everything else gets the error in JSON. */
function offerSignIn(signIn: Pages['signIn']): ErrorRequestHandler {
  return errorHandler(({ error, request, response, next }) => {
    response.vary('Accept');
    const isAtPage = request.path === '/' || request.path === SIGN_IN_PATH;
    if (
      !(error instanceof HttpError) ||
      ![401, 429].includes(error.status) ||
      !isAtPage ||
      request.accepts(['json', 'html']) !== 'html'
    ) {
      next(error);
      return;
    }
    const page = signIn(problemOf(error, request.method));
    sendPage(response.status(error.status).set(error.headers), page);
  });
}

function problemOf({ status }: HttpError, method: string): SignInProblem | undefined {
  if (status === 429) return 'too_many_attempts';
  return method === 'POST' ? 'wrong_token' : undefined;
}

function sendPage(response: Response, { html, contentSecurityPolicy }: Page): void {
  response.set('Content-Security-Policy', contentSecurityPolicy).type('html').send(html);
}
