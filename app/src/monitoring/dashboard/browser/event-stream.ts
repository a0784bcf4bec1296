/** One event of a `text/event-stream`. */
export interface StreamEvent {
  /** `message` where the stream names none. */
  readonly event: string;
  readonly data: string;
  /** Id of this event, or of the last one before it that had one. */
  readonly id: string | undefined;
}

/**
 * Parses an event stream from pieces that may end anywhere, and passes on each event once it is
 * complete. EventSource is not used: it hides the status of a refusal, and a 401 must lead back to
 * the sign-in page.
 */
export function createEventParser(onEvent: (event: StreamEvent) => void): (text: string) => void {
  let rest = '';
  let event = 'message';
  let data: string[] = [];
  let id: string | undefined;

  const takeLine = (line: string): void => {
    if (line === '') {
      if (data.length > 0) onEvent({ event, data: data.join('\n'), id });
      event = 'message';
      data = [];
      return;
    }
    // A comment starts with the colon: a field without a name, which is none.
    const colon = line.indexOf(':');
    const field = colon === -1 ? line : line.slice(0, colon);
    const value = colon === -1 ? '' : line.slice(colon + 1).replace(/^ /, '');
    if (field === 'event') event = value;
    else if (field === 'data') data.push(value);
    else if (field === 'id') id = value;
  };

  return (text) => {
    const lines = (rest + text).split(/\r\n|\n|\r(?!$)/);
    rest = lines.pop() ?? '';
    lines.forEach(takeLine);
  };
}
