/** How long an update waits for a resource to be as it should, before it fails. */
export const within = (seconds: number) => ({
  customTimeouts: { create: `${seconds}s`, update: `${seconds}s` },
});
