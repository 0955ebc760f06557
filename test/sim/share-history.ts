import type { ChangeSeen } from './checker.ts'
import { sharesOf } from './routed-traffic.ts'

/** A share of a route that a change has made larger. */
export interface Raised {
  readonly route: string
  readonly hash: string
  readonly from: number
  readonly to: number
  /** What went to any pod of the Rollout before, for want of a hash. */
  readonly unguided: number
}

/** Which shares there are, and which of them a controller is answerable for. */
export class ShareHistory {
  #now = new Map<string, number>()
  #routes: ReadonlySet<string> = new Set()
  /** As they were after the last write of a controller that changed any. */
  #written = new Map<string, number>()

  /** Takes note of a change; answers with the shares that it has made larger. */
  note(seen: ChangeSeen): readonly Raised[] {
    const before = this.#now
    const routes = sharesOf(seen)
    this.#routes = new Set(routes.map(({ name }) => name))
    this.#now = new Map(
      routes.flatMap(({ name, byHash }) => [...byHash].map(([hash, share]) => [`${name} ${hash}`, share] as const)),
    )
    if (seen.decided !== undefined && !isSame(before, this.#now)) this.#written = this.#now
    return [...this.#now].flatMap(([key, to]) => {
      const from = before.get(key) ?? 0
      const [route = '', hash = ''] = key.split(' ')
      if (to <= from + 1e-9) return []
      return [{ route, hash, from, to, unguided: before.get(`${route} `) ?? 0 }]
    })
  }

  /** A controller has sent this share to a ReplicaSet on every route, or found it there. */
  isSent(hash: string, share: number): boolean {
    const is = (shares: ReadonlyMap<string, number>, route: string): boolean =>
      Math.abs((shares.get(`${route} ${hash}`) ?? 0) - share) < 1e-9
    return [...this.#routes].every((route) => is(this.#written, route) || is(this.#now, route))
  }

  /** The largest share of any route that goes to a ReplicaSet now, and went there after the last write of a controller. */
  placed(hash: string): number {
    const shares = [...this.#now].flatMap(([key, share]) =>
      key.endsWith(` ${hash}`) ? [Math.min(share, this.#written.get(key) ?? 0)] : [],
    )
    return Math.max(0, ...shares)
  }
}

const isSame = (a: ReadonlyMap<string, number>, b: ReadonlyMap<string, number>): boolean =>
  a.size === b.size && [...a].every(([key, share]) => b.get(key) === share)
