import { describeLog } from './log.contract.js';
import { MemoryLog } from './memory-log.js';
import { describeTrimming } from './trimming.contract.js';

const open = () => Promise.resolve(new MemoryLog({ now: () => 1_700_000_000_000 }));

describeLog('MemoryLog', open);
describeTrimming('MemoryLog', open);

describeLog('MemoryLog whose snapshots follow', () =>
  Promise.resolve(
    new MemoryLog({
      now: () => 1_700_000_000_000,
      following: () => new Promise((resolve) => setTimeout(resolve, 2)),
    }),
  ),
);
