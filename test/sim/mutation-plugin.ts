import { fileURLToPath } from 'node:url'
import type { Plugin } from 'vite'
import { fileOf, mutatedSource, mutationInForce } from './mutated-source.ts'

/** What mutate.ts does, for tests: nothing as long as no mutation is in force. */
export function mutationPlugin(): Plugin[] {
  const mutation = mutationInForce()
  if (mutation === undefined) return []
  const target = fileURLToPath(fileOf(mutation))
  return [
    {
      // What is transformed may be kept between runs, under the names of the plugins.
      name: `mutation: ${mutation.name}`,
      enforce: 'pre',
      load: (id) => (id === target ? mutatedSource(mutation) : undefined),
    },
  ]
}
