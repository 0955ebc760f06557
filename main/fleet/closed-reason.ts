import { assertNever } from '#lib/assert.ts'
import type { Connection } from '#main/cluster/cluster.ts'

/** Why nothing can be sent to a cluster; `undefined` when it can. Late data stays usable: the server answers (UI-P-6). */
export function closedReason(context: string, { state }: Connection): string | undefined {
  switch (state) {
    case 'connected':
    case 'late':
      return undefined
    case 'connecting':
      return `${context} is not connected yet`
    case 'unreachable':
      return `${context} is unreachable`
    case 'signInNeeded':
      return `${context} needs a new sign-in`
    case 'forbidden':
      return `Your rights in ${context} do not allow to see rollouts`
    case 'crdsMissing':
      return `${context} does not serve rollouts any more`
    default:
      return assertNever(state)
  }
}
