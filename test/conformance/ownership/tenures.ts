import { leaseName } from '#api/keys.ts'
import type { Passed } from './recording-proxy.ts'

/** What the writes of all say about who had the cluster when. */
export class Tenures {
  readonly #writes: Passed[] = []
  readonly #leases: { readonly holder: string; readonly sentAt: number; readonly answeredAt: number }[] = []

  readonly add = (passed: Passed): void => {
    if (passed.code >= 300) return
    if (passed.path.includes('/leases')) this.#onLease(passed)
    else if (!/\/(?:events|selfsubject(?:access)?reviews)\b/.test(passed.path)) this.#writes.push(passed)
  }

  /** Changes of holder in order; `''` once it was given back. */
  get changes(): readonly { readonly holder: string; readonly sentAt: number; readonly answeredAt: number }[] {
    return this.#leases
  }

  get holder(): string {
    return this.#leases.at(-1)?.holder ?? ''
  }

  writesOf(by: string): number {
    return this.#writes.filter((each) => each.by === by).length
  }

  /** Writes while somebody else had the lease or nobody had, and writes of two that happened between each other's. */
  overlaps(): readonly string[] {
    const outOfTurn = this.#writes.flatMap((write) => {
      const holder = this.#leases.findLast(({ answeredAt }) => answeredAt <= write.answeredAt)?.holder
      return holder === write.by ? [] : [`${write.by} wrote ${write.path} in the tenure of ${holder || 'nobody'}`]
    })
    const inOrder = this.#writes.toSorted((a, b) => a.sentAt - b.sentAt)
    const crossed = inOrder.flatMap((write, index) => {
      const before = inOrder[index - 1]
      return before !== undefined && before.by !== write.by && before.answeredAt > write.sentAt
        ? [`${before.by} was still writing when ${write.by} wrote ${write.path}`]
        : []
    })
    return [...outOfTurn, ...crossed]
  }

  #onLease({ by, body, sentAt, answeredAt, path, method }: Passed): void {
    if (!path.includes(leaseName) && method !== 'POST') return
    const { spec } = JSON.parse(body) as { readonly spec: { readonly holderIdentity?: string } }
    const holder = (spec.holderIdentity ?? '') === '' ? '' : by
    if (holder !== this.holder) this.#leases.push({ holder, sentAt, answeredAt })
  }
}
