import { readFileSync } from 'node:fs'
import { registerHooks } from 'node:module'
import { fileURLToPath } from 'node:url'
import { mutationNamed } from './mutation-table.ts'

/*
 * Loaded before everything else (`node --import`): the one source file that the mutation named by ARGOSY_MUTATION speaks of is loaded
 * with its bug. Nothing on disk changes.
 */

const mutation = mutationNamed(process.env['ARGOSY_MUTATION'] ?? '')
const target = new URL(`../../${mutation.file}`, import.meta.url).href

/** A mutation that no longer fits its source is a mistake in the table. */
function mutated(): string {
  const source = readFileSync(fileURLToPath(target), 'utf8')
  if (source.split(mutation.find).length !== 2)
    throw new Error(`mutation "${mutation.name}": its text is not exactly once in ${mutation.file}`)
  return source.replace(mutation.find, () => mutation.replace)
}

registerHooks({
  load: (url, context, nextLoad) =>
    url === target ? { format: 'module-typescript', source: mutated(), shortCircuit: true } : nextLoad(url, context),
})
