// Jest's own runner, one file after the other in Jest's own process, whatever number of workers
// it has.
const { createRequire } = require('node:module');

const { default: TestRunner } = createRequire(require.resolve('@jest/core'))('jest-runner');

module.exports = class InBandRunner extends TestRunner {
  isSerial = true;
};
