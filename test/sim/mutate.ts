import { registerHooks } from 'node:module'
import { fileOf, mutatedSource, mutationInForce } from './mutated-source.ts'

/*
 * Loaded before everything else (`node --import`): the one source file that the mutation in force speaks of is loaded with its bug.
 * Nothing on disk changes.
 */

const mutation = mutationInForce()
if (mutation === undefined) throw new Error('ARGOSY_MUTATION names no mutation')
const target = fileOf(mutation).href

registerHooks({
  load: (url, context, nextLoad) =>
    url === target
      ? { format: 'module-typescript', source: mutatedSource(mutation), shortCircuit: true }
      : nextLoad(url, context),
})
