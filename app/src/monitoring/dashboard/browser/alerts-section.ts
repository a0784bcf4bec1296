import { LAYER_TITLES } from '../../readings/layer-words.ts';
import { element } from './elements.ts';
import { showAge, showMoment } from './figures.ts';
import { icon } from './icons.ts';
import type { View } from './live-body.ts';
import { redraw } from './redraw.ts';

/** Draws the alerts in the server's order: critical ones first, then the oldest. */
export function drawAlerts(list: HTMLElement, { body: { alerts }, nowMs }: View): void {
  if (alerts.length === 0) {
    redraw(list, element('p', { class: 'quiet' }, icon('ok'), 'No alerts'));
    return;
  }
  redraw(
    list,
    element(
      'ul',
      { class: 'alerts', role: 'list' },
      ...alerts.map(({ severity, layer, since, message, remedy }) =>
        element(
          'li',
          { class: 'alert', 'data-level': severity },
          element('span', { class: 'alert-severity' }, icon(severity), severity),
          element(
            'div',
            { class: 'alert-text' },
            element('p', { class: 'alert-message' }, message),
            element('p', { class: 'alert-remedy' }, remedy),
          ),
          element(
            'p',
            { class: 'alert-since' },
            element('span', { class: 'alert-layer' }, LAYER_TITLES[layer]),
            ' since ',
            element('time', { datetime: since }, showMoment(Date.parse(since), nowMs)),
            element('span', { class: 'alert-age' }, showAge(nowMs - Date.parse(since))),
          ),
        ),
      ),
    ),
  );
}
