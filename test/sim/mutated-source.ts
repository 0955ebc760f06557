import { readFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { type Mutation, mutationNamed } from './mutation-table.ts'

/** The one that ARGOSY_MUTATION names, if it is set. */
export function mutationInForce(): Mutation | undefined {
  const name = process.env['ARGOSY_MUTATION']
  return name === undefined ? undefined : mutationNamed(name)
}

export const fileOf = ({ file }: Mutation): URL => new URL(`../../${file}`, import.meta.url)

/** Its file with the bug in it. A mutation that no longer fits its source is a mistake in the table. */
export function mutatedSource(mutation: Mutation): string {
  const source = readFileSync(fileURLToPath(fileOf(mutation)), 'utf8')
  if (source.split(mutation.find).length !== 2)
    throw new Error(`mutation "${mutation.name}": its text is not exactly once in ${mutation.file}`)
  return source.replace(mutation.find, () => mutation.replace)
}
