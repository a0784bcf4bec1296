// Jest's own runner, one file after the other in Jest's own process, whatever number of workers
// it has.
const { default: TestRunner } = require('jest-runner');

module.exports = class InBandRunner extends TestRunner {
  isSerial = true;
};
