// Starts the longest test files first: one that is begun last would be waited for alone. Jest knows
// how long files take only after their first run on a machine.
const { default: TestSequencer } = require('@jest/test-sequencer');

const LONGEST = [
  'environment',
  'environment-recovery',
  'external-postgres',
  'backup',
  'dashboard',
  'database-preparation',
].map((name) => `/e2e/${name}.test.ts`);

const rank = ({ path }) => {
  const place = LONGEST.findIndex((name) => path.endsWith(name));
  return place === -1 ? LONGEST.length : place;
};

module.exports = class LongestFirst extends TestSequencer {
  sort(tests) {
    return super.sort(tests).sort((one, other) => rank(one) - rank(other));
  }
};
