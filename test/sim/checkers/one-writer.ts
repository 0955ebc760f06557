import type { ChangeSeen, Checker } from '../checker.ts'

/** Whatever a controller writes takes effect while the lease names it, and while no controller runs that no lease can hold back. */
export const oneWriter = (): Checker => ({
  name: 'one writer',
  rules: ['OPS-32', 'OPS-39', 'OPS-41'],
  onChange(seen) {
    const { decided, change } = seen
    const other = decided === undefined ? undefined : otherWriter(seen)
    const what = `${change.resource.kind} ${change.object.metadata.name}`
    return other === undefined ? undefined : `${change.by} wrote ${what}, but it is not its turn: ${other}`
  },
})

function otherWriter({ leaseHolder = '', rival, change }: ChangeSeen): string | undefined {
  if (rival !== undefined) return `${rival} runs`
  if (leaseHolder === change.by) return undefined
  return leaseHolder === '' ? 'the lease is free' : `the lease is ${leaseHolder}'s`
}
