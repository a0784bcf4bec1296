import { expect, test } from '@jest/globals';
import { createEventParser, type StreamEvent } from './event-stream.ts';

function parse(...pieces: readonly string[]): StreamEvent[] {
  const events: StreamEvent[] = [];
  const take = createEventParser((event) => events.push(event));
  pieces.forEach(take);
  return events;
}

const STREAM = ': hello\n\nevent: sample\nid: 5\ndata: {"a":\ndata:  1}\n\ndata: plain\n\n';
const EVENTS: StreamEvent[] = [
  { event: 'sample', data: '{"a":\n 1}', id: '5' },
  { event: 'message', data: 'plain', id: '5' },
];

test('an event has its name, its lines of data and the last id; comments are none', () => {
  expect(parse(STREAM)).toEqual(EVENTS);
});

test('it does not matter where the pieces end, nor which line ends are used', () => {
  expect(parse(...STREAM)).toEqual(EVENTS);
  expect(parse(...STREAM.replaceAll('\n', '\r\n'))).toEqual(EVENTS);
  expect(parse(STREAM.replaceAll('\n', '\r\n'))).toEqual(EVENTS);
});

test('an event that is not whole yet is not given', () => {
  expect(parse('event: state\ndata: 1\n')).toEqual([]);
});
