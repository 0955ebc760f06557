import { createMemoryBridge } from '#test/support/memory-bridge.ts'
import { describeContract } from './contract-suite.ts'

describeContract('memory', async (dispatcher) => ({
  bridge: createMemoryBridge(dispatcher),
  close: async () => undefined,
}))
